// What a phone finds out at the door, how its own commands look before they are answered, and the code it shows.
import assert from "node:assert/strict";
import { test } from "node:test";

import { asked, factsOf, isOf, metresBetween, shownOf } from "#mj/inspections/arrival.js";
import { firmOf, firmsNamed, recordOf } from "#mj/inspections/opening.js";
import { matrix } from "#mj/inspections/qr.js";
import { open, standOf } from "#mj/inspections/standing.js";
import { hex } from "#mj/logic/canonical.js";
import { sha256 } from "#mj/logic/sha256.js";
import { frozen, vectors } from "../vectors.js";

const record = frozen({
  number: "91430202MA4Q000012", entry_code: hex(sha256(new TextEncoder().encode("ABCD2345"))), rules: "1/2026-03-10",
  site: { latitude: "27.8000000", longitude: "113.1000000" }, first_day: "2026-03-10", last_day: "2026-03-12",
  officers: [{ token: "a", certificates: ["1"] }, { token: "b", certificates: [] }, { token: "c", certificates: ["3"] }],
  items: [{ id: 1 }, { id: 2 }], facts: { as_noticed: "yes", listed: "yes", purpose: "routine" },
});
const door = frozen({ officers: ["a", "b"], scanned: "ABCD2345", position: { latitude: "27.8045000", longitude: "113.1000000" } });
const rule = { code: "A2", kind: "gate", from: "2024-01-01", levels: [{ level: "red", when: { only: { valid_officers: { to: 1 } } } }] };
const pack = frozen({ known_at: "2026-03-10T01:00:00Z", rules: { "1/2026-03-10": { rules: [rule] } } });

test("the firm's code is known on its wall, in an address, and in a licence", () => {
  const texts = ["ABCD2345", " abcd2345 ", "https://x.cn/field/#entry=ABCD2345", "https://x.cn/?uniscid=91430202ma4q000012&x=1", "名称 代码:91430202MA4Q000012。"];
  for (const text of texts) assert.ok(isOf(record, text), text);
  for (const text of ["", "ABCD2346", "91430202MA4Q00001", "X91430202MA4Q000012"]) assert.ok(!isOf(record, text), text);
});

test("facts of the door: certificates that are valid, metres, another firm's code, another day", () => {
  const found = factsOf(record, door, "2026-03-10");
  assert.deepEqual([found.valid_officers, found.distance, found.as_noticed], [1, 500, "yes"]);
  assert.equal(factsOf(record, { ...door, position: null }, "2026-03-10").distance, undefined);
  assert.equal(factsOf(record, { ...door, scanned: "OTHER234" }, "2026-03-10").as_noticed, "no");
  assert.equal(factsOf(record, door, "2026-03-13").as_noticed, "no");
  assert.equal(metresBetween({ latitude: "x", longitude: "1" }, record.site), null);
});

test("what is shown at the door is kept with the entry", () => {
  const found = asked(pack, record, door, "2026-03-10");
  assert.equal(found.colour, "red");
  assert.deepEqual(shownOf(pack, record, found), { colour: "red", answers: [{ rule: "A2", level: "red", unknown: [] }], known_at: pack.known_at, rules: record.rules });
});

const command = (kind, payload, state = "waiting") => ({ id: kind, kind: `inspections.${kind}`, payload, state, problems: [{ text: "no" }] });

test("a phone without a signal goes on from its own commands", () => {
  const commands = frozen([
    command("enter", { how: "scan", entered_at: "x", helpers: 1, reason: "", shown: { colour: "red", answers: [] } }),
    command("result", { results: [{ item: 1, result: "pass" }] }),
  ]);
  const inside = standOf(null, commands);
  assert.deepEqual([inside.state, inside.entry.colour, inside.entry.pending, inside.waiting], ["inside", "red", true, 2]);
  assert.deepEqual(open(record, inside).map(({ id }) => id), [2]);
  const left = standOf(null, [...commands, command("leave", { left_at: "y", signed: "signed", results: [{ item: 2, result: "not_checked" }] })]);
  assert.deepEqual([left.state, left.entry.signed, open(record, left)], ["left", "signed", []]);
});

