"""Every write of a file for the register: the way of a file (kernel.intakes), and what its lines do when it is applied.

What a file says is done as people do it. A line that would not do any more what the preview said stops the whole file.
New firms, of which there may be a hundred thousand, are recorded part by part, so that others can write meanwhile;
nobody sees them before the last step, which does all the rest in one transaction (docs/adr/0018). Not here: reading a
file (queries.rosters).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.rows import Rows
from mingjing.kernel.evidence.store import store
from mingjing.kernel.intakes import actions as intakes
from mingjing.kernel.intakes.models import LineKind
from mingjing.kernel.parties.actions import grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.actions import authorities, firms, items
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Roster, RosterLine
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.policy.rosters import Record, parse_roster_mapping
from mingjing.programmes.inspections.queries.rosters import BATCH, compared, record_of

__all__ = [
    "apply_roster", "approve_roster", "discard_roster", "forget_part", "request_roster", "stop_roster", "take_part",
    "try_part",
]  # fmt: skip

INSPECTOR = "inspector"
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A row and what it does: `added`, or `changed` from what stood there (`before`)."""

    record: Record
    kind: str
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Taking:
    roster: Roster
    area: Area
    by: Person | None
    at: datetime


def request_roster(
    *, area: Area, file: BinaryIO, file_name: str, mapping_text: str, by: Person | None, at: datetime
) -> Roster:
    """Keep the file and ask for it to be read; the background work begins once this is committed.

    Raises Refusal for a mapping with mistakes, and for a file that is too large.
    """
    kind = parse_roster_mapping(mapping_text).kind
    kept = store(file, settings.UPLOAD_LIMIT).sha256
    roster = Roster(area=area, file_name=file_name, input_digest=kept, kind=kind, mapping_text=mapping_text)
    return intakes.request_intake(intake=roster, told={"kind": kind}, by=by, at=at)


def approve_roster(*, roster: Roster, by: Person | None, at: datetime) -> None:
    """Ask for a previewed file to be applied. Raises Refusal where another was applied since this one was read."""
    intakes.approve_intake(intake=roster, lock=_lock(roster), bars=_stale, by=by, at=at)


def discard_roster(*, roster: Roster, by: Person | None, at: datetime) -> None:
    """Nobody wants a previewed file: the register stays as it is. Raises Refusal."""
    intakes.discard_intake(intake=roster, by=by, at=at)


def try_part(*, roster: Roster, after: int, by: None, at: datetime) -> tuple[int, list[Problem]]:
    """What stands in the way of the next lines of a file of firms, after that row; nothing is changed by asking.

    Returns the last of their rows, which is `after` where there are no more.
    """
    batch = list(roster.lines.filter(row__gt=after).order_by("row")[:BATCH])
    if not batch:
        return after, []
    lines, problems = _still(roster.kind, batch, roster.area)
    if changed := [line for line in lines if line.kind == LineKind.CHANGED]:
        with transaction.atomic():
            problems += _together(changed, _change, _taking(roster, at))
            transaction.set_rollback(True)
    return batch[-1].row, problems


def take_part(*, roster: Roster, by: None, at: datetime) -> bool:
    """Record the next of the new firms of a file, which nobody sees yet; whether there were any.

    Raises Refusal, by row, and intakes.Superseded.
    """
    with transaction.atomic():
        found = intakes.being_applied(intake=roster, lock=_lock(roster))
        batch = list(found.lines.filter(kind=LineKind.ADDED, row__gt=found.taken).order_by("row")[:BATCH])
        if not batch:
            return False
        lines = [Line(record_of(one, found.kind), one.kind) for one in batch]
        if problems := list(_together(lines, _register, _taking(found, at))):
            raise Refusal(problems)
        found.taken = batch[-1].row
        found.save(update_fields=["taken"])
        return True


