// The phone and its key: made here, never able to leave, shown to the installation once by a code and then at every
// session. Also every request: with its token, in words. Not here: what is asked for.
import { base64url, utf8 } from "#mj/field/bytes.js";
import { isSigned } from "#mj/field/receipts.js";
import { t } from "#mj/words.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNED = { name: "ECDSA", hash: "SHA-256" };
const PATIENCE = 30_000; // milliseconds for which an answer is waited for,
const SLOWEST = 4; // and the bytes in a millisecond that are sent meanwhile at the least
const TEMPORARY = new Set([408, 425, 429]);

// The installation did not answer: no network, a cut, a server that restarts. Everything is tried again. `status` is what
// was answered instead, 0 where nothing was.
export class Offline extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

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

  // A session: the token is kept in memory only. An installation with another key than the one that was learned when the
  // phone was bound is not believed: its receipts would let nothing go.
  async session() {
    const { challenge } = await this.json("POST", "/field/api/challenge/", { device: this.id });
    if (typeof challenge !== "string") throw new Offline("what answers is not the installation");
    const signature = await this.sign(`mingjing.session/1 ${challenge}`);
    const told = await this.json("POST", "/field/api/session/", { device: this.id, challenge, signature });
    if (typeof told.token !== "string") throw new Offline("what answers is not the installation");
    if (told.server_key !== this.known.serverKey) throw new Refused(409, [{ code: "field.other_key", text: t("The installation has another key than when this phone was bound: nothing is sent, and everything is kept. Tell the administrator.") }]);
    this.token = told.token;
    await this.heard(told);
  }

  // A request with the token; a session that is over is made anew, once.
  async asked(method, path, { headers = {}, body = null } = {}) {
    for (let attempt = 0; ; attempt += 1) {
      if (!this.token) await this.session();
      const answer = await this.sent(method, path, { headers: { ...headers, Authorization: `Bearer ${this.token}` }, body });
      if (answer.status !== 401 || attempt) return this.checked(answer);
      this.token = null;
    }
  }

  // A request that answers with JSON, without a token.
  async json(method, path, given) {
    return (await this.checked(await this.sent(method, path, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) }))).json();
  }

  // The answer, read to its end: {status, ok, headers, text, json()}. Throws Offline where none comes in time.
  async sent(method, path, { headers, body }) {
    const stop = new AbortController();
    const size = body?.byteLength ?? body?.length ?? 0;
    const forget = this.world.after?.(PATIENCE + size / SLOWEST, () => stop.abort());
    try {
      const response = await this.world.fetch(path, { method, headers: { "Accept-Language": this.world.language(), ...headers }, body, signal: stop.signal, cache: "no-store", credentials: "omit", redirect: "error" });
      const text = method === "HEAD" || response.status === 204 ? "" : await response.text();
      return { status: response.status, ok: response.ok, headers: response.headers, text, json: () => parsed(text) };
    } catch (error) {
      throw new Offline(String(error));
    } finally {
      forget?.();
    }
  }

  // What answers in the 200s; else Refused or, for a server that is not well or something in between, Offline.
  async checked(answer) {
    if (answer.ok) return answer;
    const { status, headers } = answer;
    if ((status >= 500 && status !== 507) || TEMPORARY.has(status)) throw new Offline(`HTTP ${status}`, status);
    const problems = problemsOf(answer.text);
    const ours = problems.length || headers.get("Tus-Resumable") || status === 413; // the last is a proxy's
    if (!ours) throw new Offline(`HTTP ${status} of something in between`, status);
    const refused = new Refused(status, problems);
    refused.headers = headers;
    if (refused.code === "field.revoked") await this.remember({ revoked: true });
    throw refused;
  }

  // What every answer tells: the newest ledger head, if it is really the installation's, and how far our clock is off.
  async heard({ head, now, person }) {
    const offset = now ? Math.round((this.world.now() - Date.parse(now)) / 1000) : this.known.offset;
    const before = this.known.head;
    const fresh = head && (!before || head.seq >= before.seq) && (await isSigned(head, this.known.serverKey, this.world.verify));
    const told = { offset, heardAt: this.world.now(), ...(fresh ? { head } : {}), ...(person ? { person } : {}) };
    await this.remember(told).catch((error) => {
      if (error?.name !== "QuotaExceededError") throw error; // a phone that is full goes on sending
    });
  }

  // Keep changes of what is known, over what another page may have kept meanwhile; revoked once is revoked.
  async remember(changes) {
    this.known = { ...this.known, ...changes };
    await this.store.change(["meta"], ({ meta }) => {
      const asked = meta.get("device");
      asked.onsuccess = () => {
        this.known = { ...this.known, revoked: this.known.revoked || Boolean(asked.result?.revoked) };
        if (asked.result) meta.put(this.known);
      };
    });
  }
}

// JSON; of something in between, as where a hotel asks for a password, none.
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw new Offline("what answers is not the installation");
  }
}

function problemsOf(text) {
  try {
    const { problems } = JSON.parse(text);
    return Array.isArray(problems) ? problems : [];
  } catch {
    return [];
  }
}
