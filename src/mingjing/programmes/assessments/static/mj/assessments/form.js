// The form of a visit: the score so far, a strip of major items, the checks of one item, and what the thumb reaches. Only
// what changed is made anew. Not here: one check (row.js), the search (seek.js), handing in (finish.js).
import { button, exchange, figure, h, said, t } from "#mj/assessments/kit.js";
import { nextOpen, progressOf, restOf } from "#mj/assessments/progress.js";
import { rowOf } from "#mj/assessments/row.js";
import { openSearch } from "#mj/assessments/seek.js";
import { looseDisputes } from "#mj/assessments/settle.js";

export class Form {
  constructor(screen) {
    this.screen = screen;
    this.work = screen.work;
    const [first] = this.work.rubric.items;
    this.item = this.itemOf(screen.at ?? nextOpen(this.work)) ?? first;
    this.rows = new Map();
    this.element = h("div", { class: "fa-form" }, this.tally(), this.strip(), this.loose(), this.list(), this.reach());
    this.unlisten = this.work.listen((codes) => this.changed(codes));
  }

  itemOf(code) {
    return this.work.rubric.items.find(({ checks }) => checks.includes(code));
  }

  // Base and total as they would be: a preview, in figures that do not move as they change.
  tally() {
    const { base, total } = this.work.account.score;
    const { answered, total: all } = progressOf(this.work);
    const part = (label, value, kind) => h("div", { class: `fa-figure ${kind}` }, h("dt", {}, label), h("dd", {}, value));
    this.tallied = h("section", { class: "fa-tally", "aria-label": t("Score so far, a preview") },
      h("dl", {}, part(t("Base"), figure(base), "base"), part(t("Total"), figure(total), "total"), part(t("Answered"), `${answered}/${all}`, "answered")),
      h("p", { class: "fa-fine" }, t("Preview: the installation works out the score.")));
    return this.tallied;
  }

  strip() {
    const chip = (item) => {
      const here = item.code === this.item.code;
      const done = item.answered === item.total;
      return h("li", {}, h("button", {
        type: "button", class: `fa-item${done ? " done" : ""}${item.disputed ? " disputed" : ""}`, "aria-current": here ? "true" : null, "data-key": item.code,
        "aria-label": t("{code} {title}: {answered} of {total} answered", { ...item, title: said(item.title) }), onclick: () => this.goTo(item.code),
      }, h("b", {}, item.code), h("span", { class: "fa-item-title" }, said(item.title)), h("span", { class: "fa-item-count" }, done ? "✓" : `${item.answered}/${item.total}`)));
    };
    this.stripped = h("nav", { class: "fa-strip", "aria-label": t("Major items"), tabindex: "-1" }, h("ol", {}, ...progressOf(this.work).items.map(chip)));
    return this.stripped;
  }

  loose() {
    const { returned, submitted_at: handed } = this.work.stand;
    const back = returned ? h("p", { class: "fa-notice watch" }, h("b", {}, t("Sent back")), t(": "), returned.reason) : null;
    const over = handed && !this.work.editable ? h("p", { class: "fa-notice" }, t("Handed in: it can be changed once a reviewer has sent it back.")) : null;
    const notes = this.screen.notes("").map(({ text }) => h("p", { class: "fa-notice" }, h("b", {}, t("How it is judged")), t(": "), text));
    this.loosened = h("div", { class: "fa-loose" }, back, over, ...notes, ...looseDisputes(this.screen));
    return this.loosened;
  }

  list() {
    const checks = this.item.checks.map((code) => this.work.checks.get(code));
    this.rows = new Map(checks.map((check) => [check.code, rowOf(this.screen, check)]));
    this.listed = h("section", { class: "fa-list", "aria-label": said(this.item.title) },
      h("h2", { tabindex: "-1" }, `${this.item.code} ${said(this.item.title)}`), ...this.rows.values(), this.ending());
    return this.listed;
  }

  // Below the last check: the rest in one tap, and the next item.
  ending() {
    const items = this.work.rubric.items;
    const next = items[items.findIndex(({ code }) => code === this.item.code) + 1];
    const rest = this.work.editable ? restOf(this.work, this.item) : [];
    const look = () => this.screen.trying(() => this.work.act([{ edit: "looked_rest", item: this.item.code }], { of: rest }));
    this.ended = h("div", { class: "fa-ending" },
      rest.length ? button(t("Nothing found on the rest of {code}", { code: this.item.code }), look, { kind: "ok", mark: "check", "data-key": "rest" }) : null,
      next ? button(t("Next: {code} {title}", { code: next.code, title: said(next.title) }), () => this.goTo(next.code), { mark: "right", "data-key": "next" })
        : button(t("Finish"), () => this.screen.show("finish"), { kind: "primary", "data-key": "next" }));
    return this.ended;
  }

  // Search, undo and finish stand at the bottom, for one thumb.
  reach() {
    const { last, editable } = this.work;
    const undo = async () => {
      const codes = [...(this.work.last?.before.keys() ?? [])].join(t(", "));
      const done = await this.work.undo();
      this.screen.say(done ? t("Taken back: {codes}", { codes }) : t("This was changed again since; change what stands instead."));
    };
    this.reached = h("nav", { class: "fa-reach", "aria-label": t("Tools") },
      button(t("Search"), () => openSearch(this.screen), { kind: "quiet", mark: "search", "data-key": "search" }),
      editable ? button(t("Undo"), undo, { kind: "quiet", mark: "undo", disabled: !last, "data-key": "undo" }) : null,
      button(t("Finish"), () => this.screen.show("finish"), { kind: "quiet", mark: "flag", "data-key": "finish" }));
    return this.reached;
  }

  // The strip shows the item that is open, and scrolls to it.
  centre() {
    const [list, chip] = [this.stripped.firstElementChild, this.stripped.querySelector("[aria-current]")];
    if (chip) list.scrollLeft = chip.offsetLeft - (list.clientWidth - chip.offsetWidth) / 2;
  }

  // Show an item from its top, or at one of its checks.
  goTo(code, check = null) {
    this.item = this.work.rubric.items.find((item) => item.code === code) ?? this.item;
    exchange(this.stripped, this.strip());
    exchange(this.listed, this.list());
    this.centre();
    if (check) return this.focus(check);
    this.element.scrollIntoView({ block: "start" });
    this.listed.querySelector("h2").focus({ preventScroll: true });
  }

  focus(code) {
    const item = this.itemOf(code);
    if (item && item.code !== this.item.code) return this.goTo(item.code, code);
    const row = this.rows.get(code);
    row?.scrollIntoView({ block: "nearest" });
    row?.focus({ preventScroll: true });
  }

  // Only the rows that look different now, and the small parts that count.
  changed(codes) {
    for (const code of codes) {
      if (this.rows.has(code)) this.rows.set(code, exchange(this.rows.get(code), rowOf(this.screen, this.work.checks.get(code))));
    }
    exchange(this.tallied, this.tally());
    const at = this.stripped.querySelector("ol").scrollLeft;
    exchange(this.stripped, this.strip());
    this.stripped.querySelector("ol").scrollLeft = at;
    exchange(this.loosened, this.loose());
    exchange(this.ended, this.ending());
    exchange(this.reached, this.reach());
  }

  close() {
    this.unlisten();
  }
}
