// What chance asks of a team on site: which stairs to look at, whether a scene is challenged, and with which word.
// Mirrors mingjing.engine.picks and its numbers (engine.drawing.stream): SHA-256 in counter mode, no number favoured.
import { hex } from "#mj/logic/canonical.js";
import { sha256 } from "#mj/logic/sha256.js";

const LETTERS = "34679CDFHJKMNPRTWXY"; // nothing that a hand or a camera confuses, no vowel
const LENGTH = 4;
const WORD = 2n ** 64n;
const utf8 = (text) => new TextEncoder().encode(text);

// Whether a text is a seed: 32 bytes in hex.
export const isSeed = (text) => typeof text === "string" && /^[0-9a-f]{64}$/.test(text);

// The seed of one subject (a visit) from that of all: who knows the one does not know the others.
export function seedOf(seed, subject) {
  return hex(sha256(joined(utf8("mingjing.picks.seed/1\0"), bytesOf(seed), utf8(subject))));
}

// Which of 1 to `population` to look at: `count` of them, or all where there are no more, in rising order.
export function pick(seed, label, population, count) {
  const below = stream(seed, "pick", label);
  const chosen = new Set();
  for (let newest = Math.max(population - count, 0) + 1; newest <= population; newest++) {
    const found = 1 + below(newest);
    chosen.add(chosen.has(found) ? newest : found);
  }
  return [...chosen].sort((a, b) => a - b);
}

// Whether this one is asked, which on average one in `oneIn` is; 0 asks nobody.
export function asks(seed, label, oneIn) {
  return oneIn > 0 && stream(seed, "ask", label)(oneIn) === 0;
}

// A word to be written down on the scene and photographed.
export function codeWord(seed, label) {
  const below = stream(seed, "word", label);
  return Array.from({ length: LENGTH }, () => LETTERS[below(LETTERS.length)]).join("");
}

// What the photo of a scene is challenged with: {kind: "word", word}, {kind: "angle"}, or (mostly) null.
export function challengeOf(seed, label, oneIn) {
  if (!asks(seed, label, oneIn)) return null;
  return stream(seed, "kind", label)(2) ? { kind: "word", word: codeWord(seed, label) } : { kind: "angle" };
}

// A function that gives the next number below a bound, each as likely as the next.
function stream(seed, question, label) {
  const start = joined(utf8("mingjing.draw.block/1\0"), bytesOf(seed), utf8(`picks/${question}/${label}\0`));
  const next = wordsFrom(start);
  return (bound) => {
    const limit = WORD - (WORD % BigInt(bound));
    let word = next();
    while (word >= limit) word = next();
    return Number(word % BigInt(bound));
  };
}

// The 64-bit words of the blocks SHA-256(start, counter), four of each, big-endian.
function wordsFrom(start) {
  let [counter, block, at] = [0n, null, 32];
  return () => {
    if (at === 32) {
      const count = new DataView(new ArrayBuffer(8));
      count.setBigUint64(0, counter++);
      [block, at] = [new DataView(sha256(joined(start, new Uint8Array(count.buffer))).buffer), 0];
    }
    at += 8;
    return block.getBigUint64(at - 8);
  };
}

function bytesOf(seed) {
  if (!isSeed(seed)) throw new RangeError("a seed is 32 bytes in hex");
  return Uint8Array.from(seed.match(/../g), (pair) => parseInt(pair, 16));
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
