// One run: a phone lives a few lives among faults, each of which may end at any moment; after each it is looked at, and at
// the end the network is well. Everything follows from the seed. What must hold is in `afterDeath` and `atTheEnd`.
import { Phone } from "#mj/field/phone.js";
import { NoRoom } from "#mj/field/photos.js";
import { readReceipt } from "#mj/field/receipts.js";
import { Handset, Page } from "./browser.js";
import { Chance } from "./chance.js";
import { BAD, Installation } from "./installation.js";
import { Network, WELL } from "./network.js";
import { double, real, sha256 } from "./signing.js";

const PIN = "246810";
const SUBJECTS = ["t.visit:1", "t.visit:2"];
export const REAL = 100; // of so many runs one signs and seals with what is shipped; the others with a double of the same form

export class Failed extends Error {}

function must(holds, what) {
  if (!holds) throw new Failed(what);
}

export class Run {
  constructor(seed, indexedDB, { mutate = () => {}, log = null } = {}) {
    this.chance = new Chance(seed);
    this.signing = seed % REAL === 0 ? real() : double(this.chance);
    this.installation = new Installation(this.signing, this.chance);
    this.handset = new Handset(indexedDB, this.chance, { locks: this.chance.is(0.6) });
    Object.assign(this, { mutate, told: log ?? (() => {}), entries: new Map(), photos: new Map(), number: 0, names: 0, seen: { kills: 0, full: 0, noRoom: 0, photos: 0, entries: 0 } });
  }

  async whole() {
    await this.bound();
    for (let lives = 1 + this.chance.below(3); lives > 0; lives -= 1) await this.life();
    await this.mended();
    return this.seen;
  }

  // A page of the phone, unlocked once it is bound.
  async page(network, life = Infinity) {
    const page = new Page(this.handset, { ...this.signing, life });
    const phone = await Phone.open(page.world(network.fetch(page)));
    this.mutate(phone);
    page.phone = phone;
    return page;
  }

  calm() {
    return new Network(this.installation, this.chance, WELL, this.told);
  }

  async bound() {
    const { phone } = await this.page(this.calm());
    await phone.device.enrol("CODE-1", "phone");
    await phone.vault.create(PIN);
    must((await phone.sync.run()).done, "the first sync of a phone without faults");
    this.handset.pages.clear();
  }

  // From the start of a page, or two, to the death of the phone.
  async life() {
    const { chance, handset, installation } = this;
    const share = () => (chance.is(0.4) ? chance.next() * 0.25 : 0);
    const faults = { lost: share(), cut: share(), deaf: share(), doubled: share(), late: share(), portal: share() / 3, hang: share() / 3, foreign: share() / 3 };
    installation.trouble = share() / 2;
    handset.full = chance.is(0.25) ? chance.next() * 0.3 : 0;
    const network = new Network(installation, chance, faults, this.told);
    const pages = [];
    for (let count = chance.is(0.3) ? 2 : 1; count > 0; count -= 1) {
      pages.push(this.acts(network, chance.is(0.15) ? Infinity : 1 + chance.below(chance.one([20, 120, 400]))));
    }
    await Promise.all(pages);
    Object.assign(handset, { full: 0 });
    Object.assign(installation, { trouble: 0, full: false });
    await this.afterDeath();
  }

  // What somebody does with one page, until it dies or enough is done.
  async acts(network, life) {
    const opening = new Page(this.handset, { ...this.signing, life });
    const doing = async () => {
      const phone = await Phone.open(opening.world(network.fetch(opening)));
      phone.name = this.names += 1;
      this.mutate(phone);
      await phone.vault.unlock(PIN);
      const background = [];
      for (let left = 2 + this.chance.below(6); left > 0; left -= 1) await this.act(phone, background);
      await Promise.all(background);
      await ended(phone, phone.sync.run({ pack: this.chance.is(0.3) }));
    };
    await Promise.race([doing(), opening.died]);
    if (opening.dead) this.seen.kills += 1;
    opening.kill();
    this.told("a page is gone");
  }

