// The promise of the phone, held to it: 10,000 lives among faults. What may go wrong: runs.js. One that fails says how to
// see it again: SEED=… node --test tests/js/field/faults.test.js. RUNS=… makes it shorter or longer.
import assert from "node:assert/strict";
import test from "node:test";

import { fakeIndexedDB, needs } from "./packages.js";
import { REAL, Run } from "./runs.js";

const RUNS = Number(process.env.RUNS ?? 10_000);
const AT_ONCE = 8; // runs that wait for their stores together; each has its own chance

export async function one(seed, options) {
  const log = [];
  try {
    return await new Run(seed, new fakeIndexedDB.IDBFactory(), { log: (line) => log.push(line), ...options }).whole();
  } catch (error) {
    if (process.env.SEED) console.error(log.join("\n"));
    throw new Error(`SEED=${seed} node --test tests/js/field/faults.test.js brings again: ${error.message}`, { cause: error });
  }
}

test("nothing is lost and nothing comes twice, whatever happens", needs, async (context) => {
  if (process.env.SEED) return void (await one(Number(process.env.SEED)));
  const seen = {}, failed = [];
  let next = 0;
  const lane = async () => {
    while (next < RUNS && failed.length < 5) {
      const told = await one((next += 1)).catch((error) => void failed.push(error));
      for (const [name, count] of Object.entries(told ?? {})) seen[name] = (seen[name] ?? 0) + count;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  context.diagnostic(`${next} runs (one in ${REAL} with the cryptography that is shipped): ${JSON.stringify(seen)}`);
  assert.deepEqual(failed.map(({ message, cause }) => `${message}\n${cause.stack}`), []);
});
