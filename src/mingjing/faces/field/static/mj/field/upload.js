// Bytes of one photo to the installation by tus 1.0, going on where they were cut. What the installation has is what it
// says; nothing is sent twice that it has. Not here: which photo, when (sync.js).
import { base64 } from "#mj/field/bytes.js";
import { Offline, Refused } from "#mj/field/device.js";
import { readReceipt } from "#mj/field/receipts.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const OCTETS = { "Content-Type": "application/offset+octet-stream" };
const TRIES = 8; // cuts in a row with nothing gained, before another time is waited for

// Send `bytes` of a photo; resolves to its receipt. `at` is the address of an upload begun before, or null; `begun(address)`
// is told of a new one. Throws Offline (another time), Refused (never).
export async function upload(device, { sha256, size }, bytes, at, begun) {
  const expected = { sha256, size, device: device.id, serverKey: device.known.serverKey };
  let address = at, lost = 0;
  for (;;) {
    try {
      const response = address ? await goOn(device, address, bytes) : await begin(device, sha256, bytes);
      if (!address) await begun((address = response.headers.get("Location")));
      const receipt = response.headers.get("Mingjing-Receipt");
      if (receipt) return await believed(receipt, expected);
      lost = 0;
    } catch (error) {
      if (error instanceof Refused) {
        if (error.code === "upload.gone" || error.code === "upload.checksum") address = await fresh(begun);
        else if (!["upload.offset", "upload.busy"].includes(error.code)) throw error;
      } else if (!(error instanceof Offline)) throw error;
      const found = address ? null : await askedFor(device, sha256);
      if (found) return await believed(found, expected);
      if ((lost += 1) >= TRIES) throw error instanceof Offline ? error : new Offline(String(error));
      await device.world.wait(Math.min(30_000, 250 * 2 ** lost));
    }
  }
}

async function fresh(begun) {
  await begun(null);
  return null;
}

// A new upload with all its bytes; after a cut the address is not known, and what was sent is lost with it. So the upload
// is begun first where bytes are many, and its bytes follow.
async function begin(device, sha256, bytes) {
  const headers = { ...TUS, "Upload-Length": String(bytes.byteLength), "Upload-Metadata": `sha256 ${base64(sha256)}` };
  return device.asked("POST", "/field/api/uploads/", { headers });
}

// From where it stands: asked first, for whoever was cut does not know what arrived.
async function goOn(device, address, bytes) {
  const head = await device.asked("HEAD", address, { headers: TUS });
  if (head.headers.get("Mingjing-Receipt")) return head;
  const offset = Number(head.headers.get("Upload-Offset"));
  return device.asked("PATCH", address, { headers: { ...TUS, ...OCTETS, "Upload-Offset": String(offset) }, body: bytes.slice(offset) });
}

// The receipt of bytes that arrived while the answer was lost.
async function askedFor(device, sha256) {
  try {
    return (await device.asked("GET", `/field/api/receipts/${sha256}/`)).headers.get("Mingjing-Receipt");
  } catch {
    return null;
  }
}

async function believed(written, expected) {
  const receipt = await readReceipt(written, expected);
  if (!receipt) throw new Offline("a receipt that does not hold");
  return receipt;
}
