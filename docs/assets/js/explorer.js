// <rr-explorer>: queries look at a source, and every number can be changed. Markup, programs and
// numbers come from rnnref/explain/explorer.py; all that is shown is computed by RR.run (program.js).
(() => {
  const { shown } = RR;
  const vector = (data) => `(${[...data].map((x) => shown(x)).join(", ")})`;
  const row = ({ shape, data }, k) => data.slice(k * shape.at(-1), (k + 1) * shape.at(-1));
  const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  const bar = (cell, weight) => {
    cell.querySelector("b").textContent = shown(weight);
    cell.firstElementChild.style.setProperty("--w", weight.toFixed(4));
  };

  class Explorer extends HTMLElement {
    connectedCallback() {
      if (this.data) return;
      this.data = JSON.parse(this.querySelector("script").textContent);
      this.given = structuredClone(this.data.given);
      this.all = (selector) => [...this.querySelectorAll(selector)];
      this.places = this.all("tr[data-place]");
      this.rows = this.all("tr[data-query]");
      for (const field of this.all("input")) {
        field.disabled = false;
        field.readOnly = false;
      }
      this.listen();
      this.compute();
    }

    listen() {
      this.addEventListener("input", ({ target }) => {
        if (target.dataset.put) this.put(target);
        else this.compute(target);
      });
      this.addEventListener("click", ({ target }) => {
        if (target.closest('[data-do="reset"]')) this.reset();
      });
      // A mouse shows a row as it passes; keys and fingers choose it.
      for (const line of this.rows) {
        line.addEventListener("pointerenter", ({ pointerType }) => {
          if (pointerType === "mouse") this.choose(Number(line.dataset.query));
        });
        line.addEventListener("click", () => this.choose(Number(line.dataset.query)));
      }
    }

    get chosen() {
      return Number(this.querySelector('[name$="-query"]:checked').value);
    }

    choose(query) {
      if (query === this.chosen) return;
      this.forget('[data-put^="q "]'); // a wrong number was of the other query
      this.rows[query].querySelector("input").checked = true;
      this.show();
    }

    // ---- computing --------------------------------------------------------------------------

    seen() {
      return this.places.map((line) => line.querySelector("[type=checkbox]").checked);
    }

    compute() {
      const score = this.querySelector('[name$="-score"]:checked').value;
      const program = this.data.programs[score];
      const first = RR.run(program, this.given);
      const { shape, data } = first.scores;
      const seen = this.seen();
      const scores = data.map((x, k) => (seen[k % seen.length] ? x : this.data.hidden));
      this.run = seen.every(Boolean)
        ? first
        : RR.run(program, this.given, { scores: { shape, data: scores } });
      if (!seen.some(Boolean)) {
        for (const name of ["weights", "y"]) this.run[name].data.fill(0); // as attention.attend does
      }
      const same = JSON.stringify(this.given) === JSON.stringify(this.data.given);
      const plain = score === "dot" && seen.every(Boolean);
      this.querySelector(".rr-widget__changed").hidden = same && plain;
      this.show();
    }

    // ---- showing ----------------------------------------------------------------------------

    show() {
      const query = this.chosen;
      const { scores, weights, y } = this.run;
      const { words, queries, source } = this.data;
      const [score, weight] = [row(scores, query), row(weights, query)];
      const seen = this.seen();
      for (const line of this.rows) {
        const k = Number(line.dataset.query);
        line.toggleAttribute("data-now", k === query);
        for (const [i, cell] of [...line.querySelectorAll("[data-map]")].entries()) {
          bar(cell, row(weights, k)[i]);
        }
      }
      for (const [i, line] of this.places.entries()) {
        const part = (name) => line.querySelector(`[data-part=${name}]`);
        const value = row({ shape: [2], data: this.given.v[0][i] }, 0);
        line.toggleAttribute("data-hidden", !seen[i]);
        part("scores").firstElementChild.textContent = seen[i] ? shown(score[i]) : words.hidden;
        bar(part("weights"), weight[i]);
        part("share").firstElementChild.textContent = vector(value.map((x) => weight[i] * x));
      }
      this.querySelector("[data-word]").textContent = queries[query];
      for (const field of this.all('[data-put^="q "]')) {
        const [, , column] = field.dataset.put.split(" ");
        field.dataset.put = `q ${query} ${column}`;
        if (field !== document.activeElement) field.value = this.given.q[0][query][column];
      }
      const sum = vector(row(y, query));
      this.querySelector("[data-sum]").textContent = sum;
      const most = weight.indexOf(Math.max(...weight));
      const says = seen.some(Boolean) ? words.says : words.nothing;
      const told = { query: queries[query], key: source[most], weight: shown(weight[most]), sum };
      this.querySelector(".rr-explorer__say").textContent = fill(says, told);
    }

    // ---- changing ---------------------------------------------------------------------------

    put(field) {
      const given = Object.fromEntries(Object.entries(this.given).map(([name, [x]]) => [name, x]));
      if (RR.put(field, given, this.data.words.invalid)) this.compute();
    }

    forget(fields) {
      for (const field of this.all(fields)) RR.accept(field);
    }

    reset() {
      this.given = structuredClone(this.data.given);
      this.forget("[data-put]");
      for (const field of this.all("[data-put]")) {
        const [name, place, column] = field.dataset.put.split(" ");
        field.value = this.given[name][0][place][column];
      }
      for (const box of this.all("[type=checkbox]")) box.checked = true;
      this.querySelector('[name$="-score"]').checked = true;
      this.compute();
      this.rows[this.chosen].querySelector("input").focus();
    }
  }

  customElements.define("rr-explorer", Explorer);
})();
