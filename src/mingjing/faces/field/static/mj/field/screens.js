// The shell's own first screens: today, and the outbox. Each gives {element, title, close}.
// Not here: what is before them (gate.js), the phone itself (about.js), programmes' screens.
import { confirmed } from "#mj/field/dialogs.js";
import { h, t } from "#mj/field/kit.js";
import { button, megabytes, moment } from "#mj/field/parts.js";
import { eviction } from "#mj/field/storage.js";

// Draws `element` anew with what `parts` gives, one after the other, and goes on when the phone changes.
async function living(app, element, parts, matters = () => true) {
  let turn = 0;
  const draw = async () => {
    const mine = ++turn;
    const made = await parts();
    if (mine === turn && app.phone.vault.open) element.replaceChildren(...made);
  };
  const unlisten = app.phone.listen((_subject, event = {}) => matters(event) && draw().catch((error) => app.phone.vault.open && console.warn(error)));
  await draw();
  return () => {
    turn = Infinity;
    unlisten();
  };
}

export async function home(app) {
  const element = h("div", { class: "fl-page fl-home" });
  const parts = async () => {
    const cards = await Promise.all(app.modules.map((module) => module.cards(app.door(module.code), app.where?.now ?? null)));
    const shown = cards.flat();
    const nothing = h("p", { class: "fl-empty" }, app.phone.pack ? t("Nothing waits for you today.") : t("The day's pack has not been fetched yet. It needs a network once."));
    return [...(await warnings(app)), ...(shown.length ? shown : [nothing]), button(t("Fetch anew"), () => fetchAnew(app), { kind: "quiet wide", mark: "jobs" })];
  };
  const close = await living(app, element, parts, ({ kind }) => kind !== "added");
  return { element, title: t("Today"), close };
}

async function fetchAnew(app) {
  app.say(t("Fetching…"));
  const ended = await app.phone.sync.run({ pack: true });
  app.say(ended.done ? t("Up to date.") : ended.offline ? t("No network: what is here stays here, and is sent later.") : ended.why ?? "");
}

// What endangers what is only here, before it bites.
async function warnings(app) {
  const { unsent } = await app.phone.outlook();
  const { risk, why, hoursLeft } = await eviction(app.phone.world, { openedAt: app.phone.world.now(), unsent });
  const off = Math.abs(app.phone.device.known.offset ?? 0);
  return [
    risk !== "none" ? h("p", { class: "fl-notice watch" }, why === "full" ? t("The phone is nearly full: send what is here and make room, before photos are refused.") : t("This browser may empty its store in {hours} hours if the app is not opened: send what is here, or put the app on the home screen.", { hours: hoursLeft })) : null,
    off > 120 ? h("p", { class: "fl-notice watch" }, t("The clock of this phone is {minutes} minutes off; reviewers will see that. Set it to automatic.", { minutes: Math.round(off / 60) })) : null,
  ].filter(Boolean);
}

// The truth: only here, on its way, arrived, refused and why.
export async function outbox(app) {
  const element = h("div", { class: "fl-page" });
  const close = await living(app, element, () => outboxParts(app));
  return { element, title: t("Outbox"), close };
}

async function outboxParts(app) {
  const { commands, photos } = await app.phone.outlook();
  const synced = (await app.phone.store.get("meta", "synced"))?.at;
  const line = (name, count, detail) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, String(count)), h("td", {}, detail));
  const bytes = (list) => list.reduce((sum, { size }) => sum + size, 0);
  const table = h("table", { class: "fl-table" }, h("tbody", {},
    line(t("Entries only here"), commands.waiting, ""), line(t("Photos only here"), photos.here.length, megabytes(bytes(photos.here))),
    line(t("Photos on their way"), photos.going.length, megabytes(bytes(photos.going))), line(t("Photos arrived, with receipt"), photos.arrived.length, megabytes(bytes(photos.arrived)))));
  const when = h("p", { class: "fl-fine" }, synced ? t("Last sent and fetched: {time}", { time: moment(synced) }) : t("Nothing was sent yet."));
  const trouble = matters(app, [...commands.refused, ...commands.conflicts]).map((one) => refusedCommands(app, one));
  return [table, when, button(t("Send now"), () => fetchAnew(app), { kind: "primary wide", mark: "upload" }),
    trouble.length || photos.refused.length ? h("h2", {}, t("Refused, and why")) : null, ...trouble, ...photos.refused.map((one) => refusedPhoto(app, one))].filter(Boolean);
}

// Commands that are settled together are one thing to a reader.
function matters(app, commands) {
  const found = new Map();
  for (const command of commands) {
    const key = app.matter(command) ?? command.id;
    found.set(key, [...(found.get(key) ?? []), command]);
  }
  return [...found.values()];
}

function refusedCommands(app, commands) {
  const [first] = commands, { subject } = first;
  const route = app.route(subject, commands);
  const why = [...new Set(commands.flatMap(({ problems = [] }) => problems.map(({ text }) => text)))].join(" ");
  const seen = async () => {
    await app.phone.outbox.settle(commands.map(({ id }) => id));
    await app.phone.changed();
  };
  const choose = route && (app.matter(first) !== null || commands.some(({ state }) => state === "conflict"));
  const act = choose ? h("a", { class: "fl-button", href: `#${route}` }, t("Open and choose")) : button(t("I have seen it"), seen);
  return h("section", { class: "fl-notice wrong" }, h("p", {}, h("b", {}, app.nameOf(subject)), " ", h("span", { class: "fl-fine" }, app.describe(first))), h("p", {}, why), act);
}

function refusedPhoto(app, { sha256, subject, problems = [] }) {
  const forget = async () => {
    if (!(await confirmed(t("The photo is only here and is not taken by the installation. Delete it from the phone?"), t("Delete")))) return;
    await app.phone.photos.forget(sha256);
    await app.phone.changed();
  };
  return h("section", { class: "fl-notice wrong" }, h("p", {}, h("b", {}, app.nameOf(subject)), " ", t("Photo {hash}", { hash: sha256.slice(0, 10) })), h("p", {}, problems.map(({ text }) => text).join(" ")), button(t("Delete from this phone"), forget));
}