  act(phone, background) {
    const { chance, handset, installation } = this;
    const happens = [
      [5, () => this.entry(phone)], [5, () => this.photo(phone)], [3, () => background.push(ended(phone, phone.sync.run()))],
      [2, () => ended(phone, phone.sync.run({ pack: chance.is(0.5) }))], [1, () => handset.jump()], [1, () => installation.restart()],
      [1, () => installation.expire()], [1, () => installation.sweep()], [0.5, () => (installation.full = !installation.full)],
      [1, () => handset.pass(3_600_000)], [1, () => this.truth(phone)], [1, () => phone.world.wait(1)],
    ];
    let drawn = chance.next() * happens.reduce((sum, [weight]) => sum + weight, 0);
    const [, happen] = happens.find(([weight]) => (drawn -= weight) < 0);
    return happen();
  }

  async entry(phone) {
    const n = (this.number += 1), { chance } = this, kind = chance.next();
    const payload = { n, ...(kind < 0.1 ? { bad: true } : kind < 0.2 ? { clash: true } : kind < 0.3 ? { fault: true } : {}) };
    const entry = { n, payload, subject: chance.one(SUBJECTS), page: phone.name, kept: false };
    this.entries.set(n, entry);
    await this.unlessFull(async () => {
      await phone.send("t.edit", entry.subject, payload);
      entry.kept = true;
      this.seen.entries += 1;
    });
  }

  async photo(phone) {
    const { chance } = this, bytes = chance.fill(new Uint8Array(1 + chance.below(chance.one([40, 600]))));
    bytes[0] = chance.is(0.1) ? BAD : 1;
    const again = this.photos.size && chance.is(0.1) ? chance.one([...this.photos.values()]).bytes : bytes;
    const photo = { bytes: again, sha256: sha256(again), subject: chance.one(SUBJECTS), kept: false, bad: again[0] === BAD };
    const key = `${photo.subject} ${photo.sha256}`;
    if (!this.photos.has(key)) this.photos.set(key, photo);
    await this.unlessFull(async () => {
      const small = chance.is(0.5) ? new Uint8Array(4) : null;
      const { sha256: told } = await phone.photos.take(again, { subject: photo.subject, about: "", kind: "t.photo", small });
      must(told === photo.sha256, "the digest of a photo");
      this.photos.get(key).kept = true;
      this.seen.photos += 1;
    });
  }

  // A phone that is full says so; nothing else may go wrong.
  async unlessFull(act) {
    try {
      await act();
    } catch (error) {
      if (error instanceof NoRoom) this.seen.noRoom += 1;
      else if (error?.name === "QuotaExceededError") this.seen.full += 1;
      else throw error;
    }
  }

  // What the outbox says of everything that was kept: it is only here, or the installation has it.
  async truth(phone) {
    const told = await phone.outlook();
    must(told.unsent >= 0, "an outlook");
  }

  // After a page is gone: the phone can still be opened, and holds whatever the installation has not receipted.
  async afterDeath() {
    const { phone } = await this.page(this.calm());
    await phone.vault.unlock(PIN);
    const commands = new Map((await phone.outbox.all()).filter(({ payload }) => payload.n).map((one) => [one.payload.n, one]));
    for (const { n, kept } of this.entries.values()) {
      const there = this.handled(n);
      must(there.length <= 1, `entry ${n} was taken ${there.length} times`);
      if (kept) must(commands.has(n) || there.length === 1, `entry ${n} is lost`);
      if (kept && !there.length) must(commands.get(n).state === "waiting", `entry ${n} is said to be ${commands.get(n)?.state}, and was never answered`);
    }
    const outlook = await phone.outlook(), rows = await phone.photos.all();
    for (const photo of this.photos.values()) await this.held(phone, photo, rows);
    must(outlook.unsent >= [...this.entries.values()].filter(({ n, kept }) => kept && !this.handled(n).length).length, "the outbox says less than is only here");
    this.handset.pages.clear();
  }

