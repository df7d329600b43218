"""What a district has of inspections, for the test that its neighbours see nothing of it (tests/districts.py).

Rows are made as they would lie there; that each page can be worked with is tried elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tests.districts import District, Routes
from tests.faces.district import credit_code
from tests.programmes.inspections.entered import entered
from tests.programmes.inspections.registered import registered

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.parties.actions import record_organisation
from mingjing.programmes.inspections.models import (
    Authority,
    Firm,
    Hook,
    Key,
    Match,
    MatchTask,
    MatchVisit,
    Task,
)
from mingjing.programmes.inspections.models.outside import digest_of

CODES = 5000
"""Beyond the numbers of companies that others use."""


@dataclass(frozen=True)
class Standing:
    """An authority and a firm, named by the district's secret."""

    authority: Authority
    firm: Firm


def examples(district: District) -> Iterator[Routes]:
    """An authority and a firm with everything that stands around them."""
    standing = _standing(district)
    yield from _together(district, standing)
    yield from entered(district, standing.authority, standing.firm)
    yield from _outside(district)
    yield from registered(district, standing.authority, standing.firm)


def _standing(district: District) -> Standing:
    at = district.at
    body, company = (
        record_organisation(
            credit_code=credit_code(CODES + 10 * district.number + number), name=f"{district.secret}{name}",
            area=district.area, by=None, at=at,
        )
        for number, name in enumerate(("局", "厂"))
    )  # fmt: skip
    authority = Authority.objects.create(
        organisation=body, area=district.area, level="district", field="消防", recorded_at=at
    )
    firm = Firm.objects.create(organisation=company, area=district.area, recorded_at=at)
    return Standing(authority, firm)


def _together(district: District, standing: Standing) -> Iterator[Routes]:
    """A proposal with a visit of one task."""
    today, at = district.at.date(), district.at
    task = Task.objects.create(
        authority=standing.authority, firm=standing.firm, purpose="routine", first_day=today, last_day=today,
        drafted_at=at, approved_at=at,
    )  # fmt: skip
    match = Match.objects.create(
        area=district.area, first_day=today, last_day=today + timedelta(days=9), asked_at=at, worked_at=at, before=2,
        after=1, bound=1, asked_by=district.people["enforcement_supervisor"],
    )  # fmt: skip
    visit = MatchVisit.objects.create(match=match, firm=standing.firm, day=today, joint=uuid7())
    MatchTask.objects.create(visit=visit, task=task, authority=standing.authority)
    yield {"inspections:match": {"pk": match.pk}, "inspections:match-answer": {"pk": match.pk, "visit": visit.pk}}


def _outside(district: District) -> Iterator[Routes]:
    """A key and an address."""
    secret, at, by = district.secret, district.at, district.people["enforcement_supervisor"]
    key = Key.objects.create(
        name=secret, area=district.area, digest=digest_of(secret), hint=secret, rights=["read"], issued_at=at,
        issued_by=by,
    )  # fmt: skip
    hook = Hook.objects.create(name=secret, area=district.area, url=f"https://{secret}.example.cn/", made_at=at)
    yield {"inspections:key-revoke": {"pk": key.pk}, "inspections:hook": {"pk": hook.pk}}
