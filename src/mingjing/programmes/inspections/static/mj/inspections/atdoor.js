// Where nobody drafted a task: at whose door they are, what for, who, and why there is none. It is kept on the phone at once;
// what follows is the task's own screen. Not here: what such a task is (opening.js), the gate (task.js, enter.js).
import { area, button, choices, exchange, field, group, h, localDay, part, purposeOf, t, triggerOf } from "#mj/inspections/kit.js";
import { firmOf, firmsNamed } from "#mj/inspections/opening.js";
import { keepDoor } from "#mj/inspections/task.js";
import { uuid7 } from "#mj/logic/ids.js";

const PURPOSES = ["immediate", "case", "recheck", "service", "observation"];
const TRIGGERS = ["emergency", "complaint", "off_site_clue", "superior", "assist_superior", "media", "recheck", "firm_request", "permit", "audit"];
const NO_ITEMS = new Set(["service", "observation"]);
const EXCEPTIONS = { life_safety: () => t("Life safety"), emergency: () => t("Emergency"), permit: () => t("Site check for a permit"), complaint: () => t("Complaint or assigned matter"), case_evidence: () => t("Evidence for a filed case"), superior_campaign: () => t("Campaign of a higher level") };

let draft = null; // what was said and not opened yet, as long as the app is open

export class AtDoorScreen {
  constructor(app, pack) {
    Object.assign(this, { app, door: pack.at_door });
    const [body] = this.door.authorities;
    draft ??= { firm: null, scanned: "", text: "", position: null, authority: body.id, purpose: "immediate", trigger: "", clue: "", exception: "", items: [], officers: [], reason: "" };
    this.held = draft;
    this.element = h("div", { class: "fi-task" });
    this.body = this.element.appendChild(h("div", {}));
    this.draw();
  }

  get authority() {
    return this.door.authorities.find(({ id }) => id === this.held.authority) ?? this.door.authorities[0];
  }

  draw() {
    const lead = h("p", { class: "fi-notice watch" }, t("Without a task that was approved before, the code is red, unless it is an emergency: the firm may refuse. It must be filed within three working days."));
    this.body = exchange(this.body, h("div", {}, lead, ...[this.whose(), this.firm(), this.matter(), this.who(), this.why()].filter(Boolean)));
  }

  set(name, value) {
    this.held[name] = value;
    this.draw();
  }

  whose() {
    const { authorities } = this.door;
    if (authorities.length < 2) return null;
    const choose = (id) => Object.assign(this.held, { authority: Number(id), items: [], officers: [] }) && this.draw();
    return part(t("For which authority"), choices("authority", authorities.map(({ id, name }) => [String(id), name]), String(this.held.authority), choose));
  }

  firm() {
    const { held, door } = this;
    const scan = button(t("Scan the firm’s code"), () => this.scanned(), { kind: "primary", mark: "scan", "data-key": "scan" });
    if (held.firm) return part(t("At whose door"), h("p", {}, h("b", {}, held.firm.name)), h("p", { class: "fi-fine" }, [held.firm.number, held.firm.address].filter(Boolean).join(" · ")), held.firm.quiet_day === "yes" ? this.quiet() : null, button(t("Another firm"), () => Object.assign(held, { firm: null, scanned: "" }) && this.draw(), { kind: "quiet", "data-key": "other-firm" }));
    const search = h("input", { type: "search", value: held.text, autocomplete: "off", oninput: (event) => (held.text = event.target.value) && this.found(), "data-key": "firm-text" });
    this.hits = h("div", { class: "fi-choices", role: "status" }, ...this.hit());
    return part(t("At whose door"), h("p", {}, t("The firm’s fixed code, or the code on its business licence.")), scan, field(t("Or its name or credit code"), search), this.hits, door.firms.length ? null : h("p", { class: "fi-fine" }, t("This phone brought no firms along: scan, or type the credit code.")));
  }

  hit() {
    const { held, door } = this;
    const typed = firmOf(door, held.text);
    const found = firmsNamed(door, held.text);
    return [...found, ...(typed && !found.includes(typed) ? [typed] : [])].map((firm) => button(firm.name, () => this.set("firm", firm), { kind: "strong", "data-key": `firm-${firm.number}` }));
  }

