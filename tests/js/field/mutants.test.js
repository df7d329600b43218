// Whether the runs of faults.test.js would notice: each mutant takes one thing away that keeps the promise, and must be
// found out. Not here: the runs.
import assert from "node:assert/strict";
import test from "node:test";

import { Offline, Refused } from "#mj/field/device.js";
import { fakeIndexedDB, needs } from "./packages.js";
import { Run } from "./runs.js";

const MOST = 500; // runs in which a mutant is found out, or never

const MUTANTS = {
  "the bytes leave before the receipt is stored": ({ photos, store }) => {
    const { arrived } = photos;
    photos.arrived = async (sha256, receipt) => {
      await store.remove("bytes", sha256);
      return arrived.call(photos, sha256, receipt);
    };
  },
  "the bytes leave when all are sent, whatever was answered": ({ photos, store }) => {
    const { going } = photos;
    photos.going = async (sha256, address) => {
      await going.call(photos, sha256, address);
      await store.remove("bytes", sha256);
    };
  },
  "a photo is kept first, and its record and command after it": (phone) => apart(phone, ["photos", "bytes"], ["commands"]),
  "a record and its command are kept first, and the photo after them": (phone) => apart(phone, ["commands"], ["photos", "bytes"]),
  "a write that failed takes nothing else back": ({ store }) => {
    const { begun } = store;
    store.begun = async (...given) => Object.assign(await begun.apply(store, given), { onerror: (event) => event.preventDefault() });
  },
  "a command gets a new number each time it is sent": ({ outbox }) => {
    const { waiting } = outbox;
    outbox.waiting = async (...given) => (await waiting.apply(outbox, given)).map((one) => ({ ...one, id: outbox.made("", "", {}).id }));
  },
  "a command leaves once it is sent": ({ outbox, store, sync }) => {
    const { exchange } = sync;
    sync.exchange = async (commands, ...more) => {
      for (const { place } of commands) await store.remove("commands", place);
      return exchange.call(sync, commands, ...more);
    };
  },
  "a fault of the installation counts as its answer": ({ outbox }) => {
    const { answered } = outbox;
    outbox.answered = (outcomes, states) => answered.call(outbox, outcomes.map((one) => ({ ...one, problems: [] })), states);
  },
  "any receipt will do, whoever signed it": ({ world }) => {
    world.verify = async () => true;
  },
  "an upload that is no more is waited for": ({ device }) => {
    const { asked } = device;
    device.asked = (method, ...more) => asked.call(device, method, ...more).catch((error) => {
      throw method === "HEAD" && error instanceof Refused && !error.code ? new Offline("HTTP 404") : error;
    });
  },
};

// Two transactions instead of one.
function apart({ photos, store }, first, second) {
  photos.keep = async (photo, command, box, record) => {
    const writes = { photos: { ...photo, record }, bytes: { key: photo.sha256, box }, commands: command };
    for (const names of [first, second]) await store.change(names, (stores) => names.forEach((name) => stores[name].put(writes[name])));
  };
}

for (const [name, mutate] of Object.entries(MUTANTS)) {
  test(`found out: ${name}`, needs, async (context) => {
    for (let seed = 1; seed <= MOST; seed += 1) {
      const error = await new Run(seed, new fakeIndexedDB.IDBFactory(), { mutate }).whole().then(() => null, (found) => found);
      if (error) return context.diagnostic(`SEED=${seed}: ${error.message}`);
    }
    return assert.fail(`${MOST} runs noticed nothing`);
  });
}

test("found out by nothing: the phone as it is", needs, async () => {
  for (let seed = 1; seed <= 25; seed += 1) await new Run(seed, new fakeIndexedDB.IDBFactory()).whole();
});

