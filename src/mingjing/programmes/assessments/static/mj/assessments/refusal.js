// Why an edit is not taken, as mingjing.engine.outcome.Problem says it on the server: a stable code, an English msgid
// with named fields, and the check it is about. Titles among the params are {"titled": {language: text}}, the form in
// which the server keeps them too (engine.kept).
export class Refusal extends Error {
  constructor(code, text, params = {}, place = "") {
    super(`${code}${place ? ` (${place})` : ""}`);
    Object.assign(this, { code, text, params, place });
  }
}

// Somebody changed the same thing meanwhile: `current` is what stands now, or null when it was removed.
export class Conflict extends Refusal {
  constructor(code, text, params, place, current) {
    super(code, text, params, place);
    this.current = current;
  }
}

export const titled = (texts) => ({ titled: texts });