def stop_roster(*, roster: Roster, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """A file cannot be taken in after all: it fails whole. Raises intakes.Superseded."""
    intakes.stop_intake(intake=roster, lock=_lock(roster), problems=problems[:MOST_PROBLEMS], by=by, at=at)


@transaction.atomic
def forget_part(*, roster: Roster, by: None, at: datetime) -> bool:
    """Drop some of the firms that a failed file had recorded and nobody saw; whether there were any."""
    found = intakes.locked(roster)
    coming = list(Firm.every.filter(roster=found).values_list("pk", flat=True)[:BATCH])
    if found.state != "failed" or not coming:
        return False
    Firm.every.filter(pk__in=coming).delete()
    return True


def apply_roster(*, roster: Roster, by: None, at: datetime) -> None:
    """Bring the register up to an approved file, in this one transaction; raises intakes.Superseded when that is done.

    Where a line cannot be taken any more the file fails whole, with every such line; so does one of whose new firms
    some are not recorded yet (take_part).
    """
    done: dict[str, int] = {}
    grades = _grades(roster, at)  # before the transaction: to make them takes longer than to write them

    def bars(found: Roster) -> Iterator[Problem]:
        if stale := list(_stale(found)):
            yield from stale
            return
        try:
            with transaction.atomic():
                done.update(_take(found, grades, at))
        except Refusal as refusal:
            yield from refusal.problems

    intakes.apply_intake(intake=roster, lock=_lock(roster), bars=bars, take=lambda *_file: done, by=by, at=at)


def _lock(roster: Roster) -> str:
    return f"inspections.roster:{roster.area_id}"


def _stale(roster: Roster) -> Iterator[Problem]:
    later = Roster.objects.filter(area=roster.area_id, applied_at__gte=roster.read_at)
    if later.exclude(pk=roster.pk).exists():
        yield Problem("inspections.roster.stale", _STALE)


_STALE = N_("The register changed since this file was read; hand it in again, and look at what it would change.")


def _take(roster: Roster, grades: Sequence[Rows], at: datetime) -> dict[str, int]:
    """Do what every line says, a batch at a time; how many of each kind. Raises Refusal, by row.

    New firms are recorded already, and are on the register from now on, with these grades.
    """
    taking, problems = _taking(roster, at), list[Problem]()
    done = {"added": 0, "changed": 0}
    rows = roster.lines.all()
    if roster.kind == "firms":
        rows = rows.filter(kind=LineKind.CHANGED)
        done["added"] = _new_firms_seen(roster, grades)
    for batch in _batches(rows):
        lines, stale = _still(roster.kind, batch, roster.area)
        taken = (
            _together(lines, _change, taking) if roster.kind == "firms" else _done(lines, _TAKE[roster.kind], taking)
        )
        problems += [*stale, *taken]
        for line in batch:
            done[line.kind] += 1
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise Refusal(problems[:MOST_PROBLEMS])
    return done


def _grades(roster: Roster, at: datetime) -> list[Rows]:
    """The grades of the new firms of a file, a batch at a time: some hundred bytes of each."""
    if roster.kind != "firms":
        return []
    taking = _taking(roster, at)
    return [
        firms.grades_of_new_firms(
            told=[_new_firm(record_of(line, roster.kind), taking) for line in batch], roster=roster, by=taking.by, at=at
        )
        for batch in _batches(roster.lines.filter(kind=LineKind.ADDED))
    ]


def _new_firms_seen(roster: Roster, grades: Sequence[Rows]) -> int:
    """Put the recorded new firms on the register, with their grades; how many. Raises Refusal where some lack."""
    count = Firm.every.filter(roster=roster).update(roster=None)
    if count != roster.counts["added"]:
        raise Refusal([Problem("inspections.roster.stale", _STALE)])
    for rows in grades:
        rows.insert()
    return count


def _batches(rows: QuerySet[RosterLine]) -> Iterator[list[RosterLine]]:
    last = 0
    while batch := list(rows.filter(row__gt=last).order_by("row")[:BATCH]):
        last = batch[-1].row
        yield batch


def _taking(roster: Roster, at: datetime) -> _Taking:
    return _Taking(roster, roster.area, roster.approved_by, at)


def _still(kind: str, batch: Sequence[RosterLine], area: Area) -> tuple[list[Line], list[Problem]]:
    """Those of these lines that would still do what the preview said, and what is to be told of the others."""
    held = {line.row: line for line in batch}
    lines, problems = [], []
    for record, what, before, _fault in compared(kind, [record_of(one, kind) for one in batch], area):
        if (what, before) == (held[record.row].kind, held[record.row].before):
            lines.append(Line(record, what, before))
        else:
            problems.append(Problem("inspections.roster.stale", _STALE, {}, f"row {record.row}"))
    return lines, problems


def _done(lines: Sequence[Line], take: Callable[[Line, _Taking], None], taking: _Taking) -> Iterator[Problem]:
    for line in lines:
        try:
            with transaction.atomic():
                take(line, taking)
        except Refusal as refusal:
            place = f"row {line.record.row}"
            yield from (Problem(one.code, one.text, one.params, place) for one in refusal.problems)


def _together(
    lines: Sequence[Line], take: Callable[[Sequence[Line], _Taking], None], taking: _Taking
) -> Iterator[Problem]:
    """Take the firms of a batch all together; where that is refused, one by one, to say which."""
    try:
        with transaction.atomic():
            take(lines, taking)
    except Refusal:
        yield from _done(lines, lambda line, _taking: take([line], taking), taking)


def _register(lines: Sequence[Line], taking: _Taking) -> None:
    """Firms that are new."""
    told = [_new_firm(line.record, taking) for line in lines]
    firms.register_firms(told=told, area=taking.area, roster=taking.roster, by=taking.by, at=taking.at)


def _change(lines: Sequence[Line], taking: _Taking) -> None:
    """Firms that are known."""
    firms.change_firms(told=[_changed_firm(line, taking) for line in lines], by=taking.by, at=taking.at)


def _new_firm(one: Record, taking: _Taking) -> firms.NewFirm:
    approved = localdate(taking.roster.approved_at)  # the same day in every part
    return firms.NewFirm(
        credit_code=one.text("credit_code"), name=one.text("name"), address=one.text("address"), row=one.row,
        industry=one.text("industry"), above_scale=bool(_said(one, "above_scale")),
        hazard=bool(_said(one, "hazard")), grade="" if one.word("grade") == "none" else one.text("grade"),
        graded_from=_day(one.text("graded_from")) or approved, grade_basis=one.text("grade_basis") or "名册所载",
    )  # fmt: skip


def _organisation(record: Record, taking: _Taking) -> Organisation:
    """The body of a row: recorded where it is not known, or known by another name."""
    code, name = record.text("credit_code"), record.text("name")
    known = Organisation.objects.filter(credit_code=code).first()
    if known:
        return known
    return record_organisation(credit_code=code, name=name, area=taking.area, by=taking.by, at=taking.at)


def _cannot(line: Line, *names: str) -> None:
    """Some things are not changed by a file: they would rewrite what was decided on."""
    if held := [name for name in names if name in line.before]:
        text = N_("A file does not change this: {names}; do it on the page, or correct the row.")
        raise Refusal([Problem("inspections.roster.fixed", text, {"names": tuple(held)})])


def _authority(line: Line, taking: _Taking) -> None:
    record, by, at = line.record, taking.by, taking.at
    _cannot(line, "level", "field")
    until = _day(record.text("listed_until"))
    first = date.fromisoformat(record.text("listed_from"))
    if line.kind == "added":
        delegated = record.text("delegated_by")
        above = Authority.objects.filter(organisation__credit_code=delegated).first() if delegated else None
        if delegated and above is None:
            text = N_("No authority with the credit code {code} is on the register of this area.")
            raise Refusal([Problem("inspections.roster.authority", text, {"code": delegated})])
        found = authorities.register_authority(
            organisation=_organisation(record, taking), area=taking.area, level=record.word("level"),
            field=record.text("field"), delegated_by=above, by=by, at=at,
        )  # fmt: skip
    else:
        found = Authority.objects.get(organisation__credit_code=record.key[0])
    listing = found.listings.filter(first_day=first).first()
    if listing is None:
        authorities.list_authority(
            authority=found, first_day=first, last_day=until, basis=record.text("basis"),
            reference=record.text("reference"), by=by, at=at,
        )  # fmt: skip
    elif until and listing.last_day != until:
        authorities.end_listing(listing=listing, last_day=until, by=by, at=at)


def _officer(line: Line, taking: _Taking) -> None:
    record, by, at = line.record, taking.by, taking.at
    _cannot(line, "authority", "scope", "first_day", "last_day", "username")
    today = localdate(at)
    held = _issued(record, taking) if line.kind == "added" else Certificate.objects.get(number=record.key[0])
    if record.text("status") == "revoked" and not held.revoked_on:
        authorities.revoke_certificate(
            certificate=held, day=min(max(today, held.first_day), held.last_day), reason="名册所载", by=by, at=at
        )
    elif record.word("status") == "valid" and held.revoked_on:
        text = N_("This certificate was revoked; issue a new one with a number of its own.")
        raise Refusal([Problem("inspections.roster.revoked", text)])


def _issued(record: Record, taking: _Taking) -> Certificate:
    by, at = taking.by, taking.at
    authority = Authority.objects.select_related("area").get(organisation__credit_code=record.text("authority"))
    first, last = (date.fromisoformat(record.text(name)) for name in ("first_day", "last_day"))
    username = record.text("username").strip().lower()
    person = Person.objects.filter(username=username).first()
    if person is None:
        person = register_person(
            username=username, display_name=record.text("name"), area=authority.area, by=by, at=at
        )  # fmt: skip
        grant_role(
            person=person, role=INSPECTOR, area=authority.area, first_day=first, act="执法证件",
            act_reference=record.key[0], by=by, at=at,
        )  # fmt: skip
    if not authority.posts.filter(holding(first), person=person).exists():
        authorities.give_post(authority=authority, person=person, first_day=first, by=by, at=at)
    return authorities.issue_certificate(
        authority=authority, person=person, number=record.key[0], scope=record.texts("scope"), first_day=first,
        last_day=last, by=by, at=at,
    )  # fmt: skip


def _item(line: Line, taking: _Taking) -> None:
    record = line.record
    authority = Authority.objects.select_related("area").get(organisation__credit_code=record.text("authority"))
    items.publish_item(
        authority=authority, code=record.text("code"), title=record.text("title"),
        legal_basis=record.texts("legal_basis"), object_class=record.text("object_class"),
        method=record.word("method"), checklist=record.texts("checklist"),
        first_day=date.fromisoformat(record.text("first_day")), by=taking.by, at=taking.at,
    )  # fmt: skip


def _changed_firm(line: Line, taking: _Taking) -> firms.ChangedFirm:
    """What a row says anew of a firm that is known."""
    record = line.record
    corrects = {"industry", "above_scale", "hazard"} & set(line.before)
    graded = record.word("grade") != "none" and "grade" in line.before
    return firms.ChangedFirm(
        credit_code=record.key[0], row=record.row,
        industry=(record.text("industry").strip()[:60] or None) if corrects else None,
        above_scale=_said(record, "above_scale") if corrects else None,
        hazard=_said(record, "hazard") if corrects else None, grade=record.text("grade") if graded else "",
        graded_from=_day(record.text("graded_from")) or localdate(taking.at),
        grade_basis=record.text("grade_basis") or "名册所载",
    )  # fmt: skip


def _said(record: Record, name: str) -> bool | None:
    """What the row says; None where it says nothing."""
    return record.text(name) == "yes" if record.text(name) else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_TAKE: Mapping[str, Callable[[Line, _Taking], None]] = {"authorities": _authority, "officers": _officer, "items": _item}
