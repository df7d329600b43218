// What is personal or sealed lies encrypted on the phone, under a key that takes the PIN and a secret that cannot leave the
// browser: whoever finds the phone reads nothing, whoever copies its files has nothing to guess against.
//
//   data key (AES-GCM, random)  ──wrapped by──  HMAC(device secret, PBKDF2(PIN, salt))
//
// Not here: what is sealed (the other modules), the phone's signing key (device.js).
import { text, utf8 } from "#mj/field/bytes.js";

const PATIENCE = [0, 0, 0, 2, 5, 15, 60, 300]; // seconds to wait after so many wrong PINs

export class WrongPin extends Error {
  constructor(seconds) {
    super("wrong PIN");
    this.seconds = seconds;
  }
}

export class Locked extends Error {}

export class Vault {
  constructor(world, store) {
    Object.assign(this, { world, store, key: null });
  }

  get open() {
    return this.key !== null;
  }

  async exists() {
    return (await this.store.get("meta", "vault")) !== undefined;
  }

  // Make the vault with a PIN; once for each phone: another one would leave what lies here unreadable. One that is there
  // is unlocked.
  async create(pin) {
    if (await this.exists()) return this.unlock(pin);
    const { subtle } = this.world.crypto;
    const secret = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const data = this.world.crypto.getRandomValues(new Uint8Array(32));
    const row = await this.wrapped(pin, secret, data);
    await this.store.change(["meta"], ({ meta }) => meta.add(row));
    this.key = await this.imported(data);
    return undefined;
  }

  async unlock(pin) {
    this.key = await this.imported(await this.guessed(pin));
  }

  lock() {
    this.key = null;
  }

  async change(before, after) {
    const data = await this.guessed(before);
    const { secret } = await this.store.get("meta", "vault");
    await this.store.put("meta", await this.wrapped(after, secret, data));
  }

  // {iv, data} of bytes.
  async seal(bytes) {
    const iv = this.world.crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await this.world.crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.opened(), bytes) };
  }

  async unseal({ iv, data }) {
    return new Uint8Array(await this.world.crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.opened(), data));
  }

  sealJson(value) {
    return this.seal(utf8(JSON.stringify(value)));
  }

  async unsealJson(box) {
    return JSON.parse(text(await this.unseal(box)));
  }

  opened() {
    if (!this.key) throw new Locked("locked");
    return this.key;
  }

  // The data key, if this is the PIN; every wrong one makes the next wait longer.
  async guessed(pin) {
    const kept = await this.store.get("meta", "vault");
    await this.patient();
    let data;
    try {
      data = await this.unwrapped(pin, kept);
    } catch (error) {
      if (error?.name !== "OperationError") throw error;
      throw new WrongPin(await this.failed());
    }
    await this.noted(0, 0).catch(() => {}); // a phone that is full opens all the same
    return data;
  }

  async wrapped(pin, secret, data) {
    const [salt, iv] = [16, 12].map((length) => this.world.crypto.getRandomValues(new Uint8Array(length)));
    const wrapped = await this.world.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.wrapping(pin, secret, salt), data);
    return { key: "vault", secret, salt, iv, wrapped };
  }

  async unwrapped(pin, { secret, salt, iv, wrapped }) {
    const key = await this.wrapping(pin, secret, salt);
    return new Uint8Array(await this.world.crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, wrapped));
  }

  async wrapping(pin, secret, salt) {
    const { subtle } = this.world.crypto;
    const base = await subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
    const slow = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: this.world.rounds }, base, 256);
    const mixed = await subtle.sign("HMAC", secret, slow);
    return subtle.importKey("raw", mixed, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  imported(data) {
    return this.world.crypto.subtle.importKey("raw", data, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  // Wait out what wrong PINs cost. A clock that was set back begins the wait anew.
  async patient() {
    const { count = 0, at = 0 } = (await this.store.get("meta", "failures")) ?? {};
    const now = this.world.now(), left = waitAfter(count) * 1000 - Math.max(0, now - at);
    if (left <= 0) return;
    if (now < at) await this.noted(count, now);
    throw new WrongPin(Math.ceil(left / 1000));
  }

  async failed() {
    const { count = 0 } = (await this.store.get("meta", "failures")) ?? {};
    await this.noted(count + 1, this.world.now());
    return waitAfter(count + 1);
  }

  noted(count, at) {
    return this.store.put("meta", { key: "failures", count, at });
  }
}

const waitAfter = (count) => PATIENCE[Math.min(count, PATIENCE.length - 1)];
