// The kinds of text that can be seen: colour and size of the letters, whether it is disabled, and what lies behind it.
// Two texts of one kind have one contrast, wherever they stand; so each kind is numbered by a hash of what it is.
() => {
  const layers = new Map();
  const behind = (element) => {
    if (!element) return "";
    if (!layers.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode].join();
      const plain = own === "rgba(0, 0, 0, 0),none,1,none,normal";
      layers.set(element, (plain ? "" : own + "/") + behind(element.parentElement));
    }
    return layers.get(element);
  };
  const kinds = new Set();
  const take = (element, pseudo) => {
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || !element.checkVisibility({ visibilityProperty: true })) return;
    const style = getComputedStyle(element, pseudo);
    const control = element.closest("label")?.control ?? element;
    const off = [element, control].some((one) => one.closest("[disabled], [aria-disabled=true], [aria-hidden=true], [inert]"));
    const letters = [style.color, style.fontSize, style.fontWeight, style.textShadow, element.tagName, off].join();
    kinds.add(`${letters}/${behind(element)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) take(texts.currentNode.parentElement);
  for (const field of document.querySelectorAll("input, textarea, select")) {
    take(field);
    if (field.placeholder) take(field, "::placeholder");
  }
  const hash = (text) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0, 7);
  return [...kinds].map(hash);
}
