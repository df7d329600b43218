// The controls of a finding: how many, which grade, which share, where, what it says. Each tells what it holds by
// `change(answer)` and asks nothing. Not here: sending (check.js).
import { button, h, said, t } from "#mj/assessments/kit.js";
import { withWord } from "#mj/assessments/places.js";

const GRADES = [["partial", () => t("partial or out of date (half)")], ["absent", () => t("absent (none)")]];

// The answer of a check, by its kind; null where there is nothing to choose. `held` is the answer as edits take it.
export function answerField(check, held, change) {
  const make = { PI: counted, TIER: graded, RATIO: shared, SCALE: marked }[check.kind];
  return make ? make(check, held, change) : null;
}

function counted(check, held, change) {
  let count = held.count ?? 1;
  const shown = h("output", { class: "fa-count", "aria-live": "polite" }, String(count));
  const step = (by) => () => {
    count = Math.min(999, Math.max(1, count + by));
    shown.textContent = String(count);
    change({ count });
  };
  return group(t("Number of places"), h("div", { class: "fa-stepper" },
    button("−", step(-1), { name: t("One place fewer"), "data-key": "fewer" }), shown,
    button("+", step(1), { name: t("One place more"), "data-key": "more" })));
}

function graded(check, held, change) {
  return group(t("Grade"), choices(`grade-${check.code}`, GRADES.map(([value, label]) => [value, label()]), held.grade, (grade) => change({ grade })));
}

function shared(check, held, change) {
  const { minimum = 0, of = null } = check.sample ?? {};
  const known = { good: "", of: "", fewer: "", ...held };
  const why = field(t("If there are fewer than {minimum}, why", { minimum }), text({ value: known.fewer, maxlength: 300 }, (fewer) => tell({ fewer })));
  const tell = (part) => {
    Object.assign(known, part);
    why.hidden = !minimum || known.of === "" || Number(known.of) >= minimum;
    change({ good: whole(known.good), of: whole(known.of), fewer: why.hidden ? "" : known.fewer });
  };
  const number = (name) => text({ type: "text", inputmode: "numeric", pattern: "[0-9]*", maxlength: 6, value: String(known[name]), "data-key": name }, (value) => tell({ [name]: value }));
  why.hidden = !minimum || known.of === "" || Number(known.of) >= minimum;
  const asked = minimum ? h("p", { class: "fa-fine" }, t("at least {count} {of}", { count: minimum, of: said(of) })) : null;
  const share = h("div", { class: "fa-share" }, field(t("Good ones"), number("good")), field(t("of {what}", { what: said(of) || t("all") }), number("of")));
  return h("div", { class: "fa-field" }, share, asked, why);
}

const whole = (raw) => (/^\d{1,6}$/.test(String(raw).trim()) ? Number(raw) : null);

function marked(check, held, change) {
  const marks = marksOf(check.scale);
  if (marks.length > 12) return field(t("Mark"), text({ inputmode: "decimal", value: held.mark ?? "" }, (mark) => change({ mark })));
  return group(t("Mark"), choices(`mark-${check.code}`, marks.map((mark) => [mark, mark]), held.mark, (mark) => change({ mark })));
}

// The marks of a scale that a thumb can choose from; none where they are too many.
function marksOf({ lowest, highest, step }) {
  const [from, to, by] = [lowest, highest, step].map(Number);
  const count = Math.round((to - from) / by);
  if (!(count >= 0 && count < 12)) return Array(13).fill("");
  return Array.from({ length: count + 1 }, (_, place) => String(+(to - place * by).toFixed(6)));
}

// Where: a line to write in, places used lately, and words that a tap puts to the number.
export function placeField({ value, recent, words, gap }, change) {
  const input = text({ value, maxlength: 200, placeholder: t("building, floor, stairwell"), "data-key": "place", enterkeyhint: "done" }, change);
  const put = (place) => () => {
    input.value = place();
    change(input.value);
  };
  const chip = (label, place, name) => h("button", { type: "button", class: "fa-chip", onclick: put(place), "aria-label": name }, label);
  const lately = recent.map((place) => chip(place, () => place, t("Place: {place}", { place })));
  const quick = words.map((word) => chip(word, () => withWord(input.value.trim(), word, gap), t("Word: {word}", { word })));
  return h("div", { class: "fa-field" }, field(t("Where"), input), chips(t("Places used lately"), lately), chips(t("Words for places"), quick));
}

function chips(label, list) {
  return list.length ? h("div", { class: "fa-chips", role: "group", "aria-label": label }, ...list) : null;
}

export function noteField(value, change) {
  return field(t("Note"), text({ value, maxlength: 1000, "data-key": "note", enterkeyhint: "done" }, change));
}

// A labelled control.
export function field(label, control) {
  return h("label", { class: "fa-field" }, h("span", { class: "fa-label" }, label), control);
}

export function text(attributes, change) {
  return h("input", { type: "text", autocomplete: "off", ...attributes, oninput: (event) => change(event.target.value) });
}

export function group(label, ...parts) {
  return h("fieldset", { class: "fa-field" }, h("legend", { class: "fa-label" }, label), ...parts);
}

// One of a few, large enough for a thumb: [[value, label]].
export function choices(name, list, chosen, change, kind = "") {
  const one = ([value, label]) => h("label", { class: "fa-choice" },
    h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => change(value), "data-key": `${name}-${value}` }), h("span", {}, label));
  return h("div", { class: `fa-choices ${kind}`.trim() }, ...list.map(one));
}
