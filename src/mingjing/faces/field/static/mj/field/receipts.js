// What the installation signed: receipts for photos, and where its ledger ended. Only what holds lets a photo go.
// docs/reference/field-protocol.md. Old browsers cannot check Ed25519 themselves; the module beside this one does.
import { fromBase64url, text, utf8 } from "#mj/field/bytes.js";
import { verifyAsync } from "#mj/field/vendor/noble-ed25519.js";
import { canonical } from "#mj/logic/canonical.js";

/** The receipt in a header, if it is one for these bytes of this phone, signed by the key the phone was given; else null. */
export async function readReceipt(written, { sha256, size, device, serverKey }, verify = verifyAsync) {
  let receipt;
  try {
    receipt = JSON.parse(text(fromBase64url(written)));
  } catch {
    return null;
  }
  const right = receipt?.format === "mingjing.receipt/1" && receipt.sha256 === sha256 && receipt.size === size && receipt.device === device;
  return right && (await isSigned(receipt, serverKey, verify)) ? receipt : null;
}

/** Whether a document was signed by the installation. */
export async function isSigned(document, serverKey, verify = verifyAsync) {
  try {
    const { signature, ...signed } = document;
    if (signed.key !== serverKey) return false;
    return await verify(fromBase64url(signature), utf8(canonical(signed)), fromBase64url(serverKey));
  } catch {
    return false;
  }
}
