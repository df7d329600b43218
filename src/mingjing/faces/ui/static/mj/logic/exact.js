// Exact numbers on a phone: whole numbers and fractions of BigInt, rounded once, by a rule with a name; and texts as
// Python reads them. Mirrors mingjing.engine.quantities. No float decides anything.
const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,9}))?$/;
const RATIO = /^(-?\d+)\/(\d+)$/;
const BILLION = 10n ** 9n;

// What Python's str.strip() and split() take for space; trim() knows other characters.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const GAPS = new RegExp(SPACE);
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

export const strip = (text) => text.replace(ENDS, "");
export const words = (text) => text.split(GAPS).filter(Boolean);
export const isPrintable = (text) => !UNPRINTABLE.test(text);

// A fraction in lowest terms with a positive denominator.
export function fraction(numerator, denominator = 1n) {
  const [n, d] = [BigInt(numerator), BigInt(denominator)];
  if (d === 0n) throw new RangeError("a fraction of nothing");
  const by = greatest(n < 0n ? -n : n, d < 0n ? -d : d) * (d < 0n ? -1n : 1n);
  return { n: n / by, d: d / by };
}

export const add = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a, b) => fraction(a.n * b.n, a.d * b.d);
export const divide = (a, b) => fraction(a.n * b.d, a.d * b.n);

// Negative, zero or positive as `a` is less than, equal to or more than `b`.
export function compare(a, b) {
  const [left, right] = [a.n * b.d, b.n * a.d];
  return left < right ? -1 : left > right ? 1 : 0;
}

// The fraction of a decimal text as people write it ("0.5"), or null; the same texts as parse_fraction takes.
export function parseDecimal(text) {
  const found = DECIMAL.exec(strip(text));
  if (!found) return null;
  const [, sign, units, part = ""] = found;
  const value = fraction(BigInt(units + part), 10n ** BigInt(part.length));
  return sign === "-" ? { n: -value.n, d: value.d } : value;
}

// The fraction of an exact text as documents hold it: "n/d", or a decimal; null for anything else.
export function parseExact(text) {
  if (typeof text !== "string") return null;
  const found = RATIO.exec(text);
  if (!found) return parseDecimal(text);
  return BigInt(found[2]) === 0n ? null : fraction(BigInt(found[1]), BigInt(found[2]));
}

// For a reader: a terminating decimal where it is one, else "n/d".
export function decimalText({ n, d }) {
  if ((n * BILLION) % d) return `${n}/${d}`;
  const scaled = (n * BILLION) / d;
  const size = scaled < 0n ? -scaled : scaled;
  const digits = String(size % BILLION).padStart(9, "0").replace(/0+$/, "");
  return `${n < 0n ? "-" : ""}${size / BILLION}${digits ? `.${digits}` : ""}`;
}

// Points as people write them, from hundredths: with `decimals` places, or as few as needed.
export function pointsText(hundredths, decimals = null) {
  const value = BigInt(hundredths);
  const size = value < 0n ? -value : value;
  const digits = String(size % 100n).padStart(2, "0");
  const shown = decimals === null ? digits.replace(/0+$/, "") : digits.slice(0, decimals);
  return `${value < 0n ? "-" : ""}${size / 100n}${shown ? `.${shown}` : ""}`;
}

// Rounding of a numerator over a positive denominator to a whole number, by the rule's name.
export const ROUNDING_RULES = {
  half_up: (n, d) => floor(2n * n + d, 2n * d),
  half_even: halfEven,
  down: floor,
  up: (n, d) => -floor(-n, d),
};

// `numerator / denominator` points rounded by {rule, decimals}, in hundredths.
export function roundRatio({ rule, decimals }, numerator, denominator) {
  const kept = 10n ** BigInt(decimals);
  return ROUNDING_RULES[rule](numerator * kept, denominator) * (100n / kept);
}

// A BigInt as an ordinary number where that is exact, so that it can be JSON; else as it is.
export function narrow(value) {
  const plain = Number(value);
  return Number.isSafeInteger(plain) ? plain : value;
}

function halfEven(n, d) {
  const quotient = floor(n, d);
  const twice = 2n * (n - quotient * d);
  const up = twice > d || (twice === d && quotient % 2n !== 0n);
  return up ? quotient + 1n : quotient;
}

// BigInt division cuts towards zero; Python's // goes down.
function floor(n, d) {
  const quotient = n / d;
  return n % d && n < 0n ? quotient - 1n : quotient;
}

function greatest(a, b) {
  while (b) [a, b] = [b, a % b];
  return a || 1n;
}
