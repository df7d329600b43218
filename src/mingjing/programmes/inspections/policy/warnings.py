"""A warning, and how it explains itself: the rule, its source, the records counted, what would have avoided it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.inspections.policy.rules import Level, Rule

__all__ = ["Unjudged", "Warning", "counted", "told_of", "worst_first"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """What a rule found in a firm's records, from the `first` of those counted to the `last` day that was judged.

    `key` are the site, authority, item or field it is about, by name; `count` is the most that was counted at once.
    """

    rule: Rule
    level: Level
    firm: str
    key: tuple[tuple[str, str], ...]
    first: date
    last: date
    count: int
    records: tuple[str, ...]
    authorities: tuple[str, ...]
    because: Reason

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything somebody needs to check it."""
        title, source, avoid = told_of(self.rule)
        return (title, *self.own_reasons, source, avoid)

    @property
    def own_reasons(self) -> tuple[Reason, Reason]:
        """What no other warning of the rule says."""
        return self.because, Reason("inspections.records", N_("Records: {records}."), {"records": self.records})


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A record that a rule cannot judge because facts are unknown."""

    rule: Rule
    record: str
    facts: tuple[str, ...]


def told_of(rule: Rule) -> tuple[Reason, Reason, Reason]:
    """What every warning of a rule says: which it is, its source, what would have avoided it."""
    return (
        Reason("inspections.rule", N_("{code} {title}"), {"code": rule.code, "title": rule.title}),
        Reason("inspections.source", N_("Source: {source}."), {"source": rule.source}),
        Reason("inspections.avoid", N_("What would have avoided it: {avoid}"), {"avoid": rule.avoid}),
    )


def counted(rule: Rule, count: int) -> Reason:
    """Why a rule that counts warned."""
    asked = rule.count
    assert asked is not None
    params = {"count": count, "window": asked.window.phrase, "days": asked.window.days}
    if asked.what == "authorities":
        if asked.window.days:
            return Reason(
                "inspections.apart_days",
                N_("{count} authorities came apart from each other within {days} days."),
                params,
            )
        return Reason("inspections.apart", N_("{count} authorities came apart from each other in {window}."), params)
    if asked.window.days:
        return Reason("inspections.count_days", N_("{count} visits that count within {days} days."), params)
    return Reason("inspections.count", N_("{count} visits that count in {window}."), params)


def worst_first(warnings: Iterable[Warning]) -> list[Warning]:
    """Red before yellow before information; then by rule, day and records."""
    return sorted(warnings, key=lambda one: (-one.level, one.rule.code, one.first, one.key, one.records))
