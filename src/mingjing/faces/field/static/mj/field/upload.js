// Bytes of one photo to the installation by tus 1.0, going on where they were cut. What the installation has is what it
// says; nothing is sent twice that it has. Not here: which photo, when (sync.js).
//
// An upload is begun without bytes, which costs a short request: were they in it and it were cut, nobody knew the address
// of what arrived, and all of it would go up again.
import { base64 } from "#mj/field/bytes.js";
import { Offline, Refused } from "#mj/field/device.js";
import { readReceipt } from "#mj/field/receipts.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const OCTETS = { "Content-Type": "application/offset+octet-stream" };
const TRIES = 8; // cuts in a row with nothing gained, before another time is waited for
const ANSWERED = 3; // the same of a server that answers and is not well
const SMALLEST = 64 * 1024; // bytes of a piece, where something in between takes no larger ones
// Answers to HEAD have no body: what their status means.
const MEANT = { 404: "upload.gone", 409: "upload.offset", 410: "upload.gone", 422: "upload.gone", 423: "upload.busy", 460: "upload.checksum" };
const ANEW = new Set(["upload.gone", "upload.checksum"]);
const AGAIN = new Set(["upload.offset", "upload.busy"]);

/**
 * Send `bytes` of a photo; resolves to its receipt. `at` is the address of an upload begun before, or null; `begun(address)`
 * is told of a new one, null where the old one is no more. Throws Offline (another time), Refused (not as they are).
 */
export async function upload(device, { sha256, size }, bytes, at, begun) {
  const expected = { sha256, size, device: device.id, serverKey: device.known.serverKey };
  const run = { device, bytes, sha256, begun, address: at, offset: null, piece: bytes.byteLength, lost: 0 };
  for (;;) {
    try {
      const written = await step(run);
      if (written) return await believed(device, written, expected);
    } catch (error) {
      const again = await meant(run, error);
      if (again) continue;
      const found = run.address ? null : await askedFor(device, sha256);
      if (found) return await believed(device, found, expected);
      if ((run.lost += 1) >= tries(error)) throw error instanceof Offline ? error : new Offline(String(error), error.status);
      await device.world.wait(pause(device.world, run.lost));
    }
  }
}

// One request; a receipt if it ended the upload.
async function step(run) {
  const { device, bytes } = run;
  if (!run.address) return begin(run);
  if (run.offset === null) return stands(run, await device.asked("HEAD", run.address, { headers: TUS }));
  const { offset, piece } = run;
  run.offset = null; // after a cut nobody knows
  const answer = await device.asked("PATCH", run.address, { headers: { ...TUS, ...OCTETS, "Upload-Offset": String(offset) }, body: bytes.subarray(offset, offset + piece) });
  const receipt = stands(run, answer);
  if (!receipt && run.offset <= offset) throw new Offline("nothing was gained");
  run.lost = 0;
  return receipt;
}

async function begin(run) {
  const { device, sha256, bytes } = run;
  const headers = { ...TUS, "Upload-Length": String(bytes.byteLength), "Upload-Metadata": `sha256 ${base64(sha256)}` };
  const answer = await device.asked("POST", "/field/api/uploads/", { headers });
  const address = answer.headers.get("Location");
  if (!address) throw new Offline("what answers is not the installation");
  const receipt = stands(run, answer);
  await run.begun(address).catch(full);
  run.address = address;
  return receipt;
}

// Where the upload stands, as an answer says; its receipt, if it is whole.
function stands(run, { headers }) {
  const offset = headers.get("Upload-Offset");
  if (!headers.get("Tus-Resumable") || !/^\d{1,15}$/.test(offset ?? "")) throw new Offline("what answers is not the installation");
  run.offset = Number(offset);
  return headers.get("Mingjing-Receipt");
}

// Whether a fault is put right by going on at once; throws what no time mends.
async function meant(run, error) {
  if (error instanceof Offline) return false;
  if (!(error instanceof Refused)) throw error;
  if (error.status === 413 && !error.code && run.piece > SMALLEST) {
    run.piece = Math.max(SMALLEST, Math.floor(run.piece / 4));
    return true;
  }
  const code = error.code || MEANT[error.status];
  if (!ANEW.has(code) && !AGAIN.has(code)) throw error;
  if (ANEW.has(code)) {
    Object.assign(run, { address: null, offset: null });
    await run.begun(null).catch(full);
  }
  return false;
}

// A phone that is full cannot remember where an upload goes on: it goes on all the same.
function full(error) {
  if (error?.name !== "QuotaExceededError") throw error;
}

// The receipt of bytes that arrived while the answer was lost.
async function askedFor(device, sha256) {
  try {
    return (await device.asked("GET", `/field/api/receipts/${sha256}/`)).headers.get("Mingjing-Receipt");
  } catch (error) {
    if (error instanceof Offline || (error instanceof Refused && error.code !== "field.revoked")) return null;
    throw error;
  }
}

async function believed(device, written, expected) {
  const receipt = await readReceipt(written, expected, device.world.verify);
  if (!receipt) throw new Offline("a receipt that does not hold");
  return receipt;
}

const tries = (error) => (error instanceof Offline && error.status ? ANSWERED : TRIES);

// Milliseconds to wait after so many cuts, not the same for every phone.
function pause({ crypto }, lost) {
  const [chance] = crypto.getRandomValues(new Uint8Array(1));
  return Math.min(30_000, 250 * 2 ** lost) * (0.75 + chance / 512);
}
