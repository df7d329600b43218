// Copies of photos to look at: a small one, and a large one with its watermark. The photo itself is never touched.
// Not here: keeping any of them.
import { h } from "#mj/field/kit.js";

const SMALL = 320, LARGE = 1280; // pixels of the longer side

// A small JPEG of a picture, as bytes; null of one that this browser cannot show.
export async function thumbnail(bytes, mediaType) {
  try {
    const canvas = await drawn(bytes, mediaType, SMALL);
    const blob = await blobOf(canvas, 0.72);
    return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

// A canvas with the picture and these lines over its foot.
export async function marked(bytes, mediaType, lines) {
  const canvas = await drawn(bytes, mediaType, LARGE);
  const said = lines.filter(Boolean);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", said.join(", "));
  const pen = canvas.getContext("2d");
  const size = Math.max(14, Math.round(canvas.width / 24)), band = (size + 6) * said.length + 12;
  pen.fillStyle = "rgb(0 0 0 / 62%)";
  pen.fillRect(0, canvas.height - band, canvas.width, band);
  pen.fillStyle = "#fff";
  pen.font = `${size}px sans-serif`;
  said.forEach((line, place) => pen.fillText(line, 10, canvas.height - band + (size + 6) * (place + 1), canvas.width - 20));
  return canvas;
}

async function drawn(bytes, mediaType, longest) {
  const picture = await createImageBitmap(new Blob([bytes], { type: mediaType }));
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

export const blobOf = (canvas, quality = 0.88) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
