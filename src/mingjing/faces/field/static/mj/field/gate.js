// The screens before the phone is open: binding it, the PIN, a phone that was revoked, a start that failed.
// Not here: what is behind them.
import { confirmed, scan } from "#mj/field/dialogs.js";
import { h, icon, t } from "#mj/field/kit.js";
import { button, field, languages, pinFault, pinField, spoken } from "#mj/field/parts.js";

const told = () => h("p", { class: "fl-told wrong", role: "alert" });

// A form whose button waits for what `act` does; what goes wrong is told in words.
function form(says, act, ...children) {
  let busy = false;
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    says.textContent = "";
    try {
      says.textContent = (await act()) ?? "";
    } catch (error) {
      says.textContent = spoken(error);
    }
    busy = false;
  };
  return h("form", { class: "fl-page fl-gate", onsubmit: submit, novalidate: true }, ...children);
}

// Bind this phone: the code of the desk, a name for the phone, a PIN.
export function enrol(app, code) {
  const [typed, codeField] = field(t("Code of the desk"), { type: "text", value: code, autocapitalize: "characters", autocomplete: "off", required: true });
  const [label, labelField] = field(t("Name of this phone"), { type: "text", value: t("My phone"), maxlength: 100, required: true });
  const [pin, again, pins] = newPin();
  const says = told();
  const act = async () => {
    const wrong = !typed.value.trim() ? t("Scan or type the code of the desk first.") : pinFault(pin.value, again.value);
    if (wrong) return wrong;
    if (!app.phone.device.known) await app.phone.device.enrol(typed.value.trim().toUpperCase(), label.value.trim() || t("My phone"));
    await app.phone.vault.create(pin.value);
    history.replaceState(null, "", "/field/#/");
    return entered(app);
  };
  const read = async () => {
    const found = await scan({ title: t("Scan the code of the desk") });
    if (found) typed.value = /#enrol=([A-Z0-9-]+)/i.exec(found)?.[1] ?? found;
  };
  const element = form(says, act, h("p", {}, t("Bind this phone to yourself: make a code on the desk, under My account, and scan it with this phone.")),
    codeField, code ? null : button(t("Scan the code of the desk"), read, { mark: "scan" }), labelField, ...pins, says, h("button", { class: "fl-button primary wide" }, t("Bind this phone")), languages(app));
  return { element, title: t("Bind this phone"), back: false, gate: true };
}

function newPin() {
  const [pin, pinLabel] = pinField(t("New PIN, at least 6 digits"), "new-password");
  const [again, againLabel] = pinField(t("The PIN once more"), "new-password");
  return [pin, again, [pinLabel, againLabel]];
}

async function entered(app) {
  await app.begin();
  await app.show();
}

// The PIN; of a phone that was cut off while it was bound, a new one. `after` is what comes when it is open.
export async function unlock(app, after = () => entered(app)) {
  const { vault, device } = app.phone;
  const made = (await vault.exists()) ? knownPin(vault, after) : firstPin(vault, after);
  made.element.prepend(h("p", { class: "fl-person" }, icon("person"), device.person.name));
  made.element.append(languages(app));
  return { ...made, title: t("Mingjing"), back: false, gate: true };
}

function knownPin(vault, after) {
  const [pin, pinLabel] = pinField(t("PIN"), "current-password");
  const says = told();
  const act = async () => {
    const typed = pin.value;
    pin.value = "";
    if (!typed) return t("Type your PIN.");
    await vault.unlock(typed);
    return after();
  };
  return { element: form(says, act, pinLabel, says, h("button", { class: "fl-button primary wide" }, t("Unlock"))), focus: pin };
}

function firstPin(vault, after) {
  const [pin, again, pins] = newPin();
  const says = told();
  const act = async () => {
    const wrong = pinFault(pin.value, again.value);
    if (wrong) return wrong;
    await vault.create(pin.value);
    return after();
  };
  return { element: form(says, act, h("p", {}, t("This phone is bound to you but has no PIN yet. Choose one.")), ...pins, says, h("button", { class: "fl-button primary wide" }, t("Set the PIN"))) };
}

// A phone that was revoked opens nothing any more.
export async function revoked(app) {
  const { commands, photos } = await app.phone.held();
  const held = commands + photos ? t("{entries} entries and {photos} photos that were not sent are still here, locked.", { entries: commands, photos }) : t("Nothing is here that was not sent.");
  const erase = async () => {
    if (!(await confirmed(`${t("Remove everything from this phone? It cannot be brought back.")} ${held}`, t("Remove everything")))) return;
    await app.phone.erase();
    location.replace("/field/");
  };
  const element = h("div", { class: "fl-page fl-gate" }, h("p", { class: "fl-person" }, icon("person"), app.phone.device.person.name),
    h("div", { class: "fl-notice wrong", role: "alert" }, h("p", {}, h("b", {}, t("This phone was revoked"))), h("p", {}, t("It sends and receives nothing more. Take it to your station; to work with it again, bind it anew.")), h("p", {}, held)),
    button(t("Remove everything from this phone"), erase, { kind: "quiet danger wide" }), languages(app));
  return { element, title: t("This phone was revoked"), back: false, gate: true };
}

// The app could not start.
export function failed(error) {
  return h("div", { class: "fl-page fl-gate" }, h("div", { class: "fl-notice wrong", role: "alert" }, h("p", {}, h("b", {}, t("The app could not start"))), h("p", {}, t("What is kept on this phone is still there. Try again; if it goes on, close other pages of the app and restart the phone.")), h("p", { class: "fl-fine" }, String(error?.message ?? error))),
    button(t("Try again"), () => location.reload(), { kind: "primary wide" }));
}
