// What the screens of an inspection are made with: elements and words of the shell, and how this programme says colours,
// purposes, facts and hours. Not here: any screen.
import { h, icon, language, t } from "#mj/field/kit.js";

export { h, icon, t };

// A title in the reader's language, or the first there is.
export const said = (texts) => texts?.[language()] ?? Object.values(texts ?? {})[0] ?? "";

const PURPOSES = {
  routine: () => t("Routine inspection"), campaign: () => t("Campaign"), case: () => t("Case or clue"), immediate: () => t("Immediate inspection"),
  random: () => t("Random inspection"), recheck: () => t("Re-check"), service: () => t("Service visit"), observation: () => t("Observation"),
};
export const purposeOf = ({ purpose }) => PURPOSES[purpose]?.() ?? purpose;

const TRIGGERS = {
  plan: () => t("Plan"), complaint: () => t("Complaint or report"), superior: () => t("Assigned by a superior"), assist_superior: () => t("Assisting a superior"), audit: () => t("Internal audit"),
  off_site_clue: () => t("Clue from off-site checks"), media: () => t("Media exposure"), recheck: () => t("Re-check of a correction"), firm_request: () => t("The firm’s request"), permit: () => t("Site check for a permit"), emergency: () => t("Legal emergency"),
};
export const triggerOf = (trigger) => TRIGGERS[trigger]?.() ?? trigger;

const FACTS = {
  listed: () => t("whether the authority is listed"), published: () => t("whether the items are published"), in_scope: () => t("whether the items are within its scope"),
  covered: () => t("whether a plan covers it"), approved: () => t("whether it is approved"), filed: () => t("whether it is filed"),
  quiet_day: () => t("whether it is a quiet day"), exception: () => t("which exception it is"), exempt: () => t("whether the firm is exempt from routine visits"), as_noticed: () => t("whether it is as the notice says"),
  valid_officers: () => t("how many officers hold a certificate"), distance: () => t("how far it is from the registered place"), clue: () => t("the number of the clue"),
  grade: () => t("the grade of the firm"), purpose: () => t("the purpose"), trigger: () => t("the trigger"), method: () => t("the method"),
};
export const factName = (fact) => FACTS[fact]?.() ?? fact;

const COLOURS = { green: () => t("Green: in order"), yellow: () => t("Yellow: may enter, and this is on record"), red: () => t("Red code: the firm may refuse") };
export const colourName = (colour) => COLOURS[colour]?.() ?? t("Not known yet");

const LEVELS = { info: () => t("Note"), yellow: () => t("Yellow"), red: () => t("Red") };
export const levelName = (level) => LEVELS[level]?.() ?? level;

const RESULTS = { pass: () => t("In order"), finding: () => t("Finding"), not_checked: () => t("Not checked") };
export const resultName = (result) => RESULTS[result]?.() ?? t("Not told yet");

// Day, hour and minute of an instant.
export const moment = (instant) => new Date(instant).toLocaleString(language() === "en" ? "en-GB" : language(), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function localDay(at = new Date()) {
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

// A large button: `name` is read out where the label alone would not say what it does.
export function button(label, act, { kind = "", name = null, mark = null, ...more } = {}) {
  return h("button", { type: "button", class: `fi-button ${kind}`.trim(), onclick: act, "aria-label": name, ...more }, mark ? icon(mark) : null, h("span", {}, label));
}

export const field = (label, control) => h("label", { class: "fi-field" }, h("span", { class: "fi-label" }, label), control);
export const group = (legend, ...parts) => h("fieldset", { class: "fi-field" }, h("legend", { class: "fi-label" }, legend), ...parts);
export const part = (title, ...parts) => h("section", { class: "fi-part" }, h("h2", {}, title), ...parts);

// A field of several lines that tells what it holds.
export function area(label, held, tell, more = {}) {
  return field(label, h("textarea", { rows: 3, maxlength: 500, oninput: (event) => tell(event.target.value), ...more }, held));
}

// One of a few: large radio buttons. `list` is [[value, label]].
export function choices(name, list, held, choose) {
  const one = ([value, label]) => h("label", { class: "fi-choice" }, h("input", { type: "radio", name, value, checked: value === held, onchange: () => choose(value), "data-key": `${name}-${value}` }), h("span", {}, label));
  return h("div", { class: "fi-choices" }, ...list.map(one));
}

// Put `made` in the place of `old` and keep the keyboard where it was (elements are known again by data-key).
export function exchange(old, made) {
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  old.replaceWith(made);
  if (key) made.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  return made;
}
