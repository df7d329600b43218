// Bytes as texts and back. Not here: what they mean.
export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder().decode(bytes);

export function base64url(bytes) {
  let found = "";
  for (const byte of new Uint8Array(bytes)) found += String.fromCharCode(byte);
  return btoa(found).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(written) {
  return Uint8Array.from(atob(written.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

export const base64 = (words) => btoa(String.fromCharCode(...utf8(words)));
