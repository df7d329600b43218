"""What stands of records now, as phones show it: the answer to commands, and part of every pack.

A constant number of statements, whatever the number of records. Not here: who goes where (packs).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from mingjing.engine.scoring import score
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.queries import captures_of
from mingjing.programmes.assessments.actions.records import Held
from mingjing.programmes.assessments.models import Return, Signature, SignaturePart, VisitRecord
from mingjing.programmes.assessments.policy.recording import sheet_from
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.visits import names_of, records_seen

__all__ = ["state_of", "states", "states_of"]

PREFIX = "assessments.visit:"


def states(subjects: Sequence[str], person: Person, now: datetime) -> dict[str, Any]:
    """The manifest's `field_states`: of those of these records that the person may know of now."""
    keys = [
        int(one.removeprefix(PREFIX)) for one in subjects if one.startswith(PREFIX) and one[len(PREFIX) :].isdecimal()
    ]
    if not keys:
        return {}
    seen = records_seen(person, timezone.localdate(now)).filter(pk__in=keys).select_related("visit")
    signed = seen.annotate(signed=Exists(Signature.objects.filter(record=OuterRef("pk"))))
    return _states(list(signed), now, person)  # their photos are added by whoever asks (kernel.sync)


def state_of(held: Held, person: Person, now: datetime) -> dict[str, Any]:
    """The same of one record that `person` works on, which is known already; whether anybody signed as well."""
    held.record.signed = held.signed  # type: ignore[attr-defined]  # as `states` annotates it
    sheets = {held.record.pk: held.sheet} if held.sheet is not None else {}
    return _Beside([held.record], person, sheets).state(held.record, now)


def states_of(records: Sequence[VisitRecord], now: datetime) -> dict[str, Any]:
    """The state of each record, with its photos, by subject."""
    photos = captures_of([record.subject for record in records])
    return {key: {**state, "captures": photos.get(key, {})} for key, state in _states(records, now).items()}


def _states(records: Sequence[VisitRecord], now: datetime, person: Person | None = None) -> dict[str, dict[str, Any]]:
    beside = _Beside(records, person, {})
    return {record.subject: beside.state(record, now) for record in records}


class _Beside:
    """What hangs on these records: names, signatures, and of what was sent back why; what is known is not asked.

    `sheets` are those that were read already, by record.
    """

    def __init__(self, records: Sequence[VisitRecord], person: Person | None, sheets: Mapping[int, Any]) -> None:
        signed = [record for record in records if getattr(record, "signed", True)]
        self.signatures = _by(_signatures(signed), "record_id") if signed else {}
        returned = [record for record in records if record.returned_at and not record.submitted_at]
        self.returns = _by(Return.objects.filter(record__in=returned).order_by("id"), "record_id") if returned else {}
        unread = [record for record in records if record.pk not in sheets]
        self.sheets = {**sheets, **{record.pk: record.sheet_document for record in unread}}
        tokens = {token for sheet in self.sheets.values() for token in _tokens(sheet)}
        self.names = {person.token: person.display_name} if person else {}
        if unknown := tokens - self.names.keys():
            self.names |= names_of(unknown)

    def state(self, record: VisitRecord, now: datetime) -> dict[str, Any]:
        sheet = self.sheets[record.pk]
        tokens = _tokens(sheet)
        returned = next(iter(reversed(self.returns.get(record.pk, ()))), None) if not record.submitted_at else None
        return {
            "state": record.state_on(timezone.localdate(now)), "revision": record.revision, "sheet": sheet,
            "entered_at": instant_text(record.visit.entered_at) if record.visit else None,
            "submitted_at": instant_text(record.submitted_at) if record.submitted_at else None,
            "returned": {"reason": returned.reason, "at": instant_text(returned.at)} if returned else None,
            **self._signed(record),
            "names": {token: self.names[token] for token in sorted(tokens) if token in self.names},
            "score": _score(record, sheet),
        }  # fmt: skip

    def _signed(self, record: VisitRecord) -> dict[str, Any]:
        """Who signed the sheet as it is now, what the company did, whether a refusal waits for a witness."""
        now = [one for one in self.signatures.get(record.pk, ()) if one.sheet_digest == record.sheet_digest]
        members = [one.person.token for one in now if one.part == SignaturePart.MEMBER and one.person]
        witnesses = [one.person.token for one in now if one.part == SignaturePart.WITNESS and one.person]
        waits = bool(witnesses) and not record.company_at
        return {"signed": members, "company": record.company_stance, "refusal_waits": waits, "witnesses": witnesses}


def _signatures(records: Sequence[VisitRecord]) -> Iterable[Signature]:
    return Signature.objects.filter(record__in=records).select_related("person")


def _score(record: VisitRecord, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """What the sheet comes to here: a phone's own preview must agree."""
    rubric = scheme_of(record.round.scheme).rubrics[record.entry.class_code]
    found = score(rubric, sheet_from(sheet))
    return {"base": found.base, "total": found.total, "earned": found.earned, "applicable": found.applicable}


def _tokens(sheet: Mapping[str, Any]) -> set[str]:
    """Those who wrote on it."""
    return {entry["by"] for rows in sheet.values() for entry in rows}


def _by(rows: Iterable[Any], column: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found
