// Lives of phones, one by one or, as a thread of faults.test.js, very many. What happens in one: runs.js.
import { isMainThread, parentPort, workerData } from "node:worker_threads";

import { fakeIndexedDB } from "./packages.js";
import { Run } from "./runs.js";

const AT_ONCE = 8; // runs that wait for their stores together; each has its own chance
const ENOUGH = 5; // failures after which nothing more is learnt

// What was seen in the life of this seed; throws an error that says how to see it again.
export async function one(seed, log = () => {}) {
  try {
    return await new Run(seed, new fakeIndexedDB.IDBFactory(), { log }).whole();
  } catch (error) {
    throw new Error(`SEED=${seed} node --test tests/js/field/faults.test.js brings again: ${error.message}`, { cause: error });
  }
}

async function many({ first, step, runs }) {
  const seen = { runs: 0 }, failed = [];
  let next = first;
  const lane = async () => {
    while (next <= runs && failed.length < ENOUGH) {
      const told = await one((next += step) - step).catch(({ message, cause }) => void failed.push(`${message}\n${cause.stack}`));
      for (const [name, count] of Object.entries({ runs: 1, ...told })) seen[name] = (seen[name] ?? 0) + count;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { seen, failed };
}

if (!isMainThread && workerData?.step) parentPort.postMessage(await many(workerData));
