// Canonical JSON (RFC 8785) and digests of it: the same bytes as Python's mingjing.engine.chain.canonical.
// Only texts, whole numbers, flags, null, lists and plain objects: what else a value holds, two machines may write in
// two ways, so it is refused. Not here: hashing files (they are never JSON).
const SURROGATE = /\p{Cs}/u; // half a character: UTF-8 has no bytes for it

export class NotCanonical extends TypeError {}

// The canonical text of `value`; throws NotCanonical.
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return whole(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonical).join(",")}]`;
  if (isPlain(value)) return `{${members(value).join(",")}}`;
  throw new NotCanonical(`a ${typeof value} has no canonical form`);
}

// SHA-256 of the canonical text in lower-case hex, as a promise.
export async function digest(value) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical(value)));
  return hex(new Uint8Array(hash));
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function whole(value) {
  if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value} is no whole number that is exact everywhere`);
  return String(value);
}

function quoted(text) {
  if (SURROGATE.test(text)) throw new NotCanonical("a text ends in the middle of a character");
  return JSON.stringify(text);
}

// Sorted by UTF-16 code units, which is what sort() does and what RFC 8785 asks for.
function members(value) {
  return Object.keys(value).sort().map((key) => `${quoted(key)}:${canonical(value[key])}`);
}

function isPlain(value) {
  if (typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
