// <rr-stepper>: plays a cell forward and back through time. Markup, programs and numbers come from
// rnnref/explain/stepper; every number shown is computed here by RR.unroll (program.js).
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const WEIGHT = /^d[WUb](_|$)/;

  const { shown, exact, vector, matrix, element } = RR.lines;

  class Stepper extends HTMLElement {
    connectedCallback() {
      if (this.data) return;
      this.data = JSON.parse(this.querySelector("script").textContent);
      this.all = (selector) => [...this.querySelectorAll(selector)];
      this.given = structuredClone(this.data.given);
      this.frames = this.film();
      this.marks = RR.marks(this, this.data.stages);
      this.slider = this.querySelector("input[type=range]");
      this.slider.max = this.frames.length - 1;
      this.describe();
      this.listen();
      this.compute();
      this.show(0);
      this.querySelector(".rr-stepper__say").textContent = ""; // nobody has asked yet
    }

    disconnectedCallback() {
      this.play(false);
    }

    // The description in the picture is of one step; from now on the live line tells the numbers.
    describe() {
      const svg = this.querySelector("svg");
      svg.querySelector("desc").remove();
      svg.setAttribute("aria-labelledby", svg.querySelector("title").id);
    }

    // ---- what there is to show --------------------------------------------------------------

    film() {
      const times = this.given.x.map((_, t) => t);
      const stages = (way) => (t) => this.data.stages[way].map((stage, k) => ({ way, t, k, stage }));
      return [...times.flatMap(stages("ahead")), ...times.reverse().flatMap(stages("back"))];
    }

    // ---- computing --------------------------------------------------------------------------

    compute() {
      const held = this.held();
      const forced = { ahead: held, back: {} };
      for (const gate of Object.keys(held)) forced.back[this.data.gates[gate]] = 0;
      this.run = RR.unroll(this.data.cell, this.given, forced);
      this.sums = this.run.back.map(() => ({}));
      const names = Object.keys(this.run.back[0].values).filter((name) => WEIGHT.test(name));
      for (let t = this.run.back.length - 1; t >= 0; t--) {
        for (const name of names) {
          const { shape, data } = this.run.back[t].values[name];
          const later = this.sums[t + 1]?.[name].data;
          this.sums[t][name] = { shape, data: data.map((x, k) => x + (later?.[k] ?? 0)) };
        }
      }
      this.fillTables();
      this.querySelector("output").textContent = exact(this.run.goal.values.L.data[0]);
      for (const mark of this.all("[data-box]")) {
        mark.classList.toggle("rr-held", mark.dataset.box in held);
      }
      for (const wire of this.all("[data-wire]")) {
        wire.classList.toggle("rr-cut", wire.dataset.wire.split(">")[1] in held);
      }
      const same = JSON.stringify(this.given) === JSON.stringify(this.data.given);
      this.querySelector(".rr-widget__changed").hidden = same && !Object.keys(held).length;
    }

    held() {
      const chosen = this.all("select").filter((select) => select.value !== "");
      return Object.fromEntries(chosen.map((s) => [s.dataset.hold, Number(s.value)]));
    }

    fillTables() {
      for (const cell of this.all("[data-cell]")) {
        const [way, t, name] = cell.dataset.cell.split(" ");
        cell.textContent = matrix(way === "sum" ? this.sums[t][name] : this.run[way][t].values[name]);
      }
    }

    // ---- showing ----------------------------------------------------------------------------

    show(index) {
      this.index = Math.max(0, Math.min(index, this.frames.length - 1));
      const { way, t, k } = this.frames[this.index];
      this.dataset.way = way;
      this.dataset.time = t + 1;
      for (const { mark, [way]: at } of this.marks) {
        if (!at) continue;
        mark.dataset.state = at.includes(k) ? "now" : Math.min(...at) > k ? "later" : "done";
      }
      for (const text of this.all("svg [data-name]")) {
        const [name, place] = text.dataset.name.slice(0, -1).split("[");
        const source = text.closest("[data-grad]") ? this.run.back : this.run.ahead;
        text.textContent = shown(source[t].values[name].data[place - 1], 2);
      }
      const panel = this.showPanel();
      const [jump] = this.all(`[data-${way}="${t}"]`).slice(-1);
      for (const button of this.all(".rr-stepper__jumps button")) {
        if (button === jump) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
      }
      const where = `t = ${t + 1}, ${this.data.words[way]}, ${panel.querySelector("strong").textContent}`;
      this.slider.value = this.index;
      this.slider.setAttribute("aria-valuetext", where);
      this.querySelector(".rr-stepper__say").textContent = `${where}: ${this.spoken()}`;
      this.follow();
    }

    showPanel() {
      const { way, t, k, stage } = this.frames[this.index];
      const loss = way === "back" && k === 0 && t === this.given.x.length - 1;
      const wanted = `${way} ${loss ? "loss" : k}`;
      for (const panel of this.all("[data-panel]")) {
        panel.dataset.state = panel.dataset.panel === wanted ? "now" : "later";
      }
      const panel = this.querySelector(`[data-panel="${wanted}"]`);
      panel.querySelector("i").textContent = `t = ${t + 1}`;
      const [program, made, lines] = loss
        ? [this.data.cell.goal, this.run.goal, this.data.loss]
        : [this.data.cell[way], this.run[way][t], stage.lines];
      for (const box of panel.querySelectorAll("[data-line]")) {
        const name = box.dataset.line;
        if (lines[name]) box.replaceChildren(...this.arithmetic(name, lines[name], program, made));
        else box.textContent = `${this.data.words.so_far} ${matrix(this.sums[t][name])}`;
      }
      for (const equation of panel.querySelectorAll(".rr-math")) {
        if (equation.scrollWidth > equation.clientWidth + 1) equation.tabIndex = 0;
        else equation.removeAttribute("tabindex");
      }
      return panel;
    }

    // One row per unit: its value = the right side in numbers.
    arithmetic(name, parts, program, { made, values }) {
      const held = Object.keys(this.held()).some((gate) => [gate, this.data.gates[gate]].includes(name));
      const roles = Object.fromEntries(
        Object.entries(this.data.roles).map(([known, role]) => [program.names[known], role]),
      );
      return [...values[name].data].map((value, unit) => {
        const row = element("p", "");
        if (values[name].data.length > 1) row.append(element("i", unit + 1));
        row.append(element("b", exact(value)));
        if (held) row.append(" ", element("small", this.data.words.held));
        else row.append(" = ", ...RR.lines.written(parts, unit, made, roles));
        return row;
      });
    }

    spoken() {
      const { way, t, stage } = this.frames[this.index];
      const names = stage.numbers.length ? stage.numbers : stage.fields;
      const values = this.run[way][t].values;
      return names
        .filter((name) => values[name] && !WEIGHT.test(name))
        .map((name) => `${name} = ${vector(values[name].data)}`)
        .join(", ");
    }

    // On a narrow screen the picture scrolls to what is going on.
    follow() {
      const box = this.querySelector(".rr-figure__scroll");
      if (box.scrollWidth <= box.clientWidth) return;
      const marks = this.all("svg :is([data-box], [data-pill], [data-grad])[data-state=now]");
      const sides = marks.map((mark) => mark.getBoundingClientRect());
      const left = Math.min(...sides.map((side) => side.left));
      const right = Math.max(...sides.map((side) => side.right));
      const frame = box.getBoundingClientRect();
      if (left >= frame.left && right <= frame.right) return;
      const middle = (left + right - frame.left - frame.right) / 2;
      box.scrollBy({ left: middle, behavior: still.matches ? "auto" : "smooth" });
    }

    // ---- listening --------------------------------------------------------------------------

    listen() {
      const press = { back: () => this.go(this.index - 1), next: () => this.go(this.index + 1) };
      press.play = () => this.play(!this.timer);
      press.reset = () => this.reset();
      this.addEventListener("click", ({ target }) => {
        const { do: name, ahead, back } = target.closest("button")?.dataset ?? {};
        if (name) press[name]();
        else if (ahead ?? back) this.go(this.first(ahead ? "ahead" : "back", Number(ahead ?? back)));
      });
      this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
      this.addEventListener("keydown", (event) => this.key(event));
      this.addEventListener("change", ({ target }) => {
        if (target.matches("select")) this.renew();
      });
      this.addEventListener("input", ({ target }) => {
        if (target.matches("[data-put]") && RR.put(target, this.given, this.data.words.invalid)) {
          this.renew();
        }
      });
    }

    first(way, t) {
      return this.frames.findIndex((frame) => frame.way === way && frame.t === t);
    }

    go(index) {
      this.play(false);
      this.show(index);
    }

    key(event) {
      const { key, target } = event;
      const elsewhere = "form, summary, .rr-figure__scroll, .rr-table, .rr-math";
      if (event.altKey || event.ctrlKey || event.metaKey || target.closest(elsewhere)) return;
      const starts = this.frames.flatMap(({ k }, index) => (k ? [] : [index]));
      const moves = {
        ArrowLeft: () => this.go(this.index - 1),
        ArrowRight: () => this.go(this.index + 1),
        PageUp: () => this.go(starts.filter((start) => start < this.index).pop() ?? 0),
        PageDown: () => this.go(starts.find((start) => start > this.index) ?? Infinity),
        Home: () => this.go(0),
        End: () => this.go(Infinity),
      };
      moves.ArrowDown = moves.ArrowLeft;
      moves.ArrowUp = moves.ArrowRight;
      if (!target.closest("button")) moves[" "] = () => this.play(!this.timer);
      if (!moves[key]) return;
      event.preventDefault();
      moves[key]();
    }

    play(on) {
      clearInterval(this.timer);
      this.timer = 0;
      if (on) {
        const last = this.frames.length - 1;
        this.show(this.index === last ? 0 : this.index + 1);
        const next = () => (this.index === last ? this.play(false) : this.show(this.index + 1));
        this.timer = setInterval(next, still.matches ? 3500 : 1800);
      }
      const button = this.querySelector("[data-do=play]");
      button.textContent = this.data.words[on ? "pause" : "play"];
    }

    reset() {
      this.querySelector("form").reset();
      for (const message of this.all(".rr-invalid")) message.remove();
      for (const field of this.all("[aria-invalid]")) field.removeAttribute("aria-invalid");
      this.given = structuredClone(this.data.given);
      this.renew();
      this.querySelector("summary").focus();
    }

    renew() {
      this.compute();
      this.show(this.index);
    }
  }

  customElements.define("rr-stepper", Stepper);
})();
