"""A veto established after the decision, on the desk and at the company's door: from the filing to the next edition."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces.portal.conftest import member
from tests.programmes.assessments import test_publishing_desk
from tests.programmes.assessments.companies import entered
from tests.programmes.assessments.contested import decided_and_published, known
from tests.programmes.assessments.test_publishing_desk import paper

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Reopening

pytestmark = pytest.mark.django_db
People = dict[str, Person]
Desk = Callable[[str], Client]
cast, desk, turn = test_publishing_desk.cast, test_publishing_desk.desk, test_publishing_desk.turn


@pytest.fixture
def entry(cast: People, at: datetime) -> Entry:
    """An ordinary community of a published list, of a company that is known."""
    edition = decided_and_published(cast, cast["bureau"], at, 6, 0)
    return known(edition.rows.filter(tier="ORDINARY")[0].entry, at)


def said(client: Client, url: str, **data: Any) -> str:
    answer = client.post(url, data, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def filed(entry: Entry, desk: Desk, voters: tuple[str, ...] = ("panel", "panel2")) -> Filing:
    """Filed with its paper by an officer, approved by those of the panel."""
    here = f"/assessments/rounds/{entry.round_id}"
    form = {"what": "veto:serious_safety_accident", "document": "（2026）湘0202民初9号", "papers": paper("判决.png"),
            "occurred_on": entry.round.first_day.isoformat(), "responsibility": "未维护消防水泵"}  # fmt: skip
    page = desk("officer").get(f"{here}/communities/{entry.number}/").content.decode()
    assert "File what was established later" in page
    assert 'value="bonus:' not in page
    said(desk("officer"), f"{here}/file/{entry.number}/", **form)
    filing = Filing.objects.get(entry=entry, document__startswith="（2026）")
    for who in voters:
        said(desk(who), f"{here}/filings/{filing.pk}/", approved="yes", reason="判决已生效")
    return filing


def test_the_whole_way_on_the_desk(entry: Entry, desk: Desk, turn: Callable[..., datetime]) -> None:
    filing = filed(entry, desk)
    here = f"/assessments/rounds/{entry.round_id}/reopenings/"
    case = f"{here}{filing.pk}/"
    page = desk("officer").get(here).content.decode()
    assert entry.name in page
    assert "To come: Pre-listing notice served" in page
    assert "What comes next" in desk("auditor").get(case).content.decode()
    said(desk("officer"), f"{case}notice/")
    turn(hours=1)
    served = {"credit_code": entry.company.credit_code, "method": "direct", "received_by": "前台", "shown": paper(),
              "served_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"}  # type: ignore[union-attr]  # fmt: skip
    assert "The clock runs from the day after" in said(desk("officer"), f"{case}service/", **served)
    turn(days=12)
    for who in ("panel3", "director"):
        said(desk(who), f"{case}decide/decision/", stance="uphold", note="事实清楚", revision=revision(filing))
    said(desk("officer"), f"{case}prepare/public_notice/", note="网站公示", revision=revision(filing))
    turn(days=21)
    said(desk("director"), f"{case}centre/signed_centre/", note="同意", revision=revision(filing))
    assert "signed_bureau" in desk("bureau").get(case).content.decode()
    said(desk("bureau"), f"{case}bureau/signed_bureau/", note="同意", revision=revision(filing))
    edited = f"/assessments/rounds/{entry.round_id}/editions/"
    assert "established later about" in desk("director").get(edited).content.decode()
    page = said(desk("director"), f"{edited}correct/", number=1, reason="法院判决后更正")
    assert Edition.objects.get(number=2).rows.get(entry=entry).tier == "BLACK"
    assert case in page
    assert desk("officer").get(case).status_code == 200


def test_a_round_with_much_of_it_shows_it_a_page_at_a_time(
    entry: Entry, desk: Desk, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingjing.programmes.assessments.desk.publishing.reopenings.PAGE_SIZE", 1)
    others = [
        known(row.entry, at)
        for row in Edition.objects.get().rows.filter(tier__in=("RED", "ORDINARY")).exclude(entry=entry)
    ]
    cases = [filed(one, desk) for one in (entry, others[0])]
    for one in others[1:]:
        filed(one, desk, ())
    here = f"/assessments/rounds/{entry.round_id}/reopenings/"
    first = desk("officer").get(here)
    assert [row["one"].reopening.filing_id for row in first.context["rows"]] == [cases[0].pk]
    assert "and 1 more" in first.content.decode()  # of those that nobody has decided
    second = desk("officer").get(f"{here}?{first.context['page'].after}")
    assert [row["one"].reopening.filing_id for row in second.context["rows"]] == [cases[1].pk]


def revision(filing: Filing) -> int:
    return Reopening.objects.get(filing=filing).proceeding.revision


def test_the_company_is_told_by_the_notice_and_states_its_case(
    entry: Entry, desk: Desk, turn: Callable[..., datetime], at: datetime
) -> None:
    filing = filed(entry, desk)
    case = f"/assessments/rounds/{entry.round_id}/reopenings/{filing.pk}/"
    proceeding = Reopening.objects.get(filing=filing).proceeding
    assert entry.company
    client = entered(member(entry.company, "head", "head", at))
    there = reverse("assessments_portal:case", args=[proceeding.pk])
    assert client.get(there).status_code == 404
    said(desk("officer"), f"{case}notice/")
    turn(hours=1)
    served = {"credit_code": entry.company.credit_code, "method": "direct", "received_by": "前台", "shown": paper(),
              "served_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"}  # type: ignore[union-attr]  # fmt: skip
    said(desk("officer"), f"{case}service/", **served)
    assert entry.name in client.get(there).content.decode()
    said(client, f"{there}statement/", key=str(uuid4()), text="水泵由开发商负责维护", late_because="")
    assert "水泵由开发商负责维护" in desk("officer").get(case).content.decode()
    turn(days=12)
    answer = desk("panel3").post(f"{case}decide/decision/", {"stance": "uphold", "note": "x", "revision": 3})
    assert answer.status_code == 422
