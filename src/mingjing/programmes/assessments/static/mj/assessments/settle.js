// What the installation refused, or somebody else changed meanwhile: both versions at the check, and the choice of a person.
// Not here: what a choice sends (conflicts.js).
import { mineAnew } from "#mj/assessments/conflicts.js";
import { button, h, refusalText, t } from "#mj/assessments/kit.js";
import { answerText } from "#mj/assessments/wording.js";
import { uuid7 } from "#mj/logic/ids.js";

export function disputeCards(screen, code) {
  return screen.work.disputes.filter(({ check }) => check === code).map((dispute) => card(screen, dispute));
}

// Those that belong to no check of the form: steps of the visit that were refused.
export function looseDisputes(screen) {
  return screen.work.disputes.filter(({ check }) => !screen.work.checks.has(check)).map((dispute) => card(screen, dispute));
}

function card(screen, dispute) {
  const { work } = screen;
  const check = work.checks.get(dispute.check);
  const versions = check && dispute.mine?.touched && !dispute.mine.only ? h("dl", { class: "fa-versions" },
    version(t("Yours"), check, dispute.mine, work), version(t("Stands now{who}", { who: whoOf(work, dispute.theirs) }), check, dispute.theirs, work)) : null;
  return h("section", { class: "fa-dispute", role: "group", "aria-label": t("To be settled") },
    h("p", {}, h("b", {}, dispute.state === "conflict" ? t("Somebody else was here too.") : t("This was not taken.")), " ", reasonOf(dispute)),
    versions, choices(screen, dispute));
}

const reasonOf = ({ problems }) => problems.map(refusalText).join(" ");

function whoOf({ stand }, theirs) {
  const name = stand.names?.[theirs?.by];
  return name ? t(" ({name})", { name }) : "";
}

function version(label, check, entry, work) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, told(check, entry)));
}

function told(check, entry) {
  if (!entry) return t("nothing: it was removed");
  if (entry.removed) return t("removed");
  const photos = entry.evidence?.length ? t("photos: {count}", { count: entry.evidence.length }) : "";
  return [answerText(check, entry), entry.place, entry.note, photos].filter(Boolean).join(" · ") || t("as it was");
}

function choices(screen, dispute) {
  const { work } = screen;
  const settle = (mine) => () => screen.trying(() => work.settle(dispute, mine));
  const anew = work.checks.has(dispute.check) && mineAnew(work.rubric, dispute, work.sheet, uuid7);
  if (!anew?.length) return h("div", { class: "fa-answers" }, button(t("I have read it"), settle(false), { "data-key": "read" }));
  const leave = dispute.state === "conflict" ? t("Leave theirs") : t("Leave it out");
  return h("div", { class: "fa-answers" },
    work.editable ? button(t("Record mine anew"), settle(true), { kind: "strong", "data-key": "mine" }) : null,
    button(leave, settle(false), { "data-key": "theirs" }));
}
