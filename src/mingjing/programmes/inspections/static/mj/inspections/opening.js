// A task that is opened at the door, as long as the pack does not bring it: made of what the officers said, and of what the
// pack knows of their authority and of firms. Its facts are those that policy and installation would have; what this phone
// cannot know is left out, and the rules say what follows. Not here: asking (atdoor.js), any screen.
import { isOf } from "#mj/inspections/arrival.js";

const CREDIT = /(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])/;

// The firm that was scanned or typed, as far as this phone can tell: of the pack, or by a credit code alone; null of neither.
export function firmOf({ firms = [] }, scanned) {
  const known = firms.find((firm) => isOf(firm, scanned));
  if (known) return known;
  const [number] = CREDIT.exec(scanned.toUpperCase()) ?? [];
  return number ? { name: number, number, address: "", site: null, entry_code: null } : null;
}

// Firms whose name or credit code has this in it: a few.
export function firmsNamed({ firms = [] }, text, most = 8) {
  const wanted = text.trim().toUpperCase();
  return wanted ? firms.filter(({ name, number }) => name.toUpperCase().includes(wanted) || number.includes(wanted)).slice(0, most) : [];
}

// The record of the task, as a pack would have it; null where the pack knows nothing of its authority any more.
export function recordOf({ at_door: door }, subject, asked, day) {
  const body = door?.authorities.find(({ id }) => id === asked.authority);
  if (!body) return null;
  const firm = firmOf(door, asked.firm) ?? { name: asked.firm, number: "", address: "" };
  const emergency = asked.trigger === "emergency";
  return {
    subject, name: firm.name, number: firm.number, address: firm.address, site: firm.site ?? null, entry_code: firm.entry_code ?? null,
    authority: body.name, purpose: asked.purpose, trigger: asked.trigger, emergency, clue: asked.clue, first_day: day, last_day: day,
    code: null, planned_minutes: null, joint: false, door_reason: asked.reason,
    items: body.items.filter(({ id }) => asked.items.includes(id)), officers: body.officers.filter(({ token }) => asked.officers.includes(token)),
    facts: factsOf(body, firm, asked, door.day === day), rules: body.rules, state: null,
  };
}

// Nobody approved it, no plan covers it, and the firm was told nothing: that is certain. A quiet day is known of its own day.
function factsOf(body, firm, { purpose, trigger, clue, exception, items }, sameDay) {
  const facts = { ...body.facts, purpose, trigger, method: "on_site", code: "no", approved: "no", clue: clue.trim() ? "yes" : "no", exception: exception || "none", draw: "no", as_noticed: "none" };
  if (sameDay && firm.quiet_day) facts.quiet_day = firm.quiet_day;
  if (items.length) Object.assign(facts, { published: "yes", in_scope: "yes" });
  return facts;
}
