"""Published rows in the words of a page. Everything a reader is told about a community comes through here.

Not here: which pages there are (pages), what may be told at all (policy.published).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mingjing.engine.accounts import Line, LineKind
from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.kernel.cases.models import Case
from mingjing.programmes.assessments.board.addresses import (
    community_path,
    company_path,
    decision_path,
    in_round_path,
    list_path,
)
from mingjing.programmes.assessments.models import Listed
from mingjing.programmes.assessments.policy.published import Index, Share, company_index, public_text
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.tiers import tier_title, tones
from mingjing.programmes.assessments.queries.published import Published, PublishedRound, Row

__all__ = ["Company", "Told", "changes_of", "companies_of", "district_rows", "items_of", "lines_of", "told"]

ON_FILE_BONUS = N_("approved; the proof is on file")
VETO_STANDS = N_("in effect: level {level}; the official paper is on file")


@dataclass(frozen=True, slots=True)
class Told:
    """A row as pages show it. `title` and `tone` are those of its tier; paths are below a variant."""

    row: Row
    made: PublishedRound
    title: Titled | Phrase
    tone: str
    path: str
    newest: bool
    absent: str
    reply: str

    @property
    def listed(self) -> Listed:
        return self.row.listed

    @property
    def company(self) -> str:
        """The path of its company, where the legal entity is known."""
        return company_path(self.listed.company.credit_code) if self.listed.company else ""

    @property
    def list_path(self) -> str:
        return list_path(self.made.round, self.listed.class_code)

    @property
    def decision(self) -> str:
        """The path of its decision file, below the district's address."""
        return decision_path(self.listed.entry, self.made.round) if self.row.decided else ""

    @property
    def class_title(self) -> Titled | str:
        return self.made.scheme.classes.get(self.listed.class_code, self.listed.class_code)

    @property
    def before(self) -> Row | None:
        return self.row.before

    @property
    def difference(self) -> int | None:
        """How many points more than in the published round before, where both are known."""
        was = self.row.before.listed if self.row.before else None
        if was is None or was.total is None or self.listed.total is None or was.class_code != self.listed.class_code:
            return None
        return self.listed.total - was.total


def told(published: Published, made: PublishedRound, row: Row, newest: Mapping[int, Row]) -> Told:
    """A row as pages show it; `newest` holds the newest row of every community."""
    entry = row.listed.entry
    here = newest[entry.community_id] is row
    rules = made.scheme.list_rules
    absent = ""
    if row.listed.total is None:
        absent = public_text(entry.not_assessed_reason, published.names)
    return Told(
        row, made, tier_title(rules, row.listed.tier), tones(rules).get(row.listed.tier, "plain"),
        community_path(entry) if here else in_round_path(entry, made.round), here, absent,
        public_text(row.reply, published.names),
    )  # fmt: skip


