// How checks and answers are said in one line. Not here: elements.
import { said, t } from "#mj/assessments/kit.js";

// The rule with how to look and what to bring, in one line.
export function ruleOf(check) {
  const asked = check.sample ? t("at least {count} {of}", { count: check.sample.minimum, of: said(check.sample.of) }) : "";
  const methods = (check.methods ?? []).map(({ title }) => said(title)).join(t(", "));
  const evidence = (check.evidence ?? []).map(({ title }) => said(title)).join(t(", "));
  return [said(check.rule), asked, methods, evidence && t("Evidence: {kinds}", { kinds: evidence })].filter(Boolean).join(" · ");
}

// What was answered, in words.
export function answerText({ kind }, { steps, measured = {} }) {
  switch (kind) {
    case "PI": return steps > 1 ? t("{count} places", { count: steps }) : "";
    case "TIER": return steps > 1 ? t("absent (none)") : t("partial or out of date (half)");
    case "RATIO": return [t("{good} of {of}", measured), measured.fewer].filter(Boolean).join(t(", "));
    case "SCALE": return t("mark {mark}", measured);
    default: return "";
  }
}
