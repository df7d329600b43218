// Photos beside what they show: small copies with what became of each, a larger look, and taking one more. A photo that was
// taken is never taken away: one that is taken off a finding stays on the record. Not here: the camera and the upload
// (the shell).
import { button, h, icon, t } from "#mj/assessments/kit.js";

// The photos of a holder ({finding} or {check}); with the gallery where the check allows it. `take(origin)` takes one more,
// null where there is nothing yet that it could belong to.
export function picturesOf(screen, check, evidence, holder, take) {
  const loose = screen.work.editable ? looseOf(screen, check, holder) : null;
  const gallery = check.gallery && take ? button(t("From the gallery (marked for good)"), () => take("gallery"), { kind: "quiet", "data-key": "gallery" }) : null;
  if (!evidence.length) return h("div", { class: "fa-pictures" }, loose, gallery);
  const list = evidence.map((digest, place) => h("li", {}, picture(screen, check, holder, digest, place)));
  return h("div", { class: "fa-pictures" }, h("ul", { class: "fa-thumbs", "aria-label": t("Photos") }, ...list), loose, gallery);
}

// Photos of this check that belong to no finding yet can be put to this one.
function looseOf(screen, check, holder) {
  const loose = screen.loosePhotos(check.code);
  const held = holder.finding || screen.work.part(check.code).absent;
  if (!loose.length || !held) return null;
  const put = () => screen.trying(() => screen.work.act([{ edit: "attach", ...holder, evidence: loose }], { of: [check.code] }));
  return button(t("Put {count} photos here that belong to no finding yet", { count: loose.length }), put, { mark: "camera", "data-key": "loose" });
}

function picture(screen, check, holder, digest, place) {
  const state = screen.captureState(digest);
  const image = h("img", { alt: "", width: 96, height: 72, loading: "lazy" });
  screen.thumbnail(digest).then((url) => (url ? (image.src = url) : image.replaceWith(icon("check"))));
  const look = () => openPicture(screen, check, holder, digest, place);
  return h("button", { type: "button", class: `fa-thumb ${state}`, onclick: look, "data-key": `photo-${digest.slice(0, 8)}`, "aria-label": t("Photo {number}: {state}", { number: place + 1, state: stateText(state) }) },
    image, h("span", { class: "fa-thumb-state", "aria-hidden": "true" }, stateText(state)), screen.isChosen(digest) ? h("span", { class: "fa-thumb-chosen" }, t("gallery")) : null);
}

// Only here, on its way, arrived: in the words of the outbox.
function stateText(state) {
  return { local: () => t("only here"), promised: () => t("on its way"), kept: () => t("arrived"), released: () => t("given up") }[state]?.() ?? t("only here");
}

// Large, with retaking: the new photo is put to the finding, the old one stays on the record.
function openPicture(screen, check, holder, digest, place) {
  const image = h("img", { class: "fa-large", alt: t("Photo {number} of {code}", { number: place + 1, code: check.code }) });
  screen.picture(digest).then((url) => url && (image.src = url));
  const close = () => dialog.close();
  const retake = () => screen.trying(async () => {
    close();
    await screen.photo(check, holder, "camera");
  });
  const off = () => screen.trying(async () => {
    await screen.work.act([{ edit: "detach", ...holder, evidence: [digest] }], { of: [check.code] });
    close();
  });
  const acts = screen.work.editable ? [button(t("Take one more"), retake, { kind: "strong", mark: "camera" }), button(t("Take off this finding"), off, { kind: "quiet danger" })] : [];
  const dialog = h("dialog", { class: "fa-sheet", "aria-label": t("Photo"), onclose: () => dialog.remove() }, h("div", { class: "fa-sheet-body", tabindex: "0" }, image,
    screen.isChosen(digest) ? h("p", { class: "fa-notice watch" }, t("Chosen from the gallery, not taken in the app: marked for good.")) : null,
    h("p", { class: "fa-fine" }, t("What was taken stays on the record, also when it is taken off a finding."))),
    h("footer", { class: "fa-sheet-foot" }, h("div", { class: "fa-row" }, ...acts, button(t("Close"), close, { kind: "primary" }))));
  document.body.append(dialog);
  dialog.showModal();
}
