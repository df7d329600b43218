// What each kind of edit does to a sheet, and what of it is refused: the hand behind recording.js. Mirrors
// policy/edits.py. Every kind looks at everything first and puts its result down last, and an entry that stands is
// replaced, never changed: so an edit that is refused leaves the hand as it was.
import { N_ } from "#mj/words.js";
import { isPrintable, strip, words } from "#mj/logic/exact.js";
import { answerOf, cut, isMeasured, isNothing, notPlain, said, whole } from "#mj/assessments/answers.js";
import { isSeed, pick } from "#mj/assessments/picks.js";
import { Conflict, Refusal } from "#mj/assessments/refusal.js";
import { indexed } from "#mj/assessments/rubric.js";

const [PLACE, NOTE, REASON] = [200, 1000, 300]; // longest texts, in characters
const MOST_EVIDENCE = 60;
const MOST_POPULATION = 9_999;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const ANSWERS = ["count", "grade", "good", "of", "fewer", "mark"];
const MARKS = ["not_applicable", "looked", "samples"]; // lists with at most one entry on a check

// A sheet while it is being edited: {apply(edit), sheet()}.
export function hand(rubric, sheet, seed) {
  const known = indexed(rubric);
  const held = { known, seed, by: "", at: "", findings: keyed(sheet.findings, "id") };
  for (const name of MARKS) held[name] = keyed(sheet[name], "check");
  return { apply: (edit) => apply(held, edit), sheet: () => sheetOf(held) };
}

function keyed(entries, key) {
  return new Map((entries ?? []).map((entry) => [entry[key], entry]));
}

function apply(held, { kind, payload, by, at }) {
  const edit = EDITS.get(kind);
  if (!edit) {
    const text = N_("{kind} is no edit of a sheet; use one of {known}.");
    throw new Refusal("recording.unknown_edit", text, { kind: cut(said(kind), 40), known: [...EDITS.keys()] });
  }
  const code = payload.check === undefined ? "" : cut(said(payload.check), 40);
  for (const value of Object.values(payload)) if (typeof value === "string") plain(value, NOTE, code);
  Object.assign(held, { by, at });
  edit(held, payload);
}

// Findings in the order in which they were recorded, marks in the order of the rubric; no empty lists.
function sheetOf(held) {
  const place = ({ check }) => held.known.order.get(check);
  const lists = { findings: [...held.findings.values()].sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1)) };
  for (const name of MARKS) lists[name] = [...held[name].values()].sort((a, b) => place(a) - place(b));
  return Object.fromEntries(Object.entries(lists).filter(([, entries]) => entries.length));
}

function find(held, payload) {
  const check = checkOf(held, payload);
  notAbsent(held, check);
  const { steps, measured } = answerOf(check, payload);
  const [standing] = on(held, check.code);
  if (standing && !check.added) {
    const text = N_("{code} has its answer already; change that one, or remove it first.");
    throw new Conflict("recording.answered", text, { code: check.code }, check.code, standing);
  }
  if (measured.grade === "full") return looked(held, payload);
  const id = said(payload.finding);
  if (!ID.test(id) || held.findings.has(id)) {
    const text = N_("The finding on {code} was sent with a number that is not new; open the record again and repeat it.");
    throw new Refusal("recording.finding_id", text, { code: check.code }, check.code);
  }
  const entry = {
    id, n: 1 + Math.max(0, ...Array.from(held.findings.values(), ({ n }) => n)), version: 1, check: check.code, steps,
    fact: factOf(held, id, payload), place: placeOf(payload, check.code), note: noteOf(payload, check.code),
    evidence: evidenceOf([], payload, check.code), measured, by: held.by, at: held.at,
  };
  held.looked.delete(check.code);
  held.findings.set(id, entry);
}

function change(held, payload) {
  const entry = seen(held, payload);
  const code = entry.check;
  const changed = { version: entry.version + 1, by: held.by, at: held.at };
  if (ANSWERS.some((name) => payload[name] !== undefined)) {
    Object.assign(changed, answerOf(held.known.checks.get(code), payload));
  }
  if (payload.place !== undefined) changed.place = placeOf(payload, code);
  if (payload.note !== undefined) changed.note = noteOf(payload, code);
  if (payload.same_as !== undefined) changed.fact = factOf(held, entry.id, payload);
  held.findings.set(entry.id, { ...entry, ...changed });
}

