// What a tap says: the edits (policy/recording.py) that an act on the form comes to, and the edits that take it back.
// An act is taken back by further edits, never by taking a command out: what was done on site stays on record.
// Not here: how edits are sent, what they do to a sheet (recording.js).
const ANSWERS = { PI: ["count"], BIN: [], TIER: ["grade"], RATIO: ["good", "of", "fewer"], SCALE: ["mark"] };
export const GRADES = ["full", "partial", "absent"];

// Whether a check is answered by a number even when all is well.
export const isMeasured = ({ kind }) => kind === "RATIO" || kind === "SCALE";

// The answer that one tap stands for; null where a tap cannot know it (a share, a mark).
export function tapAnswer({ kind }) {
  return { PI: { count: 1 }, BIN: {}, TIER: { grade: "partial" } }[kind] ?? null;
}

// The answer that a finding holds, as an edit takes it.
export function answerOf({ kind }, { steps, measured = {} }) {
  const found = { count: steps, grade: GRADES[steps], mark: measured.mark };
  const whole = { good: Number(measured.good), of: Number(measured.of), fewer: measured.fewer ?? "" };
  return Object.fromEntries(ANSWERS[kind].map((name) => [name, { ...found, ...whole }[name]]));
}

// What a sheet says of one check: {findings, looked, absent, sample}; the lists and entries are the sheet's own.
export function partOf(sheet, code) {
  const of = (name) => (sheet[name] ?? []).filter(({ check }) => check === code);
  return { findings: of("findings"), looked: of("looked")[0], absent: of("not_applicable")[0], sample: of("samples")[0] };
}

// "open", "looked", "found" or "absent".
export function stateOf({ findings, looked, absent }) {
  if (absent) return "absent";
  if (findings.length) return "found";
  return looked ? "looked" : "open";
}

// Whether two parts say the same, whoever said it and when.
export function samePart(one, other) {
  const told = ({ findings, looked, absent, sample }) =>
    JSON.stringify([
      findings.map(({ id, version, evidence }) => [id, version, evidence]), Boolean(looked),
      absent && [absent.reason, absent.evidence], sample && sample.population,
    ]);
  return told(one) === told(other);
}

// The edits that lead a check from `now` back to `before`, in the order in which they are to be sent. `fresh` makes the
// identifiers of findings that are recorded anew; `sheet` is the whole sheet as it stands.
export function backTo(check, before, now, sheet, fresh) {
  const [stood, stands] = [byId(before.findings), byId(now.findings)];
  const gone = now.findings.filter(({ id }) => !stood.has(id)).map(removal);
  const unmarked = (now.looked && !before.looked) || (now.absent && !before.absent) ? [{ edit: "unmark", check: check.code }] : [];
  const changed = before.findings.filter(({ id }) => stands.has(id)).flatMap((old) => changeBack(check, old, stands.get(old.id), sheet));
  const anew = before.findings.filter(({ id }) => !stands.has(id)).map((old) => findAnew(check, old, sheet, fresh()));
  return [...gone, ...unmarked, ...changed, ...anew, ...marksAgain(check, before, now)];
}

const byId = (findings) => new Map(findings.map((entry) => [entry.id, entry]));
const removal = ({ id, version }) => ({ edit: "remove", finding: id, expected: version });

// The same thing recorded anew under another identifier, as when somebody removed it meanwhile.
export function findAnew(check, entry, sheet, id) {
  const { place, note, evidence } = entry;
  const found = { edit: "find", check: check.code, finding: id, ...answerOf(check, entry), place, note, evidence };
  const same = sameAs(entry, sheet);
  return same ? { ...found, same_as: same } : found;
}

// The finding that an entry is the same fact as; "" for one that stands for itself.
export function sameAs({ id, fact }, sheet) {
  if (!fact || fact === id) return "";
  return (sheet.findings ?? []).find((other) => other.id !== id && other.fact === fact)?.id ?? "";
}

function changeBack(check, old, now, sheet) {
  const edits = [];
  if (old.version !== now.version) {
    const { place, note } = old;
    const same_as = sameAs(old, sheet);
    edits.push({ edit: "change", finding: now.id, expected: now.version, ...answerOf(check, old), place, note, same_as });
  }
  return [...edits, ...evidenceBack(old.evidence, now.evidence, { finding: now.id })];
}

function evidenceBack(old, now, holder) {
  const [off, on] = [now.filter((digest) => !old.includes(digest)), old.filter((digest) => !now.includes(digest))];
  return [
    ...(off.length ? [{ edit: "detach", ...holder, evidence: off }] : []),
    ...(on.length ? [{ edit: "attach", ...holder, evidence: on }] : []),
  ];
}

function marksAgain({ code }, before, now) {
  const edits = [];
  if (before.absent && !now.absent) {
    edits.push({ edit: "not_applicable", check: code, reason: before.absent.reason, evidence: before.absent.evidence });
  }
  if (before.absent && now.absent) edits.push(...evidenceBack(before.absent.evidence, now.absent.evidence, { check: code }));
  if (before.looked && !now.looked) edits.push({ edit: "looked", check: code });
  if (before.sample && now.sample?.population !== before.sample.population) {
    edits.push({ edit: "sampled", check: code, population: before.sample.population });
  }
  return edits;
}
