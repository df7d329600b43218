"""Districts that share an installation, each with something of every kind whose name is its secret.

A part of the house says what a district has of it by a function `examples(district)`, in `tests/districts.py` for the
kernel and in `tests/programmes/<programme>/examples.py` for a programme. Each example gives the addresses that lead to
it, as arguments by route name; `tests/contracts/test_districts.py` opens them all from next door.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mingjing.kernel import registry
from mingjing.kernel.calendar.actions import record_closure
from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.documents.actions import issue_document, record_service, record_template
from mingjing.kernel.documents.manifest import LETTER
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions import give_mandate, grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.sync.models import Capture, Device
from mingjing.kernel.visits.actions import start_visit
from tests.faces.district import credit_code
from tests.kernel.evidence.photographs import photo

__all__ = ["District", "Routes", "address", "build", "every_example", "secret"]

Routes = Mapping[str, Mapping[str, object]]
"""Something a district has: the arguments of the routes that show or change it, by route name; "?" is for a query."""


def address(name: str, arguments: Mapping[str, object]) -> str:
    """The address of the route with these arguments."""
    named = {key: value for key, value in arguments.items() if key != "?"}
    return reverse(name, kwargs=named) + (f"?{arguments['?']}" if "?" in arguments else "")


@dataclass(frozen=True)
class District:
    """One of the districts: everything of its own is named by `secret(number)`."""

    number: int
    area: Area
    people: Mapping[str, Person]  # one in each role
    at: datetime

    @property
    def secret(self) -> str:
        return secret(self.number)


def secret(number: int) -> str:
    """What stands in every name of a district and in no other's."""
    return f"secret{number:02d}"


def build(count: int, at: datetime) -> list[District]:
    """So many districts of one city, with one person in each role."""
    province = Area.objects.create(code="43", name="湖南省", level=Level.PROVINCE, source="tested", version="1")
    city = Area.objects.create(
        code="4302", name="株洲市", level=Level.CITY, parent=province, source="tested", version="1"
    )
    return [_district(number, city, at) for number in range(1, count + 1)]


def _district(number: int, city: Area, at: datetime) -> District:
    code = f"4302{number:02d}"
    area = Area.objects.create(
        code=code, name=f"第{number}区", level=Level.COUNTY, parent=city, source="tested", version="1"
    )
    people = {role: _person(role, number, area, at) for role in registry.roles()}
    return District(number, area, people, at)


def _person(role: str, number: int, area: Area, at: datetime) -> Person:
    name = f"{secret(number)}-{role}"
    person = register_person(username=name, display_name=name, area=area, by=None, at=at)
    grant_role(
        person=person, role=role, area=area, first_day=date(2024, 1, 1), act=f"{secret(number)} act",
        act_reference=secret(number), by=None, at=at,
    )  # fmt: skip
    return person


def every_example(district: District) -> Iterator[Routes]:
    """What `district` has of the kernel and of every programme."""
    for examples in (_kernel, *_of_programmes()):
        yield from examples(district)


def _of_programmes() -> Iterator[Callable[[District], Iterator[Routes]]]:
    for file in sorted(Path(__file__).parent.glob("programmes/*/examples.py")):
        yield import_module(f"tests.programmes.{file.parent.name}.examples").examples


def _kernel(district: District) -> Iterator[Routes]:
    yield from _of_parties(district)
    yield from _of_ledger(district)
    yield from _of_phones(district)
    yield from _of_visits(district)
    yield from _of_calendar(district)
    yield from _of_documents(district)


def _of_phones(district: District) -> Iterator[Routes]:
    officer, at = district.people["officer"], district.at
    device = Device.objects.create(
        person=officer, label=district.secret, public_key=f"key of {district.secret}", enrolled_at=at
    )
    capture = Capture.objects.create(
        id=uuid7(), subject=f"places.site:{district.secret}", area=district.area, device=device, person=officer,
        sha256=f"{district.number:064x}", size=1, media_type="image/jpeg", origin="camera", record="{}", signature="",
        taken_at=at, promised_at=at,
    )  # fmt: skip
    yield {"desk:phone-revoke": {"pk": device.pk}}
    yield {"desk:capture-release": {"pk": capture.pk}}


def _of_parties(district: District) -> Iterator[Routes]:
    officer, at = district.people["officer"], district.at
    routes = ("person", "role-grant", "person-link", "person-depart")
    yield {f"desk:{name}": {"pk": officer.pk} for name in routes}
    yield {"desk:role-end": {"pk": officer.role_grants.get().pk}}
    name = f"{district.secret}-newcomer"
    register_person(username=name, display_name=name, area=district.area, by=None, at=at)
    company = record_organisation(
        credit_code=credit_code(district.number),
        name=f"{district.secret}物业公司",
        area=district.area,
        by=officer,
        at=at,
    )
    yield {f"desk:{name}": {"code": company.credit_code} for name in ("organisation", "mandates", "mandate-give")}
    agent = register_person(username=f"{name}-agent", display_name=name, area=district.area, by=None, at=at)
    mandate = give_mandate(
        person=agent, organisation=company, capacity="head", first_day=date(2024, 1, 1), act=f"{district.secret} act",
        act_reference=district.secret, by=officer, at=at,
    )  # fmt: skip
    yield {"desk:mandate-end": {"pk": mandate.pk}}
    yield {"desk:area": {"code": district.area.code}}


