// What the screens of a visit are made with: elements and words of the shell, and how this programme says points, titles,
// hours and refusals. Not here: any screen.
import { h, icon, language, t } from "#mj/field/kit.js";
import { pointsText } from "#mj/logic/exact.js";

export { h, icon, t };

export const isChinese = () => language().startsWith("zh");

// A title in the reader's language, or the first there is.
export function said(texts) {
  if (!texts) return "";
  return texts[language()] ?? Object.values(texts)[0] ?? "";
}

export const points = (hundredths) => (hundredths === null || hundredths === undefined ? "—" : pointsText(hundredths));
export const figure = (hundredths) => (hundredths === null ? "—" : pointsText(hundredths, 2)); // always as wide
export const lost = (hundredths) => (hundredths ? `−${pointsText(hundredths)}` : "0");

// A refusal in the reader's language: problems of the installation are said already, own ones are not.
export function refusalText({ text, params }) {
  if (!params) return text;
  return t(text, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, spoken(value)])));
}

function spoken(value) {
  if (Array.isArray(value)) return value.map(spoken).join(t(", "));
  return value?.titled ? said(value.titled) : value;
}

// Hour and minute of an instant; with the day where it is another one than `day` (an ISO date).
export function clock(instant, day = "") {
  const at = new Date(instant);
  const date = at.toLocaleDateString(language(), { month: "numeric", day: "numeric" });
  const hour = at.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return day && localDay(at) !== day ? `${date} ${hour}` : hour;
}

export function localDay(at) {
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

// Metres as people say them.
export function distance(metres) {
  if (metres < 1000) return t("{metres} m", { metres });
  return t("{kilometres} km", { kilometres: (metres / 1000).toFixed(1) });
}

// A large button: `name` is read out where the label alone would not say what it does.
export function button(label, act, { kind = "", name = null, mark = null, ...more } = {}) {
  const attributes = { type: "button", class: `fa-button ${kind}`.trim(), onclick: act, "aria-label": name, ...more };
  return h("button", attributes, mark ? icon(mark) : null, h("span", {}, label));
}

// Put `made` in the place of `old` and keep the keyboard where it was (elements are known again by data-key).
export function exchange(old, made) {
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  old.replaceWith(made);
  if (key) made.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  return made;
}
