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

  // Make the vault with a PIN; once for each phone.
  async create(pin) {
    const { subtle } = this.world.crypto;
    const secret = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const data = this.world.crypto.getRandomValues(new Uint8Array(32));
    await this.keep(pin, secret, data);
    this.key = await this.imported(data);
  }

  async unlock(pin) {
    const kept = await this.store.get("meta", "vault");
    await this.patient();
    try {
      this.key = await this.imported(await this.unwrapped(pin, kept));
    } catch {
      throw new WrongPin(await this.failed());
    }
    await this.store.put("meta", { key: "failures", count: 0, at: 0 });
  }

  lock() {
    this.key = null;
  }

  async change(before, after) {
    const kept = await this.store.get("meta", "vault");
    let data;
    try {
      data = await this.unwrapped(before, kept);
    } catch {
      throw new WrongPin(await this.failed());
    }
    await this.keep(after, kept.secret, data);
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

  async keep(pin, secret, data) {
    const [salt, iv] = [16, 12].map((length) => this.world.crypto.getRandomValues(new Uint8Array(length)));
    const wrapped = await this.world.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.wrapping(pin, secret, salt), data);
    await this.store.put("meta", { key: "vault", secret, salt, iv, wrapped });
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

  // Wait out what wrong PINs cost.
  async patient() {
    const { count = 0, at = 0 } = (await this.store.get("meta", "failures")) ?? {};
    const left = at + waitAfter(count) * 1000 - this.world.now();
    if (left > 0 && left <= waitAfter(count) * 1000) throw new WrongPin(Math.ceil(left / 1000));
  }

  async failed() {
    const { count = 0 } = (await this.store.get("meta", "failures")) ?? {};
    await this.store.put("meta", { key: "failures", count: count + 1, at: this.world.now() });
    return waitAfter(count + 1);
  }
}

const waitAfter = (count) => PATIENCE[Math.min(count, PATIENCE.length - 1)];
