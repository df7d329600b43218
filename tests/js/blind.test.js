// The browser's blind signatures: the RFC's known answer, and a whole run with a signer of its own.
import assert from "node:assert/strict";
import { test } from "node:test";

import { blind, bytesOf, finalize, fromText, hex, inverse, numberOf, power, prepared, random, sizeOf, toText, verify } from "#mj/blind.js";
import { vectors } from "./vectors.js";

const known = vectors("blind");
const number = (name) => BigInt(`0x${known[name]}`);
const raw = (name) => Uint8Array.from(known[name].match(/../g), (pair) => parseInt(pair, 16));
const key = { n: number("p") * number("q"), e: number("e") };
const d = inverse(key.e, (number("p") - 1n) * (number("q") - 1n));
const sign = (blinded) => bytesOf(power(numberOf(blinded), d, key.n), sizeOf(key));

test("the known answer of RFC 9474", async () => {
  const message = prepared(raw("msg"), raw("msg_prefix"));
  const made = await blind(key, message, { salt: raw("salt"), r: inverse(number("inv"), key.n) });
  assert.equal(hex(made.blinded), known.blinded_msg);
  assert.equal(made.inverse, number("inv"));
  assert.equal(hex(sign(made.blinded)), known.blind_sig);
  assert.equal(hex(await finalize(key, message, raw("blind_sig"), made.inverse)), known.sig);
});

test("whatever chance gives, the signature verifies, and a wrong answer is found out", async () => {
  const message = prepared(random(32));
  const made = await blind(key, message);
  const signature = await finalize(key, message, sign(made.blinded), made.inverse);
  assert.ok(await verify(key, message, signature));
  assert.ok(!(await verify(key, prepared(random(32)), signature)));
  await assert.rejects(finalize(key, message, sign(made.blinded).reverse(), made.inverse), RangeError);
  await assert.rejects(finalize(key, message, signature.slice(1), made.inverse), RangeError);
});

test("bytes as text and back", () => {
  const bytes = random(257);
  assert.deepEqual(fromText(toText(bytes)), bytes);
  assert.throws(() => bytesOf(256n, 1), RangeError);
});
