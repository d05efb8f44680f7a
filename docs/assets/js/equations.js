// Equations: a symbol, its number, its name in the code and its wire in the figure light together.
// Which is which was written at build time: data-of names a family, data-rr a value of it, and the
// figures carry the names of their boxes and wires (rnnref/explain/views.py).
(() => {
  const MARKS = "[data-box], [data-pill], [data-wire]";
  const MOVES = { ArrowRight: (i) => i + 1, ArrowLeft: (i) => i - 1, Home: () => 0, End: () => -1 };
  const words = JSON.parse(document.getElementById("rr-words").textContent);

  // ---- what belongs together: "lstm f" -> everything that shows it

  const shown = new Map();
  const names = (mark) => {
    const { rr, box, pill, wire, weights } = mark.dataset;
    if (rr) return [rr];
    const values = (box ?? pill ?? wire.split(">")[0]).replace(/ out$/, "").split(",");
    return weights ? [...values, ...weights.split(" ")] : values;
  };
  const keys = (mark) => {
    const family = mark.closest("[data-of]")?.dataset.of;
    return family ? names(mark).map((name) => `${family} ${name}`) : [];
  };
  for (const mark of document.querySelectorAll(`[data-of] [data-rr], [data-of] :is(${MARKS})`)) {
    for (const key of keys(mark)) shown.set(key, [...(shown.get(key) ?? []), mark]);
  }

  // ---- light: what the pointer is on, else what was clicked, else what has the focus

  let lit = "";
  let pinned = "";
  const light = (key) => {
    if (key === lit) return;
    for (const mark of document.querySelectorAll(".rr-lit")) mark.classList.remove("rr-lit");
    for (const box of document.querySelectorAll(".rr-some-lit")) box.classList.remove("rr-some-lit");
    lit = key;
    for (const mark of shown.get(key) ?? []) {
      mark.classList.add("rr-lit");
      mark.closest(".rr-figure")?.classList.add("rr-some-lit");
    }
  };
  const symbolAt = (target) => target?.closest?.("[data-of] [data-rr], [data-of] [data-box]");
  const keyAt = (target) => {
    const mark = symbolAt(target);
    return (mark && keys(mark).find((key) => shown.get(key).some((m) => m.dataset.rr))) || "";
  };
  const rest = () => light(pinned || keyAt(document.activeElement));

  document.addEventListener("pointerover", ({ target }) => {
    const key = keyAt(target);
    if (key) light(key);
    else rest();
  });
  document.addEventListener("click", ({ target }) => {
    const key = keyAt(target);
    pinned = key === pinned ? "" : key;
    rest();
  });
  document.addEventListener("focusin", rest);
  document.addEventListener("focusout", () => queueMicrotask(rest));

  // ---- keyboard: a group of equations is one stop, arrows go from symbol to symbol

  for (const group of document.querySelectorAll(".rr-eq[data-of], .rr-lines")) {
    const all = group.querySelectorAll(".rr-eq__math [data-rr]");
    const symbols = [...all].filter((symbol) => !symbol.closest(".rr-numbers"));
    symbols.forEach((symbol, i) => symbol.setAttribute("tabindex", i ? -1 : 0));
    group.addEventListener("keydown", (event) => {
      const at = symbols.indexOf(event.target);
      const move = MOVES[event.key];
      if (at < 0 || !move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const next = symbols.at(move(at) % symbols.length);
      event.target.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  }
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    pinned = "";
    light("");
  });

  // ---- copy: the LaTeX of a group, or its code

  const sources = {
    latex: [".rr-eq__math annotation", (note) => note.textContent.trim()],
    code: [".rr-row__code > code", (line) => line.textContent],
  };
  const copy = async (button) => {
    const [selector, text] = sources[button.dataset.copy];
    const parts = button.closest(".rr-eq, .rr-lines").querySelectorAll(selector);
    await navigator.clipboard.writeText([...parts].map(text).join("\n"));
    const said = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = said), 1500);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", () => copy(button));
  }
})();
