"""The gate (Table A): may these officers enter now? Every rule answers; the worst answer is the colour.

Red cannot stop anybody at the door: it tells the firm that it may refuse. Not here: gathering the facts, and what an
entry despite red leads to (a rule of kind `visit`, B7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjing.engine.outcome import N_, Phrase, Reason
from mingjing.programmes.inspections.policy.conditions import Facts
from mingjing.programmes.inspections.policy.rules import Level, Pack, Rule

__all__ = ["Admission", "Answer", "Colour", "admit"]


NAMES = {
    "listed": N_("whether the authority is listed"), "published": N_("whether the items are published"),
    "in_scope": N_("whether the items are within its scope"), "covered": N_("whether a plan covers it"),
    "approved": N_("whether it is approved"), "filed": N_("whether it is filed"),
    "quiet_day": N_("whether it is a quiet day"), "exception": N_("which exception it is"),
    "exempt": N_("whether the firm is exempt from routine visits"),
    "as_noticed": N_("whether it is as the notice says"), "clue": N_("the number of the clue"),
    "valid_officers": N_("how many officers hold a certificate"), "grade": N_("the grade of the firm"),
    "distance": N_("how far it is from the registered place"), "purpose": N_("the purpose"),
    "trigger": N_("the trigger"), "method": N_("the method"),
}  # fmt: skip
"""What a fact is called where it is missing, as the phone says it too."""


class Colour(StrEnum):
    """What the officer's and the firm's phones show."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says; `unknown` are the facts it lacked."""

    rule: Rule
    level: Level
    unknown: tuple[str, ...] = ()

    @property
    def reason(self) -> Reason:
        """The rule in words, with its source and what to do."""
        params = {
            "code": self.rule.code, "title": self.rule.title, "avoid": self.rule.avoid, "source": self.rule.source,
            "facts": tuple(Phrase(NAMES.get(fact, fact)) for fact in self.unknown),
        }  # fmt: skip
        if self.unknown:
            text = N_("{code} {title}: cannot be told, not known: {facts}. {avoid} (Source: {source})")
            return Reason("inspections.gate_unknown", text, params)
        return Reason("inspections.gate", N_("{code} {title}. {avoid} (Source: {source})"), params)


@dataclass(frozen=True, slots=True)
class Admission:
    """The colour, and every answer that is not plainly green, worst first."""

    colour: Colour
    answers: tuple[Answer, ...]


def admit(pack: Pack, facts: Facts, *, day: date) -> Admission:
    """What the rules of that day say to an arrival of which these facts are known."""
    said: Admission = pack.told_before(pack.on(day, "gate"), facts, _said)
    return said


def _said(rules: Sequence[Rule], facts: Facts) -> Admission:
    answers = [answer for rule in rules if (answer := _answer(rule, facts))]
    worst = max((answer.level for answer in answers), default=Level.INFO)
    colour = {Level.INFO: Colour.GREEN, Level.YELLOW: Colour.YELLOW, Level.RED: Colour.RED}[worst]
    return Admission(colour, tuple(sorted(answers, key=lambda answer: -answer.level)))


def _answer(rule: Rule, facts: Facts) -> Answer | None:
    unknown = False
    for step in rule.steps:
        found = step.when.verdict(facts)
        if found:
            return Answer(rule, step.level)
        unknown = unknown or found is None
    if not unknown:
        return None
    missing = (fact for step in rule.steps for fact in step.when.unknown(facts))
    return Answer(rule, rule.unknown, tuple(dict.fromkeys(missing)))
