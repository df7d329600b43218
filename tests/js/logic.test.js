// Canonical JSON, identifiers, exact numbers and SHA-256: the small things that everything on the phone rests on.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { NotCanonical, canonical, digest, hex } from "#mj/logic/canonical.js";
import * as exact from "#mj/logic/exact.js";
import { parse, uuid7 } from "#mj/logic/ids.js";
import { sha256 } from "#mj/logic/sha256.js";

const text = (value) => exact.decimalText(value);

test("canonical JSON sorts by UTF-16 and escapes as RFC 8785 does", async () => {
  const value = { "\u20ac": 1, "\r": null, "\ufb33": [true, false], 1: -7, "😀": "\u0000\"\\/\u007f\n", ö: {}, "": [] };
  const wanted = '{"":[],"\\r":null,"1":-7,"ö":{},"€":1,"😀":"\\u0000\\"\\\\/\u007f\\n","\ufb33":[true,false]}';
  assert.equal(canonical(value), wanted);
  assert.equal(await digest({}), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  assert.equal(canonical(Object.assign(Object.create(null), { a: 1 })), '{"a":1}');
  assert.equal(canonical(JSON.parse('{"__proto__": 1}')), '{"__proto__":1}');
});

test("what JSON cannot hold exactly is refused", () => {
  const bad = [0.5, NaN, Infinity, 2 ** 53, undefined, () => 1, 1n, new Map(), new Date(0), "\ud800", Symbol("s")];
  for (const value of bad) {
    for (const held of [value, [value], { a: value }]) assert.throws(() => canonical(held), NotCanonical);
  }
  assert.throws(() => canonical({ "\udfff": 1 }), NotCanonical);
  assert.throws(() => canonical([, 1]), NotCanonical);
});

test("SHA-256 is SHA-256", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, place) => (place * 7 + length) & 255);
    assert.equal(hex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
  }
});

test("identifiers are UUIDs of version 7 that sort by time", () => {
  assert.equal(uuid7(1645557742000, (bytes) => bytes), "017f22e2-79b0-7000-8000-000000000000");
  assert.equal(uuid7(1645557742000, (bytes) => bytes.fill(255)), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  const made = Array.from({ length: 500 }, (_, at) => uuid7(1700000000000 + at));
  assert.deepEqual(made, [...made].sort());
  assert.equal(new Set(Array.from({ length: 500 }, () => uuid7(5))).size, 500);
  assert.deepEqual(parse(made[7]), { at: 1700000000007 });
  for (const other of [null, "", "017f22e2-79b0-4000-8000-000000000000", made[0].toUpperCase()]) {
    assert.equal(parse(other), null);
  }
});

test("decimal texts are read as the server reads them", () => {
  const read = { "0.5": "0.5", " 3 ": "3", "+2.50": "2.5", "-0.1": "-0.1", "\x1c7\x85": "7", "007": "7" };
  for (const [given, wanted] of Object.entries(read)) assert.equal(text(exact.parseDecimal(given)), wanted);
  const not = ["", "1.", ".5", "1e3", "１", "1,5", "1 2", "1".repeat(16), "0.1234567891", "\ufeff1", "--1", "1/2"];
  for (const given of not) assert.equal(exact.parseDecimal(given), null, given);
  assert.equal(text(exact.parseExact("-2/6")), "-1/3");
  for (const given of ["1/0", null, 3, "1/-2", "x"]) assert.equal(exact.parseExact(given), null);
});

test("rounding rules round as they are named", () => {
  const halves = { half_up: [1n, 2n, 3n], half_even: [0n, 2n, 2n], down: [0n, 1n, 2n], up: [1n, 2n, 3n] };
  for (const [name, wanted] of Object.entries(halves)) {
    assert.deepEqual([1n, 3n, 5n].map((n) => exact.ROUNDING_RULES[name](n, 2n)), wanted, name);
    assert.equal(exact.ROUNDING_RULES[name](6n, 3n), 2n, name);
  }
  assert.equal(exact.roundRatio({ rule: "half_up", decimals: 0 }, 129n, 2n), 6500n);
  assert.equal(exact.roundRatio({ rule: "down", decimals: 2 }, 10n, 3n), 333n);
});

test("points are written as people write them", () => {
  const shown = [[9250, 2, "92.50"], [50, null, "0.5"], [-300, null, "-3"], [6400, 0, "64"], [7, 2, "0.07"]];
  for (const [hundredths, decimals, wanted] of shown) assert.equal(exact.pointsText(hundredths, decimals), wanted);
});

test("fractions are exact and in lowest terms", () => {
  const [third, half] = [exact.fraction(1n, 3n), exact.fraction(-2n, -4n)];
  assert.deepEqual(half, { n: 1n, d: 2n });
  assert.deepEqual(exact.add(third, half), { n: 5n, d: 6n });
  assert.deepEqual(exact.subtract(third, half), { n: -1n, d: 6n });
  assert.deepEqual(exact.divide(third, half), { n: 2n, d: 3n });
  assert.deepEqual(exact.fraction(0n, 7n), { n: 0n, d: 1n });
  assert.ok(exact.compare(third, half) < 0 && exact.compare(half, third) > 0 && exact.compare(half, half) === 0);
  assert.throws(() => exact.fraction(1n, 0n), RangeError);
  assert.equal(exact.narrow(7n), 7);
  assert.equal(exact.narrow(2n ** 60n), 2n ** 60n);
});
