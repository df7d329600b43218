// The app: which screen has its turn, the bar above it, and what programmes' screens are given. docs/reference/field-app.md.
// Not here: what a programme shows, what the phone keeps (phone.js).
import { about } from "#mj/field/about.js";
import { camera, confirmed, covered, gallery, look, scan, signature } from "#mj/field/dialogs.js";
import * as gate from "#mj/field/gate.js";
import { Idle } from "#mj/field/idle.js";
import { h, icon, t } from "#mj/field/kit.js";
import { moment } from "#mj/field/parts.js";
import { Phone } from "#mj/field/phone.js";
import { NoRoom } from "#mj/field/photos.js";
import { blobOf, marked, thumbnail } from "#mj/field/pictures.js";
import { Whereabouts } from "#mj/field/position.js";
import * as screens from "#mj/field/screens.js";
import { elder, talk } from "#mj/field/settings.js";
import { persist } from "#mj/field/storage.js";
import { Toast } from "#mj/field/toast.js";
import { watchVersion } from "#mj/field/update.js";
import { Locked } from "#mj/field/vault.js";
import { browserWorld } from "#mj/field/world.js";

const EVERY = 60_000; // milliseconds between two looks whether something can be sent

export class App {
  constructor(phone, modules) {
    Object.assign(this, { phone, modules, where: null, current: null, turn: 0, begun: false, touched: false, urls: new Map() });
    this.main = document.querySelector("main");
    this.bar = document.querySelector("header");
    this.toast = new Toast(document.querySelector(".fl-said"));
    this.idle = new Idle(() => this.lock(), { now: () => phone.world.now() });
  }

  // What programmes' screens ask of the shell.
  door(code) {
    const { phone } = this;
    return {
      person: phone.device.person,
      pack: (of) => phone.pack?.programmes[of] ?? null,
      commands: { send: (kind, subject, payload) => phone.send(kind, subject, payload), settle: (ids) => phone.outbox.settle(ids).then(() => this.count()), of: (kind) => phone.outbox.all().then((all) => all.filter((one) => one.kind === kind)) },
      state: (subject) => phone.state(subject), listen: (hear) => phone.listen(hear),
      go: (path) => (location.hash = `#${path}`), say: (text) => this.say(text),
      now: () => new Date().toISOString(), clockOffset: () => phone.device.known.offset ?? 0,
      position: () => this.where.find(), scan, signature: (asked) => this.signed(code, asked), confirm: confirmed,
      photos: { take: (asked) => this.taken(code, asked), of: (subject) => phone.taken[subject] ?? {}, url: (sha256, size) => this.url(sha256, size) },
    };
  }

  // A live photo, or pictures of the gallery: kept before anything is shown of it. [{sha256}].
  async taken(code, { subject, about, origin, check, challenge }) {
    const shots = origin === "gallery" ? await gallery() : [await camera({ title: check, challenge })].filter(Boolean);
    const kept = [];
    for (const shot of shots) {
      const made = await this.keep(code, shot, { subject, about, origin, challenge: shot.challenge ?? null });
      if (!made) return kept;
      kept.push(made);
      const { record, bytes } = (await this.phone.photos.seen(made.sha256)) ?? {};
      if (origin !== "gallery" && bytes) await look(await marked(bytes, record.media_type, this.watermark(record)));
    }
    return kept;
  }

  async signed(code, { subject, title }) {
    const drawn = await signature({ title });
    if (!drawn) return undefined;
    return (await this.keep(code, drawn, { subject, about: "signature", origin: "camera", access: "restricted" }))?.sha256;
  }

  async keep(code, { bytes, mediaType, at = null }, details) {
    try {
      const made = await this.phone.photos.take(bytes, { ...details, mediaType, takenAt: at, kind: `${code}.photo`, position: this.where.now });
      await this.shrink(made.sha256, bytes, mediaType);
      await this.phone.refresh();
      this.phone.soon();
      this.count();
      return made;
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
      this.say(t("The phone is full: the photo was not kept. Send what is here, or make room, then take it again."));
      return null;
    }
  }

