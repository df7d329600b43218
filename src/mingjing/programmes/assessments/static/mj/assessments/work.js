// Work on one visit: what stands, what was just done, how it is taken back. Screens ask it and tell it; it sends commands
// one after the other, so that they are kept in the order of the taps. Knows no page. Not here: drawing, sending.
import { uuid7 } from "#mj/logic/ids.js";
import { backTo, partOf, samePart } from "#mj/assessments/acts.js";
import { disputesOf, mineAnew } from "#mj/assessments/conflicts.js";
import { applyEdit, Refusal } from "#mj/assessments/recording.js";
import { explain } from "#mj/assessments/score.js";
import { editOf, isEditable, standing } from "#mj/assessments/standing.js";

const MOST_UNDONE = 30;

// Work on `record` with `rubric`. `source` is the shell: {person, send(kind, payload) → promise of the command,
// load() → promise of {state, commands}, settle(ids) → promise}.
export class Work {
  constructor(record, rubric, source) {
    Object.assign(this, { record, rubric, source });
    this.checks = new Map(rubric.checks.map((check) => [check.code, check]));
    this.acts = [];
    this.listeners = new Set();
    this.turn = Promise.resolve();
  }

  get person() {
    return this.source.person;
  }

  get sheet() {
    return this.stand.sheet;
  }

  get editable() {
    return isEditable(this.stand);
  }

  // Read again what the phone holds, and tell which checks look different now.
  async refresh() {
    Object.assign(this, await this.source.load());
    return this.restand();
  }

  // What stands with what was sent since.
  restand() {
    const { state, commands, stand: before, disputes: settled = [] } = this;
    this.stand = standing(this.record, this.rubric, state, commands, this.person);
    this.disputes = disputesOf(this.rubric, state.sheet ?? {}, commands);
    this.account = explain(this.rubric, this.stand.sheet);
    const quiet = (code) => !this.disputed(code) && settled.every(({ check }) => check !== code);
    const arrived = moved(before?.captures, this.stand.captures);
    const same = ({ code }) => before && samePart(partOf(before.sheet, code), partOf(this.sheet, code)) && quiet(code) && !arrived.has(code);
    const changed = this.rubric.checks.filter((check) => !same(check)).map(({ code }) => code);
    for (const hear of this.listeners) hear(changed);
    return this;
  }

  listen(hear) {
    this.listeners.add(hear);
    return () => this.listeners.delete(hear);
  }

  part(code) {
    return partOf(this.sheet, code);
  }

  finding(id) {
    return (this.sheet.findings ?? []).find((entry) => entry.id === id) ?? null;
  }

  disputed(code) {
    return this.disputes.some(({ check }) => check === code);
  }

  // Do something: edits of one act, one after the other. `of` are the codes of the checks it touches. Edits that go on
  // with the last act (its count, its place, its photo) are taken back together with it. Throws the Refusal that the
  // installation would answer with, before anything is sent.
  act(edits, { label = "", of = null, goesOn = false } = {}) {
    return this.next(async () => {
      for (const edit of edits) this.tried(edit);
      const codes = of ?? [...new Set(edits.map((edit) => this.codeOf(edit)))];
      const before = new Map(codes.map((code) => [code, this.part(code)]));
      for (const edit of edits) await this.sent("assessments.edit", { ...edit });
      this.restand();
      this.remember({ label, before, after: this.parts(codes) }, goesOn);
    });
  }

  // Sent, and known here at once: what the phone keeps need not be read again for it.
  async sent(kind, payload) {
    this.commands = [...this.commands, await this.source.send(kind, payload)];
  }

  // One thing after the other: taps that come while another is being kept wait for it.
  next(step) {
    const done = this.turn.then(step);
    this.turn = done.catch(() => {});
    return done;
  }

  // The sheet with an edit tried on it; throws Refusal.
  tried(edit) {
    const command = { payload: edit, at: new Date().toISOString() };
    return applyEdit(this.rubric, this.sheet, editOf(command, this.person.token), { seed: this.record.seed ?? "" });
  }

  codeOf(edit) {
    return edit.check ?? this.finding(edit.finding)?.check ?? "";
  }

  parts(codes) {
    return new Map(codes.map((code) => [code, this.part(code)]));
  }

  remember(act, goesOn) {
    const last = this.acts.at(-1);
    const sameChecks = last && [...act.before.keys()].every((code) => last.after.has(code));
    if (goesOn && sameChecks) last.after = new Map([...last.after, ...act.after]);
    else this.acts = [...this.acts, act].slice(-MOST_UNDONE);
  }

  // The last act that can be taken back, or null.
  get last() {
    return this.acts.at(-1) ?? null;
  }

  // Take the last act back; false where somebody edited the same check since, which stays as it is.
  undo() {
    return this.next(async () => {
      const act = this.acts.pop();
      if (!act || !this.editable) return false;
      if ([...act.after].some(([code, part]) => !samePart(part, this.part(code)))) return false;
      for (const [code, before] of act.before) {
        const edits = backTo(this.checks.get(code), before, this.part(code), this.sheet, () => uuid7());
        for (const edit of edits) await this.sent("assessments.edit", edit);
        this.restand();
      }
      return true;
    });
  }

  // A step of the visit itself: begin, submit, sign, manager, witness.
  step(kind, payload) {
    return this.next(async () => {
      await this.sent(`assessments.${kind}`, payload);
      this.restand();
    });
  }

  // Settle a dispute: mine is sent anew on what stands, or theirs stays. Either way it is somebody's choice.
  settle(dispute, mine) {
    return this.next(async () => {
      const edits = mine ? mineAnew(this.rubric, dispute, this.sheet, () => uuid7()) : [];
      for (const edit of edits) this.tried(edit);
      for (const edit of edits) await this.sent("assessments.edit", edit);
      await this.source.settle(dispute.commands);
      await this.refresh();
    });
  }
}

// The checks of which a photo stands otherwise than before: promised, arrived, given up.
function moved(before = {}, now = {}) {
  return new Set(Object.entries(now).filter(([digest, { state }]) => before[digest]?.state !== state).map(([, { about }]) => about));
}

export { Refusal };
