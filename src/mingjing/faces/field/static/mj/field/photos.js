// Photos on this phone: hashed at the shutter, never changed, kept with their signed record and its command in one
// transaction, and let go only once a receipt of the installation for these very bytes is stored.
// Not here: the camera, the upload (upload.js).
import { hex, canonical } from "#mj/logic/canonical.js";
import { uuid7 } from "#mj/logic/ids.js";

export const RESERVE = 60 * 2 ** 20; // bytes of the phone that photos leave free
const REMEMBERED = 1000; // photos that need nothing more, whose receipts and small copies stay
export class NoRoom extends Error {}

// here: only on this phone, or on its way · arrived: its receipt is stored · refused: the bytes are not taken, ever.
export class Photos {
  constructor(world, store, vault, device, outbox) {
    Object.assign(this, { world, store, vault, device, outbox });
  }

  // Keep a photo: {sha256}. `bytes` are what the camera gave; `details` {subject, about, origin, mediaType, kind, position,
  // challenge, access, takenAt, small: bytes of a small copy to look at}; `kind` is the programme's command that promises it.
  // The same bytes are kept once, and promised once for each subject. Throws NoRoom, and then nothing is kept.
  async take(bytes, details) {
    await this.room(bytes.byteLength);
    const sha256 = hex(new Uint8Array(await this.world.crypto.subtle.digest("SHA-256", bytes)));
    const record = this.record(sha256, bytes.byteLength, details);
    const signature = await this.device.sign(canonical(record));
    const command = this.outbox.made(details.kind, details.subject, { record, signature });
    const sealed = await Promise.all([this.outbox.row(command), this.vault.seal(bytes), this.vault.sealJson(record), details.small ? this.vault.seal(details.small) : null]);
    try {
      await this.keep(this.row(record, this.world.now()), ...sealed);
    } catch (error) {
      if (error?.name === "QuotaExceededError") throw new NoRoom(String(error));
      throw error;
    }
    return { sha256 };
  }

  row({ sha256, subject, size, about, origin }, at) {
    return { sha256, subject, also: [], size, at, state: "here", about, origin };
  }

  // The record, its command and the bytes, in one transaction; of bytes that are known, what is new.
  keep(photo, command, box, record, small) {
    return this.store.change(["photos", "bytes", "commands"], ({ photos, bytes, commands }) => {
      const asked = photos.get(photo.sha256);
      asked.onsuccess = () => {
        const known = asked.result;
        if (known && [known.subject, ...(known.also ?? [])].includes(photo.subject)) return;
        if (known) photos.put({ ...known, also: [...(known.also ?? []), photo.subject], settled: false });
        else {
          photos.put({ ...photo, record });
          bytes.put({ key: photo.sha256, box });
          if (small) bytes.put({ key: `small ${photo.sha256}`, box: small });
        }
        commands.add(command);
      };
    });
  }

  // What the phone signs of a photo. docs/reference/field-protocol.md.
  record(sha256, size, { subject, about = "", origin = "camera", mediaType = "image/jpeg", position = null, challenge = null, access = "internal", takenAt = null }) {
    const { id, offset = 0, head = null } = this.device.known;
    return {
      format: "mingjing.capture/1", id: uuid7(this.world.now(), (bytes) => this.world.crypto.getRandomValues(bytes)), device: id,
      subject, about, sha256, size, media_type: mediaType, origin, taken_at: takenAt ?? new Date(this.world.now()).toISOString(),
      position, clock: { offset, monotonic: this.world.uptime() }, challenge, head, access,
    };
  }

  async room(size) {
    const { quota = Infinity, usage = 0 } = (await this.world.storage?.estimate?.()) ?? {};
    if (quota - usage < size + RESERVE) throw new NoRoom(`${quota - usage} bytes are left`);
  }

  // All photos without their bytes: {sha256, subject, also, about, origin, size, at, state, problems, upload, settled, receipt}.
  async all() {
    return (await this.store.all("photos")).map(({ record, ...photo }) => photo);
  }

  async bytes(sha256) {
    return this.opened(sha256);
  }

  async opened(key) {
    const row = await this.store.get("bytes", key);
    return row ? this.vault.unseal(row.box) : null;
  }

  // What there is to look at: {record, bytes, small}, of which either may be gone; null of a photo that is not here.
  async seen(sha256) {
    const row = await this.store.get("photos", sha256);
    if (!row) return null;
    const [record, bytes, small] = await Promise.all([this.vault.unsealJson(row.record), this.opened(sha256), this.opened(`small ${sha256}`)]);
    return { record, bytes, small };
  }

  // A small copy of a photo that is here, for when its bytes have gone.
  async beside(sha256, small) {
    const box = await this.vault.seal(small);
    await this.store.change(["photos", "bytes"], ({ photos, bytes }) => {
      const asked = photos.get(sha256);
      asked.onsuccess = () => asked.result && bytes.put({ key: `small ${sha256}`, box });
    });
  }

  // Those whose bytes the installation has not receipted, the oldest first.
  async unsent() {
    const rows = await this.all();
    return rows.filter(({ state }) => state === "here").sort((a, b) => a.at - b.at);
  }

  // Remember where an upload goes on.
  going(sha256, upload) {
    return this.update(sha256, (row) => ({ ...row, upload }));
  }

  // The receipt is stored in the same transaction in which the bytes go.
  arrived(sha256, receipt) {
    return this.store.change(["photos", "bytes"], ({ photos, bytes }) => {
      const asked = photos.get(sha256);
      asked.onsuccess = () => {
        if (!asked.result) return;
        bytes.delete(sha256);
        photos.put({ ...asked.result, receipt, state: "arrived", upload: null, problems: [] });
      };
    });
  }

  // The installation does not take these bytes, ever; they stay here until somebody has looked.
  refused(sha256, problems) {
    return this.update(sha256, (row) => (row.state === "here" ? { ...row, state: "refused", problems, upload: null } : row));
  }

  // Why they were not taken this time; they are sent again.
  delayed(sha256, problems) {
    return this.update(sha256, (row) => ({ ...row, problems }));
  }

  // Forget a photo that was refused and looked at; one that arrived may go at any time.
  forget(sha256) {
    return this.store.change(["photos", "bytes"], (stores) => {
      const asked = stores.photos.get(sha256);
      asked.onsuccess = () => asked.result && asked.result.state !== "here" && drop(stores, sha256);
    });
  }

  // Of photos that need nothing more, the oldest go where there are very many.
  async sweep() {
    const over = (await this.all()).filter(({ state, settled }) => state === "arrived" && settled).sort((a, b) => b.at - a.at).slice(REMEMBERED);
    if (over.length) await this.store.change(["photos", "bytes"], (stores) => over.forEach(({ sha256 }) => drop(stores, sha256)));
  }

  update(sha256, change) {
    return this.store.change(["photos"], ({ photos }) => {
      const asked = photos.get(sha256);
      asked.onsuccess = () => asked.result && photos.put(change(asked.result));
    });
  }
}

function drop({ photos, bytes }, sha256) {
  photos.delete(sha256);
  bytes.delete(sha256);
  bytes.delete(`small ${sha256}`);
}
