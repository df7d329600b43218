"""What edits make of a sheet, worked out of what stands; nothing is written here.

So it may be worked out ahead, while somebody else's turn to write lasts, and used if the same still stands then. Not
here: who may edit, and what is written (visits).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from mingjing.engine.chain import canonical_of_simple
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.scoring import Rubric
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.rows import Rows
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import SheetEdit, VisitRecord
from mingjing.programmes.assessments.policy.answers import terms_of
from mingjing.programmes.assessments.policy.edits import Hand
from mingjing.programmes.assessments.policy.recording import Edit, undoing
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.visits import evidence_of

__all__ = [
    "Given", "Grown", "Start", "critical_findings", "exhibits_named", "grow", "log_of", "named_by", "start_of",
]  # fmt: skip

KEPT = ("record_id", "revision", "command", "kind", "payload", "by_id", "at")


class Given(Struct, frozen=True):
    """An edit as somebody sent it: the number they gave it, what it says, and when it was made."""

    command: UUID
    kind: str
    payload: Mapping[str, Any]
    at: datetime


class Start(Struct, frozen=True):
    """All that decides what edits come to, besides the edits: what stands, the form, who edits, with what evidence."""

    record: int
    revision: int
    sheet: str
    seed: str
    scheme: str
    class_code: str
    by: str
    exhibits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grown:
    """What edits came to: for each the revision it made or why it was refused, and the sheet after.

    `sheet` is the canonical JSON of `after`; `rows` keep the edits that were taken, ready to be written; `turned` are
    the critical checks that were found wanting by them, or no longer are.
    """

    start: Start
    edits: Sequence[Given]
    answers: Sequence[int | Refusal]
    after: Mapping[str, Any]
    turned: Collection[str]
    sheet: str
    revision: int
    rows: Rows


def start_of(record: VisitRecord, by: Person | None, exhibits: Collection[str]) -> Start:
    """Where edits of this record begin now."""
    return Start(
        record.pk, record.revision, record.sheet, record.seed, record.round.scheme.digest, record.entry.class_code,
        by.token if by else "", frozenset(exhibits),
    )  # fmt: skip


def grow(record: VisitRecord, start: Start, edits: Sequence[Given], by: Person | None) -> Grown:
    """Apply edits in order, each by itself. The log is read where something is undone; else no statement."""
    before = record.sheet_document
    growing = _Growing(record, start, before)
    answers = [growing.tried(edit) for edit in edits]
    after, key, who = growing.hand.document(), record.pk, by.pk if by else None
    kept = [(key, revision, one.command, one.kind, payload, who, one.at) for revision, one, payload in growing.kept]
    rows = Rows.ready(SheetEdit, KEPT, kept)
    turned = critical_findings(growing.rubric, before) ^ critical_findings(growing.rubric, after)
    return Grown(start, edits, answers, after, turned, canonical_of_simple(after).decode(), growing.revision, rows)


def critical_findings(rubric: Rubric, sheet: Mapping[str, Any]) -> set[str]:
    """The critical checks on which something was found."""
    found = {entry["check"] for entry in sheet.get("findings", ()) if entry["steps"]}
    return {code for code in found if rubric.checks[code].critical}


class _Growing:
    """A sheet while edits are applied to it, with those that were taken."""

    def __init__(self, record: VisitRecord, start: Start, before: Mapping[str, Any]) -> None:
        self.record, self.token, self.exhibits = record, start.by, start.exhibits
        self.scheme = scheme_of(record.round.scheme)
        self.rubric = self.scheme.rubrics[start.class_code]
        self.hand = Hand(self.rubric, terms_of(self.scheme, self.rubric), start.seed)
        self.hand.read(before)
        self.revision, self.kept = start.revision, list[tuple[int, Given, Mapping[str, Any]]]()

    def tried(self, edit: Given) -> int | Refusal:
        """Apply one edit: the revision it made, or why it was refused and left the sheet as it was."""
        try:
            payload = edit.payload if edit.kind != "undo" else self._complete(edit)
            if payload.get("evidence"):
                self._on_record(payload)
            self.hand.apply(edit.kind, payload, self.token, instant_text(edit.at))
        except Refusal as refusal:
            return refusal
        self.revision += 1
        self.kept.append((self.revision, edit, payload))
        return self.revision

    def _complete(self, edit: Given) -> Mapping[str, Any]:
        """What an undo brings back."""
        wanted = _revision(edit.payload, self.revision)
        fresh = [Edit(edit.kind, payload, self.token, instant_text(edit.at)) for _, edit, payload in self.kept]
        log = log_of(self.record) + fresh
        return undoing(self.scheme, self.rubric, log, wanted, self.hand.document(), seed=self.record.seed)

    def _on_record(self, payload: Mapping[str, Any]) -> None:
        """Raise Refusal for evidence that is not of this record."""
        if missing := set(_digests(payload)).difference(self.exhibits):
            text = N_("{count} exhibits are not on this record; add the photos to it first.")
            code = str(payload.get("check", ""))
            raise Refusal([Problem("visit.foreign_evidence", text, {"count": len(missing)}, code)])


def exhibits_named(record: VisitRecord, edits: Sequence[Given], known: Collection[str]) -> set[str]:
    """Of the digests that these edits name, those of the record's photos: kept, or promised by a phone.

    `known` are some that are; the rest is asked, in one statement.
    """
    named = named_by(edits)
    found = named.intersection(known)
    return found | evidence_of(record, named - found) if named - found else found


def named_by(edits: Sequence[Given]) -> set[str]:
    """The digests that these edits name as evidence."""
    return {digest for edit in edits if edit.payload.get("evidence") for digest in _digests(edit.payload)}


def _digests(payload: Mapping[str, Any]) -> list[str]:
    """What an edit names as evidence; nothing where it is not as it should be, which the policy refuses in words."""
    given = payload.get("evidence") or ()
    fits = isinstance(given, list | tuple) and all(isinstance(digest, str) for digest in given)
    return list(given) if fits else []


def log_of(record: VisitRecord) -> list[Edit]:
    """The edits of a record as policy.recording reads them, in order."""
    return [_as_edit(row) for row in record.edits.select_related("by").order_by("revision")]


def _as_edit(row: SheetEdit) -> Edit:
    return Edit(row.kind, row.payload, row.by.token if row.by else "", instant_text(row.at))


def _revision(payload: Mapping[str, Any], last: int) -> int:
    """The revision that an undo names, the last one unless it does."""
    wanted = payload.get("of", last)
    if type(wanted) is not int or not 1 <= wanted <= last:
        text = N_("There is no edit with this number; open the history of the record.")
        raise Refusal([Problem("visit.no_edit", text)])
    return wanted
