// The conductor: commands up in order, photos after them, a closing word that makes exhibits of what arrived, and what
// stands now down. One run at a time on this phone, however many pages are open; it may be stopped at any instant and
// begins again from what is stored. What one command or photo meets stops no other. Not here: a face for it.
import { utf8 } from "#mj/field/bytes.js";
import { Offline, Refused } from "#mj/field/device.js";
import { upload } from "#mj/field/upload.js";
import { Locked } from "#mj/field/vault.js";

const LOT = 300; // commands in one request, and
const LARGEST = 700_000; // its bytes
const LEASE = 60_000; // milliseconds for which a page without Web Locks may run before it says that it still does
const OPENING = /\.open_(day|task)$/; // what a pack brings more after
const NEVER = new Set(["upload.no_picture", "upload.broken", "upload.pixels", "upload.unreadable", "upload.size", "evidence.media_type", "evidence.empty"]);
const UNREAD = new Set(["sync.format", "sync.large"]); // refusals of a whole request, for the sake of one command

export class Sync {
  constructor(world, store, vault, device, outbox, photos, tell = () => {}) {
    Object.assign(this, { world, store, vault, device, outbox, photos, tell, running: null, wanted: null });
  }

  // Send and fetch everything; resolves to {done, offline, refused, full, busy, why}. A call while one runs waits for that
  // one, which then looks again for what came meanwhile.
  run({ pack = false } = {}) {
    this.wanted = { pack: pack || Boolean(this.wanted?.pack) };
    this.running ??= this.alone(() => this.rounds()).finally(() => (this.running = null));
    return this.running;
  }

  async rounds() {
    let result;
    do {
      const { pack } = this.wanted ?? { pack: false };
      this.wanted = null;
      result = await this.all(pack);
    } while (this.wanted && result.done);
    this.tell({ kind: "ended", ...result });
    return result;
  }

  // Every part is tried; what stops all of them ends it.
  async all(pack) {
    const faults = [];
    for (const part of [() => this.commands(), () => this.bytes(faults), () => this.closing(), () => pack && this.fetchPack()]) {
      try {
        await part();
      } catch (error) {
        faults.unshift(error);
        if (stops(error)) break;
      }
    }
    if (faults.length) return told(faults.find(unforeseen) ?? faults[0]);
    await this.photos.sweep();
    await this.store.put("meta", { key: "synced", at: this.world.now() }).catch(() => {}); // of a full phone
    return { done: true };
  }

  // A subject whose commands were not answered waits for another time, so that their order stays; the others go on.
  async commands() {
    const later = new Set();
    for (;;) {
      const waiting = await this.outbox.waiting({ without: later, most: LOT });
      if (!waiting.length) return;
      for (const subject of await this.sent(fitting(waiting))) later.add(subject);
    }
  }

  // Send commands; the subjects of those that were not answered. A request that is refused as a whole is sent in halves,
  // until the one is found that cannot be read: it alone is refused.
  async sent(commands) {
    try {
      return await this.exchange(commands);
    } catch (error) {
      if (!(error instanceof Refused) || !UNREAD.has(error.code)) throw error;
      if (commands.length > 1) return this.halved(commands);
      await this.exchange([]); // is it the command, or anything we send?
      await this.outbox.answered([{ id: commands[0].id, state: "refused", problems: error.problems }], {});
      return [];
    }
  }

  async halved(commands) {
    const half = Math.ceil(commands.length / 2);
    const left = new Set(await this.sent(commands.slice(0, half)));
    const rest = commands.slice(half).filter(({ subject }) => !left.has(subject));
    return [...left, ...(rest.length ? await this.sent(rest) : [])];
  }

  // Arrived photos become exhibits with a word about their subjects; once told what they are, nothing more is asked.
  async closing() {
    const open = (await this.photos.all()).filter(({ state, settled }) => state === "arrived" && !settled);
    const subjects = [...new Set(open.flatMap(({ subject, also = [] }) => [subject, ...also]))].slice(0, LOT);
    if (subjects.length) await this.exchange([], subjects);
  }

  // One request with these commands; the subjects of those that came back unanswered.
  async exchange(commands, watch = []) {
    const told = commands.map(({ id, kind, subject, at, payload }) => ({ id, kind, subject, at, payload }));
    const body = utf8(JSON.stringify({ format: "mingjing.sync/1", device: this.device.id, sent_at: new Date(this.world.now()).toISOString(), commands: told, watch }));
    const headers = { "Content-Type": "application/json", "Mingjing-Signature": await this.device.sign(body) };
    const answer = (await this.device.asked("POST", "/field/api/sync/", { headers, body })).json();
    if (!Array.isArray(answer.outcomes) || typeof answer.states !== "object") throw new Offline("what answers is not the installation");
    await this.outbox.answered(answer.outcomes, answer.states ?? {});
    await this.device.heard(answer);
    await this.kept(answer.captures ?? {}, new Set([...watch, ...commands.map(({ subject }) => subject)]));
    if (commands.some(({ kind }) => OPENING.test(kind))) await this.fetchPack();
    this.tell({ kind: "commands", outcomes: answer.outcomes });
    const answered = new Set(answer.outcomes.filter(({ problems = [] }) => !problems.some(({ code }) => code === "sync.failed")).map(({ id }) => id));
    return [...new Set(commands.filter(({ id }) => !answered.has(id)).map(({ subject }) => subject))];
  }

