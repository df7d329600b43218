// An installation as phones know it, in memory: docs/reference/field-protocol.md, honestly. `disk` is what outlives a
// restart; sessions and challenges do not. Commands of its one programme, `t`: their payload says what becomes of them.
// Not here: the network before it (network.js).
import { canonical } from "#mj/logic/canonical.js";
import { base64url, text, utf8 } from "#mj/field/bytes.js";
import { sha256 } from "./signing.js";

const TUS = { "tus-resumable": "1.0.0" };
const MOST = 5000; // requests of one life, of which a sound phone needs some dozens
export const BAD = 0; // the first byte of what is no picture

export class Installation {
  constructor(signing, chance) {
    Object.assign(this, { signing, chance, now: Date.parse("2026-11-28T01:00:00Z"), trouble: 0, faulty: 0.5, full: false, asked: 0 });
    this.disk = {
      codes: new Set(["CODE-1"]), devices: new Map(), uploads: new Map(), originals: new Map(), receipts: new Map(),
      received: new Map(), handled: [], captures: new Map(), seq: 1, arrivedBytes: 0,
    };
    this.restart();
  }

  // Memory is gone; of bytes that were just coming in, some may be too (`part.synced` are safe).
  restart() {
    Object.assign(this, { sessions: new Map(), challenges: new Map(), starts: (this.starts ?? 0) + 1 });
    for (const part of this.disk.uploads.values()) part.bytes = part.bytes.subarray(0, part.synced + this.chance.below(part.bytes.length - part.synced + 1));
  }

  expire() {
    this.sessions.clear();
  }

  // The answer to a request of which `body` arrived, cut where `whole` is false: {status, headers, text}, or null for no answer.
  async answer(method, path, headers, body, whole = true) {
    if ((this.asked += 1) > MOST) throw new TypeError("a phone that never stops asking");
    if (this.chance.is(this.trouble)) return { status: this.chance.one([500, 502, 503]), headers: {}, text: "<h1>not well</h1>" };
    const [, , , kind, name = ""] = path.split("/");
    if (kind === "uploads") return this.uploads(method, name, headers, body, whole);
    if (!whole) return null;
    const told = () => JSON.parse(text(body));
    if (kind === "enrolment") return this.enrolment(told());
    if (kind === "challenge") return this.challenge(told());
    if (kind === "session") return this.session(told());
    const device = this.who(headers);
    if (!device) return refusal(401, "field.session");
    if (kind === "receipts") return this.receipt(device, name);
    if (kind === "pack") return json(200, { format: "mingjing.pack/1", ...this.told(), person: { token: "p" }, programmes: { t: { records: [{ subject: "t.visit:1", state: {} }] } } });
    return this.sync(device, body, headers);
  }

  who(headers) {
    return this.disk.devices.get(this.sessions.get((headers.authorization ?? "").replace("Bearer ", "")));
  }

  told() {
    const head = { format: "mingjing.ledger.head/1", seq: this.disk.seq, hash: "h".repeat(64), at: this.instant(), key: this.signing.key };
    return { now: this.instant(), head: { ...head, signature: this.signing.sign(utf8(canonical(head))) } };
  }

  instant() {
    return new Date(this.now).toISOString();
  }

  async enrolment({ code, public_key: publicKey, signature }) {
    if (!this.disk.codes.has(code) || !(await this.signing.device(publicKey, utf8(`mingjing.enrolment/1 ${code}`), signature))) return refusal(422, "enrolment.code");
    this.disk.codes.delete(code);
    const id = `d${this.disk.devices.size}`;
    this.disk.devices.set(id, { id, publicKey });
    return json(201, { device: id, person: { token: "p", name: "P", language: "en" }, server_key: this.signing.key, now: this.instant() });
  }

  challenge({ device }) {
    const challenge = `c${this.starts}-${this.challenges.size}-${this.chance.below(2 ** 30)}`;
    this.challenges.set(challenge, device);
    return json(200, { challenge });
  }

  async session({ device: id, challenge, signature }) {
    const device = this.disk.devices.get(id);
    const right = device && this.challenges.get(challenge) === id && (await this.signing.device(device.publicKey, utf8(`mingjing.session/1 ${challenge}`), signature));
    if (!right) return refusal(401, "field.unknown");
    const token = `t${this.starts}-${this.sessions.size}-${this.chance.below(2 ** 30)}`;
    this.sessions.set(token, id);
    return json(200, { token, expires: this.instant(), person: { token: "p", name: "P", language: "en" }, server_key: this.signing.key, ...this.told() });
  }

  async sync(device, body, headers) {
    if (!(await this.signing.device(device.publicKey, body, headers["mingjing-signature"]))) return refusal(422, "sync.forged");
    const { format, device: id, commands, watch } = JSON.parse(text(body));
    if (format !== "mingjing.sync/1" || id !== device.id || commands.length > 500 || body.length > 2 ** 20) return refusal(422, "sync.format");
    const outcomes = [];
    const fault = new Set(commands.filter(({ id, payload }) => payload.fault && !this.disk.received.has(id) && this.chance.is(this.faulty)).map(({ subject }) => subject));
    for (const command of commands) outcomes.push(await this.take(device, command, fault.has(command.subject)));
    const states = {}, captures = {};
    for (const subject of new Set([...commands.map(({ subject }) => subject), ...watch])) {
      states[subject] = { entries: this.disk.handled.filter((one) => one.subject === subject && one.state === "applied").map(({ n }) => n) };
      for (const [key, capture] of this.disk.captures) {
        if (!key.startsWith(`${subject} `)) continue;
        if (this.disk.originals.has(capture.record.sha256)) capture.state = "kept";
        captures[capture.record.sha256] = capture.state;
      }
    }
    return json(200, { ...this.told(), outcomes, states, captures });
  }

