// The phone and its key: made here, never able to leave, shown to the installation once by a code and then at every
// session. Also every request: with its token, in words. Not here: what is asked for.
import { base64url, utf8 } from "#mj/field/bytes.js";
import { isSigned } from "#mj/field/receipts.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };

// The installation did not answer: no network, a cut, a server that restarts. Everything is tried again.
export class Offline extends Error {}

// The installation answered and said no, in its words. `code` is stable.
export class Refused extends Error {
  constructor(status, problems) {
    super(problems.map(({ text }) => text).join(" ") || `HTTP ${status}`);
    Object.assign(this, { status, problems, code: problems[0]?.code ?? "" });
  }
}

export class Device {
  constructor(world, store) {
    Object.assign(this, { world, store, token: null, known: null });
  }

  // {id, key, publicKey, serverKey, person} or null where the phone is bound to nobody.
  async load() {
    this.known = (await this.store.get("meta", "device")) ?? null;
    return this.known;
  }

  get id() {
    return this.known?.id ?? "";
  }

  get person() {
    return this.known?.person ?? null;
  }

  // Bind this phone by a code of the desk.
  async enrol(code, label) {
    const { subtle } = this.world.crypto;
    const key = await subtle.generateKey(CURVE, false, ["sign", "verify"]);
    const publicKey = base64url(await subtle.exportKey("raw", key.publicKey));
    const signature = await this.signature(key.privateKey, `mingjing.enrolment/1 ${code}`);
    const told = await this.json("POST", "/field/api/enrolment/", { code, public_key: publicKey, label, signature });
    this.known = { key: "device", id: told.device, private: key.privateKey, publicKey, serverKey: told.server_key, person: told.person, revoked: false };
    await this.store.put("meta", this.known);
    return this.known;
  }

  // This phone's signature under a text or bytes.
  sign(message) {
    return this.signature(this.known.private, message);
  }

  async signature(key, message) {
    const bytes = typeof message === "string" ? utf8(message) : message;
    return base64url(await this.world.crypto.subtle.sign(SIGNED, key, bytes));
  }

  // A session: the token is kept in memory only.
  async session() {
    const { challenge } = await this.json("POST", "/field/api/challenge/", { device: this.id });
    const signature = await this.sign(`mingjing.session/1 ${challenge}`);
    const told = await this.json("POST", "/field/api/session/", { device: this.id, challenge, signature });
    this.token = told.token;
    await this.heard(told);
  }

  // A request with the token; a session that is over is made anew, once.
  async asked(method, path, { headers = {}, body = null } = {}) {
    for (let attempt = 0; ; attempt += 1) {
      if (!this.token) await this.session();
      const response = await this.sent(method, path, { headers: { ...headers, Authorization: `Bearer ${this.token}` }, body });
      if (response.status !== 401 || attempt) return this.checked(response);
      this.token = null;
    }
  }

  // A request that answers with JSON, without a token.
  async json(method, path, given) {
    const response = await this.sent(method, path, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    return (await this.checked(response)).json();
  }

  async sent(method, path, { headers, body }) {
    try {
      return await this.world.fetch(path, { method, headers: { "Accept-Language": this.world.language(), ...headers }, body, cache: "no-store", credentials: "omit" });
    } catch (error) {
      throw new Offline(String(error));
    }
  }

  // What answers in the 200s; else Refused or, for a server that is not well, Offline.
  async checked(response) {
    if (response.ok) return response;
    if (response.status >= 500 && response.status !== 507) throw new Offline(`HTTP ${response.status}`);
    let problems = [];
    try {
      ({ problems } = await response.json());
    } catch {
      if (response.status === 404) throw new Offline("HTTP 404 of something in between");
    }
    const refused = new Refused(response.status, problems ?? []);
    refused.response = response;
    if (refused.code === "field.revoked") await this.revoked();
    throw refused;
  }

  async revoked() {
    this.known = { ...this.known, revoked: true };
    await this.store.put("meta", this.known);
  }

  // What every answer tells: the newest ledger head, if it is really the installation's, and how far our clock is off.
  async heard({ head, now, person }) {
    const offset = now ? Math.round((this.world.now() - Date.parse(now)) / 1000) : this.known.offset;
    const before = this.known.head;
    const fresh = head && (!before || head.seq >= before.seq) && (await isSigned(head, this.known.serverKey));
    this.known = { ...this.known, offset, head: fresh ? head : before ?? null, person: person ?? this.known.person, heardAt: this.world.now() };
    await this.store.put("meta", this.known);
  }
}
