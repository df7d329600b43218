// Inside, and after: what came of each item with findings and photos, then the firm's signature and leaving. What is
// recorded of an item is kept at once and told once; a mistake is corrected on the desk. Not here: the door (enter.js).
import { codeOf, ratingOf } from "#mj/inspections/code.js";
import { area, button, choices, field, group, h, icon, moment, part, resultName, t } from "#mj/inspections/kit.js";
import { open } from "#mj/inspections/standing.js";
import { fromInstallation, fromPack, verdictOf } from "#mj/inspections/verdict.js";

const RESULTS = ["pass", "finding", "not_checked"];

// `screen` as in enter.js, with `stand`.
export function insideParts(screen) {
  const { record, stand, held } = screen;
  const left = stand.state === "left";
  return [entered(screen), part(t("Items"), ...record.items.map((item) => itemOf(screen, item))), left ? gone(screen) : leaving(screen), left ? ratingOf(stand.entry, held) : codeOf(record, held)].filter(Boolean);
}

function entered({ stand: { entry }, pack, rules, record }) {
  const source = entry.pending ? fromPack(pack.known_at, !navigator.onLine) : fromInstallation(entry);
  const how = { offline: t("Scanned without a signal"), late: t("Recorded late"), none: t("Without a code"), no_code: t("Without a code") }[entry.door];
  return h("div", {}, h("p", {}, t("Entered {time}", { time: moment(entry.entered_at) }), how ? ` · ${how}` : "", entry.helpers ? ` · ${t("helpers: {count}", { count: entry.helpers })}` : ""),
    entry.reason ? h("p", { class: "fi-notice watch" }, t("Reason: {reason}", { reason: entry.reason })) : null,
    verdictOf(entry.colour ? entry : { colour: null, answers: [] }, rules, source), h("p", { class: "fi-fine" }, record.authority));
}

function itemOf(screen, item) {
  const told = screen.stand.entry.items[item.id];
  const head = h("h3", {}, h("span", { class: "fi-fine" }, item.code), " ", item.title);
  if (told?.result) return h("div", { class: `fi-item ${told.result}` }, head, h("p", {}, h("b", {}, resultName(told.result)), told.note ? ` · ${told.note}` : ""), findingsOf(told.findings), pictures(screen, item));
  return h("div", { class: "fi-item" }, head, listOf(t("What is checked"), item.checklist), form(screen, item));
}

const listOf = (title, texts) => (texts?.length ? h("details", {}, h("summary", {}, title), h("ul", {}, ...texts.map((text) => h("li", {}, String(text))))) : null);
const findingsOf = (findings = []) => (findings.length ? h("ul", {}, ...findings.map(({ text, due }) => h("li", {}, text, due ? h("span", { class: "fi-fine" }, ` · ${t("until {day}", { day: due })}`) : null))) : null);

function form(screen, item) {
  const held = ((screen.held.items ??= {})[item.id] ??= { result: "", note: "", findings: [{ text: "", due: "" }] });
  const choose = (result) => {
    held.result = result;
    screen.draw();
  };
  const finding = held.result === "finding" ? [...held.findings.map((one, place) => findingForm(item, one, place)), button(t("Another finding"), () => (held.findings.push({ text: "", due: "" }), screen.draw()), { kind: "quiet", mark: "plus", "data-key": `more-${item.id}` })] : [];
  return h("div", {}, group(t("What came of it"), choices(`result-${item.id}`, RESULTS.map((one) => [one, resultName(one)]), held.result, choose)), ...finding,
    held.result ? field(t("Note"), h("input", { type: "text", maxlength: 500, value: held.note, oninput: (event) => (held.note = event.target.value), "data-key": `note-${item.id}` })) : null,
    pictures(screen, item), button(t("Take a photo"), () => photo(screen, item), { mark: "camera", "data-key": `photo-${item.id}`, name: t("Take a photo: {title}", item) }),
    held.result ? button(t("Record this result"), () => record(screen, item, held), { kind: "primary", "data-key": `record-${item.id}`, name: t("Record this result: {title}", item) }) : null);
}

