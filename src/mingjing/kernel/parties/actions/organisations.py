"""Organisations are recorded and corrected, one by one or from a table. Not here: reading tables (rosters)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.db.search import fill_words
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Subtree
from mingjing.kernel.parties.credit_codes import kind_of, read_credit_code
from mingjing.kernel.parties.models import Organisation, OrganisationKind, Person
from mingjing.kernel.parties.rosters import Entry, name_fault, read_roster
from mingjing.kernel.places.models import Area, common_path
from mingjing.kernel.tables.digests import file_digest

LOCK = "parties.organisations"
BATCH = 200
CORRECTABLE = ("name", "words", "kind", "branch_of", "area")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsImported:
    """How many organisations an import added, changed or found as they were, and the SHA-256 of the file."""

    added: int
    changed: int
    unchanged: int
    digest: str

    @property
    def nothing_changed(self) -> bool:
        """Whether the table held nothing new (the ledger then has no new fact either)."""
        return not (self.added or self.changed)


def record_organisation(
    *,
    credit_code: str,
    name: str,
    kind: OrganisationKind | None = None,
    branch_of: Organisation | None = None,
    area: Area | None = None,
    by: Person | None,
    at: datetime,
) -> Organisation:
    """Record an organisation, or correct the one with this credit code. Raises Refusal.

    Without `kind` the credit code tells it. `branch_of` is the body that this one is a branch of.
    """
    code, name = read_credit_code(credit_code), name.strip()
    with transaction.atomic():
        exclusive(LOCK)
        known = Organisation.objects.filter(credit_code=code).first()
        organisation = known or Organisation(credit_code=code, recorded_at=at)
        organisation.name, organisation.kind = name, kind or kind_of(code)
        organisation.branch_of, organisation.area = branch_of, area
        faults = [name_fault(name), _branch_fault(organisation, _with_branches([organisation]), "")]
        if problems := [fault for fault in faults if fault]:
            raise Refusal(problems)
        organisation.save()
        data = {"organisation": organisation.pk, "digest": organisation.digest(), "corrected": int(known is not None)}
        subject = f"parties.organisation:{organisation.pk}"
        writer.append(kind="parties.organisation.recorded", subject=subject, data=data, area=area, by=by, at=at)
    return organisation


@transaction.atomic
def record_organisations(
    *, named: Mapping[str, str], area: Area, by: Person | None, at: datetime
) -> dict[str, Organisation]:
    """The organisations of these credit codes: those nobody knows are recorded by these names, the others left alone.

    In so many statements however many they are. Raises Refusal.
    """
    exclusive(LOCK)
    found = Organisation.objects.in_bulk(list(named), field_name="credit_code")
    fresh = {code: name.strip() for code, name in named.items() if code not in found}
    if problems := [fault for name in fresh.values() if (fault := name_fault(name))]:
        raise Refusal(problems)
    made = Organisation.objects.bulk_create(
        Organisation(credit_code=read_credit_code(code), name=name, kind=kind_of(code), area=area, recorded_at=at)
        for code, name in fresh.items()
    )
    facts = [
        writer.Told(
            kind="parties.organisation.recorded", subject=f"parties.organisation:{one.pk}", area=area,
            data={"organisation": one.pk, "digest": one.digest(), "corrected": 0},
        )
        for one in made
    ]  # fmt: skip
    writer.append_many(facts=facts, by=by, at=at)
    return found | {one.credit_code: one for one in made}


def import_organisations(
    *, file: Path | str | IO[bytes], name: str = "", by: Person | None, at: datetime
) -> OrganisationsImported:
    """Record every organisation of a table, or none and raise Refusal with every problem, by row and column.

    Columns: credit_code, name, and perhaps kind, area_code, parent_credit_code. A column that the table lacks leaves
    what is known as it is. Importing the same file again changes nothing.
    """
    entries, digest = read_roster(file, name), file_digest(file)
    with transaction.atomic():
        exclusive(LOCK)
        merge = _Merge.of(entries, at)
        Organisation.objects.bulk_create((one for one in merge.add if not one.branch_of), batch_size=BATCH)
        Organisation.objects.bulk_create((one for one in merge.add if one.branch_of), batch_size=BATCH)
        fill_words(merge.change)
        Organisation.objects.bulk_update(merge.change, CORRECTABLE, batch_size=BATCH)
        added, changed = len(merge.add), len(merge.change)
        imported = OrganisationsImported(
            added=added, changed=changed, unchanged=len(entries) - added - changed, digest=digest
        )
        if not imported.nothing_changed:
            subject = f"parties.organisations:{digest}"
            data = asdict(imported)
            writer.append(
                kind="parties.organisations.imported", subject=subject, data=data, area=merge.within, by=by, at=at
            )
    return imported


@dataclass(slots=True)
class _Merge:
    """What a table of organisations adds to and changes in those that are known."""

    known: dict[str, Organisation]
    areas: Mapping[str, Area]
    at: datetime
    add: list[Organisation] = field(default_factory=list)
    change: list[Organisation] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Mapping[str, Entry], at: datetime) -> "_Merge":
        """The merge of `entries`; raises Refusal with everything they refer to that cannot be."""
        parents = {entry.parent_code for entry in entries.values() if entry.parent_code}
        area_codes = {entry.area_code for entry in entries.values() if entry.area_code}
        known = Organisation.objects.select_related("branch_of", "area")
        merge = cls(
            known.in_bulk(list({*entries, *parents}), field_name="credit_code"),
            Area.objects.in_bulk(list(area_codes), field_name="code"),
            at,
        )
        if problems := list(merge._weigh(entries)):
            raise Refusal(problems)
        return merge

    @property
    def within(self) -> Subtree | None:
        """The smallest area that holds every organisation added or changed, if there is one."""
        paths = [one.area.path if one.area else "" for one in (*self.add, *self.change)]
        return Subtree(shared) if (shared := common_path(paths)) else None

    def _weigh(self, entries: Mapping[str, Entry]) -> Iterator[Problem]:
        former = {code: _described(one) for code, one in self.known.items()}
        for entry in entries.values():
            self._place(entry)
        for entry in entries.values():
            yield from self._refer(entry)
        parents_in_use = _with_branches(self.known[code] for code in entries)
        for entry in entries.values():
            one = self.known[entry.credit_code]
            if fault := _branch_fault(one, parents_in_use, f"{entry.place}, column parent_credit_code"):
                yield fault
            if one._state.adding:
                self.add.append(one)
            elif _described(one) != former[entry.credit_code]:
                self.change.append(one)

    def _place(self, entry: Entry) -> None:
        fresh = Organisation(credit_code=entry.credit_code, recorded_at=self.at)
        one = self.known.setdefault(entry.credit_code, fresh)
        one.name, one.kind = entry.name, entry.kind or one.kind or kind_of(entry.credit_code)

    def _refer(self, entry: Entry) -> Iterator[Problem]:
        one = self.known[entry.credit_code]
        if entry.area_code is not None:
            one.area = self.areas.get(entry.area_code)
            if entry.area_code and one.area is None:
                text = N_("No area has the code {code}; correct it, or import the area first.")
                place = f"{entry.place}, column area_code"
                yield Problem("parties.organisation.area", text, {"code": entry.area_code}, place)
        if entry.parent_code is not None:
            one.branch_of = self.known.get(entry.parent_code)
            if entry.parent_code and one.branch_of is None:
                text = N_("No organisation has the code {code}; add a row for it, or record it first.")
                place = f"{entry.place}, column parent_credit_code"
                yield Problem("parties.organisation.parent", text, {"code": entry.parent_code}, place)


def _described(one: Organisation) -> tuple[str, str, str | None, str | None]:
    return (
        one.name,
        one.kind,
        one.branch_of.credit_code if one.branch_of else None,
        one.area.code if one.area else None,
    )


def _with_branches(changed: Iterable[Organisation]) -> set[str]:
    """The credit codes that have branches, once the organisations given are as they now stand."""
    changed = list(changed)
    restated = [one.pk for one in changed if not one._state.adding]
    elsewhere = Organisation.objects.filter(branch_of__isnull=False).exclude(pk__in=restated)
    codes = set(elsewhere.values_list("branch_of__credit_code", flat=True))
    return codes | {one.branch_of.credit_code for one in changed if one.branch_of}


def _branch_fault(one: Organisation, with_branches: set[str], place: str) -> Problem | None:
    """A branch has no branches: it and its parent are one body, so chains and circles are mistakes."""
    if one.branch_of is None or (one.credit_code not in with_branches and one.branch_of.branch_of is None):
        return None
    text = N_("{code} is a branch and has branches, or its parent is a branch itself; name the head organisation.")
    return Problem("parties.organisation.branch", text, {"code": one.credit_code}, place)
