// Photos on this phone: hashed at the shutter, never changed, kept with their signed record and its command in one
// transaction, and let go only once a receipt of the installation for these very bytes is stored.
// Not here: the camera, the upload (upload.js).
import { hex, canonical } from "#mj/logic/canonical.js";
import { uuid7 } from "#mj/logic/ids.js";

export const RESERVE = 60 * 2 ** 20; // bytes of the phone that photos leave free
export class NoRoom extends Error {}

export class Photos {
  constructor(world, store, vault, device, outbox) {
    Object.assign(this, { world, store, vault, device, outbox });
  }

  // Keep a photo: {sha256}. `bytes` are what the camera gave; `details` {subject, about, origin, mediaType, kind, position,
  // challenge, access, takenAt, small: bytes of a small copy to look at}; `kind` is the programme's command that promises it. Throws NoRoom, and then nothing is kept.
  async take(bytes, details) {
    await this.room(bytes.byteLength);
    const sha256 = hex(new Uint8Array(await this.world.crypto.subtle.digest("SHA-256", bytes)));
    const known = await this.store.get("photos", sha256);
    if (known) return { sha256 };
    const record = this.record(sha256, bytes.byteLength, details);
    const signature = await this.device.sign(canonical(record));
    const command = this.outbox.made(details.kind, details.subject, { record, signature });
    const [row, box, told] = await Promise.all([this.outbox.row(command), this.vault.seal(bytes), this.vault.sealJson(record)]);
    const small = details.small ? await this.vault.seal(details.small) : null;
    const photo = { sha256, subject: details.subject, size: bytes.byteLength, at: this.world.now(), state: "here", about: details.about, record: told, small, box };
    try {
      await this.store.change(["photos", "commands"], (stores) => {
        stores.photos.put(photo);
        stores.commands.add(row);
      });
    } catch (error) {
      if (error?.name === "QuotaExceededError") throw new NoRoom(String(error));
      throw error;
    }
    return { sha256 };
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

  // All photos without their bytes: {sha256, subject, about, size, at, state, problems}.
  async all() {
    return (await this.store.all("photos")).map(({ box, record, small, ...photo }) => ({ ...photo, here: box !== null && box !== undefined }));
  }

  async bytes(sha256) {
    const row = await this.store.get("photos", sha256);
    return row?.box ? this.vault.unseal(row.box) : null;
  }

  // What there is to look at: {record, bytes, small}, of which either may be gone; null of a photo that is not here.
  async seen(sha256) {
    const row = await this.store.get("photos", sha256);
    if (!row) return null;
    const [record, bytes, small] = await Promise.all([this.vault.unsealJson(row.record), row.box && this.vault.unseal(row.box), row.small && this.vault.unseal(row.small)]);
    return { record, bytes: bytes ?? null, small: small ?? null };
  }

  // Those whose bytes the installation has not receipted, the oldest first.
  async unsent() {
    const rows = await this.all();
    return rows.filter(({ state }) => state === "here").sort((a, b) => a.at - b.at);
  }

  // Remember where an upload goes on.
  async going(sha256, upload) {
    await this.update(sha256, (row) => ({ ...row, upload }));
  }

  // The receipt is stored first, in the same transaction in which the bytes go.
  async arrived(sha256, receipt) {
    await this.update(sha256, (row) => ({ ...row, receipt, state: "arrived", box: null, upload: null }));
  }

  // The installation does not take these bytes, ever; they stay here until somebody has looked.
  async refused(sha256, problems) {
    await this.update(sha256, (row) => ({ ...row, state: "refused", problems }));
  }

  // Forget a photo that was refused and looked at; one that arrived may go at any time.
  async forget(sha256) {
    await this.store.change(["photos"], async ({ photos }) => {
      const asked = photos.get(sha256);
      asked.onsuccess = () => asked.result && asked.result.state !== "here" && photos.delete(sha256);
    });
  }

  update(sha256, change) {
    return this.store.change(["photos"], ({ photos }) => {
      const asked = photos.get(sha256);
      asked.onsuccess = () => asked.result && photos.put(change(asked.result));
    });
  }
}
