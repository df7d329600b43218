// Everything a phone holds and does, put together: what the app and the programmes' screens are given. It shows nothing.
import { openStore } from "#mj/field/db.js";
import { Device } from "#mj/field/device.js";
import { Outbox } from "#mj/field/outbox.js";
import { outlook } from "#mj/field/outlook.js";
import { Photos } from "#mj/field/photos.js";
import { held } from "#mj/field/signout.js";
import { Sync } from "#mj/field/sync.js";
import { Locked, Vault } from "#mj/field/vault.js";

export class Phone {
  static async open(world) {
    const store = await openStore(world);
    const phone = new Phone(world, store);
    await phone.device.load();
    return phone;
  }

  constructor(world, store) {
    this.world = world;
    this.store = store;
    this.vault = new Vault(world, store);
    this.device = new Device(world, store);
    this.outbox = new Outbox(world, store, this.vault);
    this.photos = new Photos(world, store, this.vault, this.device, this.outbox);
    this.listeners = new Set();
    this.sync = new Sync(world, store, this.vault, this.device, this.outbox, this.photos, (event) => this.changed(event));
    Object.assign(this, { pack: null, taken: {}, reading: Promise.resolve() });
  }

  // Called on every change: with a subject where only that one is concerned.
  listen(hear) {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  async changed(event = {}) {
    await this.refresh().catch((error) => {
      if (!(error instanceof Locked)) throw error; // locked meanwhile: nothing is shown
    });
    for (const hear of this.listeners) hear(event.subject, event);
  }

  // Read again what is shown of the store, one reading after the other. What was shown stays until the new is whole: a
  // screen that is drawn meanwhile finds every photo.
  refresh() {
    const read = () => this.read();
    this.reading = this.reading.then(read, read);
    return this.reading;
  }

  async read() {
    if (!this.vault.open) return;
    const [kept, photos] = await Promise.all([this.store.get("boxes", "pack"), this.photos.all()]);
    const pack = kept ? await this.vault.unsealJson(kept.box) : null, taken = {};
    for (const { sha256, subject, also = [], about, origin = "camera" } of photos) {
      for (const one of [subject, ...also]) (taken[one] ??= {})[sha256] = { state: "local", about, origin };
    }
    if (this.vault.open) Object.assign(this, { pack, taken });
  }

  async state(subject) {
    const [kept, commands] = await Promise.all([this.store.get("boxes", `state ${subject}`), this.outbox.of(subject)]);
    return { state: kept ? await this.vault.unsealJson(kept.box) : null, commands };
  }

  async send(kind, subject, payload) {
    const command = await this.outbox.add(kind, subject, payload);
    for (const hear of this.listeners) hear(subject, { kind: "added" });
    this.soon();
    return command;
  }

  // Sync a moment from now: several taps are one request.
  soon() {
    this.forget?.();
    this.forget = this.world.after(1500, () => this.sync.run().catch((error) => this.changed({ kind: "fault", error })));
  }

  // How much is here that was not sent, countable while the phone is locked.
  async held() {
    return held(this.store);
  }

  lock() {
    this.vault.lock();
    this.forget?.();
    Object.assign(this, { pack: null, taken: {} });
  }

  // Everything goes, the key of the phone too: it is bound to nobody.
  erase() {
    this.lock();
    this.store.close();
    return new Promise((resolve, reject) => {
      const asked = this.world.indexedDB.deleteDatabase("mingjing-field");
      asked.onsuccess = asked.onblocked = resolve;
      asked.onerror = () => reject(asked.error);
    });
  }

  outlook() {
    return outlook(this.outbox, this.photos);
  }
}