test("a refused command changes nothing but is told", () => {
  const stand = standOf(null, [command("enter", { reason: "" }, "refused")]);
  assert.deepEqual([stand.state, stand.waiting, stand.problems.length], ["planned", 0, 1]);
  assert.equal(standOf({ state: "planned", refused: false, entry: null }, [command("refusal", {})]).refused, true);
});

for (const { text, rows } of vectors("inspections/qr").cases) {
  test(`the QR code of ${text.length} signs is as another program draws it`, () => {
    assert.deepEqual(matrix(text).map((row) => row.map((one) => (one ? "1" : "0")).join("")), rows);
  });
}

test("what does not fill its version is padded as the standard says", () => {
  assert.equal(wordsIn(matrix("A")).slice(0, 16).map((word) => word.toString(16)).join(" "), "40 14 10 ec 11 ec 11 ec 11 ec 11 ec 11 ec 11 ec");
});

// The codewords of a code of version 1, read back.
function wordsIn(modules) {
  const found = [], size = modules.length;
  const isFixed = (row, column) => row === 6 || column === 6 || (row < 9 && (column < 9 || column >= size - 8)) || (row >= size - 8 && column < 9);
  for (const right of [20, 18, 16, 14, 12, 10, 8, 5, 3, 1]) {
    for (let step = 0; step < size; step += 1) {
      const row = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const column of [right, right - 1]) if (!isFixed(row, column)) found.push(Number(modules[row][column] !== ((row + column) % 3 === 0)));
    }
  }
  return found.join("").match(/.{8}/g).map((bits) => parseInt(bits, 2));
}

test("a text that is too long has no QR code", () => assert.throws(() => matrix("x".repeat(107)), RangeError));

const body = { id: 7, name: "局", facts: { level: "district", field: "消防", listed: "yes" }, items: [{ id: 1 }, { id: 2 }], officers: record.officers, rules: record.rules };
const firm = frozen({ name: "示例厂", number: record.number, address: "一路", site: record.site, entry_code: record.entry_code, quiet_day: "yes" });
const atDoor = frozen({ at_door: { day: "2026-03-10", authorities: [body], firms: [firm] } });
const told = frozen({ firm: record.number, authority: 7, purpose: "case", trigger: "complaint", clue: " ", exception: "", items: [2], officers: ["a"], reason: "群众举报" });

test("a task that is opened at the door is of a firm of the pack, of a licence, or of nobody", () => {
  assert.equal(firmOf(atDoor.at_door, "abcd2345"), firm);
  assert.deepEqual([firmOf(atDoor.at_door, "代码:91430202MA4Q000020"), firmOf(atDoor.at_door, "WXYZ")].map((one) => one?.number ?? null), ["91430202MA4Q000020", null]);
  assert.deepEqual(["", "例", "0012", "x"].map((text) => firmsNamed(atDoor.at_door, text).length), [0, 1, 1, 0]);
});

test("it has no approval, no plan and no notice, and knows of a quiet day on its own day only", () => {
  const made = recordOf(atDoor, "inspections.task:x", told, "2026-03-10");
  assert.deepEqual([made.name, made.items, made.officers.length, made.code, made.emergency], ["示例厂", [{ id: 2 }], 1, null, false]);
  assert.deepEqual([made.facts.approved, made.facts.clue, made.facts.as_noticed, made.facts.quiet_day, made.facts.in_scope], ["no", "no", "none", "yes", "yes"]);
  const later = recordOf(atDoor, "inspections.task:x", { ...told, purpose: "service", items: [] }, "2026-03-11");
  assert.deepEqual([later.facts.quiet_day, later.facts.in_scope], [undefined, undefined]);
  assert.equal(recordOf(atDoor, "inspections.task:x", { ...told, authority: 8 }, "2026-03-10"), null);
});
