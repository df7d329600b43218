// The phone's modules, one thing at a time. What no single case shows: faults.test.js.
import assert from "node:assert/strict";
import test from "node:test";

import { Offline, Refused } from "#mj/field/device.js";
import { openStore } from "#mj/field/db.js";
import { NoRoom } from "#mj/field/photos.js";
import { isSigned, readReceipt } from "#mj/field/receipts.js";
import { signOut, Unsent } from "#mj/field/signout.js";
import { eviction } from "#mj/field/storage.js";
import { Locked, WrongPin } from "#mj/field/vault.js";
import { fakeIndexedDB, needs } from "./packages.js";
import { bound, picture, PIN, shown } from "./phones.js";
import { real, sha256 } from "./signing.js";

const HOUR = 3_600_000;
const check = (name, body) => test(name, needs, body);

check("a photo is kept as it is, and let go with its receipt", async () => {
  const { phone, installation, chance } = await bound({ signing: real() });
  const bytes = picture(chance, 3000);
  await phone.photos.take(bytes, { ...shown, small: new Uint8Array(9) });
  assert.deepEqual(await phone.photos.bytes(sha256(bytes)), bytes);
  assert.equal((await phone.outlook()).unsent, 2);
  assert.ok((await phone.sync.run()).done);
  const { bytes: gone, small, record } = await phone.photos.seen(sha256(bytes));
  assert.equal(gone, null);
  assert.equal(small.length, 9);
  assert.equal(record.head.key, installation.signing.key);
  assert.deepEqual(new Uint8Array(installation.disk.originals.get(sha256(bytes))), bytes);
  const { unsent, photos } = await phone.outlook();
  assert.equal(unsent, 0);
  assert.equal(photos.arrived[0].settled, true);
});

check("a small copy is laid beside a photo that is kept, and beside none that is not", async () => {
  const { phone, chance } = await bound();
  const { sha256: digest } = await phone.photos.take(picture(chance, 200), shown);
  await phone.photos.beside(digest, new Uint8Array(9));
  await phone.photos.beside("0".repeat(64), new Uint8Array(9));
  assert.equal((await phone.photos.seen(digest)).small.length, 9);
  assert.deepEqual((await phone.store.all("bytes")).map(({ key }) => key).sort(), [digest, `small ${digest}`].sort());
});

check("while the phone reads its store again, every photo is still there to be seen", async () => {
  const { phone, chance } = await bound();
  const { sha256: digest } = await phone.photos.take(picture(chance, 200), { ...shown, about: "A1" });
  await phone.refresh();
  const { all } = phone.photos;
  phone.photos.all = async () => {
    assert.deepEqual(phone.taken[shown.subject], { [digest]: { state: "local", about: "A1", origin: "camera" } });
    return all.call(phone.photos);
  };
  await Promise.all([phone.refresh(), phone.refresh()]);
  assert.deepEqual(Object.keys(phone.taken[shown.subject]), [digest]);
});

check("what is in the store of a phone is sealed", async () => {
  const { phone, chance } = await bound({ signing: real() });
  const bytes = picture(chance, 200);
  await phone.photos.take(bytes, { ...shown, about: "A1" });
  await phone.send("t.edit", "t.visit:1", { n: 1, note: "a note about a person" });
  await phone.sync.fetchPack();
  for (const name of ["bytes", "commands", "boxes", "photos"]) {
    for (const row of await phone.store.all(name)) {
      for (const box of [row.box, row.record].filter(Boolean)) assert.ok(!Buffer.from(box.data).includes("person") && !Buffer.from(box.data).includes(Buffer.from(bytes.subarray(0, 8))), name);
      assert.ok(!JSON.stringify(row).includes("a note"));
    }
  }
  phone.vault.lock();
  await assert.rejects(phone.photos.bytes(sha256(bytes)), Locked);
  await assert.rejects(phone.photos.take(bytes, { ...shown, subject: "t.visit:2" }), Locked);
  assert.equal((await phone.held()).photos, 1);
  assert.equal((await phone.store.get("meta", "device")).private.extractable, false);
  assert.equal((await phone.store.get("meta", "vault")).secret.extractable, false);
});