  // Photos that arrived and are not waited for any more (kept, given up, never promised) need nothing more; the small row of
  // the receipt stays for the outbox.
  async kept(captures, named) {
    const open = (await this.photos.all()).filter(({ state, settled, subject, also = [] }) => state === "arrived" && !settled && [subject, ...also].every((one) => named.has(one)));
    if (!open.length) return;
    const waiting = new Set((await this.store.all("commands")).filter(({ state }) => state === "waiting").map(({ subject }) => subject));
    for (const { sha256, subject, also = [] } of open) {
      if (captures[sha256] !== "promised" && ![subject, ...also].some((one) => waiting.has(one))) await this.photos.update(sha256, (row) => ({ ...row, settled: true }));
    }
  }

  // Photos up. One that meets a fault of its own leaves the way to the others; `faults` is told of it.
  async bytes(faults) {
    for (const photo of await this.photos.unsent()) {
      this.tell({ kind: "photo", sha256: photo.sha256 });
      try {
        await this.photo(photo);
      } catch (error) {
        if (stops(error) || error.status === 507 || !(error instanceof Offline || error instanceof Refused) || faults.length >= 3) throw error;
        faults.push(error);
        if (error instanceof Refused) await this.photos.delayed(photo.sha256, error.problems);
      }
      this.tell({ kind: "photo", sha256: photo.sha256, arrived: true });
    }
  }

  async photo({ sha256, size, upload: at = null }) {
    const bytes = await this.photos.bytes(sha256);
    if (!bytes) return; // another page was faster
    try {
      const receipt = await upload(this.device, { sha256, size }, bytes, at, (address) => this.photos.going(sha256, address));
      await this.photos.arrived(sha256, receipt);
    } catch (error) {
      if (!(error instanceof Refused) || !NEVER.has(error.code)) throw error;
      await this.photos.refused(sha256, error.problems);
    }
  }

  async fetchPack() {
    const pack = (await this.device.asked("GET", "/field/api/pack/")).json();
    if (pack.format !== "mingjing.pack/1") throw new Offline("what answers is not the installation");
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

  // Only one page of this phone at a time. Two at once would do no harm: what arrives twice is answered as the first time.
  async alone(step) {
    if (this.world.locks) return this.world.locks.request("mingjing-sync", step);
    const name = this.outbox.made("", "", {}).id;
    if (!(await this.leased(name))) return { busy: true };
    let forget = null, over = false;
    const prolong = () => {
      if (!over) forget = this.world.after?.(LEASE / 3, () => this.leased(name).catch(() => {}).then(prolong));
    };
    prolong();
    try {
      return await step();
    } finally {
      over = true;
      forget?.();
      await this.returned(name).catch(() => {});
    }
  }

  // Take the lease, or prolong it; whether it is ours.
  async leased(name) {
    let mine = false;
    await this.store.change(["meta"], ({ meta }) => {
      const asked = meta.get("lease");
      asked.onsuccess = () => {
        const now = this.world.now(), { name: whose = name, until = 0 } = asked.result ?? {};
        mine = whose === name || until < now || until > now + LEASE;
        if (mine) meta.put({ key: "lease", name, until: now + LEASE });
      };
    }).catch((error) => {
      if (error?.name !== "QuotaExceededError") throw error; // a phone that is full sends, and makes room by it
    });
    return mine;
  }

  returned(name) {
    return this.store.change(["meta"], ({ meta }) => {
      const asked = meta.get("lease");
      asked.onsuccess = () => asked.result?.name === name && meta.delete("lease");
    });
  }
}

// As many of the commands, from the first on, as go into one request.
function fitting(commands) {
  let size = 0;
  const over = commands.findIndex((command) => (size += utf8(JSON.stringify(command)).byteLength) > LARGEST);
  return over < 0 ? commands : commands.slice(0, Math.max(1, over));
}

// Whether nothing more can be sent now: no network, a phone that is not taken, locked.
function stops(error) {
  if (error instanceof Offline) return !error.status;
  return error instanceof Locked || (error instanceof Refused && [401, 403, 409].includes(error.status));
}

const unforeseen = (error) => !(error instanceof Offline || error instanceof Refused || error?.name === "QuotaExceededError");

function told(error) {
  if (error instanceof Offline) return { offline: true, why: error.message };
  if (error instanceof Refused) return { refused: error.code || `HTTP ${error.status}`, why: error.message };
  if (error?.name === "QuotaExceededError") return { full: true, why: String(error) };
  throw error;
}
