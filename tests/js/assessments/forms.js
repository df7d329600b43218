// A small form to work on, and a person who works on it.
export const seed = "ab".repeat(32);
export const me = { token: "p1", name: "演示甲" };

const title = (zh, en) => ({ "zh-Hans": zh, en });
const check = (code, kind, more = {}) => ({
  code, title: title(`小项${code}`, `Check ${code}`), points: 400, na: false, critical: false, kind,
  added: kind === "PI", losses: [0, 100, 200, 300, 400], rule: {}, methods: [], evidence: [], ...more,
});
const band = (low) => ({ low, high: null, low_included: true, high_included: false });

export const rubric = {
  format: "mingjing.assessments.rubric/1", scheme: { code: "s", title: title("甲", "S"), digest: "0" },
  class: { code: "A", title: title("A类", "A") }, method: "rebased", full_marks: 10000,
  rounding: { rule: "half_up", decimals: 2 }, components: [{ code: "site", title: title("现场", "Site"), weight: "1" }],
  omitted: [], bonus: { cap: 500, items: [] }, vetoes: [], unscored_total: null,
  items: [
    { code: "A1", title: title("环境", "Cleaning"), checks: ["A1.1", "A1.2"] },
    { code: "A2", title: title("消防", "Fire"), checks: ["A2.1", "A2.2", "A2.3"] },
  ],
  checks: [
    check("A1.1", "PI", {
      title: title("楼道、扶手、门厅洁净", "Stairs are clean"), sample: { minimum: 3, of: title("单元", "stairwells") },
      words: "楼道扶手门厅洁净 loudaofushoumentingjiejing ldfsmtjj stairsareclean a11",
    }),
    check("A1.2", "TIER", { losses: [0, 200, 400], words: "公示栏 gongshilan gsl a12" }),
    check("A2.1", "PI", { critical: true, evidence: [{ code: "P", title: title("照片", "Photo") }], words: "消防车道畅通 xiaofangchedaochangtong xfcdct a21" }),
    check("A2.2", "RATIO", { losses: [0, 200, 400], full: band("80"), half: { ...band("60") }, sample: { minimum: 5, of: title("住户", "households") } }),
    check("A2.3", "BIN", { losses: [0, 400], na: true }),
  ],
};

export const record = { subject: "assessments.visit:1", seed, entry_code: null, site: null, members: [] };
export const planned = { state: "started", revision: 0, sheet: {}, entered_at: "2026-11-28T01:00:00Z", signed: [] };

let made = 0;
export const fresh = () => `00000000-0000-7000-8000-${String(++made).padStart(12, "0")}`;

// A command as the outbox has it.
export function command(payload, more = {}) {
  return { id: fresh(), kind: "assessments.edit", subject: record.subject, at: "2026-11-28T02:00:00Z", payload, state: "waiting", ...more };
}
