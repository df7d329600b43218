// The sheet that slides up over the form for one check: a finding with its answer, place, photos and note; or what there
// is to know before one answers. Not here: the row on the form (row.js), how photos are taken (pictures.js).
import { answerOf, isMeasured, sameAs, tapAnswer } from "#mj/assessments/acts.js";
import { backgroundOf, sampleField } from "#mj/assessments/background.js";
import { Draft } from "#mj/assessments/draft.js";
import { answerField, field, noteField, placeField } from "#mj/assessments/fields.js";
import { button, h, isChinese, refusalText, said, t } from "#mj/assessments/kit.js";
import { absenceForm } from "#mj/assessments/absence.js";
import { picturesOf } from "#mj/assessments/pictures.js";
import { lastPlace, quickWords, recentPlaces } from "#mj/assessments/places.js";

const USUAL = () => [t("entrance hall"), t("stairs"), t("lift"), t("underground car park"), t("gate"), t("roof"), t("green")];

// A tap on "Deduct": recorded at once, at the place of the last finding, and the sheet slides up. A share has no tap.
export async function deduct(screen, check) {
  const { work } = screen;
  const draft = new Draft(work, check, null, () => {});
  const place = lastPlace(work.sheet, work.person.token);
  const standing = check.added ? null : work.part(check.code).findings[0];
  if (standing || !tapAnswer(check)) return openCheck(screen, check, standing?.id ?? null);
  await screen.trying(async () => {
    await draft.keep({ place });
    screen.feel();
    openCheck(screen, check, draft.finding);
  });
}

// Open the sheet of a check, on one of its findings, or on none: for a share that is entered, or to look things up.
export function openCheck(screen, check, finding = null, { entering = isMeasured(check) } = {}) {
  const sheet = new Sheet(screen, check, finding, entering);
  sheet.open();
  return sheet;
}

class Sheet {
  constructor(screen, check, finding, entering) {
    Object.assign(this, { screen, check, work: screen.work, entering: entering || Boolean(finding) });
    this.draft = new Draft(this.work, check, finding, (told) => this.told(told));
    this.status = h("p", { class: "fa-kept", role: "status" });
    this.alert = h("p", { class: "fa-problem", role: "alert", hidden: true });
  }

  open() {
    this.body = h("div", { class: "fa-sheet-body", tabindex: "0" });
    this.dialog = h("dialog", { class: "fa-sheet", "aria-labelledby": "fa-sheet-title", onclose: () => this.closed(), oncancel: (event) => this.cancel(event) },
      this.head(), this.body, this.foot());
    this.fill();
    document.body.append(this.dialog);
    this.screen.sheet = this;
    this.dialog.showModal();
    this.unlisten = this.work.listen((codes) => codes.includes(this.check.code) && this.renew());
    this.leaving = () => document.visibilityState === "hidden" && this.draft.flush();
    document.addEventListener("visibilitychange", this.leaving);
  }

  head() {
    const { code, title, critical } = this.check;
    return h("header", { class: "fa-sheet-head" },
      h("h2", { id: "fa-sheet-title" }, h("span", { class: "fa-code" }, code), " ", critical ? h("span", { class: "fa-star" }, "★") : null, said(title)),
      button("✕", () => this.leave(), { kind: "quiet", name: t("Close"), "data-key": "close" }));
  }

  // The photo and "Done" stand where the thumb is.
  foot() {
    const photo = this.editable ? button(t("Photo"), () => this.photo(), { kind: "strong", mark: "camera", "data-key": "photo" }) : null;
    this.photoButton = photo;
    return h("footer", { class: "fa-sheet-foot" }, this.status, this.alert, h("div", { class: "fa-row" }, photo, button(this.entering && this.editable ? t("Keep and go back") : t("Close"), () => this.leave(), { kind: "primary", "data-key": "done" })));
  }

  get editable() {
    return this.work.editable;
  }

  get entry() {
    return this.draft.entry;
  }

  fill() {
    const parts = this.entering ? this.findingParts() : [];
    this.pictures = h("div", {});
    this.parts = h("div", {}, ...parts);
    this.body.replaceChildren(...backgroundOf(this.screen, this.check), ...this.sample(), this.parts, this.pictures, ...this.otherParts());
    this.renew();
  }

