// Places as people write them on one site: what was written lately, the words it was made of, and how a tap puts two of
// them together. Not here: the chips themselves.
const NUMBERED = /^(?:[A-Za-z东南西北]区\s*)?(?:[\p{L}]?\d[\d\-—]*\s*(?:号楼|号院|期|区|栋|幢|座|单元|楼|层|室|门|#|号)?\s*)+/u;
const MOST = 6;

// Places of a sheet's findings, the newest first, each once; `earlier` are further texts (other visits of the day).
export function recentPlaces(sheet, earlier = []) {
  const newest = [...(sheet.findings ?? [])].sort((one, other) => other.n - one.n).map(({ place }) => place);
  return [...new Set([...newest, ...earlier].filter(Boolean))].slice(0, MOST);
}

// Where the last finding was; by `token` if that person found anything, for two people walk different stairs.
export function lastPlace(sheet, token = "") {
  const placed = (sheet.findings ?? []).filter(({ place }) => place).sort((one, other) => other.n - one.n);
  return (placed.find(({ by }) => by === token) ?? placed[0])?.place ?? "";
}

// The kind of place without its number: "3栋2单元门厅" is "门厅"; "" where nothing is left.
export function kindOf(place) {
  return place.replace(NUMBERED, "").replace(/^[\s,，、·]+/, "").trim();
}

// The number of a place without its kind: "3栋2单元门厅" is "3栋2单元".
export function numberOf(place) {
  return (NUMBERED.exec(place)?.[0] ?? "").trim();
}

// The quick words: those that were typed, the most frequent first, then the usual ones.
export function quickWords(places, usual) {
  const count = new Map();
  for (const word of places.map(kindOf)) if (word && word.length <= 12) count.set(word, (count.get(word) ?? 0) + 1);
  const typed = [...count].sort((one, other) => other[1] - one[1]).map(([word]) => word);
  return [...new Set([...typed, ...usual])].slice(0, MOST + 4);
}

// What a tap on a quick word makes of a place: the number stays, the kind is the word; a second tap takes it away.
export function withWord(place, word, gap = "") {
  const number = numberOf(place);
  if (kindOf(place) === word) return number;
  if (number) return `${number}${gap}${word}`;
  return word;
}
