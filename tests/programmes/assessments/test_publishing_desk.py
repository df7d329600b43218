"""What follows the decision, on the desk: who may do what, what is missing is said, and nobody decides over another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_editions import grave
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Edition, Entry, Round
from mingjing.programmes.assessments.queries.listings import Proposed, proposals

pytestmark = pytest.mark.django_db
People = dict[str, Person]
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\r"
    b"IDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def cast(people: People, at: datetime) -> People:
    """Beside the usual ones three of the panel and one of the bureau."""
    area = Area.objects.get(code="430202")
    extra = {"panel": ("panel", "评审甲"), "panel2": ("panel", "评审乙"), "panel3": ("panel", "评审丙")}
    extra |= {"bureau": ("bureau", "局长")}
    return people | {key: district.staff(role, name, area, at, key) for key, (role, name) in extra.items()}


@pytest.fixture
def round_(cast: People, at: datetime) -> Round:
    """A decided round with one community that a serious accident would put on the black list."""
    found = in_review(cast, at, register(12, at))
    entry = Entry.objects.filter(round=found, not_assessed_at=None).select_related("community").earliest("number")
    with guards_lifted():
        grave(entry, district.companies(1, at)[0], cast, at)
    decided(found, cast, at)
    return found


@pytest.fixture
def desk(cast: People) -> Callable[[str], Client]:
    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(cast[who], "django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    return signed_in


@pytest.fixture
def turn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., datetime]:
    """Turns the house's clock on by so many days."""
    state = {"now": timezone.now()}
    monkeypatch.setattr(timezone, "now", lambda: state["now"])

    def on(**by: int) -> datetime:
        state["now"] += timedelta(**by)
        return state["now"]

    return on


