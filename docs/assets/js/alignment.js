// <rr-alignment>: which characters a trained model read for each one it wrote. Markup and weights
// come from rnnref/explain/alignment.py.
(() => {
  const { shown } = RR;

  class Alignment extends HTMLElement {
    connectedCallback() {
      if (this.data) return;
      this.data = JSON.parse(this.querySelector("script").textContent);
      this.dates = [...this.querySelectorAll("[data-date]")];
      for (const field of this.querySelectorAll("input")) field.disabled = false;
      this.addEventListener("input", () => this.show());
      // A mouse shows a character as it passes; keys and fingers choose it.
      this.addEventListener("pointerover", ({ target, pointerType }) => {
        const field = pointerType === "mouse" && target.closest("[data-date] label")?.control;
        if (!field || field.checked) return;
        field.checked = true;
        this.show();
      });
      this.show();
    }

    show() {
      const date = Number(this.querySelector('[name$="-date"]:checked').value);
      for (const [k, part] of this.dates.entries()) part.hidden = k !== date;
      const step = Number(this.dates[date].querySelector(":checked").value);
      const { source, written, weights } = this.data.maps[date];
      const row = weights[step];
      for (const [i, letter] of [...this.dates[date].querySelectorAll(".rr-letter")].entries()) {
        letter.style.setProperty("--w", row[i]);
        letter.lastElementChild.textContent = shown(row[i]);
      }
      const most = row.indexOf(Math.max(...row));
      const words = {
        n: step + 1,
        letter: written[step],
        place: most + 1,
        read: source[most].replace(" ", "␣"),
        weight: shown(row[most]),
      };
      const text = this.data.says.replace(/\{(\w+)\}/g, (_, name) => words[name]);
      this.querySelector(".rr-alignment__say").textContent = text;
    }
  }

  customElements.define("rr-alignment", Alignment);
})();
