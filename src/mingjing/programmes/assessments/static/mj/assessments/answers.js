// How bad it is: what each rule kind is asked, and the steps from flawless that an answer comes to; also what a sheet
// still lacks before it can be submitted. Mirrors policy/answers.py refusal by refusal. Not here: the sheet and its
// edits (recording.js).
import { N_ } from "#mj/words.js";
import { compare, decimalText, divide, fraction, isPrintable, parseDecimal, strip, subtract } from "#mj/logic/exact.js";
import { indexed } from "#mj/assessments/rubric.js";
import { Refusal, titled } from "#mj/assessments/refusal.js";

export const GRADES = ["full", "partial", "absent"]; // of a TIER, each one step below the one before
const MOST = 999; // places of one finding: a count beyond that is a slip of the hand
const CASES = 100_000;
const FEWER = 300;
const ANSWERED = ["findings", "not_applicable", "looked"]; // a sample that was picked answers nothing

// Whether a check has no "nothing found": a share or a mark is entered even when all is well.
export const isMeasured = (check) => check.kind === "RATIO" || check.kind === "SCALE";

// {steps, measured} of an answer to an indexed check; throws Refusal.
export function answerOf(check, payload) {
  return ANSWERS[check.kind](check, payload);
}

// The codes of the checks nobody has answered, in the order of the rubric.
export function unanswered(rubric, sheet) {
  const answered = new Set(ANSWERED.flatMap((name) => sheet[name] ?? []).map(({ check }) => check));
  return rubric.checks.map(({ code }) => code).filter((code) => !answered.has(code));
}

// Why a sheet cannot be submitted yet, as a list of Refusals; `standing` are the digests of the exhibits that count.
export function lacking(rubric, sheet, standing) {
  const [exhibits, { checks }] = [new Set(standing), indexed(rubric)];
  const found = (sheet.findings ?? []).filter(({ steps }) => steps).flatMap((entry) => [
    ...(entry.place ? [] : [noPlace(entry.check)]),
    ...noEvidence(checks.get(entry.check), entry, exhibits),
  ]);
  const codes = unanswered(rubric, sheet);
  return codes.length ? [notAnswered(codes), ...found] : found;
}

// A whole number, as a number or as a form sends it; throws Refusal.
export function whole(check, raw, least, most) {
  const value = typeof raw === "string" && /^\d{1,9}$/.test(strip(raw)) ? Number(strip(raw)) : raw;
  if (Number.isInteger(value) && least <= value && value <= most) return value;
  const text = N_("{code}: write a whole number from {least} to {most}.");
  throw new Refusal("recording.number", text, { code: check.code, least, most }, check.code);
}

// What Python writes for a value from JSON: refusals name what was sent in the same words.
export function said(value) {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null || value === undefined ? "None" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

// The first characters of a text, none of them cut in two.
export const cut = (text, length) => Array.from(text).slice(0, length).join("");

// What Python takes for no value: nothing, 0, "", [] and {}.
export function isNothing(value) {
  return !value || (typeof value === "object" && !Object.keys(value).length);
}

const ANSWERS = {
  PI: (check, payload) => ({ steps: whole(check, payload.count === undefined ? 1 : payload.count, 1, MOST), measured: {} }),
  BIN: () => ({ steps: 1, measured: {} }),
  TIER: graded,
  RATIO: share,
  SCALE: mark,
};

function graded(check, { grade }) {
  if (GRADES.includes(grade)) return { steps: GRADES.indexOf(grade), measured: { grade } };
  const text = N_("{code} is graded: choose complete, partial or absent.");
  throw new Refusal("recording.grade", text, { code: check.code }, check.code);
}

function share(check, payload) {
  const of = whole(check, payload.of, 0, CASES);
  const good = whole(check, payload.good, 0, CASES);
  const { minimum, of: what } = check.sample ?? { minimum: 0, of: {} };
  const fewer = fewerOf(payload);
  if (good > of) {
    const text = N_("{code}: {good} of {of} cannot be; the first number is at most the second.");
    throw new Refusal("recording.share", text, { code: check.code, good, of }, check.code);
  }
  if (of < minimum && fewer === "") {
    const text = N_("{code} takes at least {minimum} {of}; look at more, or say why there are no more.");
    throw new Refusal("recording.sample", text, { code: check.code, minimum, of: titled(what) }, check.code);
  }
  if (fewer === null || [...fewer].length > FEWER || !isPrintable(fewer)) throw notPlain(check.code, FEWER);
  const measured = { good: String(good), of: String(of), ...(of < minimum ? { fewer } : {}) };
  return { steps: stepsOfShare(check, good, of), measured };
}

// Why there are fewer than asked, null where that is no text.
function fewerOf({ fewer }) {
  if (isNothing(fewer)) return "";
  return typeof fewer === "string" ? strip(fewer) : null;
}

// Steps of a RATIO from the good cases among all; no cases means full marks.
function stepsOfShare({ full, half }, good, of) {
  if (!of) return 0;
  const percent = fraction(BigInt(good) * 100n, BigInt(of));
  return holds(full, percent) ? 0 : holds(half, percent) ? 1 : 2;
}

function holds(interval, value) {
  const above = interval.low === null ? 1 : compare(value, interval.low);
  const below = interval.high === null ? 1 : compare(interval.high, value);
  return (above > 0 || (above === 0 && interval.low_included)) && (below > 0 || (below === 0 && interval.high_included));
}

function mark(check, payload) {
  const value = parseDecimal(said(payload.mark));
  const steps = value && stepsOfMark(check.scale, value);
  if (steps !== null) return { steps, measured: { mark: decimalText(value) } };
  const text = N_("{code}: {found} is no mark of its scale ({rule}).");
  const params = { code: check.code, found: cut(said(payload.mark), 20), rule: titled(check.rule) };
  throw new Refusal("recording.mark", text, params, check.code);
}

// Steps of a SCALE below the highest mark, or null for a mark that is not on the scale.
function stepsOfMark({ lowest, highest, step }, value) {
  const { n, d } = divide(subtract(highest, value), step);
  return compare(lowest, value) <= 0 && n >= 0n && d === 1n ? Number(n) : null;
}

function notAnswered(codes) {
  const text = N_("{count} checks are not answered: {codes}. Look at each, or mark it as not applicable.");
  return new Refusal("recording.unanswered", text, { count: codes.length, codes });
}

function noPlace(code) {
  const text = N_("A deduction on {code} does not say where; write the place.");
  return new Refusal("recording.no_place", text, { code }, code);
}

function noEvidence(check, { check: code, evidence }, exhibits) {
  if (!check?.evidence.length || evidence.some((digest) => exhibits.has(digest))) return [];
  const text = N_("A deduction on {code} has no evidence; add at least one exhibit ({kinds}).");
  const kinds = check.evidence.map(({ title }) => titled(title));
  return [new Refusal("recording.no_evidence", text, { code, kinds }, code)];
}

export function notPlain(code, longest) {
  const text = N_("On {code}, write at most {longest} characters of plain text.");
  return new Refusal("recording.text", text, { code, longest }, code);
}
