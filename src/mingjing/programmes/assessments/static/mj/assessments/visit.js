// The screen of one visit (or of a group that begins together): which of its views has its turn, and what the views ask of
// the shell: photos, signatures, words for the person. Not here: the views themselves.
import { Begin } from "#mj/assessments/begin.js";
import { challengeDue } from "#mj/assessments/challenges.js";
import { Finish } from "#mj/assessments/finish.js";
import { Form } from "#mj/assessments/form.js";
import { h, refusalText, said, t } from "#mj/assessments/kit.js";
import { Refusal } from "#mj/assessments/recording.js";
import { isBegun } from "#mj/assessments/standing.js";

const VIEWS = { form: Form, finish: Finish };

export class VisitScreen {
  // `works` are those that are begun together; the first is shown once it has begun. `shell` is the app's side.
  constructor(app, works, { notes = [], day = [], view = "", at = null } = {}) {
    Object.assign(this, { app, works, calibration: notes, day, at });
    [this.work] = works;
    this.element = h("div", { class: "fa-visit" });
    this.sheet = null; // of a check, while one is open
    this.show(isBegun(this.work.stand) ? view || "form" : "begin");
  }

  // The check that the screen was opened for, where the keyboard begins; null where it was opened for none.
  get focus() {
    return this.form?.rows.get(this.at) ?? null;
  }

  show(name, code = null) {
    this.view?.close();
    this.at = code ?? this.at;
    const before = this.view?.element;
    this.view = name === "begin" ? new Begin(this, this.works) : new VIEWS[name](this);
    this.form = name === "form" ? this.view : this.form;
    if (before) before.replaceWith(this.view.element);
    else this.element.prepend(this.view.element);
    this.form?.centre();
    if (name === "form" && code) this.view.focus(code);
    else this.element.scrollIntoView?.({ block: "start" });
  }

  // A check of the form, from wherever somebody is.
  goTo(code) {
    if (this.view instanceof Form) this.view.focus(code);
    else this.show("form", code);
  }

  begun() {
    if (this.works.length > 1) return this.app.home();
    return this.show("form");
  }

  // What did not go is told in the words of whoever refused it; anything else is a fault, and told as one.
  async trying(step, tell = null) {
    try {
      await step();
      return true;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (tell) tell(refusal);
      else this.say(refusalText(refusal));
      return false;
    }
  }

  // Said where it is seen: in the sheet that lies over everything, or by the shell.
  say(text) {
    if (this.sheet) this.sheet.told({ refusal: { text } });
    else this.app.say(text);
  }

  feel() {
    navigator.vibrate?.(15);
  }

  // The sheet of a check was closed: the form goes on where it was.
  back(code) {
    this.sheet = null;
    this.form?.rows.get(code)?.focus({ preventScroll: true });
  }

  notes(code) {
    return this.calibration.filter((note) => note.check === code);
  }

  // Places of the other visits of the day.
  otherPlaces() {
    return this.day.flatMap((work) => (work === this.work ? [] : (work.sheet.findings ?? []).map(({ place }) => place)));
  }

  // Take a photo and put it to its holder. It is kept by the shell before anything else; a holder that is gone leaves it
  // on the record, unbound.
  async photo(check, holder, origin) {
    const taken = await this.app.takePhoto({
      subject: this.work.record.subject, about: check.code, origin, check: `${check.code} ${said(check.title)}`,
      challenge: origin === "camera" ? this.challenge(check) : null,
    });
    for (const { sha256 } of taken) await this.work.act([{ edit: "attach", ...holder, evidence: [sha256] }], { of: [check.code], goesOn: true });
  }

  // What the scene is challenged with: the next photo that this phone takes of this check.
  challenge(check) {
    const own = Object.values(this.app.captures(this.work.record.subject));
    return challengeDue(this.work.record, check, own.filter(({ about }) => about === check.code).length);
  }

  // The photos of the visit, those that are only here among them: {digest: {state, about}}.
  captures() {
    return { ...this.app.captures(this.work.record.subject), ...this.work.stand.captures };
  }

  // Photos of a check that no finding cites: the page was killed, or their finding was not taken.
  loosePhotos(code) {
    const { findings = [], not_applicable: absent = [] } = this.work.sheet;
    const cited = new Set([...findings, ...absent].flatMap(({ evidence }) => evidence));
    return Object.entries(this.captures()).filter(([digest, { about }]) => about === code && !cited.has(digest)).map(([digest]) => digest);
  }

  // Who recorded something, where it was somebody else.
  whoElse(token) {
    return token && token !== this.work.person.token ? this.work.stand.names?.[token] ?? "" : "";
  }

  captureState(digest) {
    return this.work.stand.captures?.[digest]?.state ?? "local";
  }

  // Whether a photo of this phone came out of its gallery.
  isChosen(digest) {
    return this.app.captures(this.work.record.subject)[digest]?.origin === "gallery";
  }

  digests() {
    return Object.keys(this.captures());
  }

  thumbnail(digest) {
    return this.app.picture(digest, "small");
  }

  picture(digest) {
    return this.app.picture(digest, "large");
  }

  // The digest of a signature that was drawn on the glass; undefined where nobody drew.
  signature(name) {
    return this.app.signature({ subject: this.work.record.subject, title: t("{name} signs here", { name }) });
  }

  close() {
    this.view.close();
  }
}
