// Small comforts on top of pages that are complete without scripts.
(() => {
  const words = JSON.parse(document.getElementById("rr-words").textContent);

  // A button that copies: code as text, an equation as its LaTeX.
  const addCopy = (box, source) => {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rr-copy";
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", word);
    };
    const resting = () => say(box.matches(".rr-eq") ? "LaTeX" : words.copy);
    resting();
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source());
      say(words.copied);
      setTimeout(resting, 1500);
    });
    box.append(button);
  };

  for (const box of document.querySelectorAll(".md-content .highlight")) {
    addCopy(box, () => box.querySelector("code").textContent);
  }
  for (const box of document.querySelectorAll(".rr-eq")) {
    addCopy(box, () => box.querySelector("annotation").textContent.trim());
  }

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
