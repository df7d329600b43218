// At the door: who is there, the firm's code, what the gate says, and then one of two recorded acts: they enter, or the
// firm refuses. Red stops nobody; whoever enters all the same says why. Not here: inside (inside.js).
import { asked, isOf, shownOf } from "#mj/inspections/arrival.js";
import { codeOf } from "#mj/inspections/code.js";
import { area, button, field, group, h, localDay, part, t } from "#mj/inspections/kit.js";
import { fromPack, verdictOf } from "#mj/inspections/verdict.js";

// `screen` is {app, record, pack, held (kept between drawings), draw(), send(kind, payload), rules}.
export function enterParts(screen) {
  const { record, held } = screen;
  held.officers ??= record.officers.map(({ token }) => token);
  held.helpers ??= 0;
  const found = held.door ? asked(screen.pack, record, { ...held.door, officers: held.officers }, localDay()) : null;
  return [who(screen), found ? told(screen, found) : scanning(screen), codeOf(record, held), found ? null : otherWays(screen)];
}

function who(screen) {
  const { record, held } = screen;
  const here = (token, there) => {
    held.officers = held.officers.filter((one) => one !== token).concat(there ? [token] : []);
    screen.draw();
  };
  const one = ({ token, name, certificates }) => h("label", { class: "fi-choice" },
    h("input", { type: "checkbox", checked: held.officers.includes(token), onchange: (event) => here(token, event.target.checked), "data-key": `here-${token}` }),
    h("span", {}, name, " ", h("span", { class: "fi-fine" }, certificates.length ? certificates.join(t(", ")) : t("no valid certificate"))));
  const count = h("input", { type: "number", min: 0, max: 99, inputmode: "numeric", value: String(held.helpers), "data-key": "helpers", oninput: (event) => (held.helpers = Math.min(99, Math.max(0, Math.trunc(Number(event.target.value)) || 0))) });
  const nobody = held.officers.length ? null : h("p", { class: "fi-notice wrong" }, t("Helpers enter beside an officer only."));
  return part(t("Who is here"), group(t("Officers"), h("div", { class: "fi-choices" }, ...record.officers.map(one))), nobody, field(t("Helpers beside them (without a certificate)"), count));
}

function scanning(screen) {
  const scan = button(t("Scan the firm’s code"), () => read(screen), { kind: "primary", mark: "scan", disabled: !screen.held.officers.length, "data-key": "scan" });
  return part(t("At the door"), h("p", {}, t("The firm’s fixed code, or the code on its business licence.")), scan);
}

async function read(screen) {
  const { app, held, record } = screen;
  const scanned = await app.scan({ title: t("Scan the firm’s code"), hint: t("The firm’s fixed code, or the code on its business licence.") });
  if (!scanned) return;
  held.door = { scanned: scanned.slice(0, 2000), position: await app.position() };
  if (!isOf(record, scanned)) app.say(t("This is not the code of {name}.", record));
  screen.draw();
}

function told(screen, found) {
  const { app, record, held, pack, rules } = screen;
  const alone = !navigator.onLine;
  const shown = shownOf(pack, record, found);
  const red = found.colour === "red";
  const enter = () => {
    if (red && !(held.reason ?? "").trim()) return app.say(t("Write down why you enter all the same."));
    const { scanned: code, position } = held.door;
    const plain = position && { latitude: position.latitude, longitude: position.longitude, accuracy: position.accuracy };
    return screen.send("enter", { how: "scan", code, entered_at: app.now(), officers: held.officers, helpers: held.helpers, position: plain, signal: !alone, shown, reason: held.reason ?? "" });
  };
  const again = () => {
    delete held.door;
    screen.draw();
  };
  return h("div", { class: "fi-told" },
    isOf(record, held.door.scanned) ? null : h("p", { class: "fi-notice wrong" }, t("This is not the code of {name}.", record)),
    verdictOf({ colour: found.colour, answers: shown.answers }, rules, fromPack(pack.known_at, alone)),
    red ? h("p", { class: "fi-notice wrong" }, t("Tell the firm: it may refuse this visit. If you enter all the same, that is a red warning, and your reason is on record.")) : null,
    red ? area(t("Why you enter all the same"), held.reason ?? "", (text) => (held.reason = text), { "data-key": "reason" }) : null,
    button(red ? t("Enter all the same") : t("Enter now"), enter, { kind: red ? "danger" : "primary", disabled: !held.officers.length, "data-key": "enter" }),
    refusing(screen, red), button(t("Scan again"), again, { kind: "quiet", mark: "scan", "data-key": "again" }));
}

// The firm refuses: one tap and a question, in the firm's words if it gives any.
function refusing(screen, wide) {
  const { app, held } = screen;
  const refuse = async () => {
    if (!(await app.confirm(t("The firm refuses this visit. That is on record, and a supervisor looks at it."), t("The firm refuses")))) return;
    delete held.door;
    await screen.send("refusal", { text: held.words ?? "" });
  };
  const words = area(t("What the firm says (it need not give a reason)"), held.words ?? "", (text) => (held.words = text), { "data-key": "words" });
  const shown = h("details", { class: "fi-refusal" }, h("summary", { "data-key": "refusing" }, t("The firm refuses")), words, button(t("Record that the firm refuses"), refuse, { kind: "strong", "data-key": "refuse" }));
  shown.open = wide || Boolean(held.refusing);
  shown.addEventListener("toggle", () => (held.refusing = shown.open));
  return shown;
}

// What is recorded without a scan: there was no code, or nobody scanned it then.
function otherWays(screen) {
  const { app, held } = screen;
  const send = (how, more) => {
    if (!(held.why ?? "").trim()) return app.say(t("Write down the reason."));
    return screen.send("enter", { how, code: "", officers: held.officers, helpers: held.helpers, reason: held.why, ...more });
  };
  const late = () => {
    const at = new Date(held.when ?? "");
    if (Number.isNaN(at.getTime()) || at > new Date()) return app.say(t("Say when you entered; it cannot lie in the future."));
    return send("late", { entered_at: at.toISOString() });
  };
  const when = h("input", { type: "datetime-local", value: held.when ?? "", oninput: (event) => (held.when = event.target.value), "data-key": "when" });
  const shown = h("details", { class: "fi-ways" }, h("summary", { "data-key": "ways" }, t("No code here, or recorded late")), area(t("Reason"), held.why ?? "", (text) => (held.why = text), { "data-key": "why" }),
    button(t("Enter without a code"), () => send("none", { entered_at: app.now() }), { kind: "strong", "data-key": "no-code" }),
    h("p", { class: "fi-fine" }, t("It must be filed within three working days.")), field(t("When you entered"), when),
    button(t("Record the earlier entry"), late, { kind: "strong", "data-key": "late" }), h("p", { class: "fi-fine" }, t("Within ten days, with the reason; later it is a red warning.")));
  shown.open = Boolean(held.ways);
  shown.addEventListener("toggle", () => (held.ways = shown.open));
  return shown;
}