function findingForm(item, one, place) {
  return h("div", { class: "fi-finding" }, area(t("What the finding is"), one.text, (text) => (one.text = text), { maxlength: 1000, "data-key": `found-${item.id}-${place}` }),
    field(t("To be put right until"), h("input", { type: "date", value: one.due, oninput: (event) => (one.due = event.target.value), "data-key": `due-${item.id}-${place}` })));
}

async function record(screen, item, held) {
  const findings = held.result === "finding" ? held.findings.filter(({ text }) => text.trim()).map(({ text, due }) => ({ text: text.trim(), due: due || null })) : [];
  if (held.result === "finding" && !findings.length) return screen.app.say(t("Write down what was found."));
  await screen.send("result", { results: [{ item: item.id, result: held.result, note: held.note.trim(), findings }] });
  return undefined;
}

async function photo(screen, item) {
  await screen.app.photos.take({ subject: screen.record.subject, about: item.code, check: item.title, origin: "camera", challenge: null });
  screen.draw();
}

// The photos of an item: those of this phone, and those that have arrived.
function pictures({ app, record, stand }, item) {
  const own = app.photos.of(record.subject), arrived = stand.captures ?? {};
  const found = [...new Set([...Object.keys(own), ...Object.keys(arrived)])].filter((digest) => (own[digest] ?? arrived[digest]).about === item.code);
  if (!found.length) return null;
  const one = (digest) => {
    const image = h("img", { alt: t("Photo {hash}", { hash: digest.slice(0, 8) }) });
    app.photos.url(digest, "small").then((url) => url && (image.src = url), () => {});
    return h("li", {}, image, h("span", { class: "fi-fine" }, own[digest] ? t("on this phone") : t("arrived")));
  };
  return h("ul", { class: "fi-photos" }, ...found.map(one));
}

function leaving(screen) {
  const { held, record, stand, app } = screen;
  const rest = open(record, stand).length;
  const leave = (held.leave ??= { guidance: "", signed: "signed", name: "", reason: "" });
  const choose = (signed) => {
    leave.signed = signed;
    screen.draw();
  };
  const sign = async () => {
    if (!leave.name.trim()) return app.say(t("Write the name of who signs or refuses for the firm."));
    if (leave.signed === "refused" && !leave.reason.trim()) return app.say(t("Write down why the firm does not sign."));
    const image = leave.signed === "signed" ? await app.signature({ subject: record.subject, title: leave.name }) : null;
    if (image === undefined) return undefined;
    return screen.send("leave", { left_at: app.now(), results: [], guidance: leave.guidance.trim(), signed: leave.signed, signed_by: leave.name.trim(), sign_reason: leave.signed === "refused" ? leave.reason.trim() : "", image });
  };
  return part(t("Leaving"), rest ? h("p", { class: "fi-notice watch" }, t("Items that are not told yet: {count}. They can be told within five working days.", { count: rest })) : null,
    area(t("Guidance given"), leave.guidance, (text) => (leave.guidance = text), { "data-key": "guidance" }),
    field(t("Who is there for the firm"), h("input", { type: "text", maxlength: 100, value: leave.name, oninput: (event) => (leave.name = event.target.value), "data-key": "name", autocomplete: "off" })),
    group(t("What the firm does"), choices("signed", [["signed", t("Signs the record")], ["refused", t("Does not sign")]], leave.signed, choose)),
    leave.signed === "refused" ? area(t("Why the firm does not sign"), leave.reason, (text) => (leave.reason = text), { maxlength: 300, "data-key": "sign-reason" }) : null,
    button(leave.signed === "refused" ? t("Leave without a signature") : t("Sign on the glass and leave"), sign, { kind: "primary", mark: "leave", "data-key": "leave" }));
}

function gone({ stand: { entry, waiting } }) {
  const signed = { signed: t("{name} signed for the firm.", { name: entry.signed_by }), refused: t("{name} did not sign for the firm.", { name: entry.signed_by }) }[entry.signed];
  return part(t("They left"), h("p", {}, t("Left {time}", { time: moment(entry.left_at) })), signed ? h("p", {}, signed) : null,
    h("p", { class: "fi-notice good" }, waiting ? [icon("phone"), " ", t("All is on this phone; it goes up when there is a network.")] : [icon("check"), " ", t("All has arrived.")]));
}
