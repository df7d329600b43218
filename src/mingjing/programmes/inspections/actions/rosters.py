"""Takes a file into the register, all of it in one transaction: what it says is done by the actions people use.

The state it was previewed against must still be there. A file that says what is known already changes nothing. Not
here: reading it (queries.rosters).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.parties.actions import grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables.digests import file_digest
from mingjing.programmes.inspections.actions import authorities, firms, items
from mingjing.programmes.inspections.actions.told import tell
from mingjing.programmes.inspections.models import Authority, Certificate, Firm
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.policy.rosters import Record, RosterMapping
from mingjing.programmes.inspections.queries.rosters import Line, Preview, preview

__all__ = ["take_roster"]

INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True)
class _Taking:
    area: Area
    by: Person | None
    at: datetime


def take_roster(
    *, file: Path | IO[bytes], name: str, mapping: RosterMapping, area: Area, expected: str = "", by: Person | None,
    at: datetime,
) -> Preview:  # fmt: skip
    """Bring the register of `area` up to the file, whole or not at all; what it did. Raises Refusal, by row.

    With `expected`, the digest of a preview: nothing may have changed since. The same file again changes nothing.
    """
    digest = file_digest(file)
    with transaction.atomic():
        exclusive(f"inspections.roster:{area.pk}")
        found = preview(file=file, name=name, mapping=mapping, area=area)
        if expected and found.digest != expected:
            text = N_("The register changed since you looked; read the file again and look at what it would change.")
            raise Refusal([Problem("inspections.roster.stale", text)])
        taking, problems = _Taking(area, by, at), []
        for line in found.news:
            try:
                with transaction.atomic():
                    _TAKE[found.kind](line, taking)
            except Refusal as refusal:
                place = f"row {line.record.row}"
                problems += [Problem(one.code, one.text, one.params, place) for one in refusal.problems]
        if problems:
            raise Refusal(problems[:200])
        if found.news:
            data = {"kind": found.kind, "input": digest, "lines": found.digest, **found.counts}
            tell("roster.taken_in", f"inspections.roster:{digest}", data, area, by, at)
    return found


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


def _firm(line: Line, taking: _Taking) -> None:
    record, by, at = line.record, taking.by, taking.at
    if line.kind == "added":
        found = firms.register_firm(
            organisation=_organisation(record, taking), area=taking.area, address=record.text("address"),
            industry=record.text("industry"), above_scale=_flag(record, "above_scale", False),
            hazard=_flag(record, "hazard", False), by=by, at=at,
        )  # fmt: skip
    else:
        found = Firm.objects.select_related("site", "area").get(organisation__credit_code=record.key[0])
        if {"industry", "above_scale", "hazard"} & set(line.before):
            firms.correct_firm(
                firm=found, site=found.site, industry=record.text("industry") or found.industry,
                above_scale=_flag(record, "above_scale", found.above_scale),
                hazard=_flag(record, "hazard", found.hazard), by=by, at=at,
            )  # fmt: skip
    if record.word("grade") != "none" and (line.kind == "added" or "grade" in line.before):
        firms.grade_firm(
            firm=found, grade=record.text("grade"), first_day=_day(record.text("graded_from")) or localdate(at),
            basis=record.text("grade_basis") or "名册所载", by=by, at=at,
        )  # fmt: skip


def _flag(record: Record, name: str, known: bool) -> bool:
    """What the row says, or what is known where it says nothing."""
    return record.text(name) == "yes" if record.text(name) else known


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_TAKE: Mapping[str, Callable[[Line, _Taking], None]] = {
    "authorities": _authority, "officers": _officer, "items": _item, "firms": _firm,
}  # fmt: skip
