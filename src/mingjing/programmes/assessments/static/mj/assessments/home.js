// The cards of the day on the phone's first page: the day that is sealed or open, where to go, how far it is, what was
// sent back and why. Not here: the visit behind a card (visit.js).
import { metresBetween } from "#mj/assessments/arrivals.js";
import { button, distance, h, t } from "#mj/assessments/kit.js";
import { groupsOf } from "#mj/assessments/progress.js";
import { isBegun, isDone } from "#mj/assessments/standing.js";

// Cards of `days` of the pack. `visits` are {record, stand, answered, total, disputes} by subject; `here` is a position or
// null; `act` {openDay(day), open(subjects)}.
export function cardsOf(days, visits, here, act) {
  const known = new Set(days.map(({ subject }) => subject));
  const earlier = visits.filter(({ record, stand }) => !known.has(record.team_day) && !isDone(stand));
  const before = earlier.length ? [h("h2", {}, t("Earlier days")), ...groupsOf(earlier).map((group) => cardOf(group, here, act))] : [];
  return [...days.flatMap((day) => (day.opened ? openDay(day, visits, here, act) : [sealedDay(day, act)])), ...before];
}

function sealedDay(day, act) {
  const names = day.members.map(({ name }) => name).join(t(", "));
  return h("section", { class: "fa-card" }, h("h2", {}, t("Team {team}, {day}", day)),
    h("p", {}, t("Where to go is sealed until the day is started.")), h("p", { class: "fa-fine" }, names),
    ...(day.problems ?? []).map((problem) => h("p", { class: "fa-notice watch" }, problem.text)),
    button(t("Start the day"), () => act.openDay(day), { kind: "primary", mark: "open", disabled: Boolean(day.starting), "data-key": day.subject }),
    h("p", { class: "fa-fine" }, t("Needs a network. The start is on record.")));
}

function openDay(day, visits, here, act) {
  const ours = visits.filter(({ record }) => record.team_day === day.subject);
  const done = ours.filter(({ stand }) => stand.submitted_at).length;
  const head = h("section", { class: "fa-card head" }, h("h2", {}, t("Team {team}, {day}", day)),
    h("p", {}, t("{done} of {all} communities handed in", { done, all: ours.length })),
    h("progress", { value: done, max: Math.max(ours.length, 1), "aria-label": t("Communities handed in") }));
  return [head, ...groupsOf(ours).map((group) => cardOf(group, here, act))];
}

function cardOf(group, here, act) {
  const [first] = group;
  const together = group.length > 1 ? h("p", { class: "fa-notice watch" }, t("These are started together, in one go.")) : null;
  const label = isDone(first.stand) ? t("Look at it") : isBegun(first.stand) ? t("Go on") : group.length > 1 ? t("Begin together") : t("Begin");
  const kind = isBegun(first.stand) && !isDone(first.stand) ? "primary" : isDone(first.stand) ? "quiet" : "strong";
  const names = group.map(({ record }) => record.name).join(t(", "));
  return h("section", { class: `fa-card ${first.stand.state}` }, ...group.map((visit) => siteOf(visit, here)), together,
    button(label, () => act.open(group.map(({ record }) => record.subject)), { kind, "data-key": first.record.subject, name: `${label}${t(": ")}${names}` }));
}

function siteOf({ record, stand, answered, total, disputes }, here) {
  const metres = metresBetween(here, record.site);
  const facts = [record.number, record.address, metres === null ? "" : distance(metres)].filter(Boolean).join(" · ");
  return h("div", { class: "fa-site" }, h("h3", {}, record.name), h("p", { class: "fa-fine" }, facts),
    h("p", { class: `fa-state ${stand.state}` }, stateText(stand, answered, total)),
    stand.returned ? h("p", { class: "fa-notice watch" }, h("b", {}, t("Sent back")), t(": "), stand.returned.reason) : null,
    disputes ? h("p", { class: "fa-notice watch" }, t("{count} entries are to be settled", { count: disputes })) : null);
}

function stateText(stand, answered, total) {
  const words = { planned: () => t("To be visited"), submitted: () => t("Handed in, to be signed"), signed: () => t("Signed"), refused: () => t("Signature refused"), reviewed: () => t("Reviewed"), locked: () => t("Done"), void: () => t("Void") };
  return words[stand.state]?.() ?? t("On site: {answered} of {total} answered", { answered, total });
}
