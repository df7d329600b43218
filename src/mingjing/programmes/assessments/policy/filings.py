"""What is filed about a community besides findings: a bonus, a veto, or that a bonus is contradicted; what each needs.

Not here: who approves it; how bonuses and vetoes weigh in the result (engine.scoring).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from mingjing.engine.mappings.texts import parse_number
from mingjing.engine.outcome import N_, Problem, Reason, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.scoring import BonusItem, Rubric

__all__ = [
    "BONUS", "REFUTED", "VETO", "Filed", "choices", "claimable", "effect", "filing_problems", "grave", "on_record",
    "settled", "speaks_against", "unmatched",
]  # fmt: skip

BONUS, VETO = "bonus", "veto"
REFUTED = "refuted"
"""The proof of an approved bonus, named by its code, is contradicted."""
GRAVE, VOTES = 2, 2
"""The level of a veto on which a panel votes, and how many of it must say the same."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What somebody wants to file. `period` are the round's first and last day; `repeated`: it stands there already.

    `known` is what is on record of the attributes that a bonus is matched against, by code: recorded by the office with
    its source, or known by the system; nothing that is only assumed. `declared`: a company says it of itself.
    `granted` are the codes of the bonuses that were approved.
    """

    kind: str
    code: str
    document: str
    occurred_on: date | None
    today: date
    period: tuple[date, date]
    repeated: bool = False
    known: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    declared: bool = False
    responsibility: str = ""
    granted: frozenset[str] = frozenset()


def choices(rubric: Rubric) -> Iterator[tuple[str, str, Titled]]:
    """What can be filed: kind, code and title."""
    yield from ((BONUS, item.code, item.title) for item in rubric.bonus)
    yield from ((VETO, kind.code, kind.title) for kind in rubric.vetoes)


def claimable(rubric: Rubric) -> tuple[BonusItem, ...]:
    """The bonuses that a company can claim itself: those that do not rest on what only others can know."""
    return tuple(item for item in rubric.bonus if not item.matched)


def title_of(rubric: Rubric, kind: str, code: str) -> Titled:
    """The title of a bonus or a veto; its code where the scheme does not know it."""
    wanted = (BONUS if kind == REFUTED else kind, code)
    found = (title for of_kind, of_code, title in choices(rubric) if (of_kind, of_code) == wanted)
    return next(found, Titled({"en": code}))


def effect(rubric: Rubric, kind: str, code: str) -> Reason:
    """What it does once somebody else has approved it."""
    if kind == BONUS and code in rubric.bonus_points:
        text = N_("+{points} points; all bonuses of a community together bring at most {cap}.")
        params = {"points": points_text(rubric.bonus_points[code]), "cap": points_text(rubric.bonus_cap)}
        return Reason("filing.bonus", text, params)
    if kind == REFUTED and code in rubric.bonus_points:
        text = N_(
            "The {points} points of the bonus count no longer. After the decision that takes a case of its own: "
            "notice, hearing, decision of two, public notice and two signatures."
        )
        return Reason("filing.refuted", text, {"points": points_text(rubric.bonus_points[code])})
    if kind == VETO and code in rubric.veto_levels:
        text = N_("A veto of level {level}: the rules of the scheme that ask for it take hold.")
        return Reason("filing.veto", text, {"level": rubric.veto_levels[code]})
    return Reason("filing.unknown", N_("The scheme knows nothing of the kind."))


def filing_problems(rubric: Rubric, filed: Filed) -> Iterator[Problem]:
    """Everything that is wrong with what somebody wants to file, each at the name of its field."""
    known = [code for kind, code, _ in choices(rubric) if kind == filed.kind]
    if filed.kind == REFUTED:
        yield from _refuted(filed)
    elif filed.code not in known:
        text = N_("The scheme has no {found} for this class; choose one of: {allowed}.")
        yield Problem("filing.unknown", text, {"found": repr(filed.code), "allowed": tuple(known)}, "code")
    if filed.kind == BONUS and filed.code in known:
        yield from unmatched(rubric, filed.code, filed.known, declared=filed.declared)
    if not 0 < len(filed.document.strip()) <= 300:
        text = N_("Name the document that proves it, with its reference, in 1 to 300 characters.")
        yield Problem("filing.document", text, {}, "document")
    if filed.kind == VETO and filed.occurred_on is None:
        yield Problem("filing.no_day", N_("A veto needs the day of the incident."), {}, "occurred_on")
    if grave(rubric, filed.kind, filed.code) and not 0 < len(filed.responsibility.strip()) <= 500:
        text = N_("Say in 1 to 500 characters what the company has to do with it; who only was there is not to blame.")
        yield Problem("filing.responsibility", text, {}, "responsibility")
    if filed.occurred_on is not None and filed.kind != REFUTED:
        yield from _day(filed, filed.occurred_on)
    if filed.repeated:
        text = N_("The same was filed already and stands; it counts once. Wait for its decision, or read it below.")
        yield Problem("filing.repeated", text, {}, "code")


def _refuted(filed: Filed) -> Iterator[Problem]:
    if filed.code not in filed.granted:
        text = N_("This bonus was not approved here; there is nothing to take back.")
        yield Problem("filing.not_granted", text, {}, "code")
    if not 0 < len(filed.responsibility.strip()) <= 500:
        text = N_("Say in 1 to 500 characters what contradicts the proof of the bonus.")
        yield Problem("filing.contradiction", text, {}, "responsibility")


def grave(rubric: Rubric, kind: str, code: str) -> bool:
    """Whether it is a veto of the level that proposes a black listing: two vote on it, and its paper is on file."""
    return kind == VETO and rubric.veto_levels.get(code) == GRAVE


def settled(votes: Iterable[bool]) -> bool | None:
    """What a panel says whose members voted so: what enough of them say, None while they do not."""
    cast = list(votes)
    return next((stance for stance in (True, False) if cast.count(stance) >= VOTES), None)


def unmatched(rubric: Rubric, code: str, known: Mapping[str, str], *, declared: bool = False) -> Iterator[Problem]:
    """What stands in the way of a bonus that rests on the records of others: each must be known, and say nothing."""
    item = next((item for item in rubric.bonus if item.code == code), None)
    if item is None or not item.matched:
        return
    if declared:
        text = N_("Nobody declares this of themselves: the office matches the records of those who keep them.")
        yield Problem("filing.self_declared", text, {}, "code")
        return
    for name in item.matched:
        found = known.get(name, "")
        if not found:
            text = N_("Nothing is on record of {name}; record first what those who keep it say, with its source.")
            yield Problem("filing.unmatched", text, {"name": name}, "code")
        elif parse_number(found) != 0:
            text = N_("The record of {name} says {found}; this bonus needs 0.")
            yield Problem("filing.not_zero", text, {"name": name, "found": found}, "code")


def on_record(by_hand: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """What is on record of attributes: by hand first, but records that count some stand against a none by hand.

    >>> on_record({"petitions": "0", "lawsuits": "1"}, {"petitions": "2", "lawsuits": "0", "complaints": "0"})
    {'petitions': '2', 'lawsuits': '1', 'complaints': '0'}
    """
    denied = {
        code for code, text in known.items() if speaks_against(text) and not speaks_against(by_hand.get(code, ""))
    }
    return {**known, **{code: text for code, text in by_hand.items() if code not in denied}}


def speaks_against(text: str) -> bool:
    """Whether a value counts something: a number that is not zero.

    >>> [text for text in ("0", "0.00", "", "no", "2", "0.42") if speaks_against(text)]
    ['2', '0.42']
    """
    return bool(parse_number(text))


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
