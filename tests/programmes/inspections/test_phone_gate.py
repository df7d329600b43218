"""The gate of the phone answers as the installation's does, over rules and facts that nobody thought of."""

import json
import random
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.programmes.assessments.phone import node

from mingjing.programmes.inspections.policy.conditions import AT_THE_GATE, WHOLE
from mingjing.programmes.inspections.policy.gate import admit
from mingjing.programmes.inspections.policy.previews import gate_document
from mingjing.programmes.inspections.policy.rules import FORMAT, LEVELS, read_rules
from mingjing.programmes.inspections.queries.gate import kept_answers

ROOT = Path(__file__).resolve().parents[3]
RUNS = 400
FACTS = sorted((*AT_THE_GATE, "purpose", "trigger", "grade", "clue"))
WORDS = ("yes", "no", "none", "")
FIRST = date(2024, 1, 1)
SCRIPT = """
import { readFileSync } from "node:fs";
import { admit, kept } from "#mj/inspections/gate.js";
const answered = ({ rules, facts, day }) => {
  const found = admit(rules, facts, day);
  return [found.colour, kept(found)];
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answered)));
"""


def drawn_test(dice: random.Random, fact: str) -> Any:
    if fact not in WHOLE:
        return dice.sample(WORDS, dice.randint(1, 3))
    low, high = sorted(dice.sample(range(6), 2))
    return dice.choice([{"from": low}, {"to": high}, {"from": low, "to": high}])


def drawn_tests(dice: random.Random, least: int) -> dict[str, Any]:
    return {fact: drawn_test(dice, fact) for fact in dice.sample(FACTS, dice.randint(least, 3))}


def drawn_rule(dice: random.Random, number: int) -> dict[str, Any]:
    levels = sorted((dice.choice(list(LEVELS)) for _ in range(dice.randint(1, 3))), key=lambda one: -LEVELS[one])
    first = FIRST + timedelta(days=dice.randint(0, 20))
    steps = [
        {
            "level": level,
            "when": {
                "only": drawn_tests(dice, 0), "unless": [drawn_tests(dice, 1) for _ in range(dice.randint(0, 2))],
            },
        }
        for level in levels
    ]  # fmt: skip
    return {
        "code": f"R{number}", "kind": "gate", "title": {"en": "a"}, "source": "s", "avoid": {"en": "b"},
        "from": first.isoformat(), "to": (first + timedelta(days=dice.randint(0, 20))).isoformat(),
        "unknown": dice.choice(list(LEVELS)), "levels": steps,
    }  # fmt: skip


def drawn_fact(dice: random.Random, fact: str) -> Any:
    return dice.choice((None, 0, 1, 2, 3, 5) if fact in WHOLE else (*WORDS, None))


def test_both_gates_give_the_same_answers() -> None:
    program = node()
    if program is None:
        pytest.skip("no node runs here")
    dice, asked, expected = random.Random(20260310), [], []
    for _ in range(RUNS):
        rules = [drawn_rule(dice, number) for number in range(dice.randint(1, 6))]
        pack = read_rules({"format": FORMAT, "title": {"en": "t"}, "rules": rules})
        facts = {fact: drawn_fact(dice, fact) for fact in dice.sample(FACTS, dice.randint(0, len(FACTS)))}
        day = FIRST + timedelta(days=dice.randint(0, 40))
        found = admit(pack, facts, day=day)
        expected.append([str(found.colour), kept_answers(found)])
        asked.append({"rules": gate_document(pack, day)["rules"], "facts": facts, "day": day.isoformat()})
    told = subprocess.run(
        [program, "--input-type=module", "-e", SCRIPT], input=json.dumps(asked), capture_output=True, text=True,
        check=True, cwd=ROOT,
    )  # fmt: skip
    assert json.loads(told.stdout) == expected
    assert {colour for colour, _answers in expected} == {"green", "yellow", "red"}
