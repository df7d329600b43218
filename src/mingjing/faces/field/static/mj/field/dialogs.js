// What comes up over a screen and gives something back: the camera, a signature, a code that is scanned, a question.
// Each resolves to null where nobody went through with it. Not here: keeping what they give (photos.js).
import { h, icon, t } from "#mj/field/kit.js";

// Show a dialog until `close(value)` is called; resolves to the value.
function shown(label, build, { full = false } = {}) {
  return new Promise((resolve) => {
    let answer = null;
    const close = (value = null) => {
      answer = value;
      dialog.close();
    };
    const dialog = h("dialog", { class: `fl-dialog${full ? " full" : ""}`, "aria-label": label });
    dialog.addEventListener("close", () => {
      dialog.dispatchEvent(new Event("gone"));
      dialog.remove();
      resolve(answer);
    });
    dialog.append(...build(close, dialog));
    document.body.append(dialog);
    dialog.showModal();
  });
}

const button = (label, act, { kind = "", mark = null } = {}) => h("button", { type: "button", class: `fl-button ${kind}`, onclick: act }, mark ? icon(mark) : null, h("span", {}, label));

export function confirmed(question, yes) {
  return shown(question, (close) => [h("p", {}, question), h("div", { class: "fl-row" }, button(t("Cancel"), () => close(false)), button(yes, () => close(true), { kind: "primary" }))]);
}

// A photo taken live: {bytes, mediaType, challenge}. `challenge` is {kind: "word", word} | {kind: "angle"} | null.
export function camera({ title, challenge }) {
  return shown(title, (close, dialog) => {
    const video = h("video", { autoplay: true, muted: true, playsinline: true, "aria-label": t("Picture of the camera") });
    const told = h("p", { class: "fl-told", role: "status" });
    const missed = h("input", { type: "checkbox" });
    const asked = challenge ? h("div", { class: "fl-challenge" }, h("p", {}, challengeText(challenge)), h("label", {}, missed, t("Not possible here"))) : null;
    const shutter = h("button", { type: "button", class: "fl-shutter", "aria-label": t("Take the photo"), disabled: true });
    const lens = opened(video, told, shutter);
    shutter.addEventListener("click", async () => {
      shutter.disabled = true;
      try {
        const { bytes, mediaType } = await shot(video, await lens);
        close({ bytes, mediaType, challenge: challenge && { ...challenge, answered: !missed.checked } });
      } catch (error) {
        told.textContent = t("The camera gave no picture ({detail}); try again.", { detail: String(error.message ?? error) });
        shutter.disabled = false;
      }
    });
    dialog.addEventListener("gone", async () => (await lens)?.getTracks().forEach((track) => track.stop()));
    return [h("h2", {}, title), video, asked, told, h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), shutter)];
  }, { full: true });
}

function challengeText(challenge) {
  if (challenge.kind === "word") return t("Write {word} on paper and hold it into the picture", { word: challenge.word });
  return t("Take this picture from an odd angle: from below, or from the side");
}

async function opened(video, told, shutter) {
  try {
    const lens = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1920 } }, audio: false });
    video.srcObject = lens;
    await video.play();
    shutter.disabled = false;
    return lens;
  } catch (error) {
    told.textContent = t("The camera cannot be used ({detail}). Allow it in the settings of the browser.", { detail: String(error.name ?? error) });
    return null;
  }
}

// The camera's own picture where the browser gives it, else what the video shows.
async function shot(video, lens) {
  const [track] = lens.getVideoTracks();
  if (globalThis.ImageCapture) {
    try {
      const blob = await new ImageCapture(track).takePhoto();
      if (blob.type === "image/jpeg") return { bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: blob.type };
    } catch {
      // some cameras cannot; the video can
    }
  }
  const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return { bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: "image/jpeg" };
}

