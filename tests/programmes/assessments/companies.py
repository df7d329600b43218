"""A decided round in which two companies are proposed for the black list and were told, with their people and orders.

The first company has a second community with a deduction that a photo shows. Not here: what anybody may do.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from secrets import token_hex
from unittest.mock import patch
from uuid import UUID

from django.test import Client
from django.utils import timezone
from tests.faces import district
from tests.faces.portal.conftest import member
from tests.guarded import guards_lifted
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_editions import grave
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.chain import canonical
from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.actions.objections import deliver_record
from mingjing.programmes.assessments.models import Entry, Round, VisitRecord
from mingjing.programmes.assessments.queries.listings import proposals

__all__ = ["Company", "World", "build", "deliver", "entered", "now_is", "publish", "with_people"]

People = dict[str, Person]


@dataclass
class Company:
    """One of the two, with everything that is its own."""

    organisation: Organisation
    entry: Entry
    case: Proceeding
    notice: Document
    order: Case
    open_entry: Entry
    head: Person
    staff: Person
    lawyer: Person
    record: VisitRecord = field(default_factory=VisitRecord)

    def record_arguments(self, record: VisitRecord, exhibit: UUID) -> Mapping[str, Mapping[str, object]]:
        """The same of a record that reached it."""
        one, finding = {"pk": record.pk}, record.sheet_document["findings"][0]["id"]
        return {
            "assessments_portal:record": one,
            "assessments_portal:record-evidence": one | {"exhibit": exhibit},
            "assessments_portal:objection": one | {"finding": finding},
        }

    def arguments(self, exhibit: UUID) -> Mapping[str, Mapping[str, object]]:
        """By route of the portal what leads to this company's own; `exhibit` is evidence of its community."""
        entry, case, order = {"pk": self.entry.pk}, {"pk": self.case.pk}, {"pk": self.order.pk}
        named: dict[str, Mapping[str, object]] = {
            f"assessments_portal:{name}": entry for name in ("community", "slip", "decision", "reply", "appeal")
        }
        named |= {f"assessments_portal:{name}": entry | {"exhibit": exhibit} for name in ("evidence", "evidence-small")}
        named |= {f"assessments_portal:{name}": case for name in ("case", "statement", "hearing")}
        named |= {f"assessments_portal:{name}": order for name in ("order", "order-plan", "order-report")}
        named |= {"assessments_portal:claim": {"pk": self.open_entry.pk}}
        named |= {"assessments_portal:form": entry | {"about": "communities", "kind": "appeal_form"}}
        named |= {"portal:document-file": {"pk": self.notice.pk}}
        named |= {"portal:invite": {"code": self.organisation.credit_code}}
        named |= {"portal:revoke": {"pk": self.staff.mandates_held.get().pk}}
        return named


@dataclass
class World:
    round: Round
    companies: list[Company]
    exhibits: list[Exhibit]
    served: datetime


def build(people: People, at: datetime, count: int = 8) -> World:
    """The round, decided, both notices served."""
    organisations = district.companies(2, at)
    round_ = in_review(people, at, register(count, at))
    entries = list(Entry.objects.filter(round=round_, not_assessed_at=None).select_related("community", "round"))[:2]
    with guards_lifted():
        for entry, company in zip(entries, organisations, strict=True):
            grave(entry, company, people, at)
        exhibits = [_shown(entry, people, at, number) for number, entry in enumerate(entries)]
    under_way = _under_way(people, at, organisations)
    decided(round_, people, at)
    proposed = {one.entry.pk: one for one in proposals(round_, at)}
    made = []
    for number, (entry, company) in enumerate(zip(entries, organisations, strict=True)):
        entry.refresh_from_db()
        one = proposed[entry.pk]
        assert one.stands
        case, notice = one.stands.proceeding, _serve(round_, entry, company, people, at)
        made.append(
            Company(
                company, entry, case, notice, _order(entry, company, people, at), under_way[number],
                head=member(company, f"head{number}", "head", at), staff=member(company, f"staff{number}", "staff", at),
                lawyer=member(company, f"lawyer{number}", "counsel", at, case.ledger_subject),
            )
        )  # fmt: skip
    return World(round_, made, exhibits, at)


def with_people(at: datetime, *, now: datetime) -> tuple[People, World]:
    """The people of a district and the round, made at `at` while the clock stands at `now`."""
    with now_is(now):
        people = district.build(at)
        return people, build(people, at)