  found() {
    this.hits.replaceChildren(...this.hit());
  }

  quiet() {
    const list = [["", t("None")], ...Object.entries(EXCEPTIONS).map(([code, title]) => [code, title()])];
    return h("div", {}, h("p", { class: "fi-notice watch" }, t("Today is a quiet day for this firm.")), group(t("Exception claimed on a quiet day"), choices("exception", list, this.held.exception, (code) => this.set("exception", code))));
  }

  async scanned() {
    const { app, held, door } = this;
    const text = await app.scan({ title: t("Scan the firm’s code"), hint: t("The firm’s fixed code, or the code on its business licence.") });
    if (!text) return undefined;
    const firm = firmOf(door, text);
    if (!firm) return app.say(t("This phone does not know this code; scan the licence, or type the credit code."));
    Object.assign(held, { firm, scanned: text.slice(0, 2000), position: await app.position() });
    return this.draw();
  }

  matter() {
    const { held } = this;
    const clue = h("input", { type: "text", maxlength: 100, value: held.clue, oninput: (event) => (held.clue = event.target.value), "data-key": "clue" });
    const purpose = (code) => Object.assign(held, { purpose: code, items: NO_ITEMS.has(code) ? [] : held.items }) && this.draw();
    return part(t("What for"), group(t("Purpose"), choices("purpose", PURPOSES.map((code) => [code, purposeOf({ purpose: code })]), held.purpose, purpose)),
      group(t("What brought it about"), choices("trigger", TRIGGERS.map((code) => [code, triggerOf(code)]), held.trigger, (code) => this.set("trigger", code))),
      held.purpose === "case" ? field(t("Number of the clue"), clue) : null, NO_ITEMS.has(held.purpose) ? null : this.items());
  }

  items() {
    return group(t("Items"), h("div", { class: "fi-choices" }, ...this.authority.items.map(({ id, code, title }) => this.ticked("items", id, h("span", {}, h("span", { class: "fi-fine" }, code), " ", title)))));
  }

  who() {
    const own = this.app.person.token;
    if (!this.held.officers.includes(own)) this.held.officers.push(own);
    const one = ({ token, name, certificates }) => this.ticked("officers", token, h("span", {}, name, " ", h("span", { class: "fi-fine" }, certificates.length ? certificates.join(t(", ")) : t("no valid certificate"))), token === own);
    return part(t("Who is here"), group(t("Officers"), h("div", { class: "fi-choices" }, ...this.authority.officers.map(one))));
  }

  ticked(name, value, label, fixed = false) {
    const change = (event) => (this.held[name] = this.held[name].filter((one) => one !== value).concat(event.target.checked ? [value] : []));
    return h("label", { class: "fi-choice" }, h("input", { type: "checkbox", checked: this.held[name].includes(value), disabled: fixed, onchange: change, "data-key": `${name}-${value}` }), label);
  }

  why() {
    return part(t("Why nobody drafted a task"), area(t("Reason"), this.held.reason, (text) => (this.held.reason = text), { "data-key": "door-reason" }), button(t("Open the task"), () => this.open(), { kind: "primary", "data-key": "open-task" }));
  }

  // What is missing, as one sentence; null where nothing is.
  missing() {
    const { firm, trigger, items, purpose, reason } = this.held;
    if (!firm) return t("Scan the firm’s code, or choose the firm.");
    if (!trigger) return t("Say what brought it about.");
    if (!items.length && !NO_ITEMS.has(purpose)) return t("Choose at least one item: nothing off the list may be inspected.");
    return reason.trim().length < 2 ? t("Write down the reason.") : null;
  }

  async open() {
    const { app, held } = this, missing = this.missing();
    if (missing) return app.say(missing);
    const { firm, scanned, position, text: _text, ...told } = held;
    const key = uuid7(Date.now(), (bytes) => crypto.getRandomValues(bytes)), subject = `inspections.task:${key}`;
    await app.commands.send("inspections.open_task", subject, { ...told, firm: firm.number || scanned, reason: told.reason.trim(), day: localDay() });
    keepDoor(subject, { reason: told.reason.trim(), why: told.reason.trim(), door: scanned ? { scanned, position } : undefined });
    draft = null;
    return app.go(`/inspections/tasks/${key}`);
  }
}
