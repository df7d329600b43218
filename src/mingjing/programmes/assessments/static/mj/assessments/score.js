// What a sheet comes to, by the rubric on the phone: a preview. The server scores again, and its figure stands; the
// vectors in tests/vectors/preview hold both to the last hundredth. Mirrors mingjing.engine.scoring and accounts.explain.
import { add, divide, fraction, multiply, narrow, parseExact, roundRatio } from "#mj/logic/exact.js";
import { indexed, lost } from "#mj/assessments/rubric.js";

const SITE = "site"; // the component that the checks give; every other one is an attribute of the site

// {earned, applicable, base, bonus, total, checks, veto, open_critical} in hundredths; base and total are null where
// nothing was scored. `sheet` is a recorded sheet, or the sheet of a decision file. Throws RangeError for codes that the
// rubric does not know.
export function score(rubric, sheet) {
  const known = indexed(rubric);
  const absent = absentOf(known, sheet);
  const applicable = known.points - sum(absent, (code) => known.checks.get(code).points);
  const { steps, critical } = countedSteps(rubric, sheet);
  const earned = applicable - sum(steps, ([code, count]) => lost(known.checks.get(code), count));
  const base = baseOf(rubric, sheet, earned, applicable);
  const bonus = Math.min(rubric.bonus.cap, sum(claimed(sheet), (code) => found(known.bonus, code)));
  const levels = vetoesOf(sheet).map(({ veto }) => found(known.vetoes, veto));
  return {
    earned, applicable, base, bonus, total: totalOf(rubric, base, bonus), checks: known.checks.size - absent.size,
    veto: Math.max(0, ...levels), open_critical: critical.size,
  };
}

// Each finding with what became of it, in order: {finding, verdict: "counted" | "repeated" | "absent", under, lost}.
// `under` is the check where a repeated fact was counted; `lost` what the finding added to the loss of its check.
export function weigh(rubric, sheet) {
  const known = indexed(rubric);
  const absent = new Set(entries(sheet, "not_applicable").map(({ check }) => check));
  const [facts, steps] = [new Map(), new Map()];
  const counting = entries(sheet, "findings").filter(({ check }) => !known.omitted.has(check));
  return counting.map((finding) => {
    const check = found(known.checks, finding.check);
    const { fact } = finding;
    if (absent.has(check.code)) return { finding, verdict: "absent", under: "", lost: 0 };
    if (fact && facts.has(fact)) return { finding, verdict: "repeated", under: facts.get(fact), lost: 0 };
    facts.set(fact, check.code);
    const before = steps.get(check.code) ?? 0;
    steps.set(check.code, after(check, before, finding));
    return { finding, verdict: "counted", under: "", lost: lost(check, steps.get(check.code)) - lost(check, before) };
  });
}

// Maps of the steps by check with each fact counted once, and by critical check that is open, of the steps to close it.
export function countedSteps(rubric, sheet) {
  const { checks } = indexed(rubric);
  const [steps, critical] = [new Map(), new Map()];
  const count = (into, check, finding) => into.set(check.code, after(check, into.get(check.code) ?? 0, finding));
  for (const { finding, verdict } of weigh(rubric, sheet)) {
    const check = checks.get(finding.check);
    if (verdict === "counted") count(steps, check, finding);
    if (check.critical && verdict !== "absent" && stepsOf(finding) && !finding.resolved) count(critical, check, finding);
  }
  return { steps, critical };
}

// The score with what stands behind it: `findings` as weighed, and per major item {code, earned, possible}.
export function explain(rubric, sheet) {
  const known = indexed(rubric);
  const findings = weigh(rubric, sheet);
  const absent = absentOf(known, sheet);
  const losses = new Map();
  for (const line of findings) losses.set(line.finding.check, (losses.get(line.finding.check) ?? 0) + line.lost);
  const items = rubric.items.map(({ code, checks }) => {
    const counted = checks.filter((check) => !absent.has(check));
    const possible = sum(counted, (check) => known.checks.get(check).points);
    return { code, earned: possible - sum(counted, (check) => losses.get(check) ?? 0), possible };
  });
  return { score: score(rubric, sheet), findings, items };
}

function after(check, before, finding) {
  return check.added ? before + stepsOf(finding) : Math.max(before, stepsOf(finding));
}

const stepsOf = (finding) => finding.steps ?? 1;
const entries = (sheet, name) => sheet[name] ?? [];

function absentOf({ checks }, sheet) {
  return new Set(entries(sheet, "not_applicable").map(({ check }) => check).filter((code) => checks.has(code)));
}

// The base in hundredths, rounded once; null where nothing was scored.
function baseOf(rubric, sheet, earned, applicable) {
  if (sheet.assessed === false) return null;
  if (!applicable) return rubric.unscored_total;
  const site = siteOf(rubric, earned, applicable);
  const { n, d } = rubric.components.length === 1 ? site : mean(indexed(rubric).weights, sheet, site);
  return narrow(roundRatio(rubric.rounding, n, d));
}

// The weighted mean of the components that have a value.
function mean(weights, sheet, site) {
  const given = weights
    .map(([code, weight]) => [weight, code === SITE ? site : parseExact(attribute(sheet, code))])
    .filter(([, value]) => value !== null);
  const total = given.map(([weight]) => weight).reduce(add);
  return divide(given.map(([weight, value]) => multiply(weight, value)).reduce(add), total);
}

function attribute({ attributes = {} }, code) {
  return Object.hasOwn(attributes, code) ? attributes[code] : null;
}

// The site's points as a fraction, by the rubric's method.
function siteOf({ method, full_marks: full }, earned, applicable) {
  switch (method) {
    case "rebased": return fraction(BigInt(earned) * BigInt(full), BigInt(applicable) * 100n);
    case "earned": return fraction(earned, 100n);
    case "deducted": return fraction(Math.max(0, full - (applicable - earned)), 100n);
    case "demerits": return fraction(applicable - earned, 100n);
    default: throw new TypeError(`the method ${method} is not known here`);
  }
}

function totalOf({ method }, base, bonus) {
  if (base === null) return null;
  const total = method === "demerits" ? BigInt(base) - BigInt(bonus) : BigInt(base) + BigInt(bonus);
  return narrow(method === "demerits" && total < 0n ? 0n : total);
}

// The codes of the claims that count: each once, with a proof and an approver.
function claimed(sheet) {
  return new Set(entries(sheet, "claims").filter(({ proof, approver }) => proof && approver).map(({ bonus }) => bonus));
}

// The vetoes that are effective: with a document, an approver and, where there is a period, a day inside it.
function vetoesOf(sheet) {
  const [first, last] = sheet.period ?? [];
  const inside = (day) => first === undefined || (Boolean(day) && first <= day && day <= last);
  return entries(sheet, "vetoes").filter(
    ({ document, approver, occurred_on: day }) => document && approver && inside(day),
  );
}

function sum(values, of) {
  let total = 0;
  for (const value of values) total += of(value);
  return total;
}

function found(map, code) {
  if (!map.has(code)) throw new RangeError(`${code} is not in this rubric`);
  return map.get(code);
}
