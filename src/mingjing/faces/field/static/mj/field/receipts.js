// What the installation signed: receipts for photos, and where its ledger ended. Only what holds lets a photo go.
// docs/reference/field-protocol.md. Browsers that cannot check Ed25519 themselves do it by the module beside this one.
import { fromBase64url, text, utf8 } from "#mj/field/bytes.js";
import { verifyAsync } from "#mj/field/vendor/noble-ed25519.js";
import { canonical } from "#mj/logic/canonical.js";

// The receipt in a header, if it is one for these bytes of this phone, signed by the key the phone was given; else null.
export async function readReceipt(written, { sha256, size, device, serverKey }) {
  let receipt;
  try {
    receipt = JSON.parse(text(fromBase64url(written)));
  } catch {
    return null;
  }
  const right = receipt.format === "mingjing.receipt/1" && receipt.sha256 === sha256 && receipt.size === size && receipt.device === device;
  return right && (await isSigned(receipt, serverKey)) ? receipt : null;
}

// Whether a document was signed by the installation.
export async function isSigned(document, serverKey) {
  const { signature, ...signed } = document;
  if (signed.key !== serverKey) return false;
  try {
    return await verifyAsync(fromBase64url(signature), utf8(canonical(signed)), fromBase64url(serverKey));
  } catch {
    return false;
  }
}
