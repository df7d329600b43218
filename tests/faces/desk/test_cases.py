"""Cases on the desk: who sees which, what each may do next, and how a refusal reads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from tests.faces.district import companies, staff

from mingjing.kernel.cases.actions import claim_case, open_case
from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area

SignedIn = Callable[[str], Client]
People = dict[str, Person]


@pytest.fixture(autouse=True)
def originals(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def now() -> datetime:
    """Pages compare deadlines with the clock of the machine."""
    return timezone.now()


@pytest.fixture
def opened(people: People, now: datetime) -> Callable[..., Case]:
    (company,) = companies(1, now)

    def open_it(**changes: object) -> Case:
        area = changes.pop("area", None) or Area.objects.get(code="430202001")
        name = str(changes.pop("name", "栗树山小区"))
        site = record_site(name=name, area=area, by=None, at=now)  # type: ignore[arg-type]
        usual = {
            "programme": "assessments", "kind": "rectification", "subject": "assessments.visit:7",
            "title": "消火栓无水", "area": area, "site": site, "organisation": company, "owner": people["officer"],
            "due_at": now + timedelta(days=15), "by": people["director"], "at": now,
        }  # fmt: skip
        return open_case(**usual | changes)

    return open_it


def photo(colour: str = "red") -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", file.getvalue(), "image/jpeg")


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_case_is_reported_and_confirmed_by_another_in_the_browser(
    signed_in: SignedIn, opened: Callable[..., Case]
) -> None:
    case = opened()
    owner, director = signed_in("officer"), signed_in("director")
    page = text_of(owner, f"/cases/{case.pk}/")
    assert case.number in page
    assert "Report as done" in page
    assert "Confirm as done" not in page
    data = {"revision": case.revision, "note": "已修复", "exhibits": [photo()]}
    assert owner.post(f"/cases/{case.pk}/steps/report/", data).status_code == 302
    page = text_of(owner, f"/cases/{case.pk}/")
    assert "Who owns a case does not confirm it" in page
    assert f"/cases/{case.pk}/decisions/confirmation/" not in page
    own = {"revision": 2, "note": "", "exhibits": [photo("blue")]}
    refused = owner.post(f"/cases/{case.pk}/decisions/confirmation/", own)
    assert refused.status_code == 422
    assert "Who owns a case does not confirm it" in refused.content.decode()
    assert Exhibit.objects.count() == 1, "the photo of a refused step is not kept as evidence"
    assert f"/cases/{case.pk}/decisions/confirmation/" in text_of(director, f"/cases/{case.pk}/")
    bare = director.post(f"/cases/{case.pk}/decisions/confirmation/", {"revision": 2, "note": "看过"})
    assert bare.status_code == 422
    assert "看过" in bare.content.decode(), "what was typed stays"
    good = {"revision": 2, "note": "看过", "exhibits": [photo("green")]}
    assert director.post(f"/cases/{case.pk}/decisions/confirmation/", good).status_code == 302
    assert Case.objects.get().state == "confirmed"
    assert "green.jpg" in text_of(director, f"/cases/{case.pk}/")
    page = text_of(director, f"/exhibits/{Exhibit.objects.get(file_name='green.jpg').pk}/")
    assert f"/cases/{case.pk}/" in page, "an exhibit leads back to its case"


def test_who_decides_on_an_old_page_is_told_what_changed(signed_in: SignedIn, opened: Callable[..., Case]) -> None:
    case, director = opened(), signed_in("director")
    assert director.post(f"/cases/{case.pk}/steps/note/", {"revision": 1, "note": "先看"}).status_code == 302
    late = director.post(f"/cases/{case.pk}/decisions/cancellation/", {"revision": 1, "note": "重复"})
    assert late.status_code == 422
    assert "Somebody changed this case" in late.content.decode()
    assert Case.objects.get().state == "open"


def test_deadlines_and_owners_change_on_the_desk(
    signed_in: SignedIn, opened: Callable[..., Case], people: People, now: datetime
) -> None:
    case, director = opened(), signed_in("director")
    url, day = f"/cases/{case.pk}/decisions/extension/", timezone.localdate(now) + timedelta(days=1)
    early = director.post(url, {"revision": 1, "note": "x", "due_at": day})
    assert early.status_code == 422
    assert "An extension ends later" in early.content.decode()
    assert director.post(url, {"revision": 1, "note": "x", "due_at": day + timedelta(days=30)}).status_code == 302
    answer = director.get(url, follow=True).content.decode()
    assert "extended once only" in answer
    url = f"/cases/{case.pk}/steps/owner/"
    assert people["auditor"].display_name not in text_of(director, url), "an auditor cannot follow a case"
    data = {"revision": 2, "owner": people["director"].pk, "note": ""}
    assert director.post(url, data).status_code == 302
    assert Case.objects.get().owner == people["director"]


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_only_reads_is_offered_nothing_to_do(signed_in: SignedIn, opened: Callable[..., Case], role: str) -> None:
    case, client = opened(), signed_in(role)
    page = text_of(client, f"/cases/{case.pk}/")
    assert "/steps/" not in page
    assert "/decisions/" not in page
    for path in ("steps/report", "steps/note", "steps/owner", "decisions/cancellation", "decisions/confirmation"):
        assert client.post(f"/cases/{case.pk}/{path}/", {"revision": 1, "note": "x"}).status_code == 403
    assert Step.objects.count() == 1


def test_an_unknown_step_is_not_found(signed_in: SignedIn, opened: Callable[..., Case]) -> None:
    case = opened()
    assert signed_in("director").get(f"/cases/{case.pk}/steps/confirmation/").status_code == 404
    assert signed_in("director").get("/cases/999/").status_code == 404


def test_another_district_sees_and_changes_nothing(people: People, opened: Callable[..., Case], at: datetime) -> None:
    case = opened()
    for role in ("director", "officer", "auditor", "administrator"):
        stranger = staff(role, f"Lusong {role}", Area.objects.get(code="430203"), at, username=f"lusong-{role}")
        client = Client(headers={"accept-language": "en"})
        client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
        for state in ("open", "overdue", "awaiting", "closed", "all"):
            assert case.title not in text_of(client, f"/cases/?state={state}&q={case.number}")
        assert "栗树山" not in text_of(client, "/cases/?area=430202001")
        for path in ("", "steps/note/", "decisions/cancellation/"):
            assert client.get(f"/cases/{case.pk}/{path}").status_code == 403
            assert client.post(f"/cases/{case.pk}/{path}", {"revision": 1, "note": "x"}).status_code == 403
    assert Fact.objects.filter(subject=f"cases.case:{case.pk}").count() == 1


def test_the_list_is_narrowed_by_state_search_area_and_owner(
    signed_in: SignedIn, opened: Callable[..., Case], people: People, now: datetime
) -> None:
    late = opened(name="桂花花园", title="楼道堆物", due_at=now - timedelta(days=3), owner=people["director"])
    other = opened(area=Area.objects.get(code="430202002"), title="路灯不亮")
    client = signed_in("officer")

    def listed(query: str) -> set[int]:
        return {case.pk for case, _late in client.get(f"/cases/?{query}").context["rows"]}

    assert listed("") == listed("state=nonsense") == {late.pk, other.pk}
    assert listed("state=overdue") == {late.pk}
    assert listed("mine=yes") == {other.pk}
    assert listed("area=430202002") == {other.pk}
    assert listed("q=ghhy") == listed("q=楼道") == listed(f"q={late.number}") == {late.pk}
    assert listed("state=awaiting") == listed("state=closed") == set()
    claim_case(case=late, note="x", by=people["director"], at=now)
    assert listed("state=awaiting") == {late.pk}
    assert "3 days late" in text_of(client, "/cases/?state=overdue")
    assert "in 15 days" in text_of(client, "/cases/")


def test_what_is_due_stands_on_the_start_page(
    signed_in: SignedIn, opened: Callable[..., Case], people: People, now: datetime
) -> None:
    opened()
    opened(due_at=now - timedelta(hours=1))
    claim_case(case=opened(owner=people["director"]), note="x", by=people["director"], at=now)
    due = [(str(one.title), one.count, one.late) for one in signed_in("officer").get("/").context["due"]]
    assert due[:3] == [
        ("Overdue cases of mine", 1, True),
        ("Open cases of mine", 1, False),
        ("Cases for me to confirm", 1, False),
    ]
    assert not signed_in("auditor").get("/").context["due"]


@pytest.mark.parametrize("path", ["/cases/", "/cases/{pk}/", "/"])
def test_no_page_asks_more_for_more_cases(
    signed_in: SignedIn, opened: Callable[..., Case], people: People, now: datetime, path: str
) -> None:
    client, case = signed_in("officer"), opened()
    url = path.format(pk=case.pk)

    def asked() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def note(colour: str) -> None:
        data = {"revision": 1, "note": "看过", "exhibits": [photo(colour)]}
        assert client.post(f"/cases/{case.pk}/steps/note/", data).status_code == 302

    note("red")
    few = asked()
    for number in range(12):
        opened(name=f"小区{number}")
    for colour in ("blue", "green", "white"):
        note(colour)
    assert asked() == few