check("a wrong PIN opens nothing, costs time, and a clock that is set back does not shorten it", async () => {
  const { phone, handset } = await bound({ signing: real() });
  phone.vault.lock();
  for (let count = 0; count < 3; count += 1) await assert.rejects(phone.vault.unlock("000000"), WrongPin);
  await assert.rejects(phone.vault.unlock(PIN), ({ seconds }) => seconds === 2);
  handset.skew = -24 * 365 * HOUR;
  await assert.rejects(phone.vault.unlock(PIN), WrongPin);
  handset.time += 3000;
  await phone.vault.unlock(PIN);
  await assert.rejects(phone.vault.change("000000", "135790"), WrongPin);
  await phone.vault.change(PIN, "135790");
  await assert.rejects(phone.vault.unlock(PIN), WrongPin);
  await phone.vault.unlock("135790");
});

check("a vault that is there is not made anew", async () => {
  const { phone, opened, chance } = await bound();
  const bytes = picture(chance, 20);
  await phone.photos.take(bytes, shown);
  const other = (await opened()).phone;
  await assert.rejects(other.vault.create("999999"), WrongPin);
  await other.vault.create(PIN);
  assert.deepEqual(await other.photos.bytes(sha256(bytes)), bytes);
});

check("an upload that expired is begun anew", async () => {
  const { phone, installation, network, chance } = await bound();
  await phone.photos.take(picture(chance, 500), shown);
  network.faults.cut = 1;
  assert.ok((await phone.sync.run()).offline);
  network.faults.cut = 0;
  const { upload } = await phone.store.get("photos", (await phone.photos.all())[0].sha256);
  await phone.photos.going((await phone.photos.all())[0].sha256, upload ?? "/field/api/uploads/long-gone/");
  installation.sweep();
  assert.ok((await phone.sync.run()).done);
  assert.equal(installation.disk.originals.size, 1);
});

check("a command that cannot be read is refused alone, the others are taken", async () => {
  const { phone, installation } = await bound();
  const { answer } = installation;
  installation.answer = async (method, path, headers, body, whole) => (path.endsWith("/sync/") && body.includes("poison") ? { status: 422, headers: {}, text: '{"problems":[{"code":"sync.format","text":"no","place":""}]}' } : answer.call(installation, method, path, headers, body, whole));
  for (let n = 1; n <= 9; n += 1) await phone.send("t.edit", "t.visit:1", { n, ...(n === 4 ? { poison: 1.5, half: "\ud800" } : {}) });
  assert.ok((await phone.sync.run()).done);
  assert.deepEqual(installation.disk.handled.map(({ n }) => n), [1, 2, 3, 5, 6, 7, 8, 9]);
  const { commands, unsent } = await phone.outlook();
  assert.deepEqual([unsent, commands.refused.length, commands.refused[0].payload.n], [0, 1, 4]);
});

check("where every request is refused, nothing is blamed on a command", async () => {
  const { phone, installation } = await bound();
  const { answer } = installation;
  installation.answer = async (method, path, ...more) => (path.endsWith("/sync/") ? { status: 422, headers: {}, text: '{"problems":[{"code":"sync.format","text":"no","place":""}]}' } : answer.call(installation, method, path, ...more));
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  assert.equal((await phone.sync.run()).refused, "sync.format");
  assert.equal((await phone.outlook()).unsent, 1);
});

check("commands go up in lots that are taken", async () => {
  const { phone, installation } = await bound();
  for (let n = 1; n <= 40; n += 1) await phone.outbox.add("t.edit", "t.visit:1", { n, note: "明".repeat(20_000) });
  assert.ok((await phone.sync.run()).done);
  assert.deepEqual(installation.disk.handled.map(({ n }) => n), Array.from({ length: 40 }, (_, place) => place + 1));
});

check("a photo that meets a fault leaves the way to the others", async () => {
  const { phone, installation, chance } = await bound();
  const photos = [picture(chance, 100), picture(chance, 101), picture(chance, 102)];
  for (const bytes of photos) await phone.photos.take(bytes, shown);
  const { whole } = installation;
  installation.whole = function (device, name, upload) {
    return upload.length === 100 ? { status: 500, headers: {}, text: "" } : whole.call(installation, device, name, upload);
  };
  assert.ok((await phone.sync.run()).offline);
  assert.deepEqual([...installation.disk.originals.keys()].sort(), photos.slice(1).map(sha256).sort());
  installation.whole = whole;
});

