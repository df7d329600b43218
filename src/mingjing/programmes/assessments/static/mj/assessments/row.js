// One check on the form: what it asks, what was found, and the two taps that answer it. Made anew whenever its answer
// changes, and only then. Not here: the sheet behind it (check.js).
import { isMeasured, stateOf } from "#mj/assessments/acts.js";
import { noticesOf, picksText } from "#mj/assessments/background.js";
import { deduct, openCheck } from "#mj/assessments/check.js";
import { button, h, icon, lost, points, said, t } from "#mj/assessments/kit.js";
import { lineOf } from "#mj/assessments/progress.js";
import { disputeCards } from "#mj/assessments/settle.js";
import { answerText } from "#mj/assessments/wording.js";

export function rowOf(screen, check) {
  const { work } = screen;
  const part = work.part(check.code);
  const state = stateOf(part);
  return h("article", { class: `fa-check ${state}${check.critical ? " critical" : ""}`, id: `check-${check.code}`, tabindex: "-1", "aria-labelledby": `title-${check.code}` },
    head(screen, check, part), h("p", { class: "fa-rule" }, said(check.rule)), ...noticesOf(screen, check),
    part.sample ? h("div", { class: "fa-picks" }, picksText(part.sample, said(check.sample?.of))) : null,
    ...disputeCards(screen, check.code), ...marks(part), findings(screen, check, part), work.editable ? answers(screen, check, part, state) : null);
}

// The title opens the sheet: notes, samples, "does not apply".
function head(screen, check, { absent }) {
  const { work } = screen;
  const down = work.account.findings.filter(({ finding }) => finding.check === check.code).reduce((sum, line) => sum + line.lost, 0);
  const left = absent ? "—" : points(check.points - down);
  const open = () => openCheck(screen, check, null, { entering: false });
  return h("button", { type: "button", class: "fa-head", onclick: open, "data-key": "head", "aria-haspopup": "dialog" },
    h("span", { class: "fa-title", id: `title-${check.code}` }, h("span", { class: "fa-code" }, check.code), " ", check.critical ? star() : null, said(check.title)),
    h("span", { class: "fa-points" }, h("b", {}, left), `/${points(check.points)}`));
}

export function star() {
  return h("span", { class: "fa-star" }, "★", h("span", { class: "unseen" }, t("Critical: opens an order at once")), " ");
}

function marks({ absent }) {
  return absent ? [h("p", { class: "fa-mark" }, h("b", {}, t("Does not apply")), t(": "), absent.reason)] : [];
}

function findings(screen, check, { findings: found }) {
  if (!found.length) return null;
  return h("ul", { class: "fa-findings" }, ...found.map((entry) => h("li", {}, findingOf(screen, check, entry))));
}

// A finding in one line; a tap opens it.
function findingOf(screen, check, entry) {
  const { work } = screen;
  const line = lineOf(work.account, entry.id);
  const open = () => openCheck(screen, check, entry.id);
  const photos = entry.evidence.length ? h("span", { class: "fa-photos" }, icon("camera"), String(entry.evidence.length), h("span", { class: "unseen" }, t("photos"))) : null;
  const parts = [entry.place || missing(entry, "place"), answerText(check, entry), entry.note, screen.whoElse(entry.by)].filter(Boolean);
  const once = line.verdict === "repeated" ? h("span", { class: "fa-fine" }, t("deducted once, under {code}", { code: line.under })) : null;
  return h("button", { type: "button", class: "fa-finding", onclick: open, "data-key": `finding-${entry.id}`, "aria-haspopup": "dialog" },
    h("span", { class: "fa-where" }, ...between(parts)), once, photos ?? missing(entry, "photo", check), h("b", { class: "fa-lost" }, lost(line.lost)));
}

const between = (parts) => parts.flatMap((part, place) => (place ? [" · ", part] : [part]));

// What a deduction still lacks is said where it lacks.
function missing({ steps }, what, check = null) {
  if (!steps || (check && !check.evidence?.length)) return null;
  return h("span", { class: "fa-missing" }, what === "place" ? t("no place yet") : t("no photo yet"));
}

function answers(screen, check, part, state) {
  if (state === "absent") return h("div", { class: "fa-answers" }, button(t("Take back"), () => screen.trying(() => screen.work.act([{ edit: "unmark", check: check.code }])), { kind: "quiet", "data-key": "unmark" }));
  return h("div", { class: "fa-answers" }, nothingFound(screen, check, state), deduction(screen, check, part));
}

// One tap says that nothing was found; a second takes it back.
function nothingFound(screen, check, state) {
  if (isMeasured(check) || state === "found") return null;
  const looked = state === "looked";
  const act = () => screen.trying(() => screen.work.act([{ edit: looked ? "unmark" : "looked", check: check.code }]));
  return button(t("Nothing found"), act, { kind: `ok${looked ? " on" : ""}`, mark: "check", "aria-pressed": String(looked), "data-key": "looked", name: t("{code}: nothing found", { code: check.code }) });
}

function deduction(screen, check, { findings: [first] }) {
  const again = first && !check.added;
  if (again) return button(t("Change"), () => openCheck(screen, check, first.id), { kind: "quiet", mark: "pencil", "data-key": "deduct" });
  const label = isMeasured(check) ? t("Enter") : first ? t("One more") : t("Deduct");
  return button(label, () => deduct(screen, check), { kind: isMeasured(check) ? "" : "minus", mark: isMeasured(check) ? "pencil" : "minus", "data-key": "deduct", name: `${check.code}${t(": ")}${label}` });
}
