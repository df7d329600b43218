"""What is filed about a community besides findings: a bonus or a veto, what it needs, and what it would do.

Not here: who approves it; how bonuses and vetoes weigh in the result (engine.scoring).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mingjing.engine.outcome import N_, Problem, Reason, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.scoring import BonusItem, Rubric

__all__ = ["BONUS", "VETO", "Filed", "choices", "claimable", "effect", "filing_problems"]

BONUS, VETO = "bonus", "veto"


@dataclass(frozen=True, slots=True)
class Filed:
    """What somebody wants to file. `period` are the round's first and last day; `repeated`: it stands there already."""

    kind: str
    code: str
    document: str
    occurred_on: date | None
    today: date
    period: tuple[date, date]
    repeated: bool = False


def choices(rubric: Rubric) -> Iterator[tuple[str, str, Titled]]:
    """What can be filed: kind, code and title."""
    yield from ((BONUS, item.code, item.title) for item in rubric.bonus)
    yield from ((VETO, kind.code, kind.title) for kind in rubric.vetoes)


def claimable(rubric: Rubric) -> tuple[BonusItem, ...]:
    """The bonuses that a company can claim itself: those that do not rest on what only others can know."""
    return tuple(item for item in rubric.bonus if not item.matched)


def title_of(rubric: Rubric, kind: str, code: str) -> Titled:
    """The title of a bonus or a veto; its code where the scheme does not know it."""
    found = (title for of_kind, of_code, title in choices(rubric) if (of_kind, of_code) == (kind, code))
    return next(found, Titled({"en": code}))


def effect(rubric: Rubric, kind: str, code: str) -> Reason:
    """What it does once somebody else has approved it."""
    if kind == BONUS and code in rubric.bonus_points:
        text = N_("+{points} points; all bonuses of a community together bring at most {cap}.")
        params = {"points": points_text(rubric.bonus_points[code]), "cap": points_text(rubric.bonus_cap)}
        return Reason("filing.bonus", text, params)
    if kind == VETO and code in rubric.veto_levels:
        text = N_("A veto of level {level}: the rules of the scheme that ask for it take hold.")
        return Reason("filing.veto", text, {"level": rubric.veto_levels[code]})
    return Reason("filing.unknown", N_("The scheme knows nothing of the kind."))


def filing_problems(rubric: Rubric, filed: Filed) -> Iterator[Problem]:
    """Everything that is wrong with what somebody wants to file, each at the name of its field."""
    known = [code for kind, code, _ in choices(rubric) if kind == filed.kind]
    if filed.code not in known:
        text = N_("The scheme has no {found} for this class; choose one of: {allowed}.")
        yield Problem("filing.unknown", text, {"found": repr(filed.code), "allowed": tuple(known)}, "code")
    if not 0 < len(filed.document.strip()) <= 300:
        text = N_("Name the document that proves it, with its reference, in 1 to 300 characters.")
        yield Problem("filing.document", text, {}, "document")
    if filed.kind == VETO and filed.occurred_on is None:
        yield Problem("filing.no_day", N_("A veto needs the day of the incident."), {}, "occurred_on")
    if filed.occurred_on is not None:
        yield from _day(filed, filed.occurred_on)
    if filed.repeated:
        text = N_("The same was filed already and stands; it counts once. Wait for its decision, or read it below.")
        yield Problem("filing.repeated", text, {}, "code")


def _day(filed: Filed, day: date) -> Iterator[Problem]:
    first, last = filed.period
    if day > filed.today:
        yield Problem("filing.future", N_("The day of the incident lies in the future."), {}, "occurred_on")
    elif filed.kind == VETO and not first <= day <= last:
        text = N_(
            "The incident counts in the round in which it happened; this one runs from {first} to {last}. "
            "File it in the round of its day."
        )
        days = {"first": first.isoformat(), "last": last.isoformat()}
        yield Problem("filing.outside", text, days, "occurred_on")
