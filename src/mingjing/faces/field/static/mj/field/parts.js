// What the shell's screens share: buttons, fields, PINs, languages, faults in words. Not here: any screen.
import { Offline, Refused } from "#mj/field/device.js";
import { h, icon, language, t } from "#mj/field/kit.js";
import { talk } from "#mj/field/settings.js";
import { WrongPin } from "#mj/field/vault.js";

const PIN = 6; // digits at least

export const button = (label, act, { kind = "", mark = null } = {}) => h("button", { type: "button", class: `fl-button ${kind}`, onclick: act }, mark ? icon(mark) : null, h("span", {}, label));

// [input, its label with the input in it].
export function field(label, attributes) {
  const input = h("input", attributes);
  return [input, h("label", { class: "fl-field" }, h("span", {}, label), input)];
}

export const pinField = (label, auto) => field(label, { type: "password", inputmode: "numeric", autocomplete: auto, minlength: PIN, maxlength: 32, required: true });

export function pinFault(pin, again) {
  if (!/^\d{6,32}$/.test(pin)) return t("A PIN has at least 6 digits.");
  if (pin !== again) return t("The two PINs differ; type both again.");
  return "";
}

// What went wrong, in words.
export function spoken(error) {
  if (error instanceof Refused) return error.message;
  if (error instanceof Offline) return t("No network: this needs one. Try again where there is a signal.");
  if (error instanceof WrongPin) return error.seconds ? t("This PIN does not open it. Wait {seconds} s, then try again.", error) : t("This PIN does not open it.");
  const unnamed = t("This did not work ({name}). Try again; if it goes on, restart the phone: what is kept on it stays.", { name: error?.name ?? "" });
  return error?.message === "" ? unnamed : String(error?.message ?? error); // a browser's own faults may come without a word
}

export function megabytes(count) {
  if (!count) return "";
  if (count < 2 ** 20) return t("{size} KB", { size: Math.ceil(count / 2 ** 10) });
  return count < 2 ** 30 ? t("{size} MB", { size: (count / 2 ** 20).toFixed(1) }) : t("{size} GB", { size: (count / 2 ** 30).toFixed(1) });
}

export const moment = (instant) => new Date(instant).toLocaleString(language() === "en" ? "en-GB" : language(), { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export function languages(app) {
  const choose = async (code) => {
    await talk(code);
    await app.show();
  };
  return h("p", { class: "fl-languages" }, ...[["zh-Hans", "中文"], ["en", "English"]].map(([code, name]) => h("button", { type: "button", class: "fl-link", lang: code, "aria-pressed": language() === code ? "true" : "false", onclick: () => choose(code) }, name)));
}
