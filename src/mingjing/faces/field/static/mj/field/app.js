// The app: which screen has its turn, the bar above it, and what programmes' screens are given. docs/reference/field-app.md.
// Not here: what a programme shows, what the phone keeps (phone.js).
import { camera, confirmed, gallery, look, marked, scan, signature } from "#mj/field/dialogs.js";
import { h, icon, language, t } from "#mj/field/kit.js";
import { Phone } from "#mj/field/phone.js";
import { Whereabouts } from "#mj/field/position.js";
import { NoRoom } from "#mj/field/photos.js";
import * as screens from "#mj/field/screens.js";
import { persist } from "#mj/field/storage.js";
import { browserWorld } from "#mj/field/world.js";
import { speak } from "#mj/words.js";

const EVERY = 60_000; // milliseconds between two looks whether something can be sent

export class App {
  constructor(phone, modules) {
    Object.assign(this, { phone, modules, where: null, current: null });
    this.main = document.querySelector("main");
    this.bar = document.querySelector("header");
    this.said = document.querySelector(".fl-said");
  }

  // What programmes' screens ask of the shell.
  door(code) {
    const { phone } = this;
    return {
      person: phone.device.person,
      pack: (of) => phone.pack?.programmes[of] ?? null,
      commands: { send: (kind, subject, payload) => phone.send(kind, subject, payload), settle: (ids) => phone.outbox.settle(ids).then(() => this.count()) },
      state: (subject) => phone.state(subject), listen: (hear) => phone.listen(hear),
      go: (path) => (location.hash = `#${path}`), say: (text) => this.say(text),
      now: () => new Date().toISOString(), clockOffset: () => phone.device.known.offset ?? 0,
      position: () => this.where.find(), scan, signature: (asked) => this.signed(code, asked), confirm: confirmed,
      photos: { take: (asked) => this.taken(code, asked), of: (subject) => phone.taken[subject] ?? {}, url: (sha256) => this.url(sha256) },
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
      if (origin !== "gallery") await look(await marked(shot.bytes, shot.mediaType, this.watermark(subject, check, made.sha256)));
    }
    return kept;
  }

  async signed(code, { subject, title }) {
    const drawn = await signature({ title });
    if (!drawn) return undefined;
    return (await this.keep(code, drawn, { subject, about: "signature", origin: "camera", access: "restricted" }))?.sha256;
  }

  async keep(code, { bytes, mediaType }, details) {
    try {
      const made = await this.phone.photos.take(bytes, { ...details, mediaType, kind: `${code}.photo`, position: this.where.now });
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

  watermark(subject, check, sha256) {
    const record = Object.values(this.phone.pack.programmes).flatMap(({ records = [] }) => records).find((one) => one.subject === subject);
    const team = record ? t("Team {team}", record) : "";
    return [new Date().toLocaleString(language()), [record?.name, check].filter(Boolean).join(" · "), [team, this.phone.device.person.name, `#${sha256.slice(0, 10)}`].filter(Boolean).join(" · ")];
  }

  async url(sha256) {
    const bytes = await this.phone.photos.bytes(sha256);
    return bytes ? URL.createObjectURL(new Blob([bytes])) : null;
  }

  say(text) {
    this.said.textContent = text;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (this.said.textContent = ""), 6000);
  }

  // The screen that the address names.
  async show() {
    this.current?.close?.();
    const made = await this.made();
    this.current = made;
    this.main.replaceChildren(made.element);
    document.title = made.title ? `${made.title} · ${t("Mingjing")}` : t("Mingjing");
    this.head(made);
    this.main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  async made() {
    const { phone } = this;
    const hash = decodeURIComponent(location.hash.slice(1));
    if (!phone.device.known) return screens.enrol(this, /^enrol=([A-Z0-9]+)$/i.exec(hash)?.[1] ?? "");
    if (!phone.vault.open) return screens.unlock(this);
    const [, first = "", rest = ""] = /^\/([^/]*)\/?(.*)$/.exec(hash) ?? [];
    const own = { "": screens.home, outbox: screens.outbox, phone: screens.about }[first];
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
    const { unsent, commands, photos } = await this.phone.outlook();
    const wrong = commands.refused.length + commands.conflicts.length + photos.refused.length;
    this.counter.textContent = unsent ? String(unsent) : wrong ? "!" : "";
    this.counter.className = `fl-count${wrong ? " wrong" : ""}`;
    this.network.textContent = navigator.onLine ? "" : t("offline");
  }

  // Unlocked: fetch and send, and go on doing so.
  async begin() {
    const { phone } = this;
    this.where ??= new Whereabouts();
    await phone.refresh();
    await phone.store.put("meta", { key: "opened", at: Date.now() });
    persist(phone.world);
    const run = (options) => phone.sync.run(options).then((ended) => ended.done && this.count(), (error) => console.warn(error));
    addEventListener("online", () => run({ pack: true }));
    addEventListener("offline", () => this.count());
    setInterval(() => document.visibilityState === "visible" && run(), EVERY);
    phone.listen(() => this.count());
    run({ pack: true }).then(() => location.hash.length <= 2 && this.show());
  }
}

// Both languages lie in the phone's cache, so that either can be chosen without a network.
export async function talk(code) {
  const chosen = code ?? localStorage.getItem("mj-language") ?? document.documentElement.lang;
  const { texts } = await (await fetch(`/field/words/${chosen}.json`)).json();
  speak(chosen, texts);
  document.documentElement.lang = chosen;
  localStorage.setItem("mj-language", chosen);
}

export function elder(on = localStorage.getItem("mj-elder") === "1") {
  document.documentElement.classList.toggle("elder", on);
  localStorage.setItem("mj-elder", on ? "1" : "0");
}

async function start() {
  elder();
  await talk();
  const names = JSON.parse(document.body.dataset.modules);
  const [phone, ...modules] = await Promise.all([Phone.open(browserWorld()), ...names.map((name) => import(name))]);
  const app = new App(phone, modules);
  addEventListener("hashchange", () => app.show());
  await app.show();
  screens.watchVersion(app);
}

start().catch((error) => {
  document.querySelector("main").textContent = String(error);
  throw error;
});