  findingParts() {
    const { entry, check, draft } = this;
    if (!this.editable) return [];
    const held = entry ? answerOf(check, entry) : {};
    const [sheet, change] = [this.work.sheet, (part) => draft.change(part)];
    const place = entry?.place ?? lastPlace(sheet, this.work.person.token);
    const recent = recentPlaces(sheet, this.screen.otherPlaces()).filter((one) => one !== place);
    const words = quickWords((sheet.findings ?? []).map(({ place }) => place), USUAL());
    if (!entry && isMeasured(check)) draft.changes = { place };
    return [
      answerField(check, held, change),
      placeField({ value: place, recent, words, gap: isChinese() ? "" : " " }, (value) => change({ place: value })),
      noteField(entry?.note ?? "", (note) => change({ note })),
      this.sameField(),
    ].filter(Boolean);
  }

  // One fact is deducted once: this one can be the same thing as another finding.
  sameField() {
    const others = (this.work.sheet.findings ?? []).filter(({ id }) => id !== this.draft.finding);
    if (!others.length || !this.entry) return null;
    const chosen = sameAs(this.entry, this.work.sheet);
    const option = (value, label) => h("option", { value, selected: value === chosen }, label);
    const choose = (event) => this.draft.change({ same_as: event.target.value });
    return field(t("The same thing as (deducted once)"), h("select", { onchange: choose, "data-key": "same" },
      option("", t("a thing of its own")), ...others.map(({ id, check, place, note }) => option(id, `${check} ${place || note}`))));
  }

  // Which of many to look at comes before what was found there.
  sample() {
    return this.editable && this.check.sample && this.work.record.seed && !this.entry ? [sampleField(this.screen, this.check)] : [];
  }

  otherParts() {
    if (!this.editable) return [];
    const { check, screen } = this;
    const part = this.work.part(check.code);
    const absence = check.na && !part.findings.length && !this.entering ? absenceForm(screen, check, () => this.fill()) : null;
    const remove = this.entering ? button(t("Remove this finding"), () => this.remove(), { kind: "quiet danger", "data-key": "remove" }) : null;
    this.removeButton = remove;
    return [absence, remove].filter(Boolean);
  }

  // What may change while the sheet is open: the photos, and whether there is a finding to remove.
  renew() {
    const { entry } = this;
    const part = this.work.part(this.check.code);
    const evidence = entry?.evidence ?? part.absent?.evidence ?? [];
    const holds = this.entering || Boolean(part.absent);
    const take = holds && this.editable ? (origin) => this.photo(origin) : null;
    this.pictures.replaceChildren(picturesOf(this.screen, this.check, evidence, this.holder(), take));
    if (this.removeButton) this.removeButton.hidden = !entry;
    if (this.photoButton) this.photoButton.hidden = !holds;
  }

  // What a photo is put to: the finding, or the check that does not apply.
  holder() {
    return this.draft.finding ? { finding: this.draft.finding } : { check: this.check.code };
  }

  // A photo belongs to something: what was entered is kept first.
  async photo(origin = "camera") {
    if (this.entering && !this.entry && !(await this.draft.flush())) return this.told({ refusal: unfinished() });
    await this.draft.flush();
    await this.screen.trying(() => this.screen.photo(this.check, this.holder(), origin), (refusal) => this.told({ refusal }));
  }

  async remove() {
    const { entry } = this;
    this.draft.changes = {};
    if (entry) await this.screen.trying(() => this.work.act([{ edit: "remove", finding: entry.id, expected: entry.version }]));
    this.dialog.close();
  }

  told({ kept, waiting, refusal }) {
    this.status.textContent = kept ? t("Kept on this phone") : waiting ? t("…") : "";
    this.alert.hidden = !refusal;
    this.alert.textContent = refusal ? refusalText(refusal) : "";
  }

  async leave() {
    if (await this.draft.flush() || this.left || !this.entering || !this.draft.entry && !this.isTyped()) this.dialog.close();
    this.left = true; // a second "Done" leaves what cannot be taken
  }

  // Whether somebody wrote more than what stood there.
  isTyped() {
    const { place, ...typed } = this.draft.changes;
    return Object.values(typed).some((value) => value !== null && value !== "");
  }

  cancel(event) {
    event.preventDefault();
    this.leave();
  }

  closed() {
    document.removeEventListener("visibilitychange", this.leaving);
    this.unlisten();
    this.dialog.remove();
    this.screen.back(this.check.code);
  }
}

const unfinished = () => ({ text: t("Enter the numbers first; then the photo has something to belong to.") });
