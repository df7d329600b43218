// What is known of a check before it is answered: its rule, notes on how it is judged, what was found on this site before,
// the order that a critical one opens, and which of many to look at. Not here: answers.
import { field, text } from "#mj/assessments/fields.js";
import { dueAt } from "#mj/assessments/deadlines.js";
import { button, clock, h, said, t } from "#mj/assessments/kit.js";
import { ruleOf } from "#mj/assessments/wording.js";

export function backgroundOf(screen, check) {
  return [h("p", { class: "fa-fine" }, ruleOf(check)), ...noticesOf(screen, check, true)];
}

// Calibration notes, earlier findings, the order: short on the form, whole on the sheet.
export function noticesOf(screen, check, whole = false) {
  const notes = screen.notes(check.code).map(({ text: note }) => notice("note", t("How it is judged"), note, whole));
  const earlier = (screen.work.record.earlier ?? []).filter((one) => one.check === check.code);
  const found = earlier.length ? [notice("earlier", t("Found here before"), earlierText(whole ? earlier : earlier.slice(0, 1)), whole)] : [];
  const order = check.critical && screen.work.part(check.code).findings.some(({ steps }) => steps) ? [orderNotice(screen)] : [];
  return [...order, ...notes, ...found];
}

const earlierText = (earlier) => earlier.map(({ day, place, note }) => [day, place, note].filter(Boolean).join(" · ")).join(t("; "));

function notice(kind, label, body, whole) {
  return h("p", { class: `fa-notice ${kind}${whole ? " fa-all" : ""}` }, h("b", {}, label), t(": "), body);
}

// A critical finding opens an order the same day, due as the scheme says (`order_due` of the pack).
function orderNotice({ work }) {
  const due = t("Due {when}.", { when: clock(dueAt(work.record.order_due, new Date()), work.record.day) });
  return h("p", { class: "fa-notice star" }, t("★ An order is given the same day."), " ", due);
}

// How many there are, and so which of them to look at; by the seed that was committed to.
export function sampleField(screen, check) {
  const { work } = screen;
  const what = said(check.sample.of) || t("places");
  const shown = h("div", { class: "fa-picks", role: "status" });
  const show = () => {
    const { sample } = work.part(check.code);
    shown.replaceChildren(...(sample ? [picksText(sample, what)] : []));
  };
  const count = text({ inputmode: "numeric", pattern: "[0-9]*", maxlength: 4, value: String(work.part(check.code).sample?.population ?? ""), "data-key": "population" }, () => {});
  const ask = () => screen.trying(async () => {
    await work.act([{ edit: "sampled", check: check.code, population: Number(count.value) || 0 }]);
    show();
  });
  show();
  return h("div", { class: "fa-sample" }, field(t("How many {what} are there?", { what }), count), button(t("Pick"), ask, { "data-key": "pick" }), shown);
}

export function picksText({ picks, population }, what) {
  return h("p", {}, h("b", {}, t("Look at {picks}", { picks: picks.join(t(", ")) })), " ", t("of {population} {what}", { population, what }));
}
