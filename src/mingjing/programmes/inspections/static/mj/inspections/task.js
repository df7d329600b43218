// The screen of one task: before, inside and after; drawn anew when something of it changes, and not while nothing does.
// What is typed and not sent is kept in `held` as long as the app is open. Not here: its parts.
import { enterParts } from "#mj/inspections/enter.js";
import { insideParts } from "#mj/inspections/inside.js";
import { area, button, exchange, h, purposeOf, t } from "#mj/inspections/kit.js";
import { standOf } from "#mj/inspections/standing.js";

const drafts = new Map(); // by subject

// What was said before the screen is there: the firm's code that was scanned, a reason.
export const keepDoor = (subject, held) => drafts.set(subject, held);

export class TaskScreen {
  constructor(app, record, pack) {
    Object.assign(this, { app, record, pack, rules: pack.rules[record.rules]?.rules ?? [], stand: null });
    this.held = drafts.get(record.subject) ?? {};
    drafts.set(record.subject, this.held);
    this.element = h("div", { class: "fi-task" });
    this.body = this.element.appendChild(h("div", {}));
  }

  async begin() {
    await this.refresh();
    this.unlisten = this.app.listen((subject) => (!subject || subject === this.record.subject) && this.refresh().catch(unlessLocked));
  }

  close() {
    this.unlisten?.();
  }

  async refresh() {
    const { state, commands } = await this.app.state(this.record.subject);
    this.renew();
    const stand = standOf(state ?? this.record.state, commands);
    const same = JSON.stringify(stand) === JSON.stringify(this.stand);
    this.stand = stand;
    if (!same) this.draw();
  }

  // A task that was opened here is in the pack once it has arrived.
  renew() {
    const pack = this.app.pack("inspections"), record = pack?.records.find(({ subject }) => subject === this.record.subject);
    if (record && this.record.state === null) Object.assign(this, { pack, record, rules: pack.rules[record.rules]?.rules ?? [], stand: null });
  }

  draw() {
    const { stand } = this;
    const turn = stand.entry ? insideParts(this) : stand.state === "cancelled" ? [h("p", { class: "fi-notice wrong" }, t("This task was cancelled."))] : enterParts(this);
    this.body = exchange(this.body, h("div", {}, ...[this.head(), ...this.problems(), ...turn].filter(Boolean)));
  }

  head() {
    const { record, stand } = this;
    const facts = [record.number, record.address].filter(Boolean).join(" · ");
    const titles = record.items.map(({ title }) => title).join(t("; "));
    return h("section", { class: "fi-head" }, h("h2", {}, record.name), h("p", { class: "fi-fine" }, facts), h("p", {}, record.authority, " · ", purposeOf(record), record.emergency ? ` · ${t("emergency")}` : ""), h("p", { class: "fi-fine" }, titles),
      stand.refused ? h("p", { class: "fi-notice wrong" }, t("The firm refused this visit. A supervisor looks at it.")) : null,
      record.door_reason ? h("p", { class: "fi-notice watch" }, t("Opened at the door: {reason}", { reason: record.door_reason })) : null);
  }

  // What was refused, why, and what to do: it leaves when somebody has read it, or has entered all the same.
  problems() {
    return this.stand.problems.map((one) => h("section", { class: "fi-notice wrong", role: "alert" }, h("p", {}, one.why.map(({ text }) => text).join(" ")), this.isRed(one) ? this.redAfterAll(one) : null,
      button(t("I have seen it"), () => this.seen(one), { "data-key": `seen-${one.id}` })));
  }

  isRed({ kind, why }) {
    return kind === "inspections.enter" && this.stand.state === "planned" && why.some(({ code }) => code === "inspections.entry.red");
  }

  // The installation knew more than this phone: the code is red there.
  redAfterAll({ id, payload }) {
    const { held, app } = this;
    const enter = async () => {
      if (!(held.reason ?? "").trim()) return app.say(t("Write down why you enter all the same."));
      await app.commands.settle([id]);
      return this.send("enter", { ...payload, entered_at: app.now(), signal: navigator.onLine, reason: held.reason });
    };
    return h("div", {}, h("p", {}, t("Tell the firm: it may refuse this visit. If you enter all the same, that is a red warning, and your reason is on record.")),
      area(t("Why you enter all the same"), held.reason ?? "", (text) => (held.reason = text), { "data-key": "red-reason" }), button(t("Enter all the same"), enter, { kind: "danger", "data-key": "red-enter" }));
  }

  // A task that was refused is opened anew, or not at all.
  async seen({ id, kind }) {
    await this.app.commands.settle([id]);
    if (kind === "inspections.open_task") return this.app.go("/");
    return this.refresh();
  }

  async send(kind, payload) {
    await this.app.commands.send(`inspections.${kind}`, this.record.subject, payload);
    await this.refresh();
  }
}

// A phone that was locked meanwhile shows nothing of this any more.
export function unlessLocked(error) {
  if (error?.constructor?.name !== "Locked") throw error;
}
