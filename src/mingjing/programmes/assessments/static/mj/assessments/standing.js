// What stands on this phone: the installation's last word on a visit, with this phone's own commands that are still under
// way applied on top. What cannot be applied is listed, never dropped and never forced. Pure. Not here: keeping and
// sending commands (the shell), settling what was refused (conflicts.js).
import { applyEdits } from "#mj/assessments/recording.js";

const AWAY = new Set(["refused", "conflict", "applied", "settled"]); // what is no longer under way
const DONE = new Set(["submitted", "signed", "refused", "reviewed", "locked", "void"]);

// The visit as it stands here: its state with `sheet` and steps as if all were sent, `stuck` [{command, refusal}] of edits
// that cannot be applied on top, and `waiting`, how many are under way. `commands` are the visit's, in order; `person`
// has the token of whoever uses this phone.
export function standing(record, rubric, state, commands, person) {
  const under = commands.filter((command) => !AWAY.has(command.state));
  const edits = under.filter(({ kind }) => kind === "assessments.edit");
  const { sheet, refusals } = applied(rubric, state, edits, record.seed, person);
  const stuck = edits.map((command, place) => ({ command, refusal: refusals[place] })).filter(({ refusal }) => refusal);
  const steps = under.reduce((found, command) => stepped(found, command, person), state);
  return { ...steps, sheet, stuck, waiting: under.length };
}

// The last sheet that was worked out for a visit, so that a tap applies one edit and not all since the morning.
const memory = new Map();

function applied(rubric, { sheet: base = {}, revision = 0 }, edits, seed, { token }) {
  const key = seed ?? "";
  const last = memory.get(key);
  const same = last && (last.base === base || (revision > 0 && last.revision === revision));
  const goesOn = same && last.rubric === rubric && last.ids.every((id, place) => edits[place]?.id === id);
  const from = goesOn ? last : { sheet: base, refusals: [], ids: [] };
  const fresh = edits.slice(from.ids.length);
  const more = applyEdits(rubric, from.sheet, fresh.map((command) => editOf(command, token)), { seed: seed ?? "" });
  const refusals = [...from.refusals, ...more.refusals];
  const sheet = fresh.length ? more.sheet : from.sheet;
  memory.set(key, { base, revision, rubric, ids: edits.map(({ id }) => id), sheet, refusals });
  return { sheet, refusals };
}

// A command's edit, as recording.js takes it.
export function editOf({ payload: { edit: kind, ...payload }, at }, by) {
  return { kind, payload, by, at };
}

function stepped(state, { kind, payload }, { token }) {
  switch (kind) {
    case "assessments.edit": return state.signed?.length ? { ...state, signed: [] } : state; // under a sheet that is no more
    case "assessments.begin": return state.entered_at ? state : { ...state, state: "started", entered_at: payload.entered_at };
    case "assessments.submit": return { ...state, state: "submitted", submitted_at: payload.left_at, returned: null };
    case "assessments.sign": return { ...state, signed: [...new Set([...(state.signed ?? []), token])] };
    case "assessments.manager": return managed(state, payload.stance, token);
    case "assessments.witness": return { ...state, state: "refused", company: "refused", refusal_waits: false };
    default: return state;
  }
}

function managed(state, stance, token) {
  if (stance === "refused") return { ...state, refusal_waits: true, witnesses: [...(state.witnesses ?? []), token] };
  return { ...state, state: "signed", company: stance };
}

// Whether the sheet may be edited: on site, or sent back.
export const isEditable = ({ state, entered_at: entered }) => Boolean(entered) && !DONE.has(state);

// Whether the visit has begun.
export const isBegun = ({ entered_at: entered }) => Boolean(entered);

// Whether nothing is left to do on it by the team.
export const isDone = ({ state }) => ["signed", "refused", "reviewed", "locked", "void"].includes(state);
