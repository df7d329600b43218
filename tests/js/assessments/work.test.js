// Work on a visit: acts in the order of the taps, taken back whole, disputes settled by a choice, drafts kept.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft } from "#mj/assessments/draft.js";
import { groupsOf, nextOpen, progressOf, restOf } from "#mj/assessments/progress.js";
import { Work, Refusal } from "#mj/assessments/work.js";
import { command, fresh, me, planned, record, rubric } from "./forms.js";

// A phone that keeps commands; each takes a moment, as a disk does.
function phone(state = planned) {
  const kept = { state, commands: [], settled: [] };
  return {
    kept, person: me,
    send: async (kind, payload) => {
      await new Promise((done) => setTimeout(done, Math.random() * 3));
      const made = command(payload, { kind });
      kept.commands = [...kept.commands, made];
      return made;
    },
    load: async () => ({ state: kept.state, commands: kept.commands }),
    settle: async (ids) => {
      kept.settled.push(...ids);
      kept.commands = kept.commands.filter(({ id }) => !ids.includes(id));
    },
  };
}

const work = (source = phone(), own = { ...record, seed: fresh().replaceAll("-", "").padEnd(64, "0") }) => new Work(own, rubric, source).refresh();
const find = (check, more = {}) => ({ edit: "find", check, finding: fresh(), count: 1, place: "3栋", ...more });

test("taps that come while another is being kept stand in their order", async () => {
  const at = await work();
  const finds = Array.from({ length: 8 }, () => find("A1.1"));
  await Promise.all(finds.map((edit) => at.act([edit])));
  assert.deepEqual(at.sheet.findings.map(({ id }) => id), finds.map(({ finding }) => finding));
});

test("an act is taken back with all that went on with it, and the one before it stands", async () => {
  const at = await work();
  await at.act([find("A2.1")]);
  const edit = find("A1.1");
  await at.act([edit]);
  await at.act([{ edit: "change", finding: edit.finding, expected: 1, count: 3 }], { goesOn: true });
  await at.act([{ edit: "attach", finding: edit.finding, evidence: ["a".repeat(64)] }], { goesOn: true });
  assert.equal(await at.undo(), true);
  assert.deepEqual(at.sheet.findings.map(({ check }) => check), ["A2.1"]);
  assert.equal(await at.undo(), true);
  assert.deepEqual(at.sheet, {});
  assert.equal(await at.undo(), false);
});

test("the rest of an item is taken back in one go, and leaves what was looked at before", async () => {
  const at = await work();
  await at.act([{ edit: "looked", check: "A2.1" }]);
  const [, item] = rubric.items;
  await at.act([{ edit: "looked_rest", item: "A2" }], { of: restOf(at, item) });
  assert.deepEqual(at.sheet.looked.map(({ check }) => check), ["A2.1", "A2.3"]);
  await at.undo();
  assert.deepEqual(at.sheet.looked.map(({ check }) => check), ["A2.1"]);
});

test("what somebody else changed since is not taken back over their head", async () => {
  const source = phone();
  const at = await work(source);
  const edit = find("A1.1");
  await at.act([edit]);
  const theirs = { ...at.finding(edit.finding), version: 2, place: "5栋", by: "p2" };
  source.kept.state = { ...planned, sheet: { findings: [theirs] } };
  source.kept.commands = [];
  await at.refresh();
  assert.equal(await at.undo(), false);
  assert.equal(at.finding(edit.finding).place, "5栋");
});

test("what the installation would refuse is told before anything is sent", async () => {
  const source = phone();
  const at = await work(source);
  await at.act([find("A1.1")]);
  await assert.rejects(at.act([{ edit: "looked", check: "A1.1" }]), Refusal);
  assert.equal(source.kept.commands.length, 1);
});

