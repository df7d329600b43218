"""What another system sends, read from JSON into values, every problem at once. Not here: whether it is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["MOST", "Pushed", "PushedResult", "read_arrival", "read_rows"]

MOST = 100
"""Visits sent at once."""
PURPOSES = ("routine", "campaign", "case", "immediate", "random", "recheck", "service", "observation")
TRIGGERS = (
    "plan", "complaint", "superior", "assist_superior", "audit", "off_site_clue", "media", "recheck", "firm_request",
    "permit", "emergency",
)  # fmt: skip
METHODS = ("on_site", "off_site", "written")
NEVER = datetime(1, 1, 2, tzinfo=UTC)
RESULTS = ("pass", "finding", "not_checked")
EARLIEST, LATEST = 2000, 3000  # the years that are believed


@dataclass(frozen=True, slots=True)
class PushedResult:
    """What came of an item, named by its code."""

    item: str
    result: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """An arrival as another system tells it: credit codes, numbers of certificates, codes of items."""

    authority: str
    firm: str
    officers: tuple[str, ...]
    items: tuple[str, ...]
    entered: datetime
    purpose: str
    trigger: str
    method: str
    helpers: int
    external: str = ""
    left: datetime | None = None
    reason: str = ""
    results: tuple[PushedResult, ...] = ()


def read_rows(document: object) -> list[object]:
    """The rows of {"visits": […]}; raises Refusal."""
    rows = document.get("visits") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        text = N_("Send an object with “visits”, a list of 1 to {most} visits.")
        raise Refusal([Problem("push.rows", text, {"most": MOST}, "visits")])
    return rows


def read_arrival(row: object, *, whole: bool) -> Pushed:
    """One visit, or with `whole` false the question that the gate is asked. Raises Refusal with every problem."""
    reader = _Reader(row)
    entered = reader.instant("entered", needed=whole)
    found = Pushed(
        authority=reader.text("authority", 18, needed=True).upper(), firm=reader.text("firm", 18, needed=True).upper(),
        officers=reader.texts("officers", 20, 40), items=reader.texts("items", 50, 40),
        entered=entered or NEVER, purpose=reader.word("purpose", PURPOSES, "routine"),
        trigger=reader.word("trigger", TRIGGERS, "plan"), method=reader.word("method", METHODS, "on_site"),
        helpers=reader.number("helpers", 200),
        external=reader.text("external", 80, needed=True) if whole else "",
        left=reader.instant("left", needed=False) if whole else None,
        reason=reader.text("reason", 500, needed=False) if whole else "",
        results=reader.results() if whole else (),
    )  # fmt: skip
    if entered and found.left and found.left < entered:
        reader.problem("push.left", N_("They cannot have left before they entered."), "left")
    reader.finish()
    return found


class _Reader:
    """Takes values out of a row and notes what is wrong with them."""

    def __init__(self, row: object) -> None:
        self.row: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
        self.problems: list[Problem] = []
        self.asked: set[str] = set()
        if not isinstance(row, Mapping):
            self.problem("push.row", N_("Each visit is an object."), "")

    def problem(self, code: str, text: str, place: str, **params: Any) -> None:
        self.problems.append(Problem(code, text, params, place))

    def take(self, name: str) -> Any:
        self.asked.add(name)
        return self.row.get(name)

    def text(self, name: str, limit: int, *, needed: bool) -> str:
        value = self.take(name)
        if value is None and not needed:
            return ""
        least = 1 if needed else 0
        if isinstance(value, str) and least <= len(value.strip()) <= limit and value.isprintable():
            return value.strip()
        self.problem("push.text", N_("A text of {least} to {limit} characters."), name, least=least, limit=limit)
        return ""

    def texts(self, name: str, most: int, limit: int) -> tuple[str, ...]:
        value = self.take(name)
        if value is None:
            return ()
        if isinstance(value, list) and len(value) <= most and all(_is_line(one, limit) for one in value):
            return tuple(dict.fromkeys(one.strip() for one in value))
        self.problem("push.texts", N_("A list of at most {most} texts."), name, most=most)
        return ()

    def word(self, name: str, known: Sequence[str], default: str) -> str:
        value = self.take(name)
        if value is None or (isinstance(value, str) and value in known):
            return value or default
        self.problem("push.word", N_("One of these words: {known}."), name, known=tuple(known))
        return default

    def number(self, name: str, most: int) -> int:
        value = self.take(name)
        if value is None:
            return 0
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        self.problem("push.number", N_("A whole number from 0 to {most}."), name, most=most)
        return 0

    def instant(self, name: str, *, needed: bool) -> datetime | None:
        value = self.take(name)
        if value is None and not needed:
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
            if found and found.utcoffset() is not None and EARLIEST <= found.year < LATEST:
                return found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        text = N_("An instant with its offset, as 2026-11-28T09:30:00+08:00.")
        self.problem("push.instant", text, name)
        return None

    def results(self) -> tuple[PushedResult, ...]:
        value = self.take("results")
        if value is None:
            return ()
        if isinstance(value, list) and len(value) <= MOST:
            found = [one for row in value if (one := _result(row))]
            if len(found) == len(value):
                return tuple(found)
        text = N_("Results are a list of {{item, result, findings}}; result is one of {known}.")
        self.problem("push.results", text, "results", known=RESULTS)
        return ()

    def finish(self) -> None:
        if unknown := sorted(str(name)[:40] for name in set(self.row) - self.asked)[:10]:
            self.problem("push.unknown", N_("Not known here: {names}."), "", names=tuple(unknown))
        if self.problems:
            raise Refusal(self.problems)


def _is_line(value: object, limit: int) -> bool:
    return isinstance(value, str) and 1 <= len(value.strip()) <= limit and value.isprintable()


def _result(row: object) -> PushedResult | None:
    if not isinstance(row, Mapping) or set(row) - {"item", "result", "findings"}:
        return None
    item, result, findings = row.get("item"), row.get("result"), row.get("findings") or []
    if not _is_line(item, 40) or not isinstance(result, str) or result not in RESULTS or not isinstance(findings, list):
        return None
    if len(findings) > 50 or not all(_is_line(one, 1000) for one in findings):
        return None
    return PushedResult(str(item).strip(), str(result), tuple(findings))
