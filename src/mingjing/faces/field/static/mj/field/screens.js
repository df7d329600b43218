// The shell's own screens: binding the phone, the PIN, today, the outbox, the phone itself. Each gives {element, title}.
// Not here: programmes' screens, what the phone keeps.
import { confirmed } from "#mj/field/dialogs.js";
import { Offline, Refused } from "#mj/field/device.js";
import { h, icon, language, t } from "#mj/field/kit.js";
import { eviction } from "#mj/field/storage.js";
import { WrongPin } from "#mj/field/vault.js";

const PIN = 6; // digits at least

const button = (label, act, { kind = "", mark = null } = {}) => h("button", { type: "button", class: `fl-button ${kind}`, onclick: act }, mark ? icon(mark) : null, h("span", {}, label));
const field = (label, attributes) => {
  const input = h("input", attributes);
  return [input, h("label", { class: "fl-field" }, h("span", {}, label), input)];
};
const pinField = (label, auto) => field(label, { type: "password", inputmode: "numeric", autocomplete: auto, minlength: PIN, required: true });

// Bind this phone: the code of the desk, a name for the phone, a PIN.
export function enrol(app, code) {
  const [typed, codeField] = field(t("Code of the desk"), { type: "text", value: code, autocapitalize: "characters", autocomplete: "off", required: true });
  const [label, labelField] = field(t("Name of this phone"), { type: "text", value: t("My phone"), maxlength: 100, required: true });
  const [pin, pinLabel] = pinField(t("New PIN, at least 6 digits"), "new-password");
  const [again, againLabel] = pinField(t("The PIN once more"), "new-password");
  const told = h("p", { class: "fl-told wrong", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    const wrong = pinFault(pin.value, again.value);
    if (wrong) return (told.textContent = wrong);
    told.textContent = "";
    try {
      await app.phone.device.enrol(typed.value.trim().toUpperCase(), label.value.trim());
      await app.phone.vault.create(pin.value);
      history.replaceState(null, "", "/field/#/");
      await app.begin();
      await app.show();
    } catch (error) {
      told.textContent = spoken(error);
    }
    return undefined;
  };
  const element = h("form", { class: "fl-page", onsubmit: submit }, h("p", {}, t("Bind this phone to yourself: make a code on the desk, under My account, and scan it with this phone.")),
    codeField, labelField, pinLabel, againLabel, told, h("button", { class: "fl-button primary wide" }, t("Bind this phone")), languages(app));
  return { element, title: t("Bind this phone"), back: false };
}

function pinFault(pin, again) {
  if (!/^\d{6,32}$/.test(pin)) return t("A PIN has at least 6 digits.");
  if (pin !== again) return t("The two PINs differ; type both again.");
  return "";
}

// What went wrong, in words.
function spoken(error) {
  if (error instanceof Refused) return error.message;
  if (error instanceof Offline) return t("No network: this needs one. Try again where there is a signal.");
  if (error instanceof WrongPin) return error.seconds ? t("This PIN does not open it. Wait {seconds} s, then try again.", error) : t("This PIN does not open it.");
  return String(error?.message ?? error);
}

export function unlock(app) {
  const [pin, pinLabel] = pinField(t("PIN"), "current-password");
  const told = h("p", { class: "fl-told wrong", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      if (!(await app.phone.vault.exists())) await app.phone.vault.create(pin.value);
      else await app.phone.vault.unlock(pin.value);
      await app.begin();
      await app.show();
    } catch (error) {
      pin.value = "";
      told.textContent = spoken(error);
    }
  };
  const { name } = app.phone.device.person;
  const gone = app.phone.device.known.revoked ? h("p", { class: "fl-notice wrong" }, t("This phone was revoked: it sends and receives nothing more. What it holds stays locked here.")) : null;
  const element = h("form", { class: "fl-page", onsubmit: submit }, h("p", { class: "fl-person" }, icon("person"), name), gone, pinLabel, told, h("button", { class: "fl-button primary wide" }, t("Open")), languages(app));
  return { element, title: t("Mingjing"), back: false };
}

export async function home(app) {
  const element = h("div", { class: "fl-page fl-home" });
  const draw = async () => {
    const cards = await Promise.all(app.modules.map((module) => module.cards(app.door(module.code), app.where?.now ?? null)));
    const shown = cards.flat();
    const nothing = h("p", { class: "fl-empty" }, app.phone.pack ? t("Nothing waits for you today.") : t("The day's pack has not been fetched yet. It needs a network once."));
    element.replaceChildren(...(await warnings(app)), ...(shown.length ? shown : [nothing]), button(t("Fetch anew"), () => fetchAnew(app), { kind: "quiet wide", mark: "jobs" }));
  };
  await draw();
  const unlisten = app.phone.listen((_subject, event = {}) => event.kind !== "added" && draw());
  return { element, title: t("Today"), close: unlisten };
}

async function fetchAnew(app) {
  app.say(t("Fetching…"));
  const ended = await app.phone.sync.run({ pack: true });
  app.say(ended.done ? t("Up to date.") : ended.offline ? t("No network: what is here stays here, and is sent later.") : ended.why ?? "");
}

// What endangers what is only here, before it bites.
async function warnings(app) {
  const { unsent } = await app.phone.outlook();
  const opened = (await app.phone.store.get("meta", "opened"))?.at ?? Date.now();
  const { risk, why, hoursLeft } = await eviction(app.phone.world, { openedAt: opened, unsent });
  const off = Math.abs(app.phone.device.known.offset ?? 0);
  return [
    risk === "none" ? null : h("p", { class: "fl-notice watch" }, why === "full" ? t("The phone is nearly full: send what is here and make room, before photos are refused.") : t("This browser may empty its store in {hours} hours if the app is not opened: send what is here, or put the app on the home screen.", { hours: hoursLeft })),
    off > 120 ? h("p", { class: "fl-notice watch" }, t("The clock of this phone is {minutes} minutes off; reviewers will see that. Set it to automatic.", { minutes: Math.round(off / 60) })) : null,
  ].filter(Boolean);
}

// The truth: only here, on its way, arrived, refused and why.
export async function outbox(app) {
  const element = h("div", { class: "fl-page" });
  const draw = async () => element.replaceChildren(...(await outboxParts(app)));
  await draw();
  const unlisten = app.phone.listen(draw);
  return { element, title: t("Outbox"), close: unlisten };
}

async function outboxParts(app) {
  const { commands, photos } = await app.phone.outlook();
  const synced = (await app.phone.store.get("meta", "synced"))?.at;
  const line = (name, count, detail) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, String(count)), h("td", {}, detail));
  const bytes = (list) => list.reduce((sum, { size }) => sum + size, 0);
  const table = h("table", { class: "fl-table" }, h("tbody", {},
    line(t("Entries only here"), commands.waiting, ""), line(t("Photos only here"), photos.here.length, megabytes(bytes(photos.here))),
    line(t("Photos on their way"), photos.going.length, megabytes(bytes(photos.going))), line(t("Photos arrived, with receipt"), photos.arrived.length, megabytes(bytes(photos.arrived)))));
  const when = h("p", { class: "fl-fine" }, synced ? t("Last sent and fetched: {time}", { time: new Date(synced).toLocaleString(language()) }) : t("Nothing was sent yet."));
  const trouble = [...commands.refused, ...commands.conflicts].map((one) => refusedCommand(app, one));
  return [table, when, button(t("Send now"), () => fetchAnew(app), { kind: "primary wide", mark: "upload" }),
    trouble.length || photos.refused.length ? h("h2", {}, t("Refused, and why")) : null, ...trouble, ...photos.refused.map((one) => refusedPhoto(app, one))].filter(Boolean);
}

