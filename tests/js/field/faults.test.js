// The promise of the phone, held to it: 10,000 lives among faults. What may go wrong: runs.js. One that fails says how to
// see it again: SEED=… node --test tests/js/field/faults.test.js. RUNS=… makes it shorter or longer. The lives are lived
// in threads of their own (lives.js), which node's test runner does not watch: each takes half as long there.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import test from "node:test";
import { Worker } from "node:worker_threads";

import { needs } from "./packages.js";
import { one } from "./lives.js";
import { REAL } from "./runs.js";

const RUNS = Number(process.env.RUNS ?? 10_000);

test("nothing is lost and nothing comes twice, whatever happens", needs, async (context) => {
  if (process.env.SEED) return void (await one(Number(process.env.SEED), console.error));
  const threads = availableParallelism(), lived = Array.from({ length: threads }, (_, first) => thread(first + 1, threads));
  const seen = {}, failed = [];
  for (const told of await Promise.all(lived)) {
    failed.push(...told.failed);
    for (const [name, count] of Object.entries(told.seen)) seen[name] = (seen[name] ?? 0) + count;
  }
  context.diagnostic(`${seen.runs} runs (one in ${REAL} with the cryptography that is shipped): ${JSON.stringify(seen)}`);
  assert.deepEqual(failed, []);
  assert.equal(seen.runs, RUNS);
});

// Every `step`-th life from `first` on: {seen, failed}.
function thread(first, step) {
  return new Promise((resolve, reject) => {
    const workerData = { first, step, runs: RUNS }, resourceLimits = { maxYoungGenerationSizeMb: 192 }; // lives leave much rubbish
    const worker = new Worker(new URL("./lives.js", import.meta.url), { workerData, resourceLimits });
    worker.once("message", resolve).once("error", reject);
  });
}
