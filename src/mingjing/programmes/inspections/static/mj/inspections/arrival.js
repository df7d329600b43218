// What the phone finds out at the door, as facts for the gate: which firm's code was scanned, how far from the registered
// place, which officers with a valid certificate are there. Nothing here decides. Not here: the camera, the radio.
import { admit, kept } from "#mj/inspections/gate.js";
import { hex } from "#mj/logic/canonical.js";
import { sha256 } from "#mj/logic/sha256.js";

const EARTH = 6371008.8;
const CREDIT = /(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])/g;
const radians = (degrees) => (Number(degrees) * Math.PI) / 180;
const digestOf = (text) => hex(sha256(new TextEncoder().encode(text)));

// Whole metres between two positions {latitude, longitude}, decimal texts; null where one is missing.
export function metresBetween(one, other) {
  if (!one || !other) return null;
  const [lat1, lon1, lat2, lon2] = [one.latitude, one.longitude, other.latitude, other.longitude].map(radians);
  if ([lat1, lon1, lat2, lon2].some(Number.isNaN)) return null;
  const half = (angle) => Math.sin(angle / 2) ** 2;
  const a = half(lat2 - lat1) + Math.cos(lat1) * Math.cos(lat2) * half(lon2 - lon1);
  return Math.round(2 * EARTH * Math.asin(Math.min(1, Math.sqrt(a))));
}

// Whether what was scanned is this firm's: the code on its wall, or its credit code, wherever in the text it stands.
export function isOf({ entry_code: digest, number }, scanned) {
  const tail = scanned.trim().replace(/[#?].*?(?:entry|code)=/i, "/").split("/").filter(Boolean).pop() ?? "";
  if (digest && [tail, tail.toUpperCase()].some((code) => digestOf(code.trim()) === digest)) return true;
  return Boolean(number) && (scanned.toUpperCase().match(CREDIT) ?? []).includes(number);
}

// What the gate is asked: the facts of the pack with those of the door. `door` is {officers: [tokens], scanned, position}.
export function factsOf(record, { officers, scanned, position }, day) {
  const here = record.officers.filter(({ token }) => officers.includes(token));
  const facts = { ...record.facts, valid_officers: here.filter(({ certificates }) => certificates.length).length };
  const metres = metresBetween(position, record.site);
  if (metres !== null) facts.distance = metres;
  const otherDay = day < record.first_day || day > record.last_day;
  if (!isOf(record, scanned) || (facts.as_noticed === "yes" && otherDay)) facts.as_noticed = "no";
  return facts;
}

// What the gate says here and now: {colour, answers}, by the rules and the facts of the pack.
export function asked(pack, record, door, day) {
  return admit(pack.rules[record.rules].rules, factsOf(record, door, day), day);
}

// The same as an entry keeps it, with when its facts were known.
export function shownOf(pack, record, found) {
  return { colour: found.colour, answers: kept(found), known_at: pack.known_at, rules: record.rules };
}
