// What is being entered on one check, until it is kept: a tap is kept at once, a text when the hand rests. What was typed
// when the page goes away is kept with it. Not here: the controls (fields.js).
import { uuid7 } from "#mj/logic/ids.js";
import { tapAnswer } from "#mj/assessments/acts.js";
import { Refusal } from "#mj/assessments/recording.js";

const [TAP, TYPED] = [250, 900]; // milliseconds

// Entering on `check` of a work: on `finding` (an id), or on one that is made with the first answer. `tell(state)` hears
// {kept: true}, {waiting: true} or {refusal}.
export class Draft {
  constructor(work, check, finding, tell, wait = (step, after) => setTimeout(step, after), stop = (timer) => clearTimeout(timer)) {
    Object.assign(this, { work, check, finding, tell, wait, stop, changes: {}, timer: null, turn: Promise.resolve() });
  }

  get entry() {
    return this.finding ? this.work.finding(this.finding) : null;
  }

  // Keep a change soon: {count}, {grade}, {good, of, fewer}, {mark}, {place}, {note}, {same_as}.
  change(part) {
    Object.assign(this.changes, part);
    this.stop(this.timer);
    const typed = "place" in part || "note" in part || "good" in part || "mark" in part;
    this.timer = this.wait(() => this.flush(), typed ? TYPED : TAP);
    this.tell({ waiting: true });
  }

  // Keep what is not kept yet, after what is being kept: each change names the version before it. Resolves to false where
  // it cannot be taken as it is; what was entered stays.
  flush() {
    const done = this.turn.then(() => this.flushed());
    this.turn = done.catch(() => {});
    return done;
  }

  async flushed() {
    this.stop(this.timer);
    this.timer = null;
    const changes = this.changes;
    if (!Object.keys(changes).length) return true;
    if (!this.entry && this.isUnfinished(changes)) return false;
    this.changes = {};
    try {
      await this.keep(changes);
      this.tell({ kept: true });
      return true;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      this.changes = { ...changes, ...this.changes };
      this.tell({ refusal });
      return false;
    }
  }

  // A share without both numbers, a mark without one: nobody is told off while still writing.
  isUnfinished({ good = null, of = null, mark = "" }) {
    if (this.check.kind === "RATIO") return good === null || of === null;
    return this.check.kind === "SCALE" && !mark;
  }

  keep(changes) {
    const goesOn = Boolean(this.finding);
    if (this.entry) return this.work.act([{ edit: "change", finding: this.finding, expected: this.entry.version, ...changes }], { goesOn });
    const finding = uuid7();
    const answer = tapAnswer(this.check) ?? {};
    const edit = { edit: "find", check: this.check.code, finding, ...answer, ...changes };
    return this.work.act([edit]).then(() => {
      this.finding = finding;
    });
  }
}
