// The box that somebody draws on a picture, whatever way the pointer went and wherever it left the picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxBetween } from "#mj/elements/masks.js";
import { digestOf } from "#mj/elements/verify.js";

const random = (seed) => () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648);

test("a box is the same whichever corner it was begun at", () => {
  const next = random(7);
  for (let run = 0; run < 2000; run++) {
    const [x1, y1, x2, y2] = Array.from({ length: 4 }, () => next() * 100);
    assert.deepEqual(boxBetween([x1, y1], [x2, y2]), boxBetween([x2, y1], [x1, y2]));
  }
});

test("a box never leaves the picture, and its numbers have two decimals", () => {
  const next = random(11);
  for (let run = 0; run < 5000; run++) {
    const box = boxBetween([next() * 160 - 30, next() * 160 - 30], [next() * 160 - 30, next() * 160 - 30]);
    if (!box) continue;
    const parts = Object.fromEntries(Object.entries(box).map(([side, value]) => [side, Math.round(value * 100)]));
    for (const [side, part] of Object.entries(parts)) assert.ok(Math.abs(part / 100 - box[side]) < 1e-9, side);
    assert.ok(parts.left >= 0 && parts.top >= 0 && parts.width > 0 && parts.height > 0);
    assert.ok(parts.left + parts.width <= 10000 && parts.top + parts.height <= 10000, JSON.stringify(box));
  }
});

test("a click is no box", () => {
  assert.equal(boxBetween([50, 50], [50.2, 80]), null);
  assert.equal(boxBetween([-20, 10], [-5, 60]), null);
});

test("a file is known by its SHA-256", async () => {
  assert.equal(await digestOf(new Blob(["abc"])), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
