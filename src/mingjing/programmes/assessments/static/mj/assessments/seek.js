// Searching a check from anywhere in the visit: characters, pinyin, initials, code. Not here: what matches (search.js).
import { button, h, said, t } from "#mj/assessments/kit.js";
import { stateOf } from "#mj/assessments/acts.js";
import { matching } from "#mj/assessments/search.js";
import { star } from "#mj/assessments/row.js";

const MOST = 20;

export function openSearch(screen) {
  const { work } = screen;
  const under = new Map(work.rubric.items.flatMap((item) => item.checks.map((code) => [code, item.title])));
  const checks = work.rubric.checks.map((check) => ({ ...check, under: under.get(check.code) }));
  const results = h("ul", { class: "fa-results" });
  const count = h("p", { class: "unseen", role: "status" });
  const go = (code) => () => {
    dialog.close();
    screen.goTo(code);
  };
  const show = (text) => {
    const found = text.trim() ? matching(checks, text) : [];
    results.replaceChildren(...found.slice(0, MOST).map((check) => h("li", {}, result(work, check, go(check.code)))));
    count.textContent = text.trim() ? t("{count} checks found", { count: found.length }) : "";
    nothing.hidden = !text.trim() || found.length > 0;
  };
  const press = ({ key }) => {
    if (key === "Enter") results.querySelector("button")?.click();
    if (key === "Escape") dialog.close(); // a search field would only empty itself
  };
  const nothing = h("p", { class: "fa-fine", hidden: true }, t("No check has these words; try others, or initials."));
  const input = h("input", {
    type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go", "aria-label": t("Search a check"),
    placeholder: t("words, pinyin initials or code"), oninput: () => show(input.value), onkeydown: press,
  });
  const dialog = h("dialog", { class: "fa-seek", "aria-label": t("Search a check"), onclose: () => dialog.remove() },
    h("div", { class: "fa-row" }, input, button(t("Close"), () => dialog.close(), { kind: "quiet" })), count, nothing, results);
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}

function result(work, check, go) {
  const state = stateOf(work.part(check.code));
  return h("button", { type: "button", class: `fa-result ${state}`, onclick: go },
    h("span", { class: "fa-code" }, check.code), " ", check.critical ? star() : null, said(check.title),
    state === "open" ? null : h("span", { class: "fa-fine" }, stateText(state)));
}

function stateText(state) {
  return { looked: () => t("Nothing found"), found: () => t("Found something"), absent: () => t("Does not apply") }[state]();
}
