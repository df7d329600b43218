// The sheet of a visit and the small edits that make it, on a phone: what policy/recording.py does on the server, edit by
// edit and refusal by refusal, held equal by tests/vectors/preview and by a property over random edits. Pure: a sheet
// that is given stays as it was. Not here: what each kind of edit does (edits.js), sending and keeping edits.
import { canonical, digest } from "#mj/logic/canonical.js";
import { N_ } from "#mj/words.js";
import { hand } from "#mj/assessments/edits.js";
import { Refusal } from "#mj/assessments/refusal.js";

export { GRADES, isMeasured, lacking, unanswered } from "#mj/assessments/answers.js";
export { KINDS } from "#mj/assessments/edits.js";
export { Conflict, Refusal } from "#mj/assessments/refusal.js";

const UNSIGNED = new Set(["by", "at"]); // what of an entry only the server and its clock know

// The sheet after one edit {kind, payload, by, at}. `seed` is the visit's own, in hex: what `sampled` picks by.
// Throws Refusal, or its kind Conflict with `current`.
export function applyEdit(rubric, sheet, edit, { seed = "" } = {}) {
  const at = hand(rubric, sheet, seed);
  at.apply(edit);
  return at.sheet();
}

// {sheet, refusals}: each edit is applied or refused by itself; `refusals` has for each what it met, or null.
export function applyEdits(rubric, sheet, edits, { seed = "" } = {}) {
  const at = hand(rubric, sheet, seed);
  const refusals = edits.map((edit) => refusalOf(() => at.apply(edit)));
  return { sheet: at.sheet(), refusals };
}

// What a sheet's edits make of an empty one; throws the Refusal of the first that cannot be.
export function applyLog(rubric, edits, { seed = "" } = {}) {
  const at = hand(rubric, {}, seed);
  for (const edit of edits) at.apply(edit);
  return at.sheet();
}

// What a sheet says of one check; empty where nobody has answered it.
export function partOf(sheet, code) {
  const found = Object.entries(sheet).map(([name, entries]) => [name, entries.filter(({ check }) => check === code)]);
  return Object.fromEntries(found.filter(([, entries]) => entries.length));
}

// The payload of the `undo` that takes edit number `revision` (from 1) back; throws Refusal where its checks were
// edited since.
export function undoing(rubric, edits, revision, current, { seed = "" } = {}) {
  const [before, after] = [revision - 1, revision].map((end) => applyLog(rubric, edits.slice(0, end), { seed }));
  const touched = rubric.checks.map(({ code }) => code).filter((code) => !same(before, after, code));
  if (!touched.length) {
    throw new Refusal("recording.undo_nothing", N_("This edit changed nothing; there is nothing to undo."));
  }
  const later = touched.find((code) => !same(current, after, code));
  if (later !== undefined) {
    const text = N_("{code} was edited again since; undo the later edit first, or change what stands.");
    throw new Refusal("recording.undo_later", text, { code: later }, later);
  }
  return { of: revision, before: Object.fromEntries(touched.map((code) => [code, partOf(before, code)])) };
}

// What people sign offline: the sheet without what only the server and its clock know of it.
export function signedForm(sheet) {
  const lists = Object.entries(sheet).map(([name, entries]) => [name, entries.map(unsigned)]);
  return Object.fromEntries(lists);
}

// The digest of that, in hex, as a promise: what a signature is put under.
export function signedDigest(sheet) {
  return digest(signedForm(sheet));
}

function unsigned(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !UNSIGNED.has(name)));
}

function same(one, other, code) {
  return canonical(partOf(one, code)) === canonical(partOf(other, code));
}

function refusalOf(apply) {
  try {
    apply();
    return null;
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal;
    throw refusal;
  }
}
