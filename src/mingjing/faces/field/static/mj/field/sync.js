// The conductor: commands up in order, photos after them, a closing word that makes exhibits of what arrived, and what
// stands now down. One run at a time on this phone, however many pages are open; it may be stopped at any instant and
// begins again from what is stored. Not here: a face for it.
import { canonical } from "#mj/logic/canonical.js";
import { utf8 } from "#mj/field/bytes.js";
import { Offline, Refused } from "#mj/field/device.js";
import { upload } from "#mj/field/upload.js";

const LOT = 300; // commands in one request
const LEASE = 60_000; // milliseconds for which a page without Web Locks may run
const NEVER = new Set(["upload.no_picture", "upload.broken", "upload.pixels", "upload.unreadable", "upload.size", "evidence.media_type", "evidence.empty"]);

export class Sync {
  constructor(world, store, vault, device, outbox, photos, tell = () => {}) {
    Object.assign(this, { world, store, vault, device, outbox, photos, tell, running: null });
  }

  // Send and fetch everything; resolves to {done, offline, refused}. A second call while one runs waits for that one.
  run({ pack = false } = {}) {
    this.running ??= this.alone(() => this.all(pack)).finally(() => (this.running = null));
    return this.running;
  }

  async all(pack) {
    try {
      await this.commands();
      await this.bytes();
      await this.closing();
      if (pack) await this.fetchPack();
      await this.store.put("meta", { key: "synced", at: this.world.now() });
      return this.ended({ done: true });
    } catch (error) {
      if (error instanceof Offline) return this.ended({ offline: true, why: error.message });
      if (error instanceof Refused) return this.ended({ refused: error.code, why: error.message });
      throw error;
    }
  }

  ended(result) {
    this.tell({ kind: "ended", ...result });
    return result;
  }

  async commands() {
    for (;;) {
      const waiting = (await this.outbox.waiting()).slice(0, LOT);
      if (!waiting.length) return;
      const left = await this.exchange(waiting);
      if (left) return; // a fault over there: another time
    }
  }

  async closing() {
    const subjects = new Set((await this.photos.all()).filter(({ state, settled }) => state === "arrived" && !settled).map(({ subject }) => subject));
    if (subjects.size) await this.exchange([], [...subjects]);
  }

  // One request with these commands; true where some came back unanswered.
  async exchange(commands, watch = []) {
    const told = commands.map(({ id, kind, subject, at, payload }) => ({ id, kind, subject, at, payload }));
    const body = utf8(canonical({ format: "mingjing.sync/1", device: this.device.id, sent_at: new Date(this.world.now()).toISOString(), commands: told, watch }));
    const headers = { "Content-Type": "application/json", "Mingjing-Signature": await this.device.sign(body) };
    const answer = await (await this.device.asked("POST", "/field/api/sync/", { headers, body })).json();
    await this.outbox.answered(answer.outcomes, answer.states);
    await this.device.heard(answer);
    await this.kept(answer.captures ?? {});
    const opened = commands.some(({ kind }) => kind.endsWith(".open_day"));
    if (opened) await this.fetchPack();
    this.tell({ kind: "commands", outcomes: answer.outcomes });
    return answer.outcomes.some(({ problems = [] }) => problems.some(({ code }) => code === "sync.failed"));
  }

  // Photos that are exhibits now need nothing more; the small row of the receipt stays for the outbox.
  async kept(captures) {
    for (const photo of await this.photos.all()) {
      if (photo.state === "arrived" && !photo.settled && captures[photo.sha256] === "kept") await this.photos.update(photo.sha256, (row) => ({ ...row, settled: true }));
    }
  }

  async bytes() {
    for (const photo of await this.photos.unsent()) {
      this.tell({ kind: "photo", sha256: photo.sha256 });
      try {
        const bytes = await this.photos.bytes(photo.sha256);
        const receipt = await upload(this.device, photo, bytes, photo.upload ?? null, (address) => this.photos.going(photo.sha256, address));
        await this.photos.arrived(photo.sha256, receipt);
      } catch (error) {
        if (!(error instanceof Refused) || !NEVER.has(error.code)) throw error;
        await this.photos.refused(photo.sha256, error.problems);
      }
      this.tell({ kind: "photo", sha256: photo.sha256, arrived: true });
    }
  }

  async fetchPack() {
    const pack = await (await this.device.asked("GET", "/field/api/pack/")).json();
    const box = await this.vault.sealJson(pack);
    const states = Object.values(pack.programmes).flatMap(({ records = [] }) => records);
    const boxes = await Promise.all(states.map(async ({ subject, state }) => ({ key: `state ${subject}`, box: await this.vault.sealJson(state) })));
    await this.store.change(["boxes"], (stores) => {
      stores.boxes.put({ key: "pack", box, at: this.world.now() });
      for (const state of boxes) stores.boxes.put(state);
    });
    await this.device.heard(pack);
    this.tell({ kind: "pack" });
  }

  // Only one page of this phone at a time.
  async alone(step) {
    if (this.world.locks) return this.world.locks.request("mingjing-sync", step);
    const name = this.outbox.made("", "", {}).id;
    const mine = await this.store.change(["meta"], ({ meta }, transaction) => new Promise((resolve) => {
      const asked = meta.get("lease");
      asked.onsuccess = () => {
        const free = !asked.result || asked.result.until < this.world.now() || asked.result.until > this.world.now() + LEASE;
        if (free) meta.put({ key: "lease", name, until: this.world.now() + LEASE });
        resolve(free);
      };
      transaction.addEventListener?.("abort", () => resolve(false));
    }));
    if (!mine) return { busy: true };
    try {
      return await step();
    } finally {
      await this.store.remove("meta", "lease").catch(() => {});
    }
  }
}
