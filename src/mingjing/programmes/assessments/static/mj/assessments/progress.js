// How far a sheet is: by major item and in all, and what one check lost. Not here: points themselves (score.js).
import { partOf, stateOf } from "#mj/assessments/acts.js";
import { isBegun } from "#mj/assessments/standing.js";

// {answered, total, items: [{code, title, answered, total, lost, disputed}]} of a work.
export function progressOf(work) {
  const answered = answeredOf(work.sheet);
  const lost = lossesOf(work.account);
  const items = work.rubric.items.map(({ code, title, checks }) => ({
    code, title, total: checks.length, answered: checks.filter((check) => answered.has(check)).length,
    lost: checks.reduce((sum, check) => sum + (lost.get(check) ?? 0), 0),
    disputed: checks.some((check) => work.disputed(check)),
  }));
  return { answered: answered.size, total: work.rubric.checks.length, items };
}

function answeredOf(sheet) {
  const lists = ["findings", "not_applicable", "looked"].flatMap((name) => sheet[name] ?? []);
  return new Set(lists.map(({ check }) => check));
}

// Hundredths lost by check.
export function lossesOf({ findings }) {
  const lost = new Map();
  for (const line of findings) lost.set(line.finding.check, (lost.get(line.finding.check) ?? 0) + line.lost);
  return lost;
}

// The line of a finding in the account: {verdict, under, lost}.
export function lineOf({ findings }, id) {
  return findings.find(({ finding }) => finding.id === id) ?? { verdict: "counted", under: "", lost: 0 };
}

// The checks of an item that "nothing found on the rest" would answer.
export function restOf(work, { checks }) {
  const open = (code) => stateOf(partOf(work.sheet, code)) === "open";
  return checks.filter((code) => open(code) && !["RATIO", "SCALE"].includes(work.checks.get(code).kind));
}

// The first check after `code` that nobody has answered; null where all are.
export function nextOpen(work, code = "") {
  const codes = work.rubric.checks.map((check) => check.code);
  const from = codes.indexOf(code) + 1;
  const open = (one) => stateOf(partOf(work.sheet, one)) === "open";
  return [...codes.slice(from), ...codes.slice(0, from)].find(open) ?? null;
}

// Communities that must be started together are one card with one start until they have begun.
export function groupsOf(visits) {
  const groups = new Map();
  for (const visit of visits) {
    const { group, subject } = visit.record;
    const key = group && !isBegun(visit.stand) ? `group ${group}` : subject;
    groups.set(key, [...(groups.get(key) ?? []), visit]);
  }
  return [...groups.values()];
}
