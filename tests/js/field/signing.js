// What the phone and the installation sign and seal with, twice: as it is (node's WebCrypto and Ed25519, noble in the phone),
// and a fast double of the same form that is no secret to anybody. Only tests of faults, which ask whether something is
// lost and not whether it can be forged, take the double for most of their runs.
import { createHash, createHmac, generateKeyPairSync, sign, webcrypto } from "node:crypto";

import { base64url, fromBase64url } from "#mj/field/bytes.js";

const hash = (name, ...parts) => parts.reduce((made, part) => made.update(part), createHash(name)).digest();
const view = (data) => (data instanceof ArrayBuffer ? new Uint8Array(data) : data);

// {crypto, verify} of the phone; {key, sign, device} of the installation: `device` checks a phone's signature.
export function real() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return {
    crypto: webcrypto, verify: undefined, key: base64url(raw), sign: (message) => base64url(sign(null, message, privateKey)),
    async device(point, message, signature) {
      const curve = { name: "ECDSA", namedCurve: "P-256" };
      const key = await webcrypto.subtle.importKey("raw", fromBase64url(point), curve, false, ["verify"]);
      return webcrypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64url(signature), message);
    },
  };
}

export function double(chance) {
  const key = Buffer.from(chance.fill(new Uint8Array(32)));
  const signed = (by, message) => hash("sha512", by, message);
  const same = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)) === 0;
  return {
    crypto: { getRandomValues: (bytes) => chance.fill(bytes), subtle: subtle(chance, signed) },
    verify: async (signature, message, by) => same(signature, signed(by, message)),
    key: base64url(key), sign: (message) => base64url(signed(key, message)),
    device: async (point, message, signature) => same(fromBase64url(signature), signed(fromBase64url(point), message)),
  };
}

function joined(one, other) {
  const found = new Uint8Array(one.length + other.length);
  found.set(one);
  found.set(other, one.length);
  return found.buffer;
}

function subtle(chance, signed) {
  const seen = (key, iv, data) => {
    const stream = hash("sha256", key, iv);
    const found = new Uint8Array(view(data));
    for (let place = 0; place < found.length; place += 1) found[place] ^= stream[place % 32];
    return found;
  };
  const tag = (key, iv, plain) => hash("sha256", key, iv, plain).subarray(0, 16);
  return {
    digest: async (_name, data) => new Uint8Array(hash("sha256", view(data))).buffer,
    async generateKey({ name }) {
      const raw = chance.fill(new Uint8Array(name === "ECDSA" ? 65 : 32));
      return name === "ECDSA" ? { privateKey: { raw }, publicKey: { raw } } : { raw };
    },
    exportKey: async (_form, { raw }) => raw,
    importKey: async (_form, raw) => ({ raw: new Uint8Array(view(raw)) }),
    sign: async (how, { raw }, message) => (how === "HMAC" ? createHmac("sha256", raw).update(view(message)).digest() : signed(raw, view(message))),
    deriveBits: async ({ salt }, { raw }) => hash("sha256", raw, salt),
    encrypt: async ({ iv }, { raw }, plain) => joined(tag(raw, iv, view(plain)), seen(raw, iv, plain)),
    async decrypt({ iv }, { raw }, sealed) {
      const plain = seen(raw, iv, view(sealed).subarray(16));
      if (Buffer.compare(tag(raw, iv, plain), Buffer.from(view(sealed).subarray(0, 16)))) throw new DOMException("not this key", "OperationError");
      return plain;
    },
  };
}

export const sha256 = (bytes) => hash("sha256", bytes).toString("hex");