check("what is no picture stays here with the reason, until somebody has looked", async () => {
  const { phone, installation, chance } = await bound();
  const bytes = picture(chance, 90);
  bytes[0] = 0;
  await phone.photos.take(bytes, shown);
  assert.ok((await phone.sync.run()).done);
  const { photos, unsent } = await phone.outlook();
  assert.deepEqual([unsent, photos.refused[0].problems[0].code, installation.disk.originals.size], [0, "upload.no_picture", 0]);
  assert.deepEqual(await phone.photos.bytes(sha256(bytes)), bytes);
  await assert.rejects(signOut(phone), Unsent);
  await phone.photos.forget(sha256(bytes));
  assert.equal(await phone.photos.bytes(sha256(bytes)), null);
});

check("the same bytes for two visits are kept once and promised twice", async () => {
  const { phone, installation, chance } = await bound();
  const bytes = picture(chance, 70);
  for (const subject of ["t.visit:1", "t.visit:2", "t.visit:1"]) await phone.photos.take(bytes, { ...shown, subject });
  assert.ok((await phone.sync.run()).done);
  assert.deepEqual([...installation.disk.captures.values()].map(({ state }) => state), ["kept", "kept"]);
  await phone.refresh();
  assert.ok(phone.taken["t.visit:2"][sha256(bytes)]);
});

check("a phone that is nearly full takes no more photos and says so", async () => {
  const { phone, chance } = await bound({ world: { storage: { estimate: async () => ({ quota: 100 * 2 ** 20, usage: 50 * 2 ** 20 }) } } });
  await assert.rejects(phone.photos.take(picture(chance, 50), shown), NoRoom);
  assert.equal((await phone.photos.all()).length, 0);
});

check("an answer of something in between is no answer", async () => {
  const { phone, network } = await bound({ faults: { portal: 1 } });
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  assert.ok((await phone.sync.run()).offline);
  network.faults.portal = 0;
  assert.ok((await phone.sync.run()).done);
});

check("an answer that never comes is not waited for for ever", async () => {
  const { phone, network } = await bound({ faults: { hang: 1 } });
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  const ended = await phone.sync.run();
  assert.match(ended.why, /aborted/);
  network.faults.hang = 0;
});

check("where something in between takes small pieces only, photos go up in small pieces", async () => {
  const { phone, installation, chance } = await bound();
  const { answer } = installation;
  installation.answer = async (method, path, headers, body, whole) => (method === "PATCH" && body.length > 100_000 ? { status: 413, headers: {}, text: "<h1>nginx</h1>" } : answer.call(installation, method, path, headers, body, whole));
  const bytes = picture(chance, 700_000);
  await phone.photos.take(bytes, shown);
  assert.ok((await phone.sync.run()).done);
  assert.ok(installation.disk.originals.has(sha256(bytes)));
});

check("a revoked phone keeps what it holds and sends nothing more", async () => {
  const { phone, installation, requests, chance, opened } = await bound();
  await phone.photos.take(picture(chance, 60), shown);
  installation.answer = async () => ({ status: 403, headers: {}, text: '{"problems":[{"code":"field.revoked","text":"revoked","place":""}]}' });
  assert.equal((await phone.sync.run()).refused, "field.revoked");
  assert.deepEqual([phone.device.known.revoked, (await phone.held()).photos], [true, 1]);
  assert.equal(requests.length, 1);
  assert.equal((await opened()).phone.device.known.revoked, true);
});

check("an installation with another key is given nothing", async () => {
  const { phone, installation } = await bound();
  installation.signing = { ...installation.signing, key: "another" };
  installation.expire();
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  assert.equal((await phone.sync.run()).refused, "field.other_key");
  assert.equal((await phone.outlook()).unsent, 1);
});

check("nobody signs out over what is only here", async () => {
  const { phone, handset } = await bound();
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  await assert.rejects(signOut(phone), ({ commands }) => commands === 1);
  await phone.sync.run();
  await signOut(phone);
  assert.deepEqual(await handset.indexedDB.databases(), []);
});

