// Which marks of a stepper's picture are in use in which stage, read from their names: wires
// "from>to", boxes, and the pills of values and derivatives.
(() => {
  // Every mark with the numbers of the stages, of either way, in which it is in use.
  RR.marks = (root, { ahead, back }) => {
    const all = (selector) => [...root.querySelectorAll(selector)];
    const uses = (stages, ...kinds) => (name) =>
      stages.flatMap((stage, k) => (kinds.some((kind) => stage[kind].includes(name)) ? [k] : []));
    const computed = uses(ahead, "boxes");
    const passed = uses(back, "boxes");
    const wires = all("[data-wire]").map((mark) => {
      const [from, to] = mark.dataset.wire.split(">");
      return { mark, from, to };
    });
    const ends = ({ to }) => (to.includes(",") ? wires.filter((w) => w.from === to) : [{ to }]);
    const along = (wire, stagesOf) => ends(wire).flatMap(({ to }) => stagesOf(to));
    const sources = (wire) => wire.from.split(",");
    const leaving = (name) => wires.filter((wire) => sources(wire).includes(name));
    // A derivative is whole when it has come back on every wire out of its box.
    const whole = (name) => {
      const stages = leaving(name).flatMap((wire) => along(wire, passed));
      return stages.length ? [Math.max(...stages)] : passed(name);
    };
    const started = (name) => (computed(name).length ? computed(name) : [0]);
    const framed = uses(back, "lights", "boxes");
    const derivative = (mark) => mark.querySelector("text").dataset.name.split("[")[0];
    return [
      ...wires.map((wire) => ({
        mark: wire.mark,
        ahead: along(wire, computed),
        back: along(wire, passed),
      })),
      ...all("[data-box]").map((mark) => ({
        mark,
        ahead: started(mark.dataset.box),
        back: [-1, ...framed(mark.dataset.box)],
      })),
      ...all("[data-pill]").map((mark) => ({ mark, ahead: started(mark.dataset.pill) })),
      ...all("[data-grad]").map((mark) => ({
        mark,
        back: mark.dataset.grad ? whole(mark.dataset.grad) : uses(back, "fields")(derivative(mark)),
      })),
    ];
  };
})();