  // A small copy, kept beside a photo that is kept already. One that finds no room is made again when it is looked at.
  async shrink(sha256, bytes, mediaType) {
    const small = await thumbnail(bytes, mediaType);
    if (small) await this.phone.photos.beside(sha256, small).catch((error) => console.warn(error));
    return small;
  }

  // When, where, what, who: as the signed record says it. Of a picture out of the gallery nobody knows when and where.
  watermark({ subject, about: code, taken_at: taken, position, sha256, origin }) {
    const record = this.recordOf(subject);
    const place = position ? `${Number(position.latitude).toFixed(5)}, ${Number(position.longitude).toFixed(5)} ±${position.accuracy} m` : t("no position");
    const team = record?.team ? t("Team {team}", { team: record.team }) : "";
    const taking = origin === "gallery" ? t("From the gallery, chosen {time}", { time: moment(taken) }) : `${moment(taken)} · ${place}`;
    return [taking, [record?.name, code].filter(Boolean).join(" · "), [team, this.phone.device.person.name, `#${sha256.slice(0, 10)}`].filter(Boolean).join(" · ")];
  }

  // An address of a photo of this phone, "small" or "large" (with its watermark), good while the screen is; null of another.
  async url(sha256, size = "large") {
    const key = `${size} ${sha256}`;
    if (!this.urls.has(key)) this.urls.set(key, this.copy(sha256, size).then((blob) => blob && URL.createObjectURL(blob)));
    const made = await this.urls.get(key);
    if (!made) this.urls.delete(key);
    return made;
  }

  async copy(sha256, size) {
    const { record, bytes, small: kept } = (await this.phone.photos.seen(sha256)) ?? {};
    const small = kept ?? (bytes && size === "small" ? await this.shrink(sha256, bytes, record.media_type) : null);
    const best = size === "small" ? (small ?? bytes) : (bytes ?? small);
    if (!best) return null;
    const plain = new Blob([best], { type: best === small ? "image/jpeg" : record.media_type });
    if (size === "small" || record.about === "signature") return plain;
    return marked(best, plain.type, this.watermark(record)).then(blobOf).catch(() => plain);
  }

  forgetUrls() {
    for (const made of this.urls.values()) made.then((url) => url && URL.revokeObjectURL(url), () => {});
    this.urls.clear();
  }

  // What programmes say of a subject: its record in the pack, where it is shown, what a command about it is.
  recordOf(subject) {
    return Object.values(this.phone.pack?.programmes ?? {}).flatMap(({ records = [] }) => records).find((one) => one.subject === subject) ?? null;
  }

  moduleOf(subject) {
    return this.modules.find(({ code }) => code === subject.split(".")[0]) ?? null;
  }

  nameOf(subject) {
    return this.recordOf(subject)?.name ?? this.moduleOf(subject)?.title() ?? subject;
  }

  route(subject, commands) {
    return this.moduleOf(subject)?.route?.(subject, commands) ?? null;
  }

  matter(command) {
    return this.moduleOf(command.subject)?.matter?.(command) ?? null;
  }

  describe(command) {
    return this.moduleOf(command.subject)?.describe?.(command) ?? "";
  }

  say(text) {
    this.toast.say(text);
  }

  // Whether something would be lost that is being entered: a dialog is open, or this screen was typed on.
  get busy() {
    return this.touched || document.querySelector("dialog[open]") !== null;
  }

  // The screen that the address names. Asked again meanwhile, only the last one is shown.
  async show() {
    const turn = ++this.turn;
    this.current?.close?.();
    this.current = null;
    const made = await this.made().catch((error) => this.fault(error));
    if (turn !== this.turn) return made.close?.();
    this.current = made;
    this.touched = false;
    this.main.replaceChildren(made.element);
    this.forgetUrls();
    document.title = made.title ? `${made.title} · ${t("Mingjing")}` : t("Mingjing");
    this.head(made);
    (made.focus ?? this.main).focus({ preventScroll: true });
    return scrollTo(0, 0);
  }

  // In the place of a screen that could not be made; of one that was locked meanwhile nothing is said.
  fault(error) {
    if (!(error instanceof Locked)) console.error(error);
    return { element: gate.failed(error), title: "", gate: true };
  }