// Pictures out of the gallery: [{bytes, mediaType}].
export function gallery() {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/heic", multiple: true });
    input.addEventListener("change", async () => resolve(await Promise.all([...input.files].map(async (file) => ({ bytes: new Uint8Array(await file.arrayBuffer()), mediaType: file.type || "image/jpeg" })))));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

// A copy to look at with the visible watermark drawn on it; the original is never touched.
export async function marked(bytes, mediaType, lines) {
  const picture = await createImageBitmap(new Blob([bytes], { type: mediaType }));
  const scale = Math.min(1, 1280 / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale), role: "img", "aria-label": lines.join(", ") });
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const size = Math.max(14, Math.round(canvas.width / 32)), band = (size + 6) * lines.length + 12;
  pen.fillStyle = "rgb(0 0 0 / 62%)";
  pen.fillRect(0, canvas.height - band, canvas.width, band);
  pen.fillStyle = "#fff";
  pen.font = `${size}px sans-serif`;
  lines.forEach((line, place) => pen.fillText(line, 10, canvas.height - band + (size + 6) * (place + 1)));
  return canvas;
}

// What was just taken, with its watermark: nothing is asked, it is kept already.
export function look(canvas) {
  return shown(t("The photo is kept"), (close) => [canvas, h("p", { class: "fl-told" }, t("The photo is kept")), h("div", { class: "fl-row" }, button(t("Go on"), () => close(true), { kind: "primary" }))], { full: true });
}

// A signature drawn on the glass: {bytes, mediaType}.
export function signature({ title }) {
  return shown(title, (close) => {
    const canvas = h("canvas", { width: 640, height: 320, class: "fl-pad", "aria-label": t("Sign here with a finger") });
    const pen = canvas.getContext("2d");
    let drawn = 0, down = false;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
    };
    const clear = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#10284f" });
      drawn = 0;
    };
    clear();
    canvas.addEventListener("pointerdown", (event) => {
      down = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!down) return;
      pen.lineTo(...at(event));
      pen.stroke();
      drawn += 1;
    });
    canvas.addEventListener("pointerup", () => (down = false));
    const told = h("p", { class: "fl-told", role: "status" });
    const done = async () => {
      if (drawn < 3) return (told.textContent = t("Nothing is drawn yet."));
      const blob = await new Promise((made) => canvas.toBlob(made, "image/png"));
      return close({ bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: "image/png" });
    };
    return [h("h2", {}, title), canvas, told, h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), button(t("Clear"), clear), button(t("Done"), done, { kind: "primary" }))];
  }, { full: true });
}

// What a QR code says, scanned where the browser can, else typed.
export function scan({ title, hint }) {
  return shown(title, (close, dialog) => {
    const video = h("video", { autoplay: true, muted: true, playsinline: true, hidden: true, "aria-label": t("Picture of the camera") });
    const told = h("p", { class: "fl-told", role: "status" });
    const field = h("input", { type: "text", autocapitalize: "characters", autocomplete: "off", "aria-label": t("Code on the sign") });
    const use = (event) => {
      event.preventDefault();
      if (field.value.trim()) close(field.value.trim());
    };
    const lens = watched(video, told, close, dialog);
    dialog.addEventListener("gone", async () => (await lens)?.getTracks().forEach((track) => track.stop()));
    return [h("h2", {}, title), hint ? h("p", {}, hint) : null, video, told,
      h("form", { class: "fl-typed", onsubmit: use }, h("label", {}, t("Or type the code on the sign"), field), h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), h("button", { class: "fl-button primary" }, t("Use this code"))))].filter(Boolean);
  }, { full: true });
}

async function watched(video, told, close, dialog) {
  if (!globalThis.BarcodeDetector) {
    told.textContent = t("This browser cannot scan; type the code.");
    return null;
  }
  try {
    const lens = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    video.srcObject = lens;
    video.hidden = false;
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const timer = setInterval(async () => {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) close(found.rawValue);
    }, 250);
    dialog.addEventListener("gone", () => clearInterval(timer));
    return lens;
  } catch (error) {
    told.textContent = t("The camera cannot be used ({detail}). Allow it in the settings of the browser.", { detail: String(error.name ?? error) });
    return null;
  }
}
