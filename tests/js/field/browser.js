// A page of a browser as the phone's modules see it, over a fake IndexedDB: it may be killed at any moment, its disk may be
// full, its clock may jump. What happens inside a page that was killed goes no further: its promises never settle, and of
// its open transactions each is either whole or not at all. Not here: the network.
const NEVER = new Promise(() => {});
const DAY = 24 * 3600 * 1000;
const full = () => new DOMException("the disk is full", "QuotaExceededError");

// The headers of an answer; node's own take long to make.
export class Headers {
  constructor(named) {
    this.named = named;
  }

  get(name) {
    return this.named[name.toLowerCase()] ?? null;
  }
}

// What several pages of one phone share: its clock, its disk, its locks.
export class Handset {
  constructor(indexedDB, chance, { locks = true } = {}) {
    Object.assign(this, { indexedDB, chance, skew: 0, time: Date.parse("2026-11-28T01:00:00Z"), full: 0, holder: null, queue: [], pages: new Set() });
    this.locks = locks;
  }

  jump() {
    this.skew += this.chance.one([-4000, -400, 400, 4000]) * DAY;
  }

  // Let time pass: what pages asked to be called for, is.
  pass(milliseconds) {
    this.time += milliseconds;
    for (const page of this.pages) page.ring();
  }

  // The next page gets the lock.
  next() {
    this.holder = null;
    const waiting = this.queue.shift();
    if (waiting) waiting();
  }
}

export class Page {
  // Killed after `life` moments; `parts` brings {crypto, verify} and fetch.
  constructor(handset, { crypto, verify, life = Infinity }) {
    Object.assign(this, { handset, crypto, verify, left: life, dead: false, open: new Set(), alarms: new Map(), counted: 0 });
    this.died = new Promise((resolve) => (this.toldDead = resolve));
    handset.pages.add(this);
  }

  // A moment at which the page may be gone; nothing goes on in one that is.
  moment() {
    return this.lives() ? undefined : NEVER;
  }

  lives() {
    this.counted += 1;
    if (!this.dead && (this.left -= 1) < 0) this.kill();
    return !this.dead;
  }

  kill() {
    if (this.dead) return;
    this.dead = true;
    this.handset.pages.delete(this);
    for (const transaction of this.open) if (this.handset.chance.is(0.5)) tried(() => transaction.abort());
    this.open.clear();
    this.alarms.clear();
    if (this.handset.holder === this) this.handset.next();
    this.toldDead();
  }

  world(fetch) {
    const { handset } = this;
    return {
      indexedDB: factory(this), crypto: guarded(this), fetch, verify: this.verify, rounds: 1, language: () => "en",
      now: () => handset.time + handset.skew, uptime: () => 1,
      locks: handset.locks ? { request: (_name, step) => this.alone(step) } : null,
      storage: { estimate: async () => ({ quota: 2 ** 31, usage: 0 }) },
      wait: async (milliseconds) => {
        await this.moment();
        handset.pass(milliseconds);
        await turn();
        await this.moment();
      },
      after: (milliseconds, act) => {
        const key = {};
        this.alarms.set(key, { due: handset.time + milliseconds, act });
        return () => this.alarms.delete(key);
      },
    };
  }

  ring() {
    for (const [key, { due, act }] of this.alarms) {
      if (due > this.handset.time) continue;
      this.alarms.delete(key);
      act();
    }
  }

  // An answer that never comes: the page's patience ends it.
  async hang(signal) {
    for (let waited = 0; waited < 100 && !signal?.aborted; waited += 1) {
      this.handset.pass(60_000);
      await turn();
    }
    throw new TypeError(signal?.aborted ? "aborted" : "the network hung, and nothing ended it");
  }

  // Web Locks: the next page's turn comes when the one before is done or gone.
  async alone(step) {
    const { handset } = this;
    if (handset.holder) await new Promise((resolve) => handset.queue.push(resolve));
    if (this.dead) return handset.next(), NEVER;
    handset.holder = this;
    try {
      return await step();
    } finally {
      handset.next();
    }
  }
}

const turn = () => new Promise((done) => setImmediate(done));

function tried(act) {
  try {
    act();
  } catch {
    // it was over already
  }
}

