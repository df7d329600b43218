"""The form of a visit as a page shows it: items, checks, findings with their photos, and what it comes to so far.

Everything is read in a constant number of queries. Not here: requests and what they change (recording).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from mingjing.engine.accounts import Account, Line, LineKind, explain
from mingjing.engine.outcome import Problem
from mingjing.engine.scoring import Item
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.db.search import search_words
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_of, exhibits_seen
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import SheetEdit, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.answers import Terms, terms_of, unanswered
from mingjing.programmes.assessments.policy.recording import part_of, sheet_from
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.calibration import notes_by_check
from mingjing.programmes.assessments.queries.promised import unsettled_digests
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.visits import members_by_day, names_of, orders_of

__all__ = ["CheckShown", "FindingShown", "Form", "ItemShown", "form_of"]


@dataclass(slots=True)
class FindingShown:
    """A finding with its line of the account. `unseen` counts exhibits the reader may not see, `promised` photos that
    are still on a phone, `coming` those that have just arrived; `at` is when.
    """

    entry: Mapping[str, Any]
    line: Line
    exhibits: list[Exhibit]
    unseen: int
    no_evidence: bool
    promised: int
    coming: int
    by: str
    at: datetime

    @property
    def typed(self) -> dict[str, Any]:
        """What stands, as the fields of its form."""
        shown = {name: self.entry[name] for name in ("place", "note")}
        return {**shown, **self.entry["measured"], "count": self.entry["steps"]}


class Fresh:
    """Something with forms that each send a command of their own."""

    __slots__ = ()

    @property
    def fresh(self) -> str:
        """A new number, another at each asking."""
        return str(uuid7())


@dataclass(slots=True)
class CheckShown(Fresh):
    """A check of the form. `state` is `open`, `looked`, `absent` or `found`; `mark` the mark of the middle two.

    After a refused edit, `problems` say why, `typed` is what was sent, `theirs` what stands instead, and `redo` with
    `redone` the edit that would put the reader's version in its place.
    """

    terms: Terms
    state: str
    points: int
    words: str
    findings: list[FindingShown] = field(default_factory=list)
    mark: Mapping[str, Any] | None = None
    mark_by: str = ""
    mark_exhibits: list[Exhibit] = field(default_factory=list)
    order: Case | None = None
    notes: list[str] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    theirs: FindingShown | None = None
    conflict: bool = False
    redo: str = ""
    redone: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class ItemShown:
    """A major item: how many of its checks are answered, and its points so far."""

    item: Item
    checks: list[CheckShown]
    earned: int
    possible: int

    @property
    def answered(self) -> int:
        return sum(check.state != "open" for check in self.checks)


@dataclass(slots=True)
class Form(Fresh):
    """The whole form. `editable` is whether this reader may edit it now; `exhibits` what the reader may see of the
    record, by digest, and `standing` the digests of all of it.
    """

    record: VisitRecord
    scheme: Scheme
    items: list[ItemShown]
    account: Account
    editable: bool
    team: list[TeamMember]
    left: list[str]
    last: SheetEdit | None
    exhibits: Mapping[str, Exhibit]
    standing: Set[str]
    loose: list[Exhibit]
    notes: list[str]

    @property
    def checks(self) -> dict[str, CheckShown]:
        """Every check by code."""
        return {check.terms.check.code: check for item in self.items for check in item.checks}

    @property
    def others(self) -> list[FindingShown]:
        """Every finding, for those that are the same thing as another."""
        return [found for item in self.items for check in item.checks for found in check.findings]

    @property
    def total(self) -> int:
        """How many checks there are."""
        return sum(len(item.checks) for item in self.items)

    @property
    def answered(self) -> int:
        return self.total - len(self.left)

    @property
    def deductions(self) -> list[Line]:
        """The lines of the account that took points, or would have."""
        return [line for line in self.account.lines if line.kind is LineKind.DEDUCTION and line.steps]


def form_of(record: VisitRecord, person: Person, today: date) -> Form:
    """The form of a record as `person` sees it today."""
    scheme = scheme_of(record.round.scheme)
    rubric, document = scheme.rubrics[record.entry.class_code], record.sheet_document
    terms, account = terms_of(scheme, rubric), explain(rubric, sheet_from(document))
    shown = _Shown(record, person, today, document)
    lines = [line for line in account.lines if line.kind is LineKind.DEDUCTION]
    findings: dict[str, list[FindingShown]] = {}
    for entry, line in zip(document.get("findings", ()), lines, strict=True):
        findings.setdefault(entry["check"], []).append(shown.finding(entry, line, terms[entry["check"]]))
    items = []
    for item, earned, possible in account.items:
        checks = [
            shown.check(terms[check.code], part_of(document, check.code), findings.get(check.code, []))
            for check in item.checks
            if check.code in terms
        ]
        items.append(ItemShown(item, checks, earned, possible))
    team = members_by_day([record])[record.team_day_id]
    return Form(
        record=record, scheme=scheme, items=items, account=account, editable=_editable(record, person, team), team=team,
        left=unanswered(terms, document), last=_last(record), exhibits=shown.exhibits, standing=shown.standing,
        loose=shown.loose(document), notes=shown.notes.get("", []),
    )  # fmt: skip


def _editable(record: VisitRecord, person: Person, team: Sequence[TeamMember]) -> bool:
    over = record.submitted_at or record.voided_at or record.locked_at or record.started_at is None
    open_ = not over and record.round.state in ("fieldwork", "review")
    return open_ and person.pk in {member.person_id for member in team}


def _last(record: VisitRecord) -> SheetEdit | None:
    return record.edits.select_related("by").order_by("-revision").first()


class _Shown:
    """What stands beside a sheet: the exhibits the reader may see, names, orders, notes on judging; read once."""

    def __init__(self, record: VisitRecord, person: Person, today: date, document: Mapping[str, Any]) -> None:
        seen = exhibits_seen(person, record.subject, today).select_related("recorded_by", "area")
        self.exhibits = {exhibit.sha256: exhibit for exhibit in seen}
        self.standing = set(exhibits_of(record.subject).values_list("sha256", flat=True))
        self.unsettled = unsettled_digests(record)
        self.names = names_of(entry["by"] for entries in document.values() for entry in entries)
        self.orders, self.notes = orders_of(record), notes_by_check(record.round_id)

    def pictures(self, digests: list[str]) -> list[Exhibit]:
        return [self.exhibits[digest] for digest in digests if digest in self.exhibits]

    def finding(self, entry: Mapping[str, Any], line: Line, terms: Terms) -> FindingShown:
        standing = [digest for digest in entry["evidence"] if digest in self.standing]
        pictures = self.pictures(standing)
        here = [self.unsettled[digest] for digest in entry["evidence"] if digest in self.unsettled]
        return FindingShown(
            entry=entry, line=line, exhibits=pictures, unseen=len(standing) - len(pictures),
            no_evidence=bool(entry["steps"] and terms.evidence and not standing and not here),
            promised=here.count(False), coming=here.count(True), by=self.names.get(entry["by"], ""),
            at=datetime.fromisoformat(entry["at"]),
        )  # fmt: skip

    def check(self, terms: Terms, part: Mapping[str, Any], findings: list[FindingShown]) -> CheckShown:
        check = terms.check
        absent, looked = part.get("not_applicable", []), part.get("looked", [])
        state = "absent" if absent else "found" if findings else "looked" if looked else "open"
        mark = (absent or looked or [None])[0]
        points = 0 if absent else check.points + sum(shown.line.points for shown in findings)
        titles = tuple(check.title.texts.values())
        found = CheckShown(terms, state, points, _words(check.code, titles), findings, mark)
        found.order, found.notes = self.orders.get(check.code), self.notes.get(check.code, [])
        if mark:
            found.mark_by = self.names.get(mark["by"], "")
            found.mark_exhibits = self.pictures(mark.get("evidence", []))
        return found

    def loose(self, document: Mapping[str, Any]) -> list[Exhibit]:
        """The exhibits of the record that no finding cites."""
        cited = {digest for entries in document.values() for entry in entries for digest in entry.get("evidence", ())}
        return [exhibit for digest, exhibit in self.exhibits.items() if digest not in cited]


@lru_cache(maxsize=4096)
def _words(code: str, titles: tuple[str, ...]) -> str:
    """What a check is found by: its code, its titles, pinyin and initials."""
    return search_words(titles[0], *titles[1:], code)
