// What screens are made with: elements, pictures of the sprite, words. Not here: any screen.
export { language, t } from "#mj/words.js";

const SHAPES = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["checked", "value", "selected", "disabled", "hidden"]);

// An element: attributes that are null or false are left out, those that begin with `on` are listeners.
export function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// A picture of the house's sprite, unread by screen readers.
export function icon(name) {
  const [shape, use] = ["svg", "use"].map((tag) => document.createElementNS(SHAPES, tag));
  shape.setAttribute("class", "icon");
  shape.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  shape.append(use);
  return shape;
}
