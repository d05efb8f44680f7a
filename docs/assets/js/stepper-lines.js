// How a stepper writes numbers: in pills and tables, and as the arithmetic of an equation, whose
// parts are described in rnnref/explain/stepper/arithmetic.py.
(() => {
  // As many decimals as there is room for.
  const shown = (x, digits) => RR.shown(x, Math.abs(x) < 100 ? digits : digits - 2);
  const exact = (x) => shown(x, 4);
  const vector = (data) => `(${[...data].map(exact).join(", ")})`;
  const matrix = ({ shape, data }) => {
    const width = shape.at(-1);
    const rows = Array.from({ length: data.length / width }, (_, k) =>
      [...data.slice(k * width, (k + 1) * width)].map(exact).join(" "),
    );
    return rows.join("; ");
  };

  const element = (tag, text, name) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  // The right side of an equation for one unit: texts, and numbers in the colours of their roles.
  const written = (parts, unit, made, roles) => {
    let before = "(";
    return parts.flatMap((part) => {
      const inside = !before.endsWith("(");
      before = typeof part === "string" ? part : "number";
      if (typeof part === "string") return [part];
      if (Array.isArray(part)) return products(made[part[0]], made[part[1]], unit);
      if (part.each) return overUnits(part.each, made, roles);
      return [number(made[part].data[unit], inside, roles[part])];
    });
  };

  const number = (x, inside, role) => {
    const text = exact(x);
    return element("span", inside && x < 0 ? `(${text})` : text, role && `rr-${role}`);
  };

  // The sum of a line over all units.
  const overUnits = (parts, made, roles) => {
    const units = made[parts.find(Number.isInteger)].data;
    return [...units].flatMap((_, unit) => [
      unit ? " + " : "",
      ...written(parts, unit, made, roles),
    ]);
  };

  // The products that a matrix product adds up for one unit.
  const products = (row, grid, unit) => {
    const width = grid.shape.at(-1);
    return [...row.data].flatMap((x, k) => [
      k ? " + " : "",
      number(x, k > 0),
      " × ",
      number(grid.data[k * width + unit], true),
    ]);
  };

  RR.lines = { shown, exact, vector, matrix, element, written };
})();