def _of_ledger(district: District) -> Iterator[Routes]:
    with transaction.atomic():
        fact = writer.append(
            kind="places.site.recorded", subject=f"places.site:{district.secret}", data={"note": district.secret},
            area=district.area, by=district.people["officer"], at=district.at,
        )  # fmt: skip
    work = Delivery.objects.create(
        fact=fact, reaction=f"tested.{district.secret}", attempts=8, error=district.secret, failed_at=district.at
    )
    yield {"desk:fact": {"seq": fact.seq}, "desk:fact-proof": {"seq": fact.seq}}
    yield {"desk:job-retry": {"pk": work.pk}}


def _of_calendar(district: District) -> Iterator[Routes]:
    today = timezone.localdate()  # the page shows this year
    closure = record_closure(
        area=district.area, first_day=today, last_day=today, reason=f"{district.secret}台风",
        by=district.people["director"], at=district.at,
    )  # fmt: skip
    yield {"desk:closure-withdraw": {"pk": closure.pk}}


def _of_documents(district: District) -> Iterator[Routes]:
    at, area, director = district.at, district.area, district.people["director"]
    company = Organisation.objects.get(credit_code=credit_code(district.number))
    document = issue_document(
        kind="documents.letter", area=area, subject=f"places.site:{district.secret}", addressee=company, by=director,
        title=f"{district.secret}函", context={"paragraphs": [district.secret]}, at=at,
    )  # fmt: skip
    parts = ("", "-file", "-receipt", "-serve", "-withdraw", "-bundle")
    yield {f"desk:document{part}": {"pk": document.pk} for part in parts}
    shown = SimpleUploadedFile(f"{district.secret}.jpg", photo(colour=(district.number, 8, 8)))
    service = record_service(
        document=document, credit_code=company.credit_code, method="direct", served_at=at, received_by=district.secret,
        files=[shown], by=director, at=at,
    )  # fmt: skip
    yield {"desk:service-void": {"pk": service.pk}}
    template = record_template(
        kind=LETTER, area=area, file=io.BytesIO(LETTER.default_template()), file_name=f"{district.secret}.docx",
        by=director, at=at,
    )  # fmt: skip
    yield {"desk:document-template": {"pk": template.pk}, "desk:document-template-retire": {"pk": template.pk}}
    routes = ("", "-preview", "-template", "-upload", "-letterhead")
    yield {f"desk:document-kind{part}": {"code": LETTER.code, "area": area.code} for part in routes}


def _of_visits(district: District) -> Iterator[Routes]:
    at, area, officer = district.at, district.area, district.people["officer"]
    site = record_site(name=f"{district.secret}小区", address=district.secret, area=area, by=officer, at=at)
    visit = start_visit(
        programme="assessments", purpose="assessments.check", subject=f"places.site:{site.pk}", area=area, site=site,
        organisation=None, people=[(officer, "lead")], entered_at=at, by=officer, at=at,
    )  # fmt: skip
    yield {"desk:visit": {"pk": visit.pk}}
    case = open_case(
        programme="assessments", kind="rectification", subject=f"places.site:{site.pk}", area=area, site=site,
        title=f"{district.secret}消火栓", organisation=None, owner=officer, due_at=at + timedelta(days=15),
        by=officer, at=at,
    )  # fmt: skip
    yield {"desk:case": {"pk": case.pk}, "desk:case-follow": {"pk": case.pk, "step": "report"}}
    yield {"desk:case-settle": {"pk": case.pk, "step": "extension"}}
    exhibit = record_exhibit(
        file=io.BytesIO(photo(colour=(district.number, 9, 9))), file_name=f"{district.secret}.jpg",
        subject=f"cases.case:{case.pk}", area=area, origin="upload", caption=district.secret, by=officer, at=at,
    )  # fmt: skip
    parts = (
        "",
        "-copy",
        "-thumbnail",
        "-original",
        "-verification",
        "-access",
        "-withdrawal",
        "-watermarked",
        "-public",
        "-masks",
    )
    yield {f"desk:exhibit{part}": {"pk": exhibit.pk} for part in parts}
    Capture.objects.create(
        id=uuid7(), subject=exhibit.subject, area=area, device=Device.objects.get(person=officer), person=officer,
        sha256=exhibit.sha256, size=exhibit.size, media_type="image/jpeg", origin="camera", record="{}", signature="x",
        taken_at=at, promised_at=at, not_after=at, exhibit=exhibit,
    )  # fmt: skip
    yield {"desk:exhibit-record": {"pk": exhibit.pk}}
