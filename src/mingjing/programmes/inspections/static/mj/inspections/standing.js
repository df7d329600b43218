// How things stand with a task on this phone: what the installation said last, and what this phone's own commands that
// are not answered yet will make of it. Not here: any screen.

const NOBODY = { state: "planned", refused: false, entry: null };

// {state, refused, entry, waiting, problems}: `problems` are refused commands that nobody has looked at, with why.
export function standOf(state, commands) {
  const stand = structuredClone({ ...NOBODY, ...(state ?? {}) });
  const waiting = commands.filter((command) => command.state === "waiting" && ACTS[command.kind]);
  for (const { kind, payload } of waiting) ACTS[kind](stand, payload);
  const problems = commands.filter((command) => command.state === "refused").map(({ id, kind, payload, problems: why = [] }) => ({ id, kind, payload, why }));
  return { ...stand, waiting: waiting.length, problems };
}

const ACTS = {
  "inspections.enter": enter,
  "inspections.leave": leave,
  "inspections.result": (stand, { results }) => stand.entry && tell(stand.entry, results),
  "inspections.refusal": (stand) => (stand.refused = true),
};

function enter(stand, { how, shown, reason, entered_at: at, helpers }) {
  if (stand.state === "inside") return;
  stand.state = "inside";
  stand.entry = { pending: true, door: how, colour: shown?.colour ?? null, answers: shown?.answers ?? [], reason, entered_at: at, helpers, left_at: null, result_at: null, signed: "", items: {} };
}

function leave(stand, { left_at: at, signed = "", signed_by: name = "", results }) {
  if (!stand.entry) return;
  stand.state = "left";
  Object.assign(stand.entry, { left_at: at, signed, signed_by: name });
  tell(stand.entry, results);
}

function tell(entry, results = []) {
  for (const { item, ...told } of results) entry.items[item] = { note: "", findings: [], ...told };
}

// The items whose result nobody has told.
export const open = (record, stand) => record.items.filter(({ id }) => !stand.entry?.items[id]?.result);