function remove(held, payload) {
  held.findings.delete(seen(held, payload).id);
}

function attach(held, payload) {
  const [among, key] = holder(held, payload);
  const entry = among.get(key);
  among.set(key, { ...entry, evidence: evidenceOf(entry.evidence, payload, entry.check) });
}

function detach(held, payload) {
  const [among, key] = holder(held, payload);
  const entry = among.get(key);
  const gone = evidenceOf([], payload, entry.check);
  among.set(key, { ...entry, evidence: entry.evidence.filter((digest) => !gone.includes(digest)) });
}

// What exhibits are put to: a finding, or a check that does not apply.
function holder(held, payload) {
  if (payload.finding !== undefined) return [held.findings, named(held, payload).id];
  const { code } = checkOf(held, payload);
  if (held.not_applicable.has(code)) return [held.not_applicable, code];
  const text = N_("{code} is not marked as not applicable; put the evidence to a finding.");
  throw new Refusal("recording.no_holder", text, { code }, code);
}

function looked(held, payload) {
  const check = checkOf(held, payload);
  const { code } = check;
  notAbsent(held, check);
  if (on(held, code).length) {
    const text = N_("{code} has findings; remove them first if nothing is wrong there.");
    throw new Refusal("recording.has_findings", text, { code }, code);
  }
  if (isMeasured(check)) {
    const text = N_("{code} is measured; enter what you counted or the mark you gave.");
    throw new Refusal("recording.measured", text, { code }, code);
  }
  look(held, code);
}

function lookedRest(held, payload) {
  const item = held.known.items.get(payload.item);
  if (!item) {
    const text = N_("{code} is no major item of this form; open the record again.");
    throw new Refusal("recording.unknown_item", text, { code: cut(said(payload.item), 40) });
  }
  for (const code of item.checks) {
    const open = !held.not_applicable.has(code) && !on(held, code).length;
    if (open && !isMeasured(held.known.checks.get(code))) look(held, code);
  }
}

function look(held, code) {
  if (!held.looked.has(code)) held.looked.set(code, { check: code, by: held.by, at: held.at });
}

function notApplicable(held, payload) {
  const check = checkOf(held, payload);
  const { code } = check;
  if (!check.na) {
    const text = N_("{code} always applies: the scheme does not allow to leave it out. Record what you found.");
    throw new Refusal("recording.always_applies", text, { code }, code);
  }
  if (on(held, code).length) {
    const text = N_("{code} has findings, so it applies; remove them first.");
    throw new Refusal("recording.has_findings", text, { code }, code);
  }
  notAbsent(held, check);
  const reason = plain(payload.reason === undefined ? "" : payload.reason, REASON, code);
  if (!reason) {
    const text = N_("Say why {code} does not apply here: the reviewer reads it.");
    throw new Refusal("recording.no_reason", text, { code }, code);
  }
  const evidence = evidenceOf([], payload, code);
  held.looked.delete(code);
  held.not_applicable.set(code, { check: code, reason, evidence, by: held.by, at: held.at });
}

function unmark(held, payload) {
  const { code } = checkOf(held, payload);
  held.looked.delete(code);
  held.not_applicable.delete(code);
}

// How many there are, and so which of them to look at. It answers nothing; a later count picks anew.
function sampled(held, payload) {
  const check = checkOf(held, payload);
  const { code, sample } = check;
  if (!sample) {
    const text = N_("{code} asks for no sample; look at what the check names.");
    throw new Refusal("recording.no_sample", text, { code }, code);
  }
  const population = whole(check, payload.population, 1, MOST_POPULATION);
  if (!isSeed(held.seed)) {
    const text = N_("What to look at for {code} cannot be picked yet: the seed of this visit is not known here.");
    throw new Refusal("recording.no_seed", text, { code }, code);
  }
  const picks = pick(held.seed, code, population, sample.minimum);
  held.samples.set(code, { check: code, population, picks, by: held.by, at: held.at });
}

