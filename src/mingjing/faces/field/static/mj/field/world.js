// What the phone's modules need of the world around them, in one place: tests give another one, with faults.
export function browserWorld() {
  return {
    indexedDB: globalThis.indexedDB,
    crypto: globalThis.crypto,
    fetch: (...given) => globalThis.fetch(...given),
    now: () => Date.now(),
    uptime: () => Math.round(globalThis.performance?.now() ?? 0),
    locks: globalThis.navigator?.locks ?? null,
    storage: globalThis.navigator?.storage ?? null,
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    after, // calls a function later; gives what takes that back
    rounds: 310_000, // of PBKDF2, which make guessing a PIN slow
    verify: undefined, // of Ed25519: the module that is shipped (receipts.js)
    language: () => globalThis.document?.documentElement.lang ?? "zh-Hans",
  };
}

function after(milliseconds, act) {
  const asked = setTimeout(act, milliseconds);
  return () => clearTimeout(asked);
}
