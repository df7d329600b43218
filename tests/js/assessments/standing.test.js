// What stands on a phone: the installation's last word with this phone's own commands on top.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEditable, standing } from "#mj/assessments/standing.js";
import { command, fresh, me, planned, record, rubric } from "./forms.js";

const find = (check, more = {}) => command({ edit: "find", check, finding: fresh(), count: 1, place: "3栋", ...more });

test("edits under way are on the sheet at once, in their order", () => {
  const one = find("A1.1");
  const more = command({ edit: "change", finding: one.payload.finding, expected: 1, count: 3 });
  const stood = standing(record, rubric, planned, [one, more], me);
  assert.deepEqual(stood.sheet.findings.map(({ check, steps, version, by }) => [check, steps, version, by]), [["A1.1", 3, 2, "p1"]]);
  assert.equal(stood.waiting, 2);
});

test("a tap on top of many gives the sheet that all of them give", () => {
  const commands = Array.from({ length: 40 }, () => find("A1.1"));
  for (let count = 1; count <= commands.length; count++) standing(record, rubric, planned, commands.slice(0, count), me);
  const stood = standing(record, rubric, planned, commands, me);
  const anew = standing({ ...record, seed: "cd".repeat(32) }, rubric, planned, commands, me);
  assert.deepEqual(stood.sheet, anew.sheet);
});

test("what was taken leaves the commands and stands in the state: nothing is counted twice", () => {
  const [one, other] = [find("A1.1"), find("A1.1")];
  const first = standing(record, rubric, planned, [one, other], me);
  const state = { ...planned, sheet: { findings: [first.sheet.findings[0]] } };
  const stood = standing(record, rubric, state, [{ ...one, state: "applied" }, other], me);
  assert.equal(stood.sheet.findings.length, 2);
  assert.deepEqual(standing(record, rubric, state, [other], me).sheet, stood.sheet);
});

test("what was refused is not on the sheet; what cannot be applied is told with its reason", () => {
  const refused = { ...find("A1.1"), state: "conflict" };
  const late = command({ edit: "change", finding: refused.payload.finding, expected: 1, count: 2 });
  const stood = standing(record, rubric, planned, [refused, late, find("A2.1")], me);
  assert.deepEqual(stood.sheet.findings.map(({ check }) => check), ["A2.1"]);
  assert.deepEqual(stood.stuck.map(({ refusal }) => refusal.code), ["recording.removed"]);
});

test("steps that wait are taken for done: begun, handed in, signed, refused", () => {
  const step = (kind, payload = {}) => command(payload, { kind: `assessments.${kind}` });
  const sealed = { ...planned, state: "planned", entered_at: null };
  const begun = standing(record, rubric, sealed, [step("begin", { entered_at: "2026-11-28T01:00:00Z" })], me);
  assert.ok(isEditable(begun));
  const steps = [step("submit", { left_at: "x" }), step("sign"), step("manager", { stance: "refused" })];
  const handed = standing(record, rubric, planned, steps, me);
  assert.deepEqual([handed.state, handed.signed, handed.refusal_waits, isEditable(handed)], ["submitted", ["p1"], true, false]);
  assert.equal(standing(record, rubric, planned, [...steps, step("witness")], me).company, "refused");
});

test("an edit after a signature leaves the signature under a sheet that is no more", () => {
  const stood = standing(record, rubric, { ...planned, state: "returned", signed: ["p1", "p2"] }, [find("A1.1")], me);
  assert.deepEqual(stood.signed, []);
});
