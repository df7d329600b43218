// Another tus client against our server: tus-js-client sends, pauses, goes on, gives up and is refused. Run by pytest
// (tests/faces/field/test_tus.py) with the server's address and a phone's token; prints one line of JSON per case.
// Not here: our own client (the app's upload.js).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";
import { readReceipt } from "#mj/field/receipts.js";

const [base, token, device, serverKey, ...files] = process.argv.slice(2);
const endpoint = new URL("/field/api/uploads/", base).href;
const headers = { Authorization: `Bearer ${token}` };
const remembered = new Map();
const urlStorage = {
  findAllUploads: async () => [...remembered.values()],
  findUploadsByFingerprint: async (key) => [...remembered.values()].filter(({ urlStorageKey }) => urlStorageKey === key),
  removeUpload: async (key) => void remembered.delete(key),
  addUpload: async (key, upload) => (remembered.set(key, { ...upload, urlStorageKey: key }), key),
};

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

// One upload; `options` may stop it. Resolves to how it ended.
function sent(bytes, options = {}, before = null) {
  const seen = { requests: [], receipt: null, progress: 0, resumedAt: null };
  return new Promise((resolve) => {
    const upload = new Upload(bytes, {
      endpoint, headers, urlStorage, retryDelays: null, metadata: { sha256: digest(bytes), filename: "IMG_0001.JPG" },
      fingerprint: async () => digest(bytes),
      onAfterResponse: (request, response) => {
        seen.requests.push(`${request.getMethod()} ${response.getStatus()}`);
        seen.receipt = response.getHeader("Mingjing-Receipt") || seen.receipt;
        if (request.getMethod() === "HEAD") seen.resumedAt = Number(response.getHeader("Upload-Offset"));
      },
      onProgress: (done) => { seen.progress = done; },
      onChunkComplete: (_size, done) => {
        if (options.pauseAt && done >= options.pauseAt && done < bytes.length) {
          upload.abort(Boolean(options.terminate)).then(() => resolve({ ...seen, ended: "paused", done, url: upload.url }));
        }
      },
      onSuccess: () => resolve({ ...seen, ended: "success", url: upload.url }),
      onError: (error) => resolve({ ...seen, ended: "error", status: error.originalResponse?.getStatus() ?? 0, text: error.originalResponse?.getBody() ?? String(error) }),
      ...options.tus,
    });
    if (before) upload.resumeFromPreviousUpload(before);
    upload.start();
  });
}

const cases = {
  async whole(bytes) {
    return sent(bytes);
  },
  async withCreation(bytes) {
    return sent(bytes, { tus: { uploadDataDuringCreation: true } });
  },
  async chunks(bytes) {
    return sent(bytes, { tus: { chunkSize: 30_000 } });
  },
  async pausedAndResumed(bytes) {
    const first = await sent(bytes, { pauseAt: 90_000, tus: { chunkSize: 30_000 } });
    const [before] = await urlStorage.findUploadsByFingerprint(digest(bytes));
    const second = await sent(bytes, { tus: { chunkSize: 30_000 } }, before);
    return { ...second, first };
  },
  async resumedWhenDone(bytes) {
    const { url } = await sent(bytes);
    return sent(bytes, { tus: { uploadUrl: url } });
  },
  async terminated(bytes) {
    const first = await sent(bytes, { pauseAt: 60_000, terminate: true, tus: { chunkSize: 30_000 } });
    const head = await fetch(new URL(first.url, base), { method: "HEAD", headers: { ...headers, "Tus-Resumable": "1.0.0" } });
    return { ...first, status: head.status };
  },
  async otherBytes(bytes) {
    return sent(bytes, { tus: { metadata: { sha256: "0".repeat(64) } } });
  },
  async noPicture() {
    return sent(Buffer.alloc(4000, "MZ no picture "));
  },
  async unknown(bytes) {
    const url = new URL(`${"0".repeat(32)}-${"1".repeat(32)}/`, endpoint).href;
    return sent(bytes, { tus: { uploadUrl: url } }); // the client begins anew where the server knows nothing of it
  },
  async tooLarge() {
    return sent(Buffer.alloc(10), { tus: { uploadSize: 33 * 2 ** 20 } });
  },
};

for (const [number, [name, run]] of Object.entries(cases).entries()) {
  const bytes = readFileSync(files[number % files.length]);
  const ended = await run(bytes);
  const expected = { sha256: digest(bytes), size: bytes.length, device, serverKey };
  const believed = ended.receipt ? Boolean(await readReceipt(ended.receipt, expected)) : null;
  console.log(JSON.stringify({ name, size: bytes.length, ...ended, believed }));
}