const megabytes = (count) => (count ? t("{size} MB", { size: (count / 2 ** 20).toFixed(1) }) : "");

function refusedCommand(app, { id, kind, subject, problems = [], state }) {
  const why = problems.map(({ text }) => text).join(" ");
  const seen = async () => {
    await app.phone.outbox.settle([id]);
    await app.phone.changed();
  };
  const act = state === "conflict" ? h("a", { class: "fl-button", href: `#${linkOf(subject)}` }, t("Open and choose")) : button(t("I have seen it"), seen);
  return h("section", { class: "fl-notice wrong" }, h("p", {}, h("b", {}, nameOf(app, subject)), " ", h("span", { class: "fl-fine" }, kind.split(".").pop())), h("p", {}, why), act);
}

function refusedPhoto(app, { sha256, subject, problems = [] }) {
  const forget = async () => {
    if (!(await confirmed(t("The photo is only here and is not taken by the installation. Delete it from the phone?"), t("Delete")))) return;
    await app.phone.photos.forget(sha256);
    await app.phone.changed();
  };
  return h("section", { class: "fl-notice wrong" }, h("p", {}, h("b", {}, nameOf(app, subject)), " ", t("Photo {hash}", { hash: sha256.slice(0, 10) })), h("p", {}, problems.map(({ text }) => text).join(" ")), button(t("Delete from this phone"), forget));
}

