"""Rounds on their way to a list and after it: listings settled, lists published, papers served. Built as people do."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex

import pytest
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_editions import grave
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.documents.models import Service
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.actions.organisations import record_organisation
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.models import Edition, Engagement, Entry, Round, VisitRecord

__all__ = [
    "ANSWER", "NOTICE", "codes", "decided_and_published", "exhibit", "findings", "known", "published", "reviewed",
    "served", "settled",
]  # fmt: skip

ANSWER, NOTICE = timedelta(days=8), timedelta(days=14)
"""Longer than five working days, and than seven."""


def codes(step: Callable[[], object]) -> list[str]:
    """The codes of the problems with which `step` is refused."""
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def reviewed(people: Mapping[str, Person], at: datetime, count: int, black: int, *, start: int = 0) -> Round:
    """A round in review with so many communities, of which `black` have a grave accident on file and two visits."""
    round_ = in_review(people, at, register(count, at, start=start), code=f"r-{start}")
    companies = [_company(start + number, round_.area, at) for number in range(black)]
    entries = Entry.objects.filter(round=round_, not_assessed_at=None).select_related("community").order_by("number")
    with guards_lifted():
        for entry, company in zip(entries[:black], companies, strict=True):
            grave(entry, company, dict(people), at)
            attributes = {**entry.attributes, "service_months": "40", "occupancy": "85"}
            Entry.objects.filter(pk=entry.pk).update(attributes=attributes)
    return round_


def _company(number: int, area: Area, at: datetime) -> Organisation:
    """An invented company with a credit code of its own."""
    name = f"示例物业服务有限公司{number:03d}"
    return record_organisation(credit_code=district.credit_code(number), name=name, area=area, by=None, at=at)


def known(entry: Entry, at: datetime) -> Entry:
    """The same entry, of a company that is known as a legal entity and was there."""
    company = _company(500 + entry.pk % 400, entry.round.area, at)
    held = Engagement.objects.create(
        community=entry.community, company=company, company_name=company.name, recorded_at=at
    )
    with guards_lifted():
        Entry.objects.filter(pk=entry.pk).update(company=company, company_name=company.name, engagement=held)
    return Entry.objects.select_related("company", "round__area", "community").get(pk=entry.pk)


def exhibit(subject: str, area: Area, at: datetime) -> Exhibit:
    """Something on record about it."""
    shown = Exhibit(
        sha256=token_hex(32), size=1, media_type="image/jpeg", area=area, subject=subject, origin="scan", recorded_at=at
    )
    shown.save()
    return shown


def served(round_: Round, entry: Entry, by: Person, at: datetime) -> Service:
    """A pre-listing notice issued, and served on its company at once."""
    document = issue_notice(round=round_, entry=entry, by=by, at=at)
    assert entry.company
    shown = exhibit(document.ledger_subject, round_.area, at)
    service = record_service(
        document=document, credit_code=entry.company.credit_code, method="direct", served_at=at, received_by="前台",
        exhibits=[shown.pk], by=by, at=at,
    )  # fmt: skip
    take_listing_step(round=round_, entry=entry, step="notice", service=service, by=by, at=at)
    return service


def settled(round_: Round, entry: Entry, panel: list[Person], by: Person, stance: str, at: datetime) -> datetime:
    """Told, given its time and decided by the panel; returns when that was."""
    served(round_, entry, by, at)
    for person in panel:
        step = {"round": round_, "entry": entry, "step": "decision", "stance": stance, "note": "事实清楚"}
        take_listing_step(**step, by=person, at=at + ANSWER)  # type: ignore[arg-type]
    return at + ANSWER


def published(round_: Round, director: Person, bureau: Person, at: datetime) -> Edition:
    """Shown to the public, signed by both houses and published; every listing is settled already."""
    take_publication_step(round=round_, step="public_notice", note="网站公示", by=director, at=at)
    late = at + NOTICE
    take_publication_step(round=round_, step="signed_centre", note="同意", by=director, at=late)
    take_publication_step(round=round_, step="signed_bureau", note="同意", by=bureau, at=late)
    return publish_list(round=round_, by=director, at=late)


def decided_and_published(
    people: Mapping[str, Person], bureau: Person, at: datetime, count: int, black: int, *, start: int = 0
) -> Edition:
    """A published round in which everybody proposed for the black list was listed."""
    round_ = reviewed(people, at, count, black, start=start)
    decided(round_, people, at)
    after = at
    for entry in Entry.objects.filter(round=round_, company__isnull=False).select_related("company").order_by("number"):
        after = settled(round_, entry, [people["director"], bureau], people["officer"], "uphold", at)
    return published(round_, people["director"], bureau, after)


def findings(record: VisitRecord) -> list[dict[str, object]]:
    """What a record found."""
    found: list[dict[str, object]] = record.sheet_document.get("findings", [])
    return found