  // What becomes of a command, once; sent again it is answered as before. A fault is one of all commands of its subject.
  async take(device, command, fault) {
    const before = this.disk.received.get(command.id);
    const said = JSON.stringify([command.kind, command.subject, command.payload]);
    if (before) return before.said === said ? before.outcome : { id: command.id, state: "refused", problems: [{ code: "sync.reused", text: "used" }], current: null };
    if (fault) return { id: command.id, state: "refused", problems: [{ code: "sync.failed", text: "a fault here" }], current: null };
    const [state, problems] = command.kind === "t.photo" ? await this.promise(device, command) : become(command.payload);
    const outcome = { id: command.id, state, problems, current: state === "conflict" ? { n: 0 } : null };
    this.disk.received.set(command.id, { said, outcome });
    this.disk.handled.push({ id: command.id, subject: command.subject, n: command.payload.n ?? null, state });
    this.disk.seq += 1;
    return outcome;
  }

  async promise(device, { subject, payload: { record, signature } }) {
    const signed = await this.signing.device(device.publicKey, utf8(canonical(record)), signature);
    if (!signed || record.device !== device.id || record.subject !== subject) return ["refused", [{ code: "capture.signature", text: "not signed" }]];
    const key = `${subject} ${record.sha256}`, known = this.disk.captures.get(key);
    if (known && canonical(known.record) !== canonical(record)) return ["refused", [{ code: "capture.told_before", text: "told before" }]];
    if (!known) this.disk.captures.set(key, { record, state: "promised" });
    return ["applied", []];
  }

  receipt(device, digest) {
    const found = this.disk.receipts.get(`${device.id} ${digest}`);
    return found ? { status: 204, headers: { "mingjing-receipt": found }, text: "" } : refusal(404, "upload.no_receipt");
  }

  // tus 1.0.
  uploads(method, name, headers, body, whole) {
    const device = this.who(headers);
    if (!device) return refusal(401, "field.session");
    if (this.full && method !== "HEAD") return refusal(507, "upload.disk_full", TUS);
    if (method === "POST") return this.begun(device, headers);
    const upload = this.disk.uploads.get(name);
    if (!upload || upload.device !== device.id) return refusal(404, "upload.gone", TUS);
    if (method === "HEAD") return { status: 200, headers: this.standing(upload), text: "" };
    if (upload.receipt || Number(headers["upload-offset"]) !== upload.bytes.length) return refusal(409, "upload.offset", { ...TUS, "upload-offset": String(upload.bytes.length) });
    this.disk.arrivedBytes += body.length;
    upload.bytes = Buffer.concat([upload.bytes, body.subarray(0, upload.length - upload.bytes.length)]);
    if (whole) upload.synced = upload.bytes.length;
    if (upload.bytes.length === upload.length) return this.whole(device, name, upload);
    return { status: 204, headers: this.standing(upload), text: "" };
  }

  begun(device, headers) {
    const digest = Buffer.from((headers["upload-metadata"] ?? "").replace("sha256 ", ""), "base64").toString();
    const name = `u${this.disk.uploads.size}-${this.chance.below(2 ** 30)}`;
    const upload = { device: device.id, length: Number(headers["upload-length"]), digest, bytes: Buffer.alloc(0), synced: 0, receipt: "" };
    this.disk.uploads.set(name, upload);
    return { status: 201, headers: { ...this.standing(upload), location: `/field/api/uploads/${name}/` }, text: "" };
  }

  whole(device, name, upload) {
    const thrownAway = sha256(upload.bytes) !== upload.digest ? "upload.checksum" : upload.bytes[0] === BAD ? "upload.no_picture" : "";
    if (thrownAway) {
      this.disk.uploads.delete(name);
      return refusal(thrownAway === "upload.checksum" ? 460 : 422, thrownAway, TUS);
    }
    upload.synced = upload.length;
    this.disk.originals.set(upload.digest, upload.bytes);
    const receipt = { format: "mingjing.receipt/1", sha256: upload.digest, size: upload.length, device: device.id, at: this.instant(), key: this.signing.key };
    upload.receipt = base64url(utf8(JSON.stringify({ ...receipt, signature: this.signing.sign(utf8(canonical(receipt))) })));
    this.disk.receipts.set(`${device.id} ${upload.digest}`, upload.receipt);
    return { status: 204, headers: this.standing(upload), text: "" };
  }

  // Uploads that nobody went on with are gone.
  sweep() {
    for (const [name, { receipt }] of this.disk.uploads) if (!receipt) this.disk.uploads.delete(name);
  }

  standing({ bytes, length, receipt }) {
    return { ...TUS, "upload-offset": String(bytes.length), "upload-length": String(length), ...(receipt ? { "mingjing-receipt": receipt } : {}) };
  }
}

function become({ bad, clash }) {
  if (bad) return ["refused", [{ code: "t.bad", text: "no such thing" }]];
  return clash ? ["conflict", [{ code: "t.clash", text: "changed meanwhile" }]] : ["applied", []];
}

const json = (status, value) => ({ status, headers: { "content-type": "application/json" }, text: JSON.stringify(value) });
const refusal = (status, code, headers = {}) => ({ ...json(status, { problems: [{ code, text: code, place: "" }] }), headers });

