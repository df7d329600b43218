// The end of a visit: what is missing, handing in, and who signs the very sheet; all in order, all without a network.
// Not here: the picture of a signature (the shell), what a signature means (the installation).
import { group, choices, text, field } from "#mj/assessments/fields.js";
import { button, exchange, figure, h, lost, refusalText, said, t } from "#mj/assessments/kit.js";
import { lossesOf } from "#mj/assessments/progress.js";
import { lacking, signedDigest } from "#mj/assessments/recording.js";
import { openSearch } from "#mj/assessments/seek.js";
import { looseDisputes } from "#mj/assessments/settle.js";
import { isDone } from "#mj/assessments/standing.js";

export class Finish {
  constructor(screen) {
    this.screen = screen;
    this.work = screen.work;
    this.element = h("div", { class: "fa-finish" });
    this.made = Promise.resolve();
    this.unlisten = this.work.listen(() => this.renew());
    this.renew();
  }

  close() {
    this.unlisten();
  }

  // The parts that have their turn: what is missing, or the signatures.
  renew() {
    const { stand } = this.work;
    const turn = stand.submitted_at && stand.state !== "returned" ? this.signing() : this.handing();
    this.body = exchange(this.body ?? this.element.appendChild(h("div", {})), h("div", {}, ...looseDisputes(this.screen), ...turn, this.reach()));
  }

  reach() {
    const search = button(t("Search"), () => openSearch(this.screen), { kind: "quiet", mark: "search", "data-key": "search" });
    return h("nav", { class: "fa-reach", "aria-label": t("Tools") }, search, button(t("Back to the form"), () => this.screen.show("form"), { kind: "quiet", mark: "left", "data-key": "back" }));
  }

  handing() {
    const { work } = this;
    const problems = lacking(work.rubric, work.sheet, this.screen.digests());
    const open = work.disputes.length;
    if (problems.length) return [h("h2", {}, t("Still missing")), this.missing(problems)];
    const warning = open ? h("p", { class: "fa-notice watch" }, t("{count} entries are still to be settled; they are marked on the form.", { count: open })) : null;
    const submit = button(t("Hand in: we leave now"), () => this.submit(), { kind: "primary", "data-key": "submit" });
    return [h("h2", {}, t("Ready to hand in")), this.summary(), warning, submit].filter(Boolean);
  }

  missing(problems) {
    return h("ul", { class: "fa-problems" }, ...problems.map((problem) => h("li", {}, this.problem(problem))));
  }

  // Each leads to the place where it can be mended.
  problem(problem) {
    if (problem.code === "recording.unanswered") return this.open(problem.params.codes);
    const code = problem.place;
    const open = () => this.screen.show("form", code);
    return button(refusalText(problem), open, { kind: "plain", mark: "warning", "data-key": `${problem.code}-${code}` });
  }

  open(codes) {
    const chip = (code) => h("li", {}, h("button", { type: "button", class: "fa-chip", onclick: () => this.screen.show("form", code), "data-key": `open-${code}` }, code));
    return h("section", { class: "fa-part" }, h("h3", {}, t("{count} checks are not answered", { count: codes.length })), h("ul", { class: "fa-chips" }, ...codes.map(chip)));
  }

  async submit() {
    await this.screen.trying(() => this.work.step("submit", { left_at: this.screen.app.now(), rubric: this.work.record.rubric }));
  }

  // What was found, for the manager to read: the lines, then the figures.
  summary() {
    const { work } = this;
    const losses = lossesOf(work.account);
    const lines = work.rubric.checks.filter(({ code }) => losses.get(code)).map((check) => this.line(check, losses.get(check.code)));
    const { base, total } = work.account.score;
    return h("section", { class: "fa-summary" },
      lines.length ? h("ol", {}, ...lines) : h("p", {}, t("Nothing deducted.")),
      h("dl", { class: "fa-figures" }, h("div", {}, h("dt", {}, t("Base")), h("dd", {}, figure(base))), h("div", {}, h("dt", {}, t("Total")), h("dd", {}, figure(total)))),
      h("p", { class: "fa-fine" }, t("Preview: the installation works out the score.")));
  }

