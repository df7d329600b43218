// Conditions of rules over what is known of an arrival, as policy/conditions.py reads them: one holds, does not hold, or
// cannot be told (null) because a fact is unknown. Not here: what follows from it (gate.js).

const isUnknown = (value) => value === undefined || value === null || value === "";

// One fact against words (a list, in which "" names the unknown itself) or against bounds {from, to}.
function tested(fact, wanted, facts) {
  const value = facts[fact];
  if (Array.isArray(wanted)) {
    if (wanted.includes(isUnknown(value) ? "" : value)) return true;
    return isUnknown(value) ? null : false;
  }
  if (!Number.isInteger(value)) return null;
  return value >= (wanted.from ?? -Infinity) && value <= (wanted.to ?? Infinity);
}

// Whether all of `only` hold and none of `unless` holds whole; null where that cannot be told.
export function verdict({ only = {}, unless = [] } = {}, facts) {
  const found = Object.entries(only).map(([fact, wanted]) => tested(fact, wanted, facts));
  const excepted = unless.some((tests) => Object.entries(tests).every(([fact, wanted]) => tested(fact, wanted, facts) === true));
  if (excepted || found.includes(false)) return false;
  return found.includes(null) ? null : true;
}

// The facts that are missing.
export function unknown({ only = {} } = {}, facts) {
  return Object.keys(only).filter((fact) => tested(fact, only[fact], facts) === null);
}
