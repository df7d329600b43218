// How a team arrived: the site's code, or a position and how far it is from the site; and what of it a reviewer will
// see. A signal never blocks. Distances are for reading: the installation measures again. Not here: the camera, the
// radio.
import { hex } from "#mj/logic/canonical.js";
import { sha256 } from "#mj/logic/sha256.js";

// As kernel/sync/records.py has them.
export const FAR = 300; // metres beyond the accuracy from which a position is told
export const ROUGH = 100; // metres of accuracy from which a position says little
export const OFF = 120; // seconds by which a clock is off
const EARTH = 6371008.8;

// Whole metres between two positions {latitude, longitude}, decimal texts or numbers; null where one is missing.
export function metresBetween(one, other) {
  if (!one || !other) return null;
  const [lat1, lon1, lat2, lon2] = [one.latitude, one.longitude, other.latitude, other.longitude].map(radians);
  if ([lat1, lon1, lat2, lon2].some(Number.isNaN)) return null;
  const half = (angle) => Math.sin(angle / 2) ** 2;
  const a = half(lat2 - lat1) + Math.cos(lat1) * Math.cos(lat2) * half(lon2 - lon1);
  return Math.round(2 * EARTH * Math.asin(Math.min(1, Math.sqrt(a))));
}

const radians = (degrees) => (Number(degrees) * Math.PI) / 180;

// The code in what was scanned: the sign may hold the code alone or an address that ends in it.
export function codeIn(text) {
  return text.trim().replace(/[#?].*?(?:entry|code)=/i, "/").split("/").filter(Boolean).pop() ?? "";
}

// Whether a scanned text is the site's code: {code, matches} with the code as it is to be sent; `matches` is null where
// this phone cannot know.
export function readCode(record, text) {
  const ways = [codeIn(text), codeIn(text).toUpperCase(), text.trim()];
  if (!record.entry_code) return { code: ways[0].slice(0, 100), matches: null };
  const known = ways.find((code) => digestOf(code) === record.entry_code);
  return { code: (known ?? ways[0]).slice(0, 100), matches: known !== undefined };
}

const digestOf = (text) => hex(sha256(new TextEncoder().encode(text)));

// What a reviewer will see: [{signal, …}] of an arrival {how, matches, latitude, longitude, accuracy} and a clock.
export function signalsOf(arrival, site, clockOffset = 0) {
  const found = [];
  if (arrival.how === "code" && arrival.matches === false) found.push({ signal: "other_code" });
  if (arrival.latitude !== undefined) found.push(...positionSignals(arrival, site));
  if (arrival.how === "none") found.push({ signal: "unproven" });
  if (Math.abs(clockOffset) > OFF) found.push({ signal: "clock", seconds: clockOffset });
  return found;
}

function positionSignals({ accuracy, ...position }, site) {
  const metres = metresBetween(position, site);
  const found = [];
  if (metres !== null && metres - accuracy > FAR) found.push({ signal: "far", metres });
  if (accuracy > ROUGH) found.push({ signal: "rough", metres: accuracy });
  return found;
}
