// The phone itself: room, letters, language, PIN, locking, taking it off. Not here: what it holds (phone.js).
import { confirmed } from "#mj/field/dialogs.js";
import { h, t } from "#mj/field/kit.js";
import { button, languages, megabytes, pinFault, pinField, spoken } from "#mj/field/parts.js";
import { elder, isElder } from "#mj/field/settings.js";
import { held, signOut, Unsent } from "#mj/field/signout.js";
import { eviction } from "#mj/field/storage.js";

export async function about(app) {
  const { phone } = app;
  const { unsent } = await phone.outlook();
  const { persisted, free, quota } = await eviction(phone.world, { openedAt: phone.world.now(), unsent });
  const large = h("input", { type: "checkbox", role: "switch", checked: isElder() });
  large.addEventListener("change", () => elder(large.checked));
  const row = (name, value) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
  const element = h("div", { class: "fl-page" },
    h("table", { class: "fl-table" }, h("tbody", {}, row(t("Person"), phone.device.person.name), row(t("Phone"), phone.device.id.slice(0, 8)),
      row(t("Storage is kept for good"), persisted ? t("Yes") : t("No: put the app on the home screen")), row(t("Room left"), quota ? megabytes(free) : t("unknown")))),
    h("label", { class: "fl-switch" }, large, t("Large letters (elder mode)")), languages(app), pinChange(app),
    button(t("Lock"), () => app.lock(), { kind: "wide", mark: "lock" }), button(t("Take this phone off (sign out)"), () => leave(app), { kind: "quiet danger wide", mark: "leave" }));
  return { element, title: t("This phone") };
}

function pinChange(app) {
  const [before, beforeLabel] = pinField(t("Present PIN"), "current-password");
  const [pin, pinLabel] = pinField(t("New PIN, at least 6 digits"), "new-password");
  const [again, againLabel] = pinField(t("The PIN once more"), "new-password");
  const told = h("p", { class: "fl-told", role: "status" });
  const submit = async (event) => {
    event.preventDefault();
    const wrong = pinFault(pin.value, again.value);
    if (wrong) return (told.textContent = wrong);
    try {
      await app.phone.vault.change(before.value, pin.value);
      told.textContent = t("The PIN was changed.");
      for (const input of [before, pin, again]) input.value = "";
    } catch (error) {
      told.textContent = spoken(error);
    }
    return undefined;
  };
  return h("details", {}, h("summary", {}, t("Change the PIN")), h("form", { onsubmit: submit, novalidate: true }, beforeLabel, pinLabel, againLabel, told, h("button", { class: "fl-button wide" }, t("Change the PIN"))));
}

// Nobody signs out over what is only here.
async function leave(app) {
  const refuse = ({ commands, photos, refused }) => app.say(t("{count} entries and photos are only on this phone. Send them first: open the outbox where there is a signal.", { count: commands + photos + refused }));
  const found = await held(app.phone.store);
  if (found.commands + found.photos + found.refused) return refuse(found);
  if (!(await confirmed(t("Everything on this phone is removed; it is bound anew with a code of the desk."), t("Take it off")))) return undefined;
  try {
    await signOut(app.phone);
  } catch (error) {
    if (error instanceof Unsent) return refuse(error); // taken meanwhile, on another page
    throw error;
  }
  location.replace("/field/");
  return undefined;
}
