// The vectors that pytest runs too, for the tests here. Not a test itself.
import { readFileSync } from "node:fs";

import { pointsText } from "#mj/logic/exact.js";

const FOLDER = new URL("../vectors/", import.meta.url);
const rubrics = new Map();

export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

// The rubric of a case; the same object each time, as a phone keeps it.
export function rubricOf(name) {
  if (!rubrics.has(name)) rubrics.set(name, vectors(`preview/rubric-${name}`));
  return rubrics.get(name);
}

// The numbers of a score as an official writes them.
export function figures(score) {
  const shown = { ...score };
  for (const name of ["earned", "applicable", "base", "bonus", "total"]) {
    shown[name] = score[name] === null ? null : pointsText(score[name], 2);
  }
  return shown;
}

// An object that throws when somebody changes it: what is given to pure functions stays as it was.
export function frozen(value) {
  if (value && typeof value === "object") Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