  line(check, down) {
    const places = this.work.part(check.code).findings.map(({ place, note }) => [place, note].filter(Boolean).join(" · ")).join(t("; "));
    return h("li", {}, h("span", {}, h("b", {}, check.code), " ", said(check.title)), h("b", { class: "fa-lost" }, lost(down)), h("span", { class: "fa-fine" }, places));
  }

  signing() {
    const { work } = this;
    const { stand } = work;
    const parts = [h("h2", {}, isDone(stand) ? t("Done") : t("Signatures")), this.signatures()];
    if (isDone(stand)) return [...parts, this.end()];
    if (!stand.signed?.includes(work.person.token)) parts.push(this.own());
    if (stand.refusal_waits) parts.push(this.witness());
    else parts.push(this.manager());
    return parts;
  }

  signatures() {
    const { record, stand } = this.work;
    const one = ({ token, name }) => h("li", {}, stand.signed?.includes(token) ? "✓ " : "○ ", name, stand.signed?.includes(token) ? "" : t(" (from their own phone)"));
    const company = { signed: t("The manager signed."), commented: t("The manager signed with a remark."), refused: t("The manager refused; two members witnessed it.") }[stand.company];
    return h("div", { role: "status" }, h("ul", { class: "fa-signed" }, ...record.members.map(one), company ? h("li", {}, "✓ ", company) : null));
  }

  end() {
    const waiting = this.work.stand.waiting;
    return h("p", { class: "fa-notice good" }, waiting ? t("All is on this phone; it goes up when there is a network.") : t("All has arrived."));
  }

  own() {
    const sign = () => this.screen.trying(async () => this.work.step("sign", { form: await signedDigest(this.work.sheet) }));
    return h("section", { class: "fa-part" }, button(t("Sign this sheet as {name}", { name: this.work.person.name }), sign, { kind: "primary", "data-key": "sign" }));
  }

  // The manager reads, says what they do, and signs on the glass; a refusal makes this person its first witness.
  manager() {
    const held = (this.held ??= { name: "", stance: "signed", comment: "" });
    const comment = field(t("What they remarked"), h("textarea", { rows: 3, maxlength: 1000, oninput: (event) => (held.comment = event.target.value) }, held.comment));
    const choose = (stance) => {
      held.stance = stance;
      this.renew();
    };
    const stances = [["signed", t("Signs")], ["commented", t("Signs with a remark")], ["refused", t("Refuses")]];
    comment.hidden = held.stance === "signed";
    const refused = held.stance === "refused" ? h("p", { class: "fa-notice watch" }, t("You are the first witness. Another member confirms it on their own phone.")) : null;
    return h("section", { class: "fa-part" }, h("h3", {}, t("The manager")), this.summary(),
      field(t("Name of the manager"), text({ value: held.name, maxlength: 100, "data-key": "name" }, (name) => (held.name = name))),
      group(t("What they do"), choices("stance", stances, held.stance, choose, "column")), comment, refused,
      button(held.stance === "refused" ? t("Record the refusal") : t("Sign on the glass"), () => this.signManager(), { kind: "primary", "data-key": "manager" }));
  }

  async signManager() {
    const { work, screen, held } = this;
    if (!held.name.trim()) return screen.say(t("Write the name of the manager, or of who stood in for them."));
    if (held.stance === "commented" && !held.comment.trim()) return screen.say(t("Write down what the manager remarked."));
    const image = held.stance === "refused" ? null : await screen.signature(held.name);
    if (image === undefined) return;
    const { name, stance, comment } = held;
    await screen.trying(async () => work.step("manager", { form: await signedDigest(work.sheet), name: name.trim(), stance, comment: stance === "signed" ? "" : comment.trim(), image }));
  }

  witness() {
    const { stand } = this.work;
    if (stand.witnesses?.includes(this.work.person.token)) return h("p", { class: "fa-notice watch" }, t("The manager refused to sign. Another member of the team confirms it on their own phone."));
    const confirm = () => this.screen.trying(async () => this.work.step("witness", { form: await signedDigest(this.work.sheet) }));
    return h("section", { class: "fa-part" }, h("p", { class: "fa-notice watch" }, t("The manager refused to sign.")), button(t("I was there: the manager refused"), confirm, { kind: "primary", "data-key": "witness" }));
  }
}