check("the store of the first version goes on, its photos with it", async () => {
  const indexedDB = new fakeIndexedDB.IDBFactory();
  await new Promise((done) => {
    const asked = indexedDB.open("mingjing-field", 1);
    asked.onupgradeneeded = () => {
      for (const name of ["meta", "boxes"]) asked.result.createObjectStore(name, { keyPath: "key" });
      asked.result.createObjectStore("commands", { keyPath: "place", autoIncrement: true }).createIndex("id", "id", { unique: true });
      asked.result.createObjectStore("photos", { keyPath: "sha256" }).put({ sha256: "abc", state: "here", box: { iv: 1 }, small: { iv: 2 } });
    };
    asked.onsuccess = () => done(asked.result.close());
  });
  const store = await openStore({ indexedDB });
  assert.deepEqual(await store.all("photos"), [{ sha256: "abc", state: "here" }]);
  assert.deepEqual((await store.all("bytes")).map(({ key }) => key), ["abc", "small abc"]);
});

check("a connection that the browser dropped is opened anew", async () => {
  const { phone } = await bound();
  phone.store.db.close();
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  assert.equal((await phone.outbox.all()).length, 1);
});

test("eviction is told days before it can bite", async () => {
  const world = (persisted, now, free = 2 ** 30) => ({ storage: { estimate: async () => ({ quota: 2 ** 31, usage: 2 ** 31 - free }), persisted: async () => persisted }, now: () => now });
  assert.equal((await eviction(world(true, 0), { openedAt: 0, unsent: 3 })).risk, "none");
  assert.equal((await eviction(world(false, 0), { openedAt: 0, unsent: 0 })).risk, "none");
  const { risk, hoursLeft } = await eviction(world(false, 0), { openedAt: 0, unsent: 1 });
  assert.deepEqual([risk, hoursLeft], ["soon", 168]);
  assert.equal((await eviction(world(false, 100 * HOUR), { openedAt: 0, unsent: 1 })).risk, "now");
  assert.equal((await eviction(world(true, 0, 2 ** 20), { openedAt: 0, unsent: 0 })).why, "full");
});

test("a receipt holds for its own photo and phone, from the right key, and no other way", async () => {
  const { key, sign } = real(), other = real();
  const { canonical } = await import("#mj/logic/canonical.js");
  const receipt = { format: "mingjing.receipt/1", sha256: "ab", size: 3, device: "d", at: "2026-11-28T05:30:00Z", key };
  const written = (told, by = sign) => Buffer.from(JSON.stringify({ ...told, signature: by(Buffer.from(canonical(told))) })).toString("base64url");
  const expected = { sha256: "ab", size: 3, device: "d", serverKey: key };
  assert.equal((await readReceipt(written(receipt), expected)).size, 3);
  for (const changed of [{ sha256: "cd" }, { size: 4 }, { device: "e" }, { format: "x" }, { key: other.key }]) assert.equal(await readReceipt(written({ ...receipt, ...changed }), expected), null);
  assert.equal(await readReceipt(written(receipt, other.sign), expected), null);
  for (const odd of ["", "%%%", "bnVsbA", "W10"]) assert.equal(await readReceipt(odd, expected), null);
  assert.equal(await isSigned(null, key), false);
});

check("a session that is over costs one more try and nothing else", async () => {
  const { phone, installation } = await bound();
  installation.expire();
  await phone.send("t.edit", "t.visit:1", { n: 1 });
  assert.ok((await phone.sync.run()).done);
  await assert.rejects(phone.device.json("POST", "/field/api/session/", { device: "x", challenge: "y", signature: "z" }), Refused);
  assert.ok(new Offline("x") instanceof Error);
});

check("a hundred photos over a network that drops three requests in ten: at most one byte in twenty goes twice", async (context) => {
  const { phone, installation, network, chance, handset } = await bound({ seed: 7, faults: { lost: 0.1, cut: 0.15, deaf: 0.05 } });
  let size = 0;
  for (let count = 0; count < 100; count += 1) {
    const bytes = picture(chance, 3000 + chance.below(3000));
    size += bytes.length;
    await phone.photos.take(bytes, shown);
  }
  for (let left = 60; left > 0 && (await phone.outlook()).unsent; left -= 1) {
    await phone.sync.run();
    handset.pass(60_000);
  }
  context.diagnostic(`${size} bytes of photos, ${network.sentBytes} sent: ${(((network.sentBytes - size) / size) * 100).toFixed(2)} % twice`);
  assert.equal(installation.disk.originals.size, 100);
  assert.ok(network.sentBytes - size <= size * 0.05);
});