def district_rows(published: Published) -> dict[int, Row]:
    """The newest row of every community that was ever on a list."""
    found: dict[int, Row] = {}
    for made in published.rounds:
        for row in made.rows:
            found.setdefault(row.listed.entry.community_id, row)
    return found


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line of an account for everybody."""

    line: Line
    why: Reason | Phrase

    @property
    def lost(self) -> bool:
        return self.line.kind is LineKind.DEDUCTION and self.line.points < 0


def lines_of(row: Row) -> Iterator[LineTold]:
    """What cost or gave points, and what did not count; each with why, in words that name nobody."""
    for line in row.worked.account.lines if row.worked else ():
        yield LineTold(line, _why(line))


def _why(line: Line) -> Reason | Phrase:
    if line.kind is LineKind.BONUS and line.reason.code == "bonus.counted":
        return Phrase(ON_FILE_BONUS)
    if line.kind is LineKind.VETO and line.reason.code == "veto.effective":
        return Reason("veto.stands", VETO_STANDS, {"level": line.reason.params["level"]})
    if line.kind is LineKind.NOT_APPLICABLE:
        points = line.reason.params["points"]
        return Reason("check.leaves", N_("{points} points leave the base"), {"points": points})
    return line.reason


@dataclass(frozen=True, slots=True)
class ItemTold:
    """A major item: points in hundredths, and what it was in the published round before, where it was the same item."""

    code: str
    title: Titled
    earned: int
    possible: int
    difference: int | None


def items_of(row: Row) -> Iterator[ItemTold]:
    """The points of a row by major item."""
    before: dict[str, int] = {}
    if row.before and row.before.worked and row.before.listed.class_code == row.listed.class_code:
        before = {item.code: earned for item, earned, possible in row.before.worked.account.items if possible}
    for item, earned, possible in row.worked.account.items if row.worked else ():
        change = earned - before[item.code] if item.code in before and possible else None
        yield ItemTold(item.code, item.title, earned, possible, change)


def changes_of(made: PublishedRound) -> Iterator[dict[str, Any]]:
    """What each correction of a round changed: the edition, and the rows that differ from the edition before it."""
    lists = {made.newest.pk: tuple(row.listed for row in made.rows), **made.earlier}
    for later, earlier in zip(made.editions, made.editions[1:], strict=False):
        was = {row.entry_id: row for row in lists[earlier.pk]}
        rows = [
            _change(made.scheme, was[row.entry_id], row)
            for row in lists[later.pk]
            if row.entry_id in was and _shown(row) != _shown(was[row.entry_id])
        ]
        yield {"edition": later, "earlier": earlier, "rows": rows}


def _shown(row: Listed) -> tuple[Any, ...]:
    return row.tier, row.total, row.base, row.bonus, row.standing, row.company_name


def _change(scheme: Scheme, was: Listed, now: Listed) -> dict[str, Any]:
    shades, rules = tones(scheme.list_rules), scheme.list_rules
    return {
        "was": was, "now": now, "path": community_path(now.entry), "reasons": now.told_reasons,
        "was_title": tier_title(rules, was.tier), "was_tone": shades.get(was.tier, "plain"),
        "now_title": tier_title(rules, now.tier), "now_tone": shades.get(now.tier, "plain"),
        "moved": was.tier != now.tier,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """A community in the index of its company; `area` is None where its floor area is not known."""

    told: Told
    area: Fraction | None

    @property
    def product(self) -> Fraction | None:
        """Points times square metres."""
        total = self.told.listed.total
        return None if self.area is None or total is None else Fraction(total, 100) * self.area


@dataclass(frozen=True, slots=True)
class Company:
    """A company with its communities of the newest published round, and its index where one can be made."""

    name: str
    credit_code: str
    path: str
    rows: tuple[Weighed, ...]
    index: Index | None


def companies_of(rows: Iterable[Told]) -> list[Company]:
    """Every company that is known as a legal entity, by name."""
    found: dict[str, list[Told]] = {}
    for row in rows:
        if row.listed.company:
            found.setdefault(row.listed.company.credit_code, []).append(row)
    made = [_company(code, mine) for code, mine in found.items()]
    return sorted(made, key=lambda company: (company.name, company.credit_code))


def _company(code: str, rows: list[Told]) -> Company:
    weighed = tuple(Weighed(row, _area(row)) for row in rows)
    shares = [
        Share(one.told.listed.total, one.area) for one in weighed if one.area and one.told.listed.total is not None
    ]
    company = rows[0].listed.company
    assert company is not None
    return Company(company.name, code, company_path(code), weighed, company_index(shares))


def _area(row: Told) -> Fraction | None:
    known = row.listed.entry.community.floor_area
    return Fraction(known) if known else None


def orders_of(row: Row) -> Iterator[dict[str, Any]]:
    """The orders to put something right, with their days; nothing of who does or follows it."""
    checks = row.worked.account if row.worked else None
    titles = {line.code: line.title for line in checks.lines} if checks else {}
    for case in row.orders:
        code = case.subject.partition("/")[2]
        yield {"code": code, "title": titles.get(code, ""), "state": _state(case), "case": case}


def _state(case: Case) -> str:
    return "confirmed" if case.outcome == "confirmed" else "claimed" if case.claimed_at else "open"
