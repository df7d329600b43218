// An act is taken back by edits that lead to what stood before, whatever the act was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { backTo, partOf, samePart, stateOf, tapAnswer } from "#mj/assessments/acts.js";
import { applyEdit } from "#mj/assessments/recording.js";
import { fresh, rubric, seed } from "./forms.js";

const photo = (digit) => digit.repeat(64);
const does = (sheet, edits) =>
  edits.reduce((at, { edit: kind, ...payload }) => applyEdit(rubric, at, { kind, payload, by: "p1", at: "now" }, { seed }), sheet);
const find = (check, more = {}) => ({ edit: "find", check, finding: fresh(), ...more });
const on = (check) => rubric.checks.find(({ code }) => code === check);

function comesBack(check, edits, start = []) {
  const before = does({}, start);
  const after = does(before, edits);
  const back = backTo(on(check), partOf(before, check), partOf(after, check), after, fresh);
  const told = (sheet) => partOf(sheet, check);
  const bare = ({ findings, ...marks }) => ({
    ...marks, findings: findings.map(({ steps, place, note, evidence, measured }) => ({ steps, place, note, evidence, measured })),
  });
  assert.deepEqual(bare(told(does(after, back))), bare(told(before)));
  return back;
}

test("a tap, a change, photos, marks and removals come back", () => {
  const one = find("A1.1", { count: 2, place: "3栋", note: "痰迹" });
  const share = find("A2.2", { good: 6, of: 10, place: "1栋" });
  comesBack("A1.1", [one]);
  comesBack("A1.1", [one], [{ edit: "looked", check: "A1.1" }]);
  comesBack("A1.1", [{ edit: "change", finding: one.finding, expected: 1, count: 5, place: "4栋" }], [one]);
  comesBack("A1.1", [{ edit: "remove", finding: one.finding, expected: 1 }], [one]);
  comesBack("A1.1", [{ edit: "attach", finding: one.finding, evidence: [photo("a"), photo("b")] }], [one]);
  comesBack("A2.2", [{ edit: "change", finding: share.finding, expected: 1, good: 9, of: 10 }], [share]);
  comesBack("A2.2", [{ edit: "remove", finding: share.finding, expected: 1 }], [share]);
  comesBack("A1.2", [{ edit: "looked", check: "A1.2" }]);
  comesBack("A2.3", [{ edit: "not_applicable", check: "A2.3", reason: "无此设施" }]);
  comesBack("A2.3", [{ edit: "unmark", check: "A2.3" }], [{ edit: "not_applicable", check: "A2.3", reason: "无此设施" }]);
});

test("one fact stays one fact when its second finding is recorded anew", () => {
  const [one, other] = [find("A1.1", { place: "3栋" }), find("A2.1", { place: "3栋" })];
  other.same_as = one.finding;
  const before = does({}, [one, other]);
  const after = does(before, [{ edit: "remove", finding: other.finding, expected: 1 }]);
  const sheet = does(after, backTo(on("A2.1"), partOf(before, "A2.1"), partOf(after, "A2.1"), after, fresh));
  assert.equal(sheet.findings[1].fact, one.finding);
});

test("what a tap stands for follows the rule; a share has no tap", () => {
  assert.deepEqual(["PI", "BIN", "TIER", "RATIO", "SCALE"].map((kind) => tapAnswer({ kind })), [{ count: 1 }, {}, { grade: "partial" }, null, null]);
  assert.equal(stateOf(partOf(does({}, [find("A1.1")]), "A1.1")), "found");
});

test("two parts are the same whoever said so", () => {
  const looked = (by) => ({ looked: [{ check: "A1.2", by, at: by }] });
  assert.ok(samePart(partOf(looked("p1"), "A1.2"), partOf(looked("p2"), "A1.2")));
  assert.ok(!samePart(partOf(looked("p1"), "A1.2"), partOf({}, "A1.2")));
});
