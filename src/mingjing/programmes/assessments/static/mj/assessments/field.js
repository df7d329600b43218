// The programme's part of the phone (`field_module` of its manifest): cards for the first page and the screen of a visit.
// Works are made once and kept, so that going to and fro loses nothing that was done. Not here: any screen, the shell.
import { deviceOf, sourceOf } from "#mj/assessments/door.js";
import { cardsOf } from "#mj/assessments/home.js";
import { t } from "#mj/assessments/kit.js";
import { progressOf } from "#mj/assessments/progress.js";
import { VisitScreen } from "#mj/assessments/visit.js";
import { Work } from "#mj/assessments/work.js";

export const code = "assessments";
export const title = () => t("Property assessments");

const works = new Map();

// The cards of today. `here` is the phone's position, if it is known already.
export async function cards(app, here = null) {
  const { days = [], records = [] } = app.pack(code) ?? {};
  const visits = await Promise.all(records.map((record) => visitOf(app, record)));
  const told = await Promise.all(days.map((day) => (day.opened ? day : startOf(app, day))));
  return cardsOf(told, visits, here, {
    openDay: (day) => start(app, day),
    open: (subjects) => app.go(`/${code}/visits/${subjects.map((subject) => subject.split(":")[1]).join("+")}`),
  });
}

// A sealed day with what became of its start: {starting, problems}.
async function startOf(app, day) {
  const { commands } = await app.state(day.subject);
  const problems = commands.filter(({ state }) => state === "refused").flatMap((command) => command.problems);
  return { ...day, starting: commands.some(({ state }) => state === "waiting"), problems };
}

// Where to go comes from the installation, so the start needs a network; an earlier refusal is settled by trying again.
async function start(app, day) {
  if (!navigator.onLine) return app.say(t("The day is started where there is a network; go on from there without one."));
  const { commands } = await app.state(day.subject);
  await app.commands.settle(commands.filter(({ state }) => state === "refused").map(({ id }) => id));
  await app.commands.send("assessments.open_day", day.subject, {});
  return app.say(t("The day is being started…"));
}

async function visitOf(app, record) {
  const work = await workOf(app, record);
  const { answered, total } = progressOf(work);
  return { record, stand: work.stand, answered, total, disputes: work.disputes.length };
}

// The work on a record; read again, for the installation may have answered meanwhile.
async function workOf(app, record) {
  const { rubrics } = app.pack(code);
  const known = works.get(record.subject);
  const same = known && known.rubric === rubrics[record.rubric];
  const work = same ? known : new Work(record, rubrics[record.rubric], sourceOf(app, record));
  work.record = record;
  works.set(record.subject, work);
  await work.next(() => work.refresh());
  return work;
}

// The screen below /assessments/: {element, title, close, focus}; null for an address that leads nowhere.
export async function screen(app, path) {
  const [, numbers, at = null] = /^visits\/([\d+]+)(?:\/(.+))?$/.exec(path) ?? [];
  const { records = [], notes = [] } = app.pack(code) ?? {};
  const wanted = new Set((numbers ?? "").split("+").map((number) => `assessments.visit:${number}`));
  const [chosen, others] = [records.filter(({ subject }) => wanted.has(subject)), records.filter(({ subject }) => !wanted.has(subject))];
  if (!chosen.length) return null;
  const own = await Promise.all(chosen.map((record) => workOf(app, record)));
  const day = await Promise.all(others.filter((record) => record.day === chosen[0].day).map((record) => workOf(app, record)));
  const shown = new VisitScreen(deviceOf(app), own, { notes, day, at });
  const unlisten = app.listen((subject, { kind } = {}) => {
    if (kind === "added") return; // by these works themselves
    for (const work of own) if (!subject || work.record.subject === subject) work.next(() => work.refresh()).catch(unlessLocked);
  });
  return {
    element: shown.element,
    focus: shown.focus,
    title: chosen.map(({ name }) => name).join(t(", ")),
    close: () => {
      unlisten();
      shown.close();
    },
  };
}

// A phone that was locked meanwhile shows nothing of this any more.
function unlessLocked(error) {
  if (error?.constructor?.name !== "Locked") throw error;
}

// Where the shell finds the screen of a subject, at the check that one of these commands is about; null of one that has none.
export function route(subject, commands = []) {
  const [, number] = /^assessments\.visit:(\d+)$/.exec(subject) ?? [];
  const check = commands.map(({ payload, problems = [] }) => payload.check ?? problems[0]?.place?.split(" ")[0]).find(Boolean);
  return number ? `/${code}/visits/${number}${check ? `/${check}` : ""}` : null;
}

// What somebody has to choose about: the finding of a refused edit, settled at its check. Of anything else there is a word to
// be read.
export function matter({ id, kind, payload }) {
  return kind === "assessments.edit" ? payload.finding ?? id : null;
}

const ACTS = {
  open_day: () => t("Start of the day"), begin: () => t("Arrival"), photo: ({ record }) => t("Photo of {check}", { check: record?.about ?? "" }),
  edit: ({ check }) => (check ? t("Entry on {check}", { check }) : t("Entry")), submit: () => t("Handing in"), sign: () => t("Signature of a member"),
  manager: () => t("Signature of the company"), witness: () => t("Signature of a witness"),
};

// A command in words, for the outbox.
export function describe({ kind, payload = {} }) {
  return ACTS[kind.split(".")[1]]?.(payload) ?? title();
}
