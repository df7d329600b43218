// Everything a phone holds and does, put together: what the app and the programmes' screens are given. It shows nothing.
import { openStore } from "#mj/field/db.js";
import { Device } from "#mj/field/device.js";
import { Outbox } from "#mj/field/outbox.js";
import { outlook } from "#mj/field/outlook.js";
import { Photos } from "#mj/field/photos.js";
import { Sync } from "#mj/field/sync.js";
import { Vault } from "#mj/field/vault.js";

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
    Object.assign(this, { pack: null, taken: {} });
  }

  // Called on every change: with a subject where only that one is concerned.
  listen(hear) {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  async changed(event = {}) {
    await this.refresh();
    for (const hear of this.listeners) hear(event.subject, event);
  }

  // Read again what is shown of the store.
  async refresh() {
    if (!this.vault.open) return;
    const kept = await this.store.get("boxes", "pack");
    this.pack = kept ? await this.vault.unsealJson(kept.box) : null;
    this.taken = {};
    for (const { sha256, subject, about } of await this.photos.all()) (this.taken[subject] ??= {})[sha256] = { state: "local", about };
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sync.run().catch((error) => this.changed({ kind: "fault", error })), 1500);
  }

  // How much is here that was not sent, countable while the phone is locked.
  async held() {
    const [commands, photos] = await Promise.all([this.store.all("commands"), this.photos.all()]);
    return { commands: commands.filter(({ state }) => state === "waiting").length, photos: photos.filter(({ state }) => state === "here").length };
  }

  lock() {
    this.vault.lock();
    clearTimeout(this.timer);
    Object.assign(this, { pack: null, taken: {} });
  }

  // Everything goes, the key of the phone too: it is bound to nobody.
  erase() {
    this.lock();
    this.store.close();
    return new Promise((done) => {
      const asked = this.world.indexedDB.deleteDatabase("mingjing-field");
      asked.onsuccess = asked.onerror = asked.onblocked = done;
    });
  }

  outlook() {
    return outlook(this.outbox, this.photos);
  }
}