// WebCrypto whose answers may come too late.
function guarded(page) {
  const subtle = new Proxy(page.crypto.subtle, {
    get: (target, name) => async (...given) => {
      if (page.dead) return NEVER;
      const made = await target[name](...given);
      return page.lives() ? made : NEVER;
    },
  });
  return { subtle, getRandomValues: (bytes) => page.crypto.getRandomValues(bytes) };
}

function factory(page) {
  return {
    open(name, version) {
      const asked = {}, real = page.handset.indexedDB.open(name, version);
      real.onupgradeneeded = (event) => {
        Object.assign(asked, { result: real.result, transaction: real.transaction });
        asked.onupgradeneeded?.({ oldVersion: event.oldVersion, target: asked });
      };
      real.onsuccess = () => {
        if (!page.lives()) return real.result.close();
        asked.result = database(page, real.result);
        asked.onsuccess?.({ target: asked });
      };
      return asked;
    },
    deleteDatabase: (name) => page.handset.indexedDB.deleteDatabase(name),
  };
}

function database(page, real) {
  return { transaction: (names, mode = "readonly") => new Transaction(page, real.transaction(names, mode)), close: () => real.close() };
}

// The store of a page that is gone: whatever is asked of it, nothing comes back.
const SILENT = new Proxy({}, { get: () => () => ({}) });

class Transaction {
  constructor(page, real) {
    Object.assign(this, { page, real, wrong: null });
    if (page.dead) tried(() => real.abort());
    else page.open.add(real);
    real.oncomplete = () => this.ended("oncomplete");
    real.onabort = () => this.ended("onabort");
  }

  get error() {
    return this.wrong ?? this.real.error;
  }

  ended(how) {
    this.page.open.delete(this.real);
    if (this.page.lives()) this[how]?.({ target: this });
  }

  abort() {
    if (this.page.dead) tried(() => this.real.abort());
    else this.real.abort();
  }

  // A page that is gone may still come here, and is answered nothing.
  objectStore(name) {
    return this.page.dead ? SILENT : new ObjectStore(this, this.real.objectStore(name));
  }

  // A request of the real store, seen through the page.
  asked(real) {
    const request = { transaction: this };
    real.onsuccess = () => {
      if (!this.page.lives()) return;
      request.result = real.result;
      request.onsuccess?.({ target: request });
    };
    real.onerror = (event) => this.failed(request, real.error, event);
    return request;
  }

  failed(request, error, event) {
    let forgiven = false;
    request.error = error;
    const seen = { target: request, preventDefault: () => (forgiven = true), stopPropagation() {} };
    if (this.page.lives()) {
      request.onerror?.(seen);
      this.onerror?.(seen);
    }
    if (forgiven) event?.preventDefault();
    else this.wrong ??= error;
    return forgiven;
  }
}

class ObjectStore {
  constructor(transaction, real) {
    Object.assign(this, { transaction, real });
  }

  get(key) {
    return this.transaction.asked(this.real.get(key));
  }

  getAll() {
    return this.transaction.asked(this.real.getAll());
  }

  delete(key) {
    return this.transaction.asked(this.real.delete(key));
  }

  put(value) {
    return this.written("put", value);
  }

  add(value) {
    return this.written("add", value);
  }

  index(name) {
    return { get: (key) => this.transaction.asked(this.real.index(name).get(key)) };
  }

  // A disk that is full says so at once, or when all is to be written.
  written(how, value) {
    const { page } = this.transaction, { handset } = page;
    if (page.dead || !handset.chance.is(handset.full)) return this.transaction.asked(this.real[how](value));
    return handset.chance.is(0.5) ? this.refused() : this.takenBack(how, value);
  }

  refused() {
    const { transaction } = this, request = { transaction }, real = this.real.count();
    real.onsuccess = () => {
      if (!transaction.failed(request, full())) tried(() => transaction.abort());
    };
    return request;
  }

  takenBack(how, value) {
    const { transaction } = this, real = this.real[how](value), request = transaction.asked(real);
    const before = real.onsuccess;
    real.onsuccess = () => {
      before();
      transaction.wrong = full();
      tried(() => transaction.abort());
    };
    return request;
  }
}
