"""The rules of a complaint ranking: a dated document of data, published once as a version of a rulebook.

How repeats are merged, when a community is ranked, how long companies may check, which duties are others'. The format
is docs/reference/complaint-rules.md. Not here: who may publish it (kernel.rulebooks).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.engine.mappings.sections import Section
from mingjing.engine.outcome import N_, Problem, Refusal, Titled

__all__ = ["COMPANY", "FIELDS", "FORMAT", "KIND", "Repeats", "Rules", "check_rules", "read_rules"]

KIND = "complaints.rules"
"""The kind of rulebook that these documents are."""
FORMAT = "mingjing.complaints.rules/1"
COMPANY = "company"
"""The duty that counts; every other code is somebody else's."""
FIELDS = ("caller", "community", "category", "place")
"""What two complaints may have to have in common to be one issue."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Repeats:
    """When a complaint repeats an earlier one: all of `same` agree, and it came within so many days of that one.

    With `while_open` the earlier one must not have been closed before.
    """

    same: tuple[str, ...]
    within_days: int
    while_open: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything an edition is made by; `duties` are the parties a complaint can be about besides the company."""

    title: Titled
    repeats: Repeats
    per_households: int
    decimals: int
    least_households: int
    least_cases: int
    top_percent: int
    check_days: int
    duties: Mapping[str, Titled]


def check_rules(document: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a document of rules."""
    problems: list[Problem] = []
    _read(document, problems)
    return problems


def read_rules(document: Mapping[str, Any]) -> Rules:
    """The rules in a document; raises Refusal with everything that is wrong with it."""
    problems: list[Problem] = []
    rules = _read(document, problems)
    if problems:
        raise Refusal(problems)
    return rules


def _read(document: Mapping[str, Any], problems: list[Problem]) -> Rules:
    root = Section(document, "", problems)
    if (found := root.text("format")) != FORMAT:
        root.fault("format", found, FORMAT)
    rank, top, check = root.section("rank"), root.section("top"), root.section("check")
    rules = Rules(
        title=_title(root, "title"),
        repeats=_repeats(root.section("repeats")),
        per_households=_bounded(rank, "per_households", 1000, 1, MOST),
        decimals=_bounded(rank, "decimals", 2, 0, 4),
        least_households=_bounded(rank, "least_households", 100, 1, MOST),
        least_cases=_bounded(rank, "least_cases", 3, 1, MOST),
        top_percent=_bounded(top, "percent", 10, 1, 100),
        check_days=_bounded(check, "working_days", 5, 1, 60),
        duties=_duties(root.section("duties")),
    )
    for part in (rank, top, check, root):
        part.close()
    return rules


def _repeats(part: Section) -> Repeats:
    same = part.texts("same", ("caller", "community", "category"))
    if not same or len(set(same)) < len(same) or set(same) - set(FIELDS):
        part.fault("same", list(same), "some of " + ", ".join(FIELDS))
    made = Repeats(same, _bounded(part, "within_days", 30, 0, 3650), part.flag("while_open"))
    part.close()
    return made


def _duties(part: Section) -> dict[str, Titled]:
    found = {}
    for code in part.table:
        if code == COMPANY or not code.isidentifier() or len(code) > 20:
            text = N_("{code} cannot be the code of somebody else’s duty; use a short word of letters.")
            part.problems.append(Problem("rules.duty", text, {"code": repr(code)}, part.place(code)))
        found[code] = _title(part, code)
    part.close()
    return found


def _title(part: Section, key: str) -> Titled:
    value = part.any(key)
    known = {"zh-Hans", "en"}
    if isinstance(value, Mapping) and value and set(value) <= known and all(_is_title(text) for text in value.values()):
        return Titled(dict(value))
    part.fault(key, value, 'a title such as {"zh-Hans": "…", "en": "…"}')
    return Titled({"en": key})


def _is_title(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= 200


def _bounded(part: Section, key: str, default: int, least: int, most: int) -> int:
    found = part.whole(key, default, least)
    if found > most:
        part.fault(key, found, f"a whole number ≤ {most}")
        return default
    return found
