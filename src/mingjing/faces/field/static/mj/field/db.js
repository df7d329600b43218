// The phone's store: IndexedDB as promises. Every change is one transaction, whole or not at all; what matters is asked to
// be on the disk before it counts as done. Values are sealed before they come here (vault.js). Not here: what they mean.
const NAME = "mingjing-field";
const STORES = {
  meta: { keyPath: "key" }, // the phone itself: its key, its person's number, settings
  boxes: { keyPath: "key" }, // sealed: the pack, the state of each visit
  commands: { keyPath: "place", autoIncrement: true, indexes: { id: "id" } }, // in the order in which they were given
  photos: { keyPath: "sha256" },
};

export async function openStore({ indexedDB }, name = NAME) {
  const asked = indexedDB.open(name, 1);
  asked.onupgradeneeded = () => build(asked.result);
  const db = await done(asked);
  return new Store(db);
}

function build(db) {
  for (const [name, { indexes = {}, ...options }] of Object.entries(STORES)) {
    const store = db.createObjectStore(name, options);
    for (const [index, path] of Object.entries(indexes)) store.createIndex(index, path, { unique: true });
  }
}

class Store {
  constructor(db) {
    this.db = db;
    db.onversionchange = () => db.close();
  }

  get(name, key) {
    return done(this.db.transaction(name).objectStore(name).get(key));
  }

  all(name) {
    return done(this.db.transaction(name).objectStore(name).getAll());
  }

  put(name, value) {
    return this.change([name], (stores) => stores[name].put(value));
  }

  remove(name, key) {
    return this.change([name], (stores) => stores[name].delete(key));
  }

  // One transaction over `names`: `step` gets the stores and may only ask them, never wait for anything else.
  change(names, step) {
    const transaction = this.db.transaction(names, "readwrite", { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    return new Promise((resolve, reject) => {
      let found;
      transaction.oncomplete = () => resolve(found);
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      transaction.onerror = (event) => event.preventDefault?.();
      Promise.resolve(step(stores, transaction)).then((value) => (found = value), (error) => {
        try {
          transaction.abort();
        } catch {
          // it is over already
        }
        reject(error);
      });
    });
  }

  close() {
    this.db.close();
  }
}

// The result of a request.
export function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
