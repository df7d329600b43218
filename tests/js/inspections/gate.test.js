// Table A on the phone against the vectors that pytest runs too (tests/vectors/inspections/gate.json).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { verdict } from "#mj/inspections/conditions.js";
import { admit, kept } from "#mj/inspections/gate.js";
import { frozen, vectors } from "../vectors.js";

const SHIPPED = new URL("../../../src/mingjing/programmes/inspections/rules/default.json", import.meta.url);
const { rules } = frozen(JSON.parse(readFileSync(SHIPPED, "utf8")));
const { usual, cases } = vectors("inspections/gate");

for (const { rule, case: way, say, day, facts, colour, answers } of cases) {
  test(`${rule} ${way}: ${say}`, () => {
    const found = admit(rules, frozen({ ...usual, ...facts }), day);
    assert.equal(found.colour, colour);
    assert.deepEqual(found.answers.map((one) => [one.rule.code, one.level]), answers);
  });
}

test("what a phone keeps of an answer names the facts it lacked", () => {
  const found = admit(rules, { ...usual, listed: "" }, "2026-03-10");
  assert.deepEqual(kept(found), [{ rule: "A1", level: "yellow", unknown: ["listed"] }]);
});

test("an exception must be known to be one, and \"\" in the words names the unknown itself", () => {
  const facts = frozen({ purpose: "case", reason: "" });
  assert.equal(verdict({ only: { purpose: ["case"] }, unless: [{ reason: ["yes"] }] }, facts), true);
  assert.equal(verdict({ only: { reason: ["no", ""] } }, facts), true);
  assert.equal(verdict({ only: { reason: ["yes"] } }, facts), null);
  assert.equal(verdict({ only: { distance: { from: 301 } } }, facts), null);
  assert.equal(verdict({ only: { purpose: ["routine"], reason: ["yes"] } }, facts), false, "what fails, fails, whatever is unknown");
});
