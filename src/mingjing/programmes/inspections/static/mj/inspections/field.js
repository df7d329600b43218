// The programme's part of the phone (`field_module` of its manifest): a card for each task of these days, a way to open one
// at the door, and the screen of a task. Not here: any screen, the shell.
import { AtDoorScreen } from "#mj/inspections/atdoor.js";
import { button, h, localDay, moment, purposeOf, t } from "#mj/inspections/kit.js";
import { recordOf } from "#mj/inspections/opening.js";
import { open, standOf } from "#mj/inspections/standing.js";
import { TaskScreen } from "#mj/inspections/task.js";

export const code = "inspections";
const OPEN = "inspections.open_task";
export const title = () => t("Inspections");

// Tasks of today and what is not done yet, then those that are done.
export async function cards(app) {
  const pack = app.pack(code) ?? {};
  const records = [...(pack.records ?? []), ...(await opened(app, pack))];
  const told = await Promise.all(records.map(async (record) => {
    const { state, commands } = await app.state(record.subject);
    return { record, stand: standOf(state ?? record.state, commands) };
  }));
  const done = ({ record, stand }) => stand.state === "left" && !open(record, stand).length;
  return [...told.filter((one) => !done(one)), ...told.filter(done)].map((one) => cardOf(app, one)).concat(pack.at_door?.authorities.length ? [doorCard(app)] : []);
}

// Tasks that were opened on this phone and are in no pack yet.
async function opened(app, pack) {
  const known = new Set((pack.records ?? []).map(({ subject }) => subject));
  const found = (await app.commands.of(OPEN)).filter(({ subject }) => !known.has(subject));
  return found.map(({ subject, payload }) => recordOf(pack, subject, payload, payload.day)).filter(Boolean);
}

function doorCard(app) {
  return h("section", { class: "fi-card" }, h("h2", {}, t("No task for this visit")), h("p", { class: "fi-fine" }, t("An emergency, or something seen on the spot: open a task at the door, with the reason.")), button(t("Open a task at the door"), () => app.go(`/${code}/at-door`), { kind: "strong", "data-key": "at-door" }));
}

function cardOf(app, { record, stand }) {
  const label = stand.state === "planned" ? t("To the door") : stand.state === "inside" ? t("Go on") : t("Look at it");
  const kind = { planned: "strong", inside: "primary" }[stand.state] ?? "quiet";
  const facts = [record.number, record.address].filter(Boolean).join(" · ");
  return h("section", { class: `fi-card ${stand.entry?.colour ?? ""}` }, h("h2", {}, record.name), h("p", { class: "fi-fine" }, facts), h("p", {}, record.authority, " · ", purposeOf(record)), h("p", { class: "fi-state" }, stateText(record, stand)),
    ...stand.problems.flatMap(({ why }) => why.map(({ text }) => h("p", { class: "fi-notice wrong" }, text))),
    button(label, () => app.go(`/${code}/tasks/${record.subject.split(":")[1]}`), { kind, "data-key": record.subject, name: `${label}${t(": ")}${record.name}` }));
}

function stateText(record, stand) {
  const rest = stand.entry ? open(record, stand).length : 0;
  if (stand.state === "inside") return t("Inside since {time}", { time: moment(stand.entry.entered_at) });
  if (stand.state === "left") return rest ? t("They left; items not told yet: {count}", { count: rest }) : t("Done");
  if (stand.refused) return t("The firm refused this visit. A supervisor looks at it.");
  if (stand.state === "cancelled") return t("This task was cancelled.");
  return record.last_day < localDay() ? t("Its days are over; an entry can only be recorded late.") : t("From {first_day} to {last_day}", record);
}

// The screen below /inspections/: {element, title, close}; null for an address that leads nowhere.
export async function screen(app, path) {
  const pack = app.pack(code);
  if (path === "at-door" && pack?.at_door?.authorities.length) return { element: new AtDoorScreen(app, pack).element, title: t("Open a task at the door") };
  const [, key] = /^tasks\/([0-9a-f-]{36})$/.exec(path) ?? [];
  const subject = `inspections.task:${key}`;
  const record = pack && [...pack.records, ...(await opened(app, pack))].find((one) => one.subject === subject);
  if (!record) return null;
  const shown = new TaskScreen(app, record, pack);
  await shown.begin();
  return { element: shown.element, title: record.name, close: () => shown.close() };
}

// Where the shell finds the screen of a subject; null of one that has none.
export function route(subject) {
  const [, key] = /^inspections\.task:([0-9a-f-]{36})$/.exec(subject) ?? [];
  return key ? `/${code}/tasks/${key}` : null;
}

// What is refused is read on the task's screen, where it can be entered anew.
export const matter = ({ id }) => id;

const ACTS = { open_task: () => t("Task opened at the door"), enter: () => t("Entering"), leave: () => t("Leaving"), result: () => t("Result"), refusal: () => t("Refusal of the firm"), photo: ({ record }) => t("Photo of {check}", { check: record?.about ?? "" }) };

// A command in words, for the outbox.
export const describe = ({ kind, payload = {} }) => ACTS[kind.split(".")[1]]?.(payload) ?? title();
