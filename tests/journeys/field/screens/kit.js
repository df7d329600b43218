// A stand-in for the shell's kit, so that the screens of a visit can be looked at without one. Texts come from the test.
const SHAPES = "http://www.w3.org/2000/svg";
const words = await (await fetch("/words.json")).json();

export const language = () => document.documentElement.lang;

export function t(text, params = {}) {
  return (words[text] || text).replace(/\{(\w+)\}/g, (field, name) => params[name] ?? field);
}

export function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (["checked", "value", "selected", "disabled", "hidden"].includes(name)) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function icon(name) {
  const [shape, use] = ["svg", "use"].map((tag) => document.createElementNS(SHAPES, tag));
  shape.setAttribute("class", "icon");
  shape.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/ui/icons.svg#${name}`);
  shape.append(use);
  return shape;
}
