// Two phones on one visit: what the later of them meant is kept, shown beside what stands, and sent anew only by choice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disputesOf, mineAnew } from "#mj/assessments/conflicts.js";
import { applyEdit } from "#mj/assessments/recording.js";
import { command, fresh, rubric } from "./forms.js";

const does = (sheet, edits) =>
  edits.reduce((at, { edit: kind, ...payload }) => applyEdit(rubric, at, { kind, payload, by: "p2", at: "then" }), sheet);
const theirs = { edit: "find", check: "A1.2", finding: fresh(), grade: "absent", place: "南门" };
const photo = "a".repeat(64);

test("a second answer with its photo is one dispute, and mine replaces theirs by a change", () => {
  const sheet = does({}, [theirs]);
  const id = fresh();
  const found = disputesOf(rubric, sheet, [
    command({ edit: "find", check: "A1.2", finding: id, grade: "partial", place: "北门" }, { state: "conflict", current: sheet.findings[0] }),
    command({ edit: "attach", finding: id, evidence: [photo] }, { state: "conflict", current: null }),
  ]);
  assert.equal(found.length, 1);
  assert.deepEqual([found[0].check, found[0].mine.place, found[0].theirs.place, found[0].commands.length], ["A1.2", "北门", "南门", 2]);
  const after = does(sheet, mineAnew(rubric, found[0], sheet, fresh));
  assert.deepEqual(after.findings.map(({ steps, place, evidence }) => [steps, place, evidence]), [[1, "北门", [photo]]]);
});

test("of a change only what was changed here is put over what stands", () => {
  const sheet = does({}, [theirs, { edit: "change", finding: theirs.finding, expected: 1, note: "已拍" }]);
  const late = command({ edit: "change", finding: theirs.finding, expected: 1, place: "北门" }, { state: "conflict", current: sheet.findings[0] });
  const [found] = disputesOf(rubric, sheet, [late]);
  const [entry] = does(sheet, mineAnew(rubric, found, sheet, fresh)).findings;
  assert.deepEqual([entry.place, entry.note, entry.version], ["北门", "已拍", 3]);
});

test("what was removed there and changed here can be recorded anew", () => {
  const late = command({ edit: "change", finding: fresh(), expected: 1, grade: "absent", place: "北门", check: "A1.2" }, { state: "conflict", current: null });
  const [found] = disputesOf(rubric, {}, [late]);
  assert.equal(found.theirs, null);
  assert.equal(does({}, mineAnew(rubric, found, {}, fresh)).findings[0].place, "北门");
});

test("a removal against a change is repeated on what stands", () => {
  const sheet = does({}, [theirs, { edit: "change", finding: theirs.finding, expected: 1, note: "已拍" }]);
  const late = command({ edit: "remove", finding: theirs.finding, expected: 1 }, { state: "conflict", current: sheet.findings[0] });
  const [found] = disputesOf(rubric, sheet, [late]);
  assert.ok(found.mine.removed);
  assert.deepEqual(does(sheet, mineAnew(rubric, found, sheet, fresh)), {});
});

test("a refused mark is a dispute of its check and can be sent again", () => {
  const late = command({ edit: "looked", check: "A1.2" }, { state: "refused", problems: [{ code: "recording.has_findings", text: "…", place: "A1.2" }] });
  const [found] = disputesOf(rubric, does({}, [theirs]), [late, command({ edit: "looked", check: "A1.1" })]);
  assert.deepEqual([found.check, found.state, mineAnew(rubric, found, {}, fresh)], ["A1.2", "refused", [{ edit: "looked", check: "A1.2" }]]);
});