test("mine anew is sent on what stands and the dispute is gone; theirs leaves it as it is", async () => {
  for (const [mine, place] of [[true, "北门"], [false, "南门"]]) {
    const theirs = { id: fresh(), n: 1, version: 4, check: "A1.2", steps: 2, fact: "f", place: "南门", note: "", evidence: [], measured: { grade: "absent" }, by: "p2", at: "" };
    const source = phone({ ...planned, sheet: { findings: [theirs] } });
    source.kept.commands = [command(find("A1.2", { grade: "partial", place: "北门" }), { state: "conflict", current: theirs })];
    const at = await work(source);
    assert.ok(at.disputed("A1.2"));
    const heard = [];
    at.listen((codes) => heard.push(...codes));
    await at.settle(at.disputes[0], mine);
    assert.ok(heard.includes("A1.2"), "the row of the check is drawn without the dispute");
    assert.deepEqual([at.disputes, source.kept.settled.length], [[], 1]);
    assert.deepEqual(at.sheet.findings.map((entry) => entry.place), [place]);
  }
});

test("listeners hear which checks look different, and no others", async () => {
  const at = await work();
  const heard = [];
  at.listen((codes) => heard.push(codes));
  await at.act([find("A1.1")]);
  await at.act([{ edit: "looked", check: "A1.2" }]);
  assert.deepEqual(heard, [["A1.1"], ["A1.2"]]);
});

test("a check looks different once one of its photos has arrived", async () => {
  const source = phone({ ...planned, captures: { ["a".repeat(64)]: { state: "promised", about: "A1.1" }, ["b".repeat(64)]: { state: "kept", about: "A2.1" } } });
  const at = await work(source), heard = [];
  at.listen((codes) => heard.push(codes));
  source.kept.state = { ...source.kept.state, captures: { ...source.kept.state.captures, ["a".repeat(64)]: { state: "kept", about: "A1.1" } } };
  await at.refresh();
  await at.refresh();
  assert.deepEqual(heard, [["A1.1"], []]);
});

test("progress counts what was answered, and leads to what was not", async () => {
  const at = await work();
  await at.act([find("A1.1")]);
  await at.act([{ edit: "not_applicable", check: "A2.3", reason: "无" }]);
  const { answered, total, items } = progressOf(at);
  assert.deepEqual([answered, total, items.map((item) => [item.code, item.answered, item.lost])], [2, 5, [["A1", 1, 100], ["A2", 1, 0]]]);
  assert.deepEqual([nextOpen(at), nextOpen(at, "A2.1"), nextOpen(at, "A2.3")], ["A1.2", "A2.2", "A1.2"]);
});

test("a draft is kept in one edit, a share only when both numbers are there", async () => {
  const source = phone();
  const at = await work(source);
  const told = [];
  const draft = new Draft(at, rubric.checks[3], null, (state) => told.push(state), () => null, () => {});
  draft.change({ good: 6, of: null });
  assert.equal(await draft.flush(), false);
  draft.change({ good: 6, of: 10 });
  draft.change({ place: "1栋" });
  assert.equal(await draft.flush(), true);
  assert.equal(source.kept.commands.length, 1);
  draft.change({ good: 9, of: 3 });
  assert.equal(await draft.flush(), false);
  assert.equal(told.at(-1).refusal.code, "recording.share");
  draft.change({ of: 10 });
  await draft.flush();
  assert.deepEqual(at.finding(draft.finding).measured, { good: "9", of: "10" });
});

test("communities that are started together are one card until they have begun", () => {
  const visit = (subject, group, entered) => ({ record: { subject, group }, stand: { entered_at: entered } });
  const cards = (visits) => groupsOf(visits).map((group) => group.map(({ record: { subject } }) => subject));
  assert.deepEqual(cards([visit("1", "G", null), visit("2", "", null), visit("3", "G", null)]), [["1", "3"], ["2"]]);
  assert.deepEqual(cards([visit("1", "G", "x"), visit("3", "G", "x")]), [["1"], ["3"]]);
});

test("changes that come while one is being kept name the version it makes", async () => {
  const at = await work();
  const edit = find("A1.1");
  await at.act([edit]);
  const draft = new Draft(at, rubric.checks[0], edit.finding, () => {}, () => null, () => {});
  draft.change({ count: 2 });
  const first = draft.flush();
  draft.change({ place: "4栋" });
  assert.deepEqual(await Promise.all([first, draft.flush()]), [true, true]);
  draft.change({ note: "痰迹" });
  assert.equal(await draft.flush(), true);
  const { steps, place, note } = at.finding(edit.finding);
  assert.deepEqual([steps, place, note], [2, "4栋", "痰迹"]);
});