  async made() {
    const { phone } = this;
    const hash = address();
    if (!phone.device.known) return gate.enrol(this, /^enrol=([A-Z0-9-]+)$/i.exec(hash)?.[1] ?? "");
    if (phone.device.known.revoked) return gate.revoked(this);
    if (!phone.vault.open) return gate.unlock(this);
    const [, first = "", rest = ""] = /^\/([^/]*)\/?(.*)$/.exec(hash) ?? [];
    const own = { "": screens.home, outbox: screens.outbox, phone: about }[first];
    if (own) return own(this);
    const module = this.modules.find(({ code }) => code === first);
    return (await module?.screen(this.door(first), rest)) ?? screens.home(this);
  }

  head({ title, back = true }) {
    const open = this.phone.vault.open;
    const home = open && back && location.hash.length > 2 ? h("a", { class: "fl-back", href: "#/", "aria-label": t("Back to today") }, icon("left")) : h("img", { src: document.body.dataset.mark, alt: "" });
    this.bar.replaceChildren(home, h("h1", {}, title || t("Mingjing")), this.links(open));
    this.count();
  }

  links(open) {
    if (!open) return "";
    this.counter = h("b", { class: "fl-count" });
    this.network = h("span", { class: "fl-network", role: "status" });
    return h("nav", { "aria-label": t("Main") }, this.network, h("a", { href: "#/outbox", "aria-label": t("Outbox") }, icon("upload"), this.counter), h("a", { href: "#/phone", "aria-label": t("This phone") }, icon("phone")));
  }

  // How much is only here, in the bar, always true.
  async count() {
    if (!this.phone.vault.open || !this.counter) return;
    const told = await this.phone.outlook().catch((error) => {
      if (!(error instanceof Locked)) throw error;
    });
    if (!told) return; // locked meanwhile
    const { unsent, commands, photos } = told;
    const wrong = commands.refused.length + commands.conflicts.length + photos.refused.length;
    this.counter.textContent = unsent ? String(unsent) : wrong ? "!" : "";
    this.counter.className = `fl-count${wrong ? " wrong" : ""}`;
    this.network.textContent = navigator.onLine ? "" : t("offline");
  }

  // Unlocked: fetch and send, and go on doing so.
  async begin() {
    const { phone } = this;
    this.idle.renew();
    this.where ??= new Whereabouts();
    await phone.refresh();
    if (!this.begun) await this.first();
    this.run({ pack: true });
  }

  // What is done once, however often the phone is locked and opened.
  async first() {
    const { phone } = this;
    this.begun = true;
    persist(phone.world);
    addEventListener("online", () => this.run({ pack: true }));
    addEventListener("offline", () => this.count());
    setInterval(() => document.visibilityState === "visible" && this.run(), EVERY);
    phone.listen(() => (phone.device.known?.revoked ? this.lock() : this.count()));
    this.idle.begin();
  }

  async run(options) {
    if (!this.phone.vault.open) return;
    try {
      await this.phone.sync.run(options);
      await this.count();
    } catch (error) {
      console.warn(error);
    }
  }

  // Shut the vault. What is being entered in a dialog stays, covered, until the PIN is given; a revoked phone shows nothing.
  async lock() {
    const { phone } = this;
    if (!phone.vault.open) return undefined;
    phone.lock();
    if (phone.device.known.revoked) document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    if (document.querySelector("dialog[open]") === null) return this.show();
    await covered(async (uncover) => (await gate.unlock(this, async () => {
      await this.begin();
      uncover();
    })).element, () => phone.vault.open);
    return this.current?.gate ? this.show() : undefined;
  }
}

function address() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

async function start() {
  elder();
  await talk();
  const names = JSON.parse(document.body.dataset.modules);
  const [phone, ...modules] = await Promise.all([Phone.open(browserWorld()), ...names.map((name) => import(name))]);
  const app = new App(phone, modules);
  addEventListener("hashchange", () => app.show());
  app.main.addEventListener("input", () => (app.touched = true));
  await app.show();
  watchVersion(app).catch((error) => console.warn(error)); // without it the app works, but not from its own copy
}

start().catch((error) => {
  document.querySelector("main").replaceChildren(gate.failed(error));
  throw error;
});
