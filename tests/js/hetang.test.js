// The table that officials worked out by hand, on the phone: tests/vectors/hetang-2024.json describes itself.
import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEdit } from "#mj/assessments/recording.js";
import { score } from "#mj/assessments/score.js";
import { figures, rubricOf, vectors } from "./vectors.js";

const table = vectors("hetang-2024");
const period = [table.round.first, table.round.last];

function sheetOf({ not_applicable: absent = [], ...rest }) {
  return { ...rest, not_applicable: absent.map((check) => ({ check })), period };
}

const communities = [...table.cases, ...table.groups.flatMap((group) => group.communities)];
for (const community of communities) {
  test(community.name.en, () => {
    const found = score(rubricOf(`hetang-2024-${community.class}`), sheetOf(community));
    const { base, bonus, total, checks } = figures(found);
    const shown = total === null ? { base, bonus: null, total, checks: 0 } : { base, bonus, total, checks };
    for (const [name, value] of Object.entries(shown)) {
      if (name in community.expect) assert.equal(value, community.expect[name], name);
    }
  });
}

test("the steps of a share follow from its figures", () => {
  const shares = communities.flatMap((community) =>
    (community.findings ?? []).filter((finding) => "cases" in finding).map((finding) => [community.class, finding]),
  );
  assert.ok(shares.length);
  for (const [of, { check, good, cases, steps }] of shares) {
    const finding = "00000000-0000-0000-0000-000000000001";
    const payload = { check, finding, good: Number(good), of: Number(cases), fewer: "as many as there are" };
    const sheet = applyEdit(rubricOf(`hetang-2024-${of}`), {}, { kind: "find", payload, by: "", at: "" });
    assert.equal(sheet.findings[0].steps, steps, check);
  }
});