def paper(name: str = "回证.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PICTURE + name.encode(), "image/png")


def text(response: Any) -> str:
    return str(response.content.decode())


@dataclass
class Walk:
    """A case on its way: the addresses of its pages, who signs in, the clock."""

    round: Round
    one: Proposed
    desk: Callable[[str], Client]
    turn: Callable[..., datetime]

    @property
    def home(self) -> str:
        return f"/assessments/rounds/{self.round.pk}/"

    @property
    def case(self) -> str:
        return f"{self.home}publication/of/{self.one.entry.number}/"


def test_a_case_goes_from_notice_to_published_list_page_by_page(
    round_: Round, desk: Callable[[str], Client], turn: Callable[..., datetime]
) -> None:
    # One test: each page leads to the next, and building a decided round takes a while.
    (one,) = proposals(round_, timezone.now())
    walk = Walk(round_, one, desk, turn)
    a_notice_is_issued_and_served_on_the_company_itself(walk)
    it_is_heard_answered_and_decided_by_two(walk)
    the_list_is_signed_by_two_houses_and_published(walk)
    an_appeal_is_upheld_by_somebody_uninvolved(walk)
    assert verify().whole
    assert Document.objects.count() == 1


def a_notice_is_issued_and_served_on_the_company_itself(walk: Walk) -> None:
    officer, case = walk.desk("officer"), walk.case
    assert "To come: Pre-listing notice served" in text(officer.get(f"{walk.home}publication/"))
    assert "Issue the notice" in text(officer.get(case))
    assert "Issue the notice" not in text(walk.desk("auditor").get(case))
    assert walk.desk("auditor").post(f"{case}notice/").status_code == 403
    assert officer.post(f"{case}notice/").status_code == 302
    again = officer.post(f"{case}notice/")
    assert again.status_code == 422
    assert "was issued already" in text(again)
    to = walk.one.stands.proceeding.organisation if walk.one.stands else None
    assert to
    walk.turn(hours=1)
    given = {"method": "direct", "served_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "received_by": "前台张某"}
    wrong = officer.post(f"{case}service/", given | {"credit_code": district.credit_code(77), "shown": paper()})
    assert wrong.status_code == 422
    assert not Service.objects.exists()
    walk.turn(minutes=5)
    assert officer.post(f"{case}service/", given | {"credit_code": to.credit_code, "shown": paper()}).status_code == 302


def it_is_heard_answered_and_decided_by_two(walk: Walk) -> None:
    officer, panel, case = walk.desk("officer"), walk.desk("panel"), walk.case
    page = text(panel.get(case))
    assert "waits until" in page
    assert "5 working days" in page
    early = panel.post(f"{case}decide/decision/", {"revision": 1, "stance": "uphold", "note": "事实清楚"})
    assert early.status_code == 422
    said = {"revision": 1, "note": "已整改", "on_behalf": "王经理", "shown": paper("陈述.png")}
    assert officer.post(f"{case}follow/statement/", said).status_code == 302
    assert "王经理" in text(panel.get(case))
    over_another = officer.post(f"{case}follow/hearing_asked/", {"revision": 1})
    assert over_another.status_code == 422
    assert "Somebody took a step" in text(over_another)

    walk.turn(days=9)
    panel, second = walk.desk("panel"), walk.desk("panel2")
    assert "“Written reply to the statement” comes before" in text(panel.get(case))
    assert walk.desk("director").post(f"{case}follow/reply/", {"revision": 2, "note": "不成立"}).status_code == 302
    vote = {"stance": "uphold", "note": "事实清楚，证据充分"}
    assert "Votes on proposed listings" in text(panel.get("/"))
    assert panel.post(f"{case}decide/decision/", vote | {"revision": 3}).status_code == 302
    assert "Votes on proposed listings" not in text(panel.get("/"))
    assert "1 of 2 votes" in text(second.get(case))
    assert second.post(f"{case}decide/decision/", vote | {"revision": 4}).status_code == 302
    assert "Decided: list it" in text(walk.desk("officer").get(f"{walk.home}publication/"))


def the_list_is_signed_by_two_houses_and_published(walk: Walk) -> None:
    signing, publish = f"{walk.home}signing/", f"{walk.home}publish/"
    begun = walk.desk("officer").post(f"{signing}prepare/public_notice/", {"revision": 0, "note": "网站公示"})
    assert begun.status_code == 302
    sign = {"revision": 1, "note": "同意"}
    assert walk.desk("director").post(f"{signing}centre/signed_centre/", sign).status_code == 422
    walk.turn(days=15)
    director, bureau = walk.desk("director"), walk.desk("bureau")
    assert director.post(f"{signing}centre/signed_centre/", sign).status_code == 302
    refused = director.post(publish)
    assert refused.status_code == 422
    assert "“Signed off by the housing bureau” comes before" in text(refused)
    assert director.post(f"{signing}bureau/signed_bureau/", sign | {"revision": 2}).status_code == 403
    assert "Signed off by the housing bureau" in text(bureau.get("/"))
    assert bureau.post(f"{signing}bureau/signed_bureau/", sign | {"revision": 2}).status_code == 302
    assert "Publish the list" in text(director.get(signing))
    assert director.post(publish).status_code == 302
    assert Edition.objects.get().rows.filter(adverse=True).count() == 1
    assert "Record an appeal" in text(walk.desk("officer").get(f"{walk.home}editions/1/"))


def an_appeal_is_upheld_by_somebody_uninvolved(walk: Walk) -> None:
    """The company appeals; who voted on the listing may not decide; upheld, the next edition spares it."""
    officer, panel, home = walk.desk("officer"), walk.desk("panel"), walk.home
    filed = officer.post(
        f"{home}appeal/{walk.one.entry.number}/", {"grounds": "责任认定已更正", "shown": paper("更正.png")}
    )
    assert filed.status_code == 302, text(filed)[:2000]
    page = filed["Location"]
    assert "责任认定已更正" in text(officer.get(page))
    assert "You had a part in what this is about" in text(panel.get(page))
    decision = {"revision": 2, "stance": "upheld", "note": "更正属实", "listing": "on"}
    assert panel.post(f"{page}decision/", decision).status_code == 422
    other = walk.desk("panel3")
    empty = other.post(f"{page}decision/", {"revision": 2, "stance": "upheld", "note": "更正属实"})
    assert empty.status_code == 422
    decided_ = other.post(f"{page}decision/", decision)
    assert decided_.status_code == 302, text(decided_)[:3000]
    newest = Edition.objects.get(number=2)
    assert not newest.rows.filter(adverse=True).exists()
    assert "An appeal against the entry was upheld." in text(officer.get(f"{home}editions/"))
    assert "Corrected since" in text(officer.get(f"{home}editions/1/"))
    told = text(officer.get(f"{home}disputes/"))
    assert "Well founded" in told
    assert "15 working days" not in told  # no clock runs where it is decided


def test_a_finding_is_contested_and_struck(round_: Round, desk: Callable[[str], Client]) -> None:
    entry = Entry.objects.filter(round=round_, records__sheet__contains='"steps"').order_by("number").first()
    assert entry
    with guards_lifted():
        Entry.objects.filter(pk=entry.pk).update(company=district.companies(3, timezone.now())[2])
    home, officer = f"/assessments/rounds/{round_.pk}/", desk("officer")
    record = entry.records.get(purpose="first")
    page = text(officer.get(f"{home}findings/{entry.number}/"))
    assert "Record the delivery" in page
    assert officer.post(f"/assessments/visits/{record.pk}/delivery/", {"how": "当面交付"}).status_code == 302
    finding = next(one["id"] for one in record.sheet_document["findings"] if one["steps"])
    there = f"/assessments/visits/{record.pk}/objection/{finding}/"
    filed = officer.post(there, {"grounds": "垃圾桶当时已清运"})
    assert filed.status_code == 302, text(filed)[:2000]
    assert officer.post(there, {"grounds": "再次"}).status_code == 422
    assert "You had a part" in text(officer.get(filed["Location"]))
    assert "Steps that are left" in text(desk("panel").get(filed["Location"]))
    decision = {"revision": 2, "stance": "upheld", "note": "照片可证", "steps": "0"}
    assert desk("panel").post(f"{filed['Location']}decision/", decision).status_code == 302
    assert "<s>" in text(officer.get(f"{home}findings/{entry.number}/"))


@pytest.mark.parametrize("page", ["publication/", "signing/", "editions/", "disputes/", "seconds/"])
def test_every_page_is_there_before_anything_happened(round_: Round, desk: Callable[[str], Client], page: str) -> None:
    assert desk("auditor").get(f"/assessments/rounds/{round_.pk}/{page}").status_code == 200


def test_only_who_sends_teams_sees_whom_another_team_must_look_at(
    cast: People, desk: Callable[[str], Client], at: datetime
) -> None:
    round_ = in_review(cast, at, register(12, at))
    entry = Entry.objects.filter(round=round_, not_assessed_at=None).earliest("number")
    there = f"/assessments/rounds/{round_.pk}/seconds/"
    assert "Commit to the lot" in text(desk("director").get(there))
    assert "Commit to the lot" not in text(desk("officer").get(there))
    for path in ("lot/", "draw/", f"team/{entry.number}/"):
        assert desk("officer").post(f"{there}{path}").status_code == 403
    wrong = desk("director").post(f"{there}lot/", {"listed": "next week"}, follow=True)
    assert "one after the other" in text(wrong)
    past = desk("director").post(f"{there}lot/", {"listed": "2024-09-01"}, follow=True)
    assert "are not to come" in text(past)
    gone = desk("director").post(f"{there}team/{entry.number}/", {"day": "2024-09-01", "team": "1"}, follow=True)
    assert "are not to come" in text(gone)
