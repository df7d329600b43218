// The phone's store: IndexedDB as promises. Every change is one transaction, whole or not at all; what matters is asked to
// be on the disk before it counts as done. Values are sealed before they come here (vault.js). Not here: what they mean.
const NAME = "mingjing-field";
const VERSION = 2; // 1 kept the bytes of a photo in its row
const STORES = {
  meta: { keyPath: "key" }, // the phone itself: its key, its person's number, settings
  boxes: { keyPath: "key" }, // sealed: the pack, the state of each visit
  commands: { keyPath: "place", autoIncrement: true, indexes: { id: "id" } }, // in the order in which they were given
  photos: { keyPath: "sha256" }, // what is known of each photo: small, read often
  bytes: { keyPath: "key" }, // sealed: photos, and small copies of them; large, read one at a time
};

/** @returns {Promise<Store>} the store in `indexedDB`, made or brought up to date where it is not. */
export async function openStore({ indexedDB }, name = NAME) {
  return new Store(await opened(indexedDB, name), () => opened(indexedDB, name));
}

function opened(indexedDB, name) {
  const asked = indexedDB.open(name, VERSION);
  asked.onupgradeneeded = ({ oldVersion }) => build(asked.result, asked.transaction, oldVersion);
  return done(asked);
}

function build(db, transaction, before) {
  for (const [name, { indexes = {}, ...options }] of Object.entries(STORES)) {
    if (db.objectStoreNames.contains(name)) continue;
    const store = db.createObjectStore(name, options);
    for (const [index, path] of Object.entries(indexes)) store.createIndex(index, path, { unique: true });
  }
  if (before === 1) takeOut(transaction);
}

// The bytes of version 1 leave the rows of their photos.
function takeOut(transaction) {
  const bytes = transaction.objectStore("bytes");
  transaction.objectStore("photos").openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const { box, small, ...photo } = cursor.value;
    if (box) bytes.put({ key: photo.sha256, box });
    if (small) bytes.put({ key: `small ${photo.sha256}`, box: small });
    cursor.update(photo);
    cursor.continue();
  };
}

class Store {
  constructor(db, reopen) {
    Object.assign(this, { reopen, over: false });
    this.use(db);
  }

  use(db) {
    this.db = db;
    db.onversionchange = () => this.close(); // another page removes the store, or makes it anew
  }

  get(name, key) {
    return this.look(name, (store) => store.get(key));
  }

  all(name) {
    return this.look(name, (store) => store.getAll());
  }

  put(name, value) {
    return this.change([name], (stores) => stores[name].put(value));
  }

  remove(name, key) {
    return this.change([name], (stores) => stores[name].delete(key));
  }

  async look(name, ask) {
    return done(ask((await this.begun([name], "readonly")).objectStore(name)));
  }

  // One transaction over `names`: `step` gets the stores and may only ask them, never wait for anything else. Resolves to
  // what `step` gave once everything is on the disk; rejects, and nothing of it is, where one request failed.
  async change(names, step) {
    const transaction = await this.begun(names, "readwrite");
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    return new Promise((resolve, reject) => {
      let found, wrong;
      transaction.oncomplete = () => resolve(found);
      transaction.onabort = () => reject(wrong ?? transaction.error ?? new Error("the store took a change back"));
      try {
        found = step(stores);
      } catch (error) {
        wrong = error;
        transaction.abort();
      }
    });
  }

  // A transaction. Some browsers drop the connection of a page that slept: then it is opened anew, once.
  async begun(names, mode) {
    try {
      return this.db.transaction(names, mode, { durability: "strict" });
    } catch (error) {
      if (this.over || error?.name !== "InvalidStateError") throw error;
      this.use(await this.reopen());
      return this.db.transaction(names, mode, { durability: "strict" });
    }
  }

  close() {
    this.over = true;
    this.db.close();
  }
}

/** The result of a request, as a promise. */
export function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
