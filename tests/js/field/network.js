// A network that fails on purpose between a phone and an installation: cut before, during and after, slow, doubled, late,
// with somebody else's answer in between. Not here: what a phone makes of it.
import { Headers } from "./browser.js";

const PORTAL = { status: 200, headers: { "content-type": "text/html" }, text: "<html>Please log in to the hotel</html>" };
export const WELL = { lost: 0, cut: 0, deaf: 0, doubled: 0, late: 0, portal: 0, hang: 0, foreign: 0 };

export class Network {
  // `faults` are shares of requests; `tell` hears of each.
  constructor(installation, chance, faults, tell = () => {}) {
    Object.assign(this, { installation, chance, faults, tell, late: [], sentBytes: 0 });
  }

  // fetch for one page of a phone: `moment` is waited for where a page may be killed.
  fetch(page) {
    return async (path, { method, headers, body = null, signal }) => {
      const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body ?? []);
      const request = [method, path, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])), bytes];
      await page.moment();
      const answer = await this.carried(request, page, signal);
      await page.moment();
      this.tell(`${method} ${path} ${bytes.length} -> ${answer.status}`);
      return { status: answer.status, ok: answer.status >= 200 && answer.status < 300, headers: new Headers(answer.headers), text: async () => (method === "HEAD" ? "" : answer.text) };
    };
  }

  async carried(request, page, signal) {
    const { chance, faults } = this;
    await this.deliverLate();
    if (chance.is(faults.portal)) return PORTAL;
    if (chance.is(faults.lost)) return this.lost("lost", request);
    if (chance.is(faults.late)) {
      this.late.push(request);
      return this.lost("late", request);
    }
    if (request[3].length && chance.is(faults.cut)) {
      const part = request[3].subarray(0, chance.below(request[3].length));
      if (request[0] === "PATCH") this.sentBytes += part.length;
      await this.installation.answer(request[0], request[1], request[2], part, false);
      return this.lost("cut", request);
    }
    if (request[0] === "PATCH") this.sentBytes += request[3].length;
    const answer = await this.installation.answer(...request);
    if (chance.is(faults.doubled)) await this.installation.answer(...request);
    if (chance.is(faults.hang)) await page.hang(signal);
    if (request[1].includes("/uploads/") && chance.is(faults.foreign)) return this.foreign(request, answer);
    if (!answer || chance.is(faults.deaf)) return this.lost("deaf", request);
    return answer;
  }

  // What was thought lost arrives after all.
  async deliverLate() {
    while (this.late.length && this.chance.is(0.5)) await this.installation.answer(...this.late.splice(this.chance.below(this.late.length), 1)[0]);
  }

  // An answer with the receipt of another photo, or one of this photo that nobody signed.
  foreign([, path], answer) {
    const { disk, signing } = this.installation, { digest = "", length = 0, device = "" } = disk.uploads.get(path.split("/")[4]) ?? {};
    const forged = { format: "mingjing.receipt/1", sha256: digest, size: length, device, at: "2026-11-28T01:00:00Z", key: signing.key, signature: "A".repeat(86) };
    const receipt = this.chance.one([...disk.receipts.values(), Buffer.from(JSON.stringify(forged)).toString("base64url")]);
    return { status: 204, text: "", headers: { "tus-resumable": "1.0.0", "upload-offset": "0", ...answer?.headers, "mingjing-receipt": receipt } };
  }

  lost(how, [method, path]) {
    this.tell(`${method} ${path}: ${how}`);
    throw new TypeError(`network: ${how}`);
  }
}