const linkOf = (subject) => `/${subject.split(".")[0]}/visits/${subject.split(":")[1]}`;

function nameOf(app, subject) {
  const records = Object.values(app.phone.pack?.programmes ?? {}).flatMap(({ records: found = [] }) => found);
  return records.find((record) => record.subject === subject)?.name ?? subject;
}

// The phone itself: storage, language, letters, PIN, leaving.
export async function about(app) {
  const { phone } = app;
  const { unsent } = await phone.outlook();
  const { persisted, free, quota } = await eviction(phone.world, { openedAt: Date.now(), unsent });
  const large = h("input", { type: "checkbox", role: "switch", checked: document.documentElement.classList.contains("elder") });
  large.addEventListener("change", () => {
    document.documentElement.classList.toggle("elder", large.checked);
    localStorage.setItem("mj-elder", large.checked ? "1" : "0");
  });
  const row = (name, value) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
  const element = h("div", { class: "fl-page" },
    h("table", { class: "fl-table" }, h("tbody", {}, row(t("Person"), phone.device.person.name), row(t("Phone"), phone.device.id.slice(0, 8)),
      row(t("Storage is kept for good"), persisted ? t("Yes") : t("No: put the app on the home screen")), row(t("Room left"), quota ? megabytes(free) : t("unknown")))),
    h("label", { class: "fl-switch" }, large, t("Large letters (elder mode)")), languages(app), pinChange(app),
    button(t("Lock"), () => { phone.vault.lock(); app.show(); }, { kind: "wide", mark: "lock" }), button(t("Take this phone off (sign out)"), () => leave(app), { kind: "quiet danger wide", mark: "leave" }));
  return { element, title: t("This phone") };
}

function pinChange(app) {
  const [before, beforeLabel] = pinField(t("Present PIN"), "current-password");
  const [pin, pinLabel] = pinField(t("New PIN, at least 6 digits"), "new-password");
  const [again, againLabel] = pinField(t("The PIN once more"), "new-password");
  const told = h("p", { class: "fl-told", role: "status" });
  const submit = async (event) => {
    event.preventDefault();
    const wrong = pinFault(pin.value, again.value);
    if (wrong) return (told.textContent = wrong);
    try {
      await app.phone.vault.change(before.value, pin.value);
      told.textContent = t("The PIN was changed.");
      for (const input of [before, pin, again]) input.value = "";
    } catch (error) {
      told.textContent = spoken(error);
    }
    return undefined;
  };
  return h("details", {}, h("summary", {}, t("Change the PIN")), h("form", { onsubmit: submit }, beforeLabel, pinLabel, againLabel, told, h("button", { class: "fl-button wide" }, t("Change the PIN"))));
}

// Nobody signs out over what is only here.
async function leave(app) {
  const { unsent } = await app.phone.outlook();
  if (unsent) return app.say(t("{count} entries and photos are only on this phone. Send them first: open the outbox where there is a signal.", { count: unsent }));
  if (!(await confirmed(t("Everything on this phone is removed; it is bound anew with a code of the desk."), t("Take it off")))) return undefined;
  app.phone.store.close();
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase("mingjing-field");
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
  location.replace("/field/");
  return undefined;
}

function languages(app) {
  const choose = async (code) => {
    const { talk } = await import("#mj/field/app.js");
    await talk(code);
    await app.show();
  };
  return h("p", { class: "fl-languages" }, ...[["zh-Hans", "中文"], ["en", "English"]].map(([code, name]) => h("button", { type: "button", class: "fl-link", lang: code, "aria-pressed": language() === code ? "true" : "false", onclick: () => choose(code) }, name)));
}

// A new version waits until somebody wants it: nothing that is being written is lost to it.
export async function watchVersion(app) {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  const offer = (worker) => {
    const bar = h("aside", { class: "fl-update", role: "status" }, h("span", {}, t("A new version is ready.")), button(t("Use it now"), () => worker.postMessage("use"), { kind: "primary" }));
    document.querySelector(".fl-update")?.remove();
    document.body.append(bar);
  };
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => worker.state === "installed" && navigator.serviceWorker.controller && offer(worker));
  });
  const before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => before && location.reload());
  app.version = registration;
}
