// What the installation did not take, gathered so that a person can settle it: all commands about one finding are one
// dispute, with what was meant here, what stands there, and the edits of either choice. Nothing is settled by itself.
// Not here: the outbox, which keeps such commands until somebody chose; drawing.
import { answerOf, findAnew, GRADES } from "#mj/assessments/acts.js";

const DISPUTED = new Set(["refused", "conflict"]);
const TAKEN = ["place", "note", "same_as"];
const ANSWERS = ["count", "grade", "good", "of", "fewer", "mark"];

// The disputes among a visit's commands: [{key, check, finding, mine, theirs, problems, commands}], oldest first. `mine` is
// an entry of a sheet with `removed` where the removal was meant, `theirs` the entry that stands, or null. `sheet` is what
// stands by the installation.
export function disputesOf(rubric, sheet, commands) {
  const groups = new Map();
  for (const command of commands.filter(({ state }) => DISPUTED.has(state))) {
    const key = command.payload.finding ?? command.id;
    groups.set(key, [...(groups.get(key) ?? []), command]);
  }
  return [...groups].map(([key, group]) => dispute(rubric, sheet, key, group));
}

function dispute(rubric, sheet, key, commands) {
  const standing = (sheet.findings ?? []).find(({ id }) => id === key);
  const theirs = standing ?? lastOf(commands, ({ current }) => current) ?? null;
  const code = theirs?.check ?? lastOf(commands, ({ payload }) => payload.check) ?? placeOf(commands);
  const check = rubric.checks.find((one) => one.code === code);
  const edits = commands.map(({ payload }) => payload);
  return {
    key, check: code, finding: commands[0].payload.finding ?? "", theirs,
    kind: commands[0].kind, state: commands.some(({ state }) => state === "conflict") ? "conflict" : "refused",
    mine: check ? edits.reduce((entry, edit) => meant(check, entry, edit), before(theirs, key)) : null,
    problems: commands[0].problems ?? [], commands: commands.map(({ id }) => id), edits,
  };
}

const lastOf = (list, of) => list.map(of).filter(Boolean).at(-1);
const placeOf = (commands) => lastOf(commands, ({ problems = [] }) => problems[0]?.place?.split(" ")[0]) ?? "";

function before(theirs, key) {
  return { place: "", note: "", evidence: [], steps: 0, measured: {}, ...theirs, id: key, touched: false };
}

// An entry after an edit, as somebody at this phone saw it; what only the installation knows stays away.
function meant(check, entry, edit) {
  if (edit.edit === "remove") return { ...entry, removed: true, touched: true };
  if (edit.edit === "attach") return { ...entry, evidence: [...new Set([...entry.evidence, ...(edit.evidence ?? [])])] };
  if (edit.edit === "detach") return { ...entry, evidence: entry.evidence.filter((digest) => !edit.evidence.includes(digest)) };
  if (edit.edit !== "find" && edit.edit !== "change") return { ...entry, touched: true, only: edit };
  const fresh = edit.edit === "find" ? { evidence: edit.evidence ?? [] } : {};
  const texts = Object.fromEntries(TAKEN.filter((name) => name in edit).map((name) => [name, edit[name]]));
  return { ...entry, ...answered(check, entry, edit), ...texts, ...fresh, touched: true };
}

function answered({ kind }, { steps, measured }, edit) {
  if (!ANSWERS.some((name) => name in edit) && edit.edit === "change") return { steps, measured };
  switch (kind) {
    case "PI": return { steps: edit.count ?? 1, measured: {} };
    case "TIER": return { steps: Math.max(GRADES.indexOf(edit.grade), 0), measured: { grade: edit.grade } };
    case "RATIO": return { steps, measured: { good: String(edit.good), of: String(edit.of), ...(edit.fewer ? { fewer: edit.fewer } : {}) } };
    case "SCALE": return { steps, measured: { mark: String(edit.mark) } };
    default: return { steps: 1, measured: {} };
  }
}

// The edits that put `mine` in place of what stands now, by whoever chose so; [] where nothing can be sent anew.
export function mineAnew(rubric, found, sheet, fresh) {
  const check = rubric.checks.find(({ code }) => code === found.check);
  const { mine, theirs } = found;
  if (!check || !mine) return [];
  if (mine.only) return [mine.only];
  if (mine.removed) return theirs ? [{ edit: "remove", finding: theirs.id, expected: theirs.version }] : [];
  if (!theirs) return mine.touched ? [findAnew(check, { ...mine, fact: mine.same_as ?? "" }, sheet, fresh())] : [];
  const edits = mine.touched ? [changed(check, mine, theirs)] : [];
  const photos = mine.evidence.filter((digest) => !theirs.evidence.includes(digest));
  return photos.length ? [...edits, { edit: "attach", finding: theirs.id, evidence: photos }] : edits;
}

function changed(check, mine, theirs) {
  const { place, note } = mine;
  return { edit: "change", finding: theirs.id, expected: theirs.version, ...answerOf(check, mine), place, note };
}
