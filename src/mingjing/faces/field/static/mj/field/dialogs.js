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
    dialog.append(...build(close, dialog).filter(Boolean));
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
    const torch = h("span", { class: "fl-torch" });
    lens.then((found) => found && torch.replaceChildren(...torchOf(found)));
    shutter.addEventListener("click", async () => {
      shutter.disabled = true;
      try {
        const at = new Date().toISOString();
        const { bytes, mediaType } = await shot(video, await lens);
        close({ bytes, mediaType, at, challenge: challenge && { ...challenge, answered: !missed.checked } });
      } catch (error) {
        told.textContent = t("The camera gave no picture ({detail}); try again.", { detail: String(error.message ?? error) });
        shutter.disabled = false;
      }
    });
    dialog.addEventListener("gone", async () => (await lens)?.getTracks().forEach((track) => track.stop()));
    return [h("h2", {}, title), video, asked, told, h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), shutter, torch)];
  }, { full: true });
}

// A switch for the light, where the camera has one.
function torchOf(lens) {
  const [track] = lens.getVideoTracks();
  if (!track.getCapabilities?.().torch) return [];
  const made = button(t("Light"), async () => {
    const on = made.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] }).then(() => made.setAttribute("aria-pressed", String(on)), () => made.remove());
  });
  made.setAttribute("aria-pressed", "false");
  return [made];
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

const PATIENCE = 800; // milliseconds for which the camera's own picture is waited for
let late = false; // a camera that once gave none in time, or none of use, is not asked again

// The camera's own picture where the browser gives it soon, else what the video showed when the shutter was pressed.
async function shot(video, lens) {
  const seen = frame(video);
  const own = late ? null : await ownPicture(lens);
  late = !own;
  const blob = own ?? (await seen);
  return { bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: "image/jpeg" };
}

function frame(video) {
  const canvas = h("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", 0.92));
}

async function ownPicture(lens) {
  try {
    const [track] = lens.getVideoTracks();
    const taken = new ImageCapture(track).takePhoto().then((blob) => (blob.type === "image/jpeg" ? blob : null));
    taken.catch(() => {}); // of a camera that was shut meanwhile
    return await Promise.race([taken, new Promise((done) => setTimeout(done, PATIENCE, null))]);
  } catch {
    return null; // some cameras cannot, some browsers have none; the video can
  }
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

// What was just taken, with its watermark: nothing is asked, it is kept already.
export function look(canvas) {
  return shown(t("The photo is kept"), (close) => [canvas, h("p", { class: "fl-told" }, t("The photo is kept")), h("div", { class: "fl-row" }, button(t("Go on"), () => close(true), { kind: "primary" }))], { full: true });
}

// A signature drawn on the glass with a finger, or a name typed by who cannot: {bytes, mediaType}.
export function signature({ title }) {
  return shown(title, (close) => {
    const pad = new Pad();
    const name = h("input", { type: "text", autocomplete: "off", maxlength: 60 });
    const told = h("p", { class: "fl-told", role: "status" });
    name.addEventListener("input", () => pad.write(name.value.trim()));
    for (const [element, event] of [[name, "input"], [pad.canvas, "pointerdown"]]) element.addEventListener(event, () => (told.textContent = ""));
    const clear = () => {
      name.value = "";
      pad.clear();
    };
    const done = async () => {
      if (!pad.marked) return (told.textContent = t("Nothing is drawn yet."));
      const blob = await new Promise((made) => pad.canvas.toBlob(made, "image/png"));
      return close({ bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: "image/png" });
    };
    return [h("h2", {}, title), pad.canvas, told, h("label", { class: "fl-field" }, h("span", {}, t("Or type the name instead")), name),
      h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), button(t("Clear"), clear), button(t("Done signing"), done, { kind: "primary" }))];
  }, { full: true });
}

class Pad {
  constructor() {
    this.canvas = h("canvas", { width: 640, height: 320, class: "fl-pad", role: "img", "aria-label": t("Sign here with a finger") });
    this.pen = this.canvas.getContext("2d");
    this.clear();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => event.pointerId === this.finger && this.draw(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) this.canvas.addEventListener(name, (event) => event.pointerId === this.finger && (this.finger = null));
  }

  clear() {
    this.pen.fillStyle = "#fff";
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    Object.assign(this.pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#10284f" });
    Object.assign(this, { strokes: 0, typed: "", finger: null });
  }

  get marked() {
    return this.strokes >= 3 || this.typed !== "";
  }

  begin(event) {
    if (this.typed) this.clear();
    this.finger = event.pointerId; // one finger draws: a palm beside it does not
    this.canvas.setPointerCapture(event.pointerId);
    this.pen.beginPath();
    this.pen.moveTo(...this.at(event));
  }

  draw(event) {
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
    this.strokes += 1;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * this.canvas.width) / box.width, ((event.clientY - box.top) * this.canvas.height) / box.height];
  }

  // A typed name is seen to be typed: it does not pass for a signature by hand.
  write(name) {
    this.clear();
    if (!name) return;
    this.typed = name;
    const { width, height } = this.canvas;
    Object.assign(this.pen, { fillStyle: "#10284f", textAlign: "center", textBaseline: "middle", font: "72px sans-serif" });
    this.pen.fillText(name, width / 2, height / 2 - 20, width - 40);
    this.pen.font = "24px sans-serif";
    this.pen.fillText(t("Name typed on the phone"), width / 2, height - 40, width - 40);
  }
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
      h("form", { class: "fl-typed", onsubmit: use }, h("label", {}, t("Or type the code on the sign"), field), h("div", { class: "fl-row" }, button(t("Cancel"), () => close()), h("button", { class: "fl-button primary" }, t("Use this code"))))];
  }, { full: true });
}

async function watched(video, told, close, dialog) {
  const detector = await reader().catch(() => null);
  if (!detector) {
    told.textContent = t("This browser cannot scan; type the code.");
    return null;
  }
  try {
    const lens = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    video.srcObject = lens;
    video.hidden = false;
    await video.play();
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

// The browser's own reader of QR codes, else the one beside this module.
export async function reader() {
  const wanted = { formats: ["qr_code"] };
  const own = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (own?.includes("qr_code")) return new BarcodeDetector(wanted);
  const { n: prepare, t: Reader } = await import("#mj/field/vendor/barcode-detector.js");
  await prepare({ overrides: { locateFile: () => document.body.dataset.reader }, fireImmediately: true });
  return new Reader(wanted);
}

// Cover everything with what `build` makes until `isOpen()`; nothing else takes it away.
export async function covered(build, isOpen) {
  let uncover;
  const over = new Promise((done) => (uncover = done));
  const dialog = h("dialog", { class: "fl-dialog full fl-cover", "aria-label": t("Locked") });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => !isOpen() && dialog.isConnected && dialog.showModal());
  dialog.append(h("h2", {}, t("Locked")), await build(() => uncover()));
  document.body.append(dialog);
  dialog.showModal();
  await over;
  dialog.remove();
}