def _shown(entry: Entry, people: People, at: datetime, number: int) -> Exhibit:
    """A deduction on every record of the entry that a photo on record shows."""
    shown = None
    for record in VisitRecord.objects.filter(entry=entry).order_by("id"):
        exhibit = record_exhibit(
            file=io.BytesIO(photo(colour=(200, 30, number))), file_name="车库.jpg", subject=record.subject,
            area=entry.round.area, origin="camera", by=people["officer"], at=at,
        )  # fmt: skip
        finding = {
            "id": "00000000-0000-7000-8000-000000000001", "n": 1, "version": 1, "check": f"{entry.class_code}1.1",
            "steps": 1, "fact": "", "place": "一号楼前", "note": "公示栏内容缺失", "evidence": [exhibit.sha256],
            "measured": {}, "by": people["officer"].token, "at": "2024-09-04T09:45:00+08:00",
        }  # fmt: skip
        VisitRecord.objects.filter(pk=record.pk).update(sheet=canonical({"findings": [finding]}).decode())
        shown = shown or exhibit
    assert shown
    return shown


def _under_way(people: People, at: datetime, organisations: list[Organisation]) -> list[Entry]:
    """A community of each company in a later round that is being visited."""
    later = in_review(people, at, register(2, at, start=900), code="2025-1", seed=5, first_day=date(2025, 1, 1))
    entries = list(Entry.objects.filter(round=later).select_related("round__area"))
    with guards_lifted():
        for entry, company in zip(entries, organisations, strict=True):
            Entry.objects.filter(pk=entry.pk).update(company=company, company_name=company.name)
    return entries


def _serve(round_: Round, entry: Entry, company: Organisation, people: People, at: datetime) -> Document:
    by = people["officer"]
    document = issue_notice(round=round_, entry=entry, by=by, at=at)
    proof = Exhibit.objects.create(
        sha256=token_hex(32), size=1, media_type="image/jpeg", area=round_.area, subject=document.ledger_subject,
        origin="scan", recorded_at=at,
    )  # fmt: skip
    service = record_service(
        document=document, credit_code=company.credit_code, method="direct", served_at=at, received_by="前台",
        exhibits=[proof.pk], by=by, at=at,
    )  # fmt: skip
    take_listing_step(round=round_, entry=entry, step="notice", service=service, by=by, at=at)
    return document


def _order(entry: Entry, company: Organisation, people: People, at: datetime) -> Case:
    site = entry.community.site
    return open_case(
        programme="assessments", kind="rectification", subject=f"places.site:{site.pk}", area=entry.round.area,
        site=site, title=f"{entry.name}消火栓无水", organisation=company, owner=people["officer"],
        due_at=at + timedelta(days=15), by=people["officer"], at=at,
    )  # fmt: skip


def deliver(company: Company, people: People, at: datetime) -> VisitRecord:
    """The record of the first visit of its community reaches the company."""
    record = VisitRecord.objects.filter(entry=company.entry).order_by("id")[0]
    deliver_record(record=record, how="送达", by=people["officer"], at=at)
    return record


def publish(world: World, people: People, at: datetime) -> datetime:
    """The panel lists the first and spares the second, and the list is published; returns when."""
    bureau = district.staff("director", "局长", world.round.area, at, username="bureau")
    director, after, late = people["director"], at + timedelta(days=10), at + timedelta(days=40)
    for company, stance in zip(world.companies, ("uphold", "drop"), strict=True):
        for person in (director, bureau):
            take_listing_step(
                round=world.round, entry=company.entry, step="decision", stance=stance, note="事实清楚", by=person,
                at=after,
            )  # fmt: skip
    told = {"round": world.round, "note": "同意"}
    take_publication_step(step="public_notice", by=director, at=after, **told)
    take_publication_step(step="signed_centre", by=director, at=late, **told)
    take_publication_step(step="signed_bureau", by=bureau, at=late, **told)
    publish_list(round=world.round, by=director, at=late)
    return late


@contextmanager
def now_is(at: datetime) -> Iterator[None]:
    """While it lasts, the house's clock stands at `at`."""
    with patch.object(timezone, "now", lambda: at):
        yield


def entered(person: Person) -> Client:
    """A browser in which somebody has signed in; pages in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client
