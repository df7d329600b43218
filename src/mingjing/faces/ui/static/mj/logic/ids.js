// Identifiers made on a phone: UUIDs of version 7 (RFC 9562, 5.7), which sort by the time they were made, so that new
// rows land at the end of the server's index. The same bits as Python's mingjing.kernel.db.ids.uuid7.
const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// A new identifier. `now` (milliseconds) and `random` (fills a Uint8Array of 10) make it repeatable.
export function uuid7(now = Date.now(), random = (bytes) => crypto.getRandomValues(bytes)) {
  const chance = random(new Uint8Array(10));
  chance[0] = 0x70 | (chance[0] & 0x0f);
  chance[2] = 0x80 | (chance[2] & 0x3f);
  const digits = Array.from(chance, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const all = Math.round(now).toString(16).padStart(12, "0") + digits;
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join("-");
}

// {at: milliseconds} of an identifier of version 7, or null for any other text.
export function parse(text) {
  if (typeof text !== "string" || !FORM.test(text)) return null;
  return { at: parseInt(text.slice(0, 8) + text.slice(9, 13), 16) };
}
