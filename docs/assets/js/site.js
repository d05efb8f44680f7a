// Small comforts on top of pages that are complete without scripts.
(() => {
  const words = JSON.parse(document.getElementById("rr-words").textContent);

  // A button that copies code.
  const addCopy = (box) => {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rr-copy";
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", word);
    };
    say(words.copy);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      say(words.copied);
      setTimeout(() => say(words.copy), 1500);
    });
    box.append(button);
  };

  document.querySelectorAll(".md-content .highlight").forEach(addCopy);

  // The other language opens at the same section.
  for (const link of document.querySelectorAll(".rr-switch__link")) {
    const page = link.getAttribute("href");
    link.addEventListener("click", () => link.setAttribute("href", page + location.hash));
  }

  // What the keyboard can scroll is a stop for it, what fits is none; a wide figure says that it
  // goes on, and shows first what it is about.
  const boxes = document.querySelectorAll(".rr-figure__scroll, .rr-eq__math, .rr-table");
  const fit = () => {
    for (const box of boxes) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (wide) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      box.classList.toggle("rr-wide", wide);
    }
  };
  fit();
  addEventListener("resize", fit);
  addEventListener("change", fit); // a switch may show numbers that are wider
  for (const box of document.querySelectorAll(".rr-figure__scroll.rr-wide")) {
    const about = box.querySelector("svg[data-focus]");
    if (about) box.scrollLeft = about.dataset.focus * box.scrollWidth - box.clientWidth / 2;
  }

  // A link to a folded test unfolds it.
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details.rr-check")) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();

  // The theme takes code blocks out of the tab order on devices without a mouse; put them back.
  const reachable = (code) => {
    if (code.scrollWidth > code.clientWidth && code.tabIndex !== 0) code.tabIndex = 0;
  };
  const blocks = document.querySelectorAll(".md-content pre > code");
  const watch = new MutationObserver((changes) => changes.forEach((c) => reachable(c.target)));
  for (const code of blocks) {
    watch.observe(code, { attributes: true, attributeFilter: ["tabindex"] });
  }
  const again = () => blocks.forEach(reachable);
  addEventListener("resize", again);
  again();
})();
