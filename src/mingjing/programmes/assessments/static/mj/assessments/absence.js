// "Does not apply", with the reason that a reviewer reads; and taking that back. Not here: photos of it (pictures.js).
import { field, text } from "#mj/assessments/fields.js";
import { button, h, t } from "#mj/assessments/kit.js";

const USUAL = () => [t("There is none on this site"), t("Not in use yet")];

// The form for it, or what it says already; `done` is called when it changed.
export function absenceForm(screen, check, done) {
  const { absent } = screen.work.part(check.code);
  return absent ? takenBack(screen, check, absent, done) : asked(screen, check, done);
}

function takenBack(screen, check, { reason }, done) {
  const take = () => screen.trying(async () => {
    await screen.work.act([{ edit: "unmark", check: check.code }]);
    done();
  });
  return h("section", { class: "fa-absence" }, h("p", {}, h("b", {}, t("Does not apply")), t(": "), reason), button(t("Take back"), take, { kind: "quiet", "data-key": "unmark" }));
}

function asked(screen, check, done) {
  const input = text({ maxlength: 300, "data-key": "reason", enterkeyhint: "done" }, () => {});
  const mark = () => screen.trying(async () => {
    await screen.work.act([{ edit: "not_applicable", check: check.code, reason: input.value }]);
    done();
  });
  const fill = (words) => h("button", { type: "button", class: "fa-chip", onclick: () => (input.value = words) }, words);
  return h("section", { class: "fa-absence" }, field(t("Why it does not apply here"), input),
    h("div", { class: "fa-chips" }, ...USUAL().map(fill)), button(t("Does not apply"), mark, { "data-key": "absent" }));
}
