// Answers questions of a test in Python: a line of JSON in, a line of JSON out. tests/programmes/assessments/phone.py
// speaks with it. Each answer is plain values only, so that both sides compare what they see.
import { createInterface } from "node:readline";

import { canonical, digest } from "#mj/logic/canonical.js";
import { challengeDue } from "#mj/assessments/challenges.js";
import { asks, challengeOf, codeWord, pick, seedOf } from "#mj/assessments/picks.js";
import { applyEdits, lacking, signedDigest, unanswered, undoing } from "#mj/assessments/recording.js";
import { explain, score } from "#mj/assessments/score.js";

const rubrics = new Map(); // sent once, by a name of the test's

const OPERATIONS = {
  rubric: ({ name, document }) => void rubrics.set(name, document),
  canonical: async ({ value }) => ({ text: canonical(value), digest: await digest(value) }),
  score: ({ rubric, sheets }) => sheets.map((sheet) => score(rubrics.get(rubric), sheet)),
  explain: ({ rubric, sheet }) => explain(rubrics.get(rubric), sheet),
  record,
  undoing: ({ rubric, edits, revision, current }) => told(() => undoing(rubrics.get(rubric), edits, revision, current)),
  picks: ({ seed, label, population, count, one_in: oneIn }) => ({
    pick: pick(seed, label, population, count), asks: asks(seed, label, oneIn), word: codeWord(seed, label),
    challenge: challengeOf(seed, label, oneIn), seed: seedOf(seed, label),
  }),
  challenges: ({ seed, subject, asked }) => asked.map(([check, count]) => challengeDue({ seed, subject }, check, count)),
};

async function record({ rubric: name, sheet: before, edits, seed, standing }) {
  const rubric = rubrics.get(name);
  const { sheet, refusals } = applyEdits(rubric, before, edits, { seed });
  return {
    sheet, refusals: refusals.map(plain), signed: await signedDigest(sheet), unanswered: unanswered(rubric, sheet),
    lacking: lacking(rubric, sheet, standing).map(plain), score: score(rubric, sheet),
  };
}

function told(work) {
  try {
    return { found: work() };
  } catch (refusal) {
    return { refusal: plain(refusal) };
  }
}

function plain(refusal) {
  if (refusal === null) return null;
  const { code, text, params, place, current } = refusal;
  return { code, text, params, place, ...(current === undefined ? {} : { current }) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...question } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await OPERATIONS[op](question)) ?? null };
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
