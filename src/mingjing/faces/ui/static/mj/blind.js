// RSA blind signatures in the browser (RFC 9474, RSABSSA-SHA384-PSS-Randomized): blinds what is to be signed, unblinds
// the answer, checks it. mingjing.engine.blind is the same in Python; both pass tests/vectors/blind.json. Keys are
// {n, e} as BigInt. Big numbers are not computed in constant time: all of them are secrets of this one visit only, on
// the firm's own device. Not here: asking the server, keeping anything.

const PREFIX = 32, SALT = 48, HASH = 48;

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const numberOf = (bytes) => BigInt(`0x${hex(bytes) || "0"}`);

export function bytesOf(number, length) {
  const digits = number.toString(16).padStart(2 * length, "0");
  if (digits.length !== 2 * length) throw new RangeError("too long a number");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const fromText = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
export const toText = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const bitsOf = (number) => number.toString(2).length;
export const sizeOf = ({ n }) => Math.ceil(bitsOf(n) / 8);

export function power(base, exponent, n) {
  let result = 1n;
  for (base %= n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % n;
    base = (base * base) % n;
  }
  return result;
}

// The inverse modulo n, or null where there is none.
export function inverse(number, n) {
  let [r, next, s, after] = [n, number % n, 0n, 1n];
  while (next) {
    const q = r / next;
    [r, next] = [next, r - q * next];
    [s, after] = [after, s - q * after];
  }
  return r === 1n ? ((s % n) + n) % n : null;
}

const sha384 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

async function mask(seed, length) {
  const blocks = [];
  for (let at = 0; at * HASH < length; at += 1) blocks.push(await sha384(joined(seed, bytesOf(BigInt(at), 4))));
  return joined(...blocks).slice(0, length);
}

// EMSA-PSS (RFC 8017, 9.1.1).
async function encoded(message, salt, bits) {
  const length = Math.ceil(bits / 8);
  const h = await sha384(joined(new Uint8Array(8), await sha384(message), salt));
  const block = joined(new Uint8Array(length - SALT - HASH - 2), Uint8Array.of(1), salt);
  const masking = await mask(h, block.length);
  const masked = block.map((byte, at) => byte ^ masking[at]);
  masked[0] &= 0xff >> (8 * length - bits);
  return joined(masked, h, Uint8Array.of(0xbc));
}

export function prepared(message, prefix = random(PREFIX)) {
  return joined(prefix, message);
}

function anyBelow(n) {
  for (;;) {
    const r = numberOf(random(sizeOf({ n })));
    if (r > 0n && r < n && inverse(r, n)) return r;
  }
}

// A prepared message blinded, and what unblinds the answer.
export async function blind(key, message, { salt = random(SALT), r = anyBelow(key.n) } = {}) {
  const m = numberOf(await encoded(message, salt, bitsOf(key.n) - 1));
  const unblinding = inverse(r, key.n);
  if (!inverse(m, key.n) || !unblinding) throw new RangeError("not invertible");
  return { blinded: bytesOf((m * power(r, key.e, key.n)) % key.n, sizeOf(key)), inverse: unblinding };
}

// Whether the key signed this prepared message: the browser's own RSASSA-PSS.
export async function verify(key, message, signature) {
  const jwk = { kty: "RSA", n: toText(bytesOf(key.n, sizeOf(key))), e: toText(bytesOf(key.e, 3)), alg: "PS384", ext: true };
  const imported = await crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "RSA-PSS", saltLength: SALT }, imported, signature, message);
}

// The signature of the message; throws where the server did not sign what was blinded.
export async function finalize(key, message, answer, unblinding) {
  if (answer.length !== sizeOf(key)) throw new RangeError("another length than the key");
  const signature = bytesOf((numberOf(answer) * unblinding) % key.n, sizeOf(key));
  if (!(await verify(key, message, signature))) throw new RangeError("not signed");
  return signature;
}