// Puts checks back as `before` says. Findings get a new version: whoever saw an older one is told.
function undo(held, { before }) {
  if (before === null || typeof before !== "object" || Array.isArray(before)) {
    const text = N_("It is not known what stood before this edit; change what stands instead.");
    throw new Refusal("recording.undo_unknown", text);
  }
  for (const [code, part] of Object.entries(before)) {
    const gone = keyed(on(held, code), "id");
    for (const id of gone.keys()) held.findings.delete(id);
    for (const entry of part.findings ?? []) {
      const last = (gone.get(entry.id) ?? entry).version;
      held.findings.set(entry.id, { ...entry, version: Math.max(last, entry.version) + 1 });
    }
    for (const name of MARKS) {
      held[name].delete(code);
      for (const entry of part[name] ?? []) held[name].set(entry.check, entry);
    }
  }
}

const EDITS = new Map([
  ["find", find], ["change", change], ["remove", remove], ["attach", attach], ["detach", detach], ["looked", looked],
  ["looked_rest", lookedRest], ["not_applicable", notApplicable], ["unmark", unmark], ["undo", undo],
  ["sampled", sampled],
]);
export const KINDS = [...EDITS.keys()];

function checkOf({ known }, { check: code }) {
  if (known.checks.has(code)) return known.checks.get(code);
  const text = N_("{code} is no check of this form; open the record again.");
  throw new Refusal("recording.unknown_check", text, { code: cut(said(code), 40) });
}

function on(held, code) {
  return [...held.findings.values()].filter(({ check }) => check === code);
}

// The finding that is edited, in the version the editor saw.
function seen(held, payload) {
  const current = named(held, payload);
  if (payload.expected === current.version) return current;
  const text = N_("Somebody changed this finding after you opened it; choose which version stands.");
  throw new Conflict("recording.changed", text, {}, current.check, current);
}

function named(held, payload) {
  const current = held.findings.get(said(payload.finding));
  if (current) return current;
  const text = N_("This finding was removed meanwhile; record it anew if it stands.");
  throw new Conflict("recording.removed", text, {}, "", null);
}

function notAbsent(held, { code }) {
  if (!held.not_applicable.has(code)) return;
  const text = N_("{code} is marked as not applicable ({reason}); take that mark away first.");
  throw new Refusal("recording.absent", text, { code, reason: held.not_applicable.get(code).reason }, code);
}

// The thing that was found: its own, or that of the finding it is the same thing as.
function factOf(held, id, { same_as: other, check = "" }) {
  if (isNothing(other)) return id;
  if (typeof other === "string" && other !== id && held.findings.has(other)) return held.findings.get(other).fact;
  const text = N_("The finding that this is said to be the same as is not on the sheet; choose another.");
  throw new Refusal("recording.same_as", text, {}, said(check));
}

const noteOf = ({ note = "" }, code) => plain(note, NOTE, code);
const placeOf = ({ place = "" }, code) => words(plain(place, PLACE, code)).join(" ");

// A text without the space around it; throws Refusal for what is too long or holds what cannot be printed.
function plain(raw, longest, code) {
  if (typeof raw !== "string") throw notPlain(code, longest);
  const value = strip(raw).replaceAll("\r\n", "\n");
  if (value.length > longest && [...value].length > longest) throw notPlain(code, longest);
  if (!isPrintable(value.replace(/[\n\t]/g, ""))) throw notPlain(code, longest);
  return value;
}

// `before` and the digests of the payload, each once, in the order in which they came.
function evidenceOf(before, { evidence: given = [] }, code) {
  if (!Array.isArray(given) || !given.every((digest) => typeof digest === "string" && DIGEST.test(digest))) {
    const text = N_("The evidence on {code} was not sent as digests; open the record again and add it once more.");
    throw new Refusal("recording.digests", text, { code }, code);
  }
  const found = [...new Set([...before, ...given])];
  if (found.length <= MOST_EVIDENCE) return found;
  const text = N_("{code} has more than {most} exhibits on one finding; record the rest as a finding of its own.");
  throw new Refusal("recording.evidence_many", text, { code, most: MOST_EVIDENCE }, code);
}
