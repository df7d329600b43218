// The phone's engine against the vectors that the Python engine wrote: to the last hundredth, edit by edit.
import assert from "node:assert/strict";
import { test } from "node:test";

import { asks, challengeOf, codeWord, pick, seedOf } from "#mj/assessments/picks.js";
import { Conflict, applyEdit, applyEdits, applyLog, lacking, signedDigest, unanswered } from "#mj/assessments/recording.js";
import { explain, score } from "#mj/assessments/score.js";
import { figures, frozen, rubricOf, vectors } from "./vectors.js";

for (const name of ["hetang-2024", "toronto-rentsafe", "methods"]) {
  test(`scores of ${name}`, async (suite) => {
    for (const { name: told, rubric, sheet, expect } of vectors(`preview/scores-${name}`).cases) {
      await suite.test(`${rubric}: ${told.en}`, () => {
        const found = explain(rubricOf(rubric), frozen(sheet));
        assert.deepEqual(figures(found.score), expect);
        const lost = found.findings.reduce((sum, line) => sum + line.lost, 0);
        assert.equal(found.items.reduce((sum, item) => sum + item.earned, 0), found.score.earned);
        assert.equal(found.score.applicable - lost, found.score.earned, "the lines sum to the score");
      });
    }
  });
}

test("recordings", async (suite) => {
  const { cases, standing } = vectors("preview/recordings");
  for (const { name, rubric: code, seed, edits, expect } of cases) {
    const rubric = rubricOf(code);
    await suite.test(name.en, async () => {
      const { sheet, refusals } = applyEdits(rubric, {}, frozen(edits), { seed });
      assert.deepEqual(refusals.map(refused), expect.refusals);
      assert.deepEqual(sheet, expect.sheet);
      assert.equal(await signedDigest(sheet), expect.signed);
      assert.equal(unanswered(rubric, sheet).length, expect.unanswered);
      assert.deepEqual(lacking(rubric, sheet, standing).map(({ code, place }) => [code, place]), expect.lacking);
      assert.deepEqual(figures(score(rubric, sheet)), expect.score);
    });
    await suite.test(`${name.en} (one by one)`, () => {
      assert.deepEqual(oneByOne(rubric, edits, seed), expect.sheet);
      const taken = edits.filter((_, place) => expect.refusals[place] === null);
      assert.deepEqual(applyLog(rubric, taken, { seed }), expect.sheet, "the sheet is what its log makes of nothing");
    });
  }
});

test("picks", () => {
  for (const { seed, label, population, count, one_in: oneIn, expect } of vectors("preview/picks").cases) {
    const found = {
      pick: pick(seed, label, population, count), asks: asks(seed, label, oneIn), word: codeWord(seed, label),
      challenge: challengeOf(seed, label, oneIn), seed_of: seedOf(seed, label),
    };
    assert.deepEqual(found, expect);
  }
  assert.throws(() => pick("00", "label", 5, 2), RangeError);
});

test("a rubric of another format is not read", () => {
  assert.throws(() => score({ ...rubricOf("hetang-2024-A"), format: "mingjing.assessments.rubric/9" }, {}), TypeError);
});

test("codes that the rubric does not know are told, not counted", () => {
  assert.throws(() => score(rubricOf("hetang-2024-A"), { findings: [{ check: "B1.1", steps: 1 }] }), RangeError);
});

function oneByOne(rubric, edits, seed) {
  let sheet = {};
  for (const edit of edits) {
    try {
      sheet = applyEdit(rubric, frozen(sheet), edit, { seed });
    } catch (refusal) {
      if (!refusal.code) throw refusal;
    }
  }
  return sheet;
}

function refused(refusal) {
  if (refusal === null) return null;
  const { code, place } = refusal;
  return refusal instanceof Conflict ? { code, place, current: refusal.current } : { code, place };
}
