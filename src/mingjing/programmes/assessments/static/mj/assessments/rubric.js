// A rubric as the pack brings it (policy.previews.rubric_document), indexed for scoring and recording.
// Codes are what people wrote into a rulebook, so they are keys of maps, never names of properties.
import { parseExact } from "#mj/logic/exact.js";

export const FORMAT = "mingjing.assessments.rubric/1";
const known = new WeakMap();

// The index of a rubric, made once for each document; throws for a document of another format.
export function indexed(rubric) {
  if (!known.has(rubric)) known.set(rubric, index(rubric));
  return known.get(rubric);
}

function index(rubric) {
  if (rubric.format !== FORMAT) throw new TypeError(`a rubric of format ${rubric.format} cannot be read here`);
  return {
    checks: byCode(rubric.checks, (check) => ({ ...check, ...exactly(check) })),
    order: byCode(rubric.checks, (_, place) => place),
    items: byCode(rubric.items, (item) => item),
    omitted: new Set(rubric.omitted),
    points: rubric.checks.reduce((sum, check) => sum + check.points, 0),
    bonus: byCode(rubric.bonus.items, (item) => item.points),
    vetoes: byCode(rubric.vetoes, (kind) => kind.level),
    weights: rubric.components.map(({ code, weight }) => [code, parseExact(weight)]),
  };
}

function byCode(entries, value) {
  return new Map(entries.map((entry, place) => [entry.code, value(entry, place)]));
}

// The exact bounds of a RATIO and marks of a SCALE.
function exactly({ full, half, scale }) {
  if (full) return { full: bounds(full), half: bounds(half) };
  if (!scale) return {};
  return { scale: { lowest: parseExact(scale.lowest), highest: parseExact(scale.highest), step: parseExact(scale.step) } };
}

function bounds(interval) {
  const end = (text) => (text === null ? null : parseExact(text));
  return { ...interval, low: end(interval.low), high: end(interval.high) };
}

// The hundredths that a check loses at `steps` from flawless; beyond the end of its table the last value holds.
export function lost(check, steps) {
  return check.losses[Math.min(steps, check.losses.length - 1)];
}
