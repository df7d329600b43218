// What the gate says, large: the colour, then every answer worst first, with what would have avoided it and its source;
// and by which rules and facts, where the installation has not spoken yet. Not here: working it out (gate.js).
import { colourName, factName, h, icon, levelName, moment, said, t } from "#mj/inspections/kit.js";

const MARKS = { green: "check", yellow: "warning", red: "cross" };

// `answers` are {rule (its code), level, unknown}; `rules` the pack's, to say them in words.
export function verdictOf({ colour, answers }, rules, source) {
  const titles = new Map(rules.map((rule) => [rule.code, rule]));
  const line = ({ rule: code, level, unknown = [] }) => answerOf(code, level, unknown, titles.get(code));
  return h("section", { class: `fi-verdict ${colour ?? ""}`, role: "status", "data-colour": colour },
    h("h2", {}, icon(MARKS[colour] ?? "info"), colourName(colour)),
    answers.length ? h("ol", { class: "fi-answers" }, ...answers.map(line)) : h("p", {}, t("No rule stands against this visit.")),
    h("p", { class: "fi-fine" }, source));
}

function answerOf(code, level, unknown, rule) {
  const facts = unknown.map(factName).join(t(", "));
  return h("li", { class: level }, h("p", {}, h("b", { class: "fi-level" }, levelName(level)), " ", h("b", {}, code), " ", said(rule?.title)),
    facts ? h("p", {}, t("Not known: {facts}", { facts })) : null,
    rule ? h("p", { class: "fi-fine" }, said(rule.avoid)) : null, rule ? h("p", { class: "fi-fine" }, t("Source: {source}", { source: rule.source })) : null);
}

// Where an answer comes from, in words.
export const fromPack = (knownAt, alone) => (alone ? t("Without a signal: by the rules and facts of {time}. The installation decides when this arrives.", { time: moment(knownAt) }) : t("By the rules and facts of {time}. The installation decides when this arrives.", { time: moment(knownAt) }));
export const fromInstallation = ({ entered_at: at, shown, colour }) => (shown && shown !== colour ? t("The installation’s answer for {time}; at the door this phone showed another colour.", { time: moment(at) }) : t("The installation’s answer for {time}.", { time: moment(at) }));