  async held(phone, { sha256: digest, bytes, subject, kept }, rows) {
    const row = rows.find((one) => one.sha256 === digest);
    if (!row) return must(!kept && !this.installation.disk.captures.has(`${subject} ${digest}`), `photo ${digest.slice(0, 8)} is lost`);
    const here = await phone.photos.bytes(digest);
    if (here) {
      must(Buffer.compare(Buffer.from(here), Buffer.from(bytes)) === 0, `photo ${digest.slice(0, 8)} is another one now`);
      return must(row.state !== "arrived", `photo ${digest.slice(0, 8)} is said to have arrived, and was not let go`);
    }
    const { id, known } = phone.device;
    const receipt = row.receipt && (await readReceipt(Buffer.from(JSON.stringify(row.receipt)).toString("base64url"), { sha256: digest, size: bytes.length, device: id, serverKey: known.serverKey }, this.signing.verify));
    must(row.state === "arrived" && receipt, `photo ${digest.slice(0, 8)} was let go without a receipt`);
    return must(this.installation.disk.originals.has(digest), `photo ${digest.slice(0, 8)} was receipted, and is not there`);
  }

  handled(n) {
    return this.installation.disk.handled.filter((one) => one.n === n);
  }

  // The network and the installation are well again: what was kept arrives, once, and the outbox says what is.
  async mended() {
    this.installation.faulty = 0;
    const { phone } = await this.page(this.calm());
    await phone.vault.unlock(PIN);
    let ran;
    for (let left = 12; left > 0; left -= 1) {
      ran = await phone.sync.run({ pack: true });
      this.handset.pass(120_000);
      if (ran.done && !(await phone.outlook()).unsent) break;
    }
    must(ran.done, `the phone cannot send: ${JSON.stringify(ran)}`);
    await this.atTheEnd(phone);
  }

  async atTheEnd(phone) {
    const outlook = await phone.outlook(), { disk } = this.installation;
    must(outlook.unsent === 0, `${outlook.unsent} were not sent on a network that is well`);
    const left = new Map([...outlook.commands.refused, ...outlook.commands.conflicts].map((one) => [one.payload.n, one.state]));
    for (const { n, kept } of this.entries.values()) {
      const there = this.handled(n);
      must(there.length <= 1 && (!kept || there.length === 1), `entry ${n} was taken ${there.length} times`);
      const state = there[0]?.state ?? "applied";
      must((left.get(n) ?? "applied") === state, `entry ${n} is ${state}, and the outbox says ${left.get(n)}`);
    }
    this.inOrder();
    const rows = await phone.photos.all();
    for (const photo of this.photos.values()) await this.delivered(phone, photo, rows);
    for (const [key, { state, record }] of disk.captures) must(state === "kept" || !this.good(record.sha256), `${key} is promised and never came`);
  }

  good(digest) {
    return [...this.photos.values()].some((one) => one.sha256 === digest && !one.bad);
  }

  // The entries of one page about one subject were taken in the order in which they were made.
  inOrder() {
    const last = new Map();
    for (const { subject, n } of this.installation.disk.handled) {
      if (n === null) continue;
      const key = `${subject} ${this.entries.get(n).page}`;
      must(!(last.get(key) > n), `entry ${n} of ${subject} was taken after ${last.get(key)}`);
      last.set(key, n);
    }
  }

  async delivered(phone, photo, rows) {
    await this.held(phone, photo, rows);
    const { sha256: digest, subject, kept, bad } = photo, { disk } = this.installation;
    const row = rows.find((one) => one.sha256 === digest), capture = disk.captures.get(`${subject} ${digest}`);
    if (kept) must(capture, `photo ${digest.slice(0, 8)} of ${subject} was never promised`);
    if (!row) return;
    if ([row.subject, ...row.also].includes(subject)) must(capture, `photo ${digest.slice(0, 8)} is here without its promise`);
    must(row.state === (bad ? "refused" : "arrived"), `photo ${digest.slice(0, 8)} is ${row.state}`);
    if (!bad && capture) must(capture.state === "kept" && row.settled, `photo ${digest.slice(0, 8)} is ${capture.state}`);
  }
}

// The end of a sync, which says what stopped it and never breaks.
async function ended(phone, running) {
  const told = await running;
  if (!told.done && !told.offline && !told.refused && !told.full && !told.busy) throw new Failed(`a sync ended without a reason: ${JSON.stringify(told)}`);
}
