"""Several packs, each in force for some days, as one: every visit is judged by the rules of its day.

Not here: which packs are in force where (queries.packs).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from mingjing.programmes.inspections.policy.rules import Pack, Rule

__all__ = ["joined"]

Segment = tuple[date, date, Pack]


def joined(segments: Iterable[Segment]) -> Pack:
    """One pack of the rules of packs that follow each other, each rule for the days on which its pack was in force.

    A rule that the next pack has unchanged goes on: what one run of visits raises stays one warning.
    """
    parts = sorted(segments, key=lambda segment: segment[0])
    rules: list[Rule] = []
    for first, last, pack in parts:
        for rule in _within(pack, first, last):
            before = next((at for at, known in enumerate(rules) if _goes_on(known, rule)), None)
            if before is None:
                rules.append(rule)
            else:
                rules[before] = replace(rules[before], last=rule.last)
    return Pack(parts[-1][2].title, tuple(rules))


def _within(pack: Pack, first: date, last: date) -> Iterator[Rule]:
    for rule in pack.rules:
        begins, ends = max(rule.first, first), min(rule.last, last)
        if begins <= ends:
            yield replace(rule, first=begins, last=ends)


def _goes_on(known: Rule, rule: Rule) -> bool:
    follows = known.last < date.max and known.last + timedelta(days=1) == rule.first
    return follows and replace(known, last=rule.last) == replace(rule, first=known.first)
