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
    rounds: 310_000, // of PBKDF2, which make guessing a PIN slow
    language: () => globalThis.document?.documentElement.lang ?? "zh-Hans",
  };
}
