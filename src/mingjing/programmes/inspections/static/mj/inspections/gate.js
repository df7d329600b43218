// The gate (Table A) on the phone: what the rules of the day say to an arrival, by the same vectors as policy/gate.py.
// `rules` are rules of kind "gate" as their document has them. Not here: gathering the facts (arrival.js), any screen.
import { unknown, verdict } from "#mj/inspections/conditions.js";

const LEVELS = ["info", "yellow", "red"]; // the worst last
const COLOURS = { info: "green", yellow: "yellow", red: "red" };

// {colour, answers}: every answer that is not plainly green, worst first, each {rule, level, unknown}.
export function admit(rules, facts, day) {
  const held = rules.filter(({ kind = "gate", from, to = "9999-12-31" }) => kind === "gate" && from <= day && day <= to);
  const answers = held.map((rule) => answered(rule, facts)).filter(Boolean);
  answers.sort((one, other) => LEVELS.indexOf(other.level) - LEVELS.indexOf(one.level));
  return { colour: COLOURS[answers[0]?.level ?? "info"], answers };
}

function answered(rule, facts) {
  const verdicts = rule.levels.map(({ when }) => verdict(when, facts));
  const reached = verdicts.indexOf(true);
  if (reached >= 0) return { rule, level: rule.levels[reached].level, unknown: [] };
  if (!verdicts.includes(null)) return null;
  const missing = rule.levels.flatMap(({ when }) => unknown(when, facts));
  return { rule, level: rule.unknown ?? "yellow", unknown: [...new Set(missing)] };
}

// What an entry keeps of the answers: the code of each rule, its level, and the facts it lacked.
export const kept = ({ answers }) => answers.map(({ rule, level, unknown: lacked }) => ({ rule: rule.code, level, unknown: lacked }));
