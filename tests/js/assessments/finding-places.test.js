// Searching a check, places by a tap, and how a team arrived.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { codeIn, metresBetween, readCode, signalsOf } from "#mj/assessments/arrivals.js";
import { dueAt } from "#mj/assessments/deadlines.js";
import { kindOf, lastPlace, numberOf, quickWords, recentPlaces, withWord } from "#mj/assessments/places.js";
import { matching } from "#mj/assessments/search.js";
import { rubric } from "./forms.js";

const codes = (text) => matching(rubric.checks, text).map(({ code }) => code);

test("a check is found by characters, pinyin, initials, English and its code", () => {
  for (const text of ["门厅", "menting", "ldfs", "mtjj", "MTJJ", "Stairs", "a1.1", "Ａ１．１", "楼道 洁净", "楼道jj"]) {
    assert.deepEqual(codes(text), ["A1.1"], text);
  }
  assert.deepEqual(codes("A2").slice(0, 3), ["A2.1", "A2.2", "A2.3"]);
  assert.equal(codes("").length, 5);
  assert.deepEqual(codes("。"), []);
  assert.deepEqual(codes("电梯"), []);
});

test("a code comes before a word that only holds it", () => {
  const checks = [{ code: "B1", title: { en: "about A1" } }, { code: "A1", title: { en: "other" } }];
  assert.deepEqual(matching(checks, "a1").map(({ code }) => code), ["A1", "B1"]);
});

test("checks of a major item are found by its title", () => {
  const checks = [{ code: "B1.1", title: { en: "Hydrants" }, under: { "zh-Hans": "消防安全" } }, { code: "B2.1", title: { en: "Lawns" } }];
  assert.deepEqual(matching(checks, "消防").map(({ code }) => code), ["B1.1"]);
});

const sheet = { findings: [
  { n: 1, place: "3栋2单元门厅", by: "p1" }, { n: 2, place: "地下车库", by: "p2" }, { n: 3, place: "", by: "p1" },
  { n: 4, place: "5#楼楼道", by: "p2" }, { n: 5, place: "地下车库", by: "p2" },
] };

test("places: the newest first, the last one of whoever asks, kinds and numbers", () => {
  assert.deepEqual(recentPlaces(sheet, ["东门"]), ["地下车库", "5#楼楼道", "3栋2单元门厅", "东门"]);
  assert.equal(lastPlace(sheet, "p1"), "3栋2单元门厅");
  assert.equal(lastPlace(sheet, "p3"), "地下车库");
  assert.deepEqual(["3栋2单元门厅", "地下车库", "B区12栋", "1号楼 顶楼"].map(kindOf), ["门厅", "地下车库", "", "顶楼"]);
  assert.deepEqual(["3栋2单元门厅", "地下车库", "12-14栋"].map(numberOf), ["3栋2单元", "", "12-14栋"]);
});

test("a quick word takes the place of the kind and leaves the number", () => {
  assert.equal(withWord("3栋2单元门厅", "楼道"), "3栋2单元楼道");
  assert.equal(withWord("3栋2单元门厅", "门厅"), "3栋2单元");
  assert.equal(withWord("", "电梯"), "电梯");
  assert.equal(withWord("东门", "电梯"), "电梯");
  assert.deepEqual(quickWords(["3栋门厅", "4栋门厅", "岗亭"], ["楼道", "门厅"]), ["门厅", "岗亭", "楼道"]);
});

test("the site's code is known without a network, as a bare code or as an address", () => {
  const record = { entry_code: createHash("sha256").update("HT7K2M").digest("hex") };
  for (const text of ["HT7K2M", " ht7k2m ", "https://example.org/e/HT7K2M", "https://example.org/e/HT7K2M/"]) {
    assert.deepEqual(readCode(record, text), { code: "HT7K2M", matches: true }, text);
  }
  assert.equal(readCode(record, "HT7K2N").matches, false);
  assert.equal(readCode({ entry_code: null }, "HT7K2M").matches, null);
  assert.equal(codeIn("https://example.org/field/#entry=HT7K2M"), "HT7K2M");
});

test("what a reviewer will see is told: far, rough, another code, no proof, a clock", () => {
  const site = { latitude: "27.83", longitude: "113.16" };
  const at = (latitude, accuracy) => ({ how: "position", latitude, longitude: "113.16", accuracy });
  assert.deepEqual(signalsOf(at("27.8301", 12), site), []);
  assert.equal(metresBetween(at("27.8412"), site), 1245);
  assert.deepEqual(signalsOf(at("27.8412", 12), site), [{ signal: "far", metres: 1245 }]);
  assert.deepEqual(signalsOf(at("27.8301", 900), site), [{ signal: "rough", metres: 900 }]);
  assert.deepEqual(signalsOf({ how: "code", matches: false }, site, 300).map(({ signal }) => signal), ["other_code", "clock"]);
  assert.deepEqual(signalsOf({ how: "none" }, null).map(({ signal }) => signal), ["unproven"]);
});

test("an order is due by the scheme's days, over a weekend where it counts working days", () => {
  const friday = new Date(2026, 10, 27, 9, 30);
  const day = (deadline) => dueAt(deadline, friday).getDate();
  assert.deepEqual([day({ days: 1, calendar: "calendar" }), day({ days: 1, calendar: "working" }), day(null)], [28, 30, 27]);
  assert.equal(friday.getDate(), 27);
});
