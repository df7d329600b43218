// Finding a check by what people type: characters, full pinyin, pinyin initials, the code; as kernel/db/search.py reads
// it. The words of each check come with the rubric. Not here: drawing what was found.
const HAN = "\\u3007\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{323af}";
const PART = new RegExp(`[a-z]{2,}|(?:(?![a-z]{2})[${HAN}\\p{L}\\p{N}])+`, "gu");
const CHINESE = new RegExp(`[${HAN}]`, "u");

// Lower case, half-width, letters and digits only; ü as it is typed.
export function plain(text) {
  const folded = text.normalize("NFKC").toLowerCase().replaceAll("ü", "v");
  return folded.replace(/[^\p{L}\p{N}]/gu, "");
}

// What a text asks for: every part must stand in the words of a check; null for a text that can find nothing.
function wanted(text) {
  const words = text.split(/\s+/).filter(Boolean).map(plain);
  if (words.some((word) => !word)) return null;
  return words.flatMap((word) => (CHINESE.test(word) ? word.match(PART) ?? [] : [word]));
}

// The checks that hold every word of `text`, best first: by code, then where a word of theirs begins so, then the rest.
export function matching(checks, text) {
  const parts = wanted(text);
  if (!parts) return [];
  if (!parts.length) return [...checks];
  const code = plain(text);
  const found = checks.filter((check) => parts.every((part) => wordsOf(check).includes(part)));
  return found.map((check, place) => [rank(check, code, parts), place, check]).sort(byRank).map(([, , check]) => check);
}

function rank(check, code, parts) {
  if (plain(check.code).startsWith(code)) return 0;
  const words = wordsOf(check).split(" ");
  return parts.every((part) => words.some((word) => word.startsWith(part))) ? 1 : 2;
}

const byRank = (one, other) => one[0] - other[0] || one[1] - other[1];
const known = new WeakMap();

function wordsOf(check) {
  if (!known.has(check)) known.set(check, wordsFrom(check));
  return known.get(check);
}

// Words as they came; code, titles and the title of the major item (`under`) besides.
function wordsFrom(check) {
  const own = [check.code, ...Object.values(check.title), ...Object.values(check.under ?? {})].map(plain);
  return [check.words ?? "", ...own].join(" ");
}
