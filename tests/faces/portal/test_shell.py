"""The door of companies: who passes it, what they see of the kernel's rows, and who lets others in."""

import re
from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from tests.faces.district import PASSWORD
from tests.faces.portal.conftest import CASE
from tools.routes import routes

from mingjing.engine.outcome import Reason
from mingjing.faces.portal.door import is_companies_only
from mingjing.faces.portal.handing import FilesField
from mingjing.kernel.documents.actions import issue_document, record_service
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.actions import end_mandate
from mingjing.kernel.parties.models import Mandate, Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.kernel.sync.models import Enrolment

Enter = Callable[[str], Client]
PAGES = ["", "documents/", "receipts/", "account/"]
OPEN = {"sign-in", "sign-out", "language", "letters", "password-link"}


@pytest.fixture(autouse=True)
def kept(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path


def issue(company: Organisation, people: dict[str, Person], at: datetime, subject: str, title: str) -> Document:
    return issue_document(
        kind="documents.letter", area=Area.objects.get(code="430202"), subject=subject, addressee=company,
        by=people["director"], title=title, context={"paragraphs": ["x"]}, at=at,
    )  # fmt: skip


def serve(document: Document, people: dict[str, Person], at: datetime) -> None:
    shown = Exhibit.objects.create(
        sha256=token_hex(32), size=1, media_type="image/jpeg", area=document.area, subject=document.ledger_subject,
        origin="scan", recorded_at=at,
    )  # fmt: skip
    company = document.addressee
    assert company
    record_service(
        document=document, credit_code=company.credit_code, method="direct", served_at=at, received_by="前台",
        exhibits=[shown.pk], by=people["officer"], at=at,
    )  # fmt: skip


def test_every_page_of_the_portal_stands_behind_its_door() -> None:
    found = [route for route in routes() if route.pattern.startswith("portal/")]
    assert len(found) > len(OPEN)
    assert {route.name for route in found if not is_companies_only(route.view)} == {f"portal:{name}" for name in OPEN}


def test_only_people_of_companies_pass(enter: Enter, signed_in: Enter) -> None:
    for page in PAGES:
        for name in ("head", "clerk", "lawyer"):
            assert enter(name).get(f"/portal/{page}").status_code == 200, page
        for role in ("administrator", "director", "officer", "auditor"):
            answer = signed_in(role).get(f"/portal/{page}")
            assert answer.status_code == 403
        assert Client().get(f"/portal/{page}").headers["Location"].startswith("/portal/sign-in/?next=%2Fportal%2F")


def test_people_of_companies_see_nothing_of_the_desk(enter: Enter) -> None:
    client, opened = enter("head"), set()
    for route in routes():
        if "<" in route.pattern or route.pattern.startswith(("portal/", "field/", "board/", "api/")):
            continue
        answer = client.get(f"/{route.pattern}")
        if answer.status_code == 200:
            opened.add(route.name)
    assert opened <= {"desk:sign-in", "desk:verify-look-up", "desk:document-look-up", "desk:patterns"}
    assert client.get("/").headers["Location"] == client.get("/account/").headers["Location"] == "/portal/"


def test_people_of_companies_bind_no_phone_of_the_field(enter: Enter) -> None:
    answer = enter("head").post("/account/phones/")
    assert answer.status_code == 302
    assert not Enrolment.objects.exists()


def test_one_signs_in_at_either_door_and_is_at_home_in_ones_own(outsiders: dict[str, Person]) -> None:
    for door in ("/portal/sign-in/", "/sign-in/"):
        client = Client(headers={"accept-language": "en"})
        answer = client.post(door, {"username": "head", "password": PASSWORD}, follow=True)
        assert answer.request["PATH_INFO"] == "/portal/"
    assert Client().post("/portal/sign-in/", {"username": "head", "password": "wrong"}).status_code == 422


def test_documents_are_seen_once_served_by_those_they_were_served_on(
    enter: Enter, people: dict[str, Person], companies: list[Organisation], at: datetime
) -> None:
    case = issue(companies[0], people, at, CASE, "拟列入告知书")
    letter = issue(companies[0], people, at, "test.thing:1", "一般来函")
    assert "拟列入" not in enter("head").get("/portal/documents/").content.decode()
    for document in (case, letter):
        serve(document, people, at)

    def files(name: str) -> set[int]:
        client, found = enter(name), set()
        for one in (case, letter):
            answer = client.get(f"/portal/documents/{one.pk}/file/")
            if answer.status_code == 200:
                assert b"".join(answer.streaming_content).startswith(b"PK")
                found.add(one.pk)
        return found

    seen = {name: files(name) for name in ("head", "clerk", "lawyer", "rival")}
    assert seen == {"head": {case.pk, letter.pk}, "clerk": {case.pk, letter.pk}, "lawyer": {case.pk}, "rival": set()}
    listed = enter("lawyer").get("/portal/documents/").content.decode()
    assert "拟列入告知书" in listed
    assert "一般来函" not in listed


def test_receipts_are_for_the_company_and_for_the_counsel_of_the_case(
    enter: Enter, outsiders: dict[str, Person], companies: list[Organisation], at: datetime
) -> None:
    told = (Reason("test.next", "Somebody of the office answers."),)
    for matter, title in ((CASE, "陈述申辩"), ("", "加分申报")):
        hand_in(
            key=uuid4(), kind="test", about="test.thing:1", title=title, organisation=companies[0], matter=matter,
            area=Area.objects.get(code="430202"), take=lambda: told, by=outsiders["clerk"], at=at,
        )  # fmt: skip
    case, claim = Submission.objects.get(matter=CASE), Submission.objects.get(matter="")
    pages = {name: enter(name) for name in ("head", "lawyer", "rival")}
    found = {
        name: [client.get(f"/portal/receipts/{one.pk}/").status_code for one in (case, claim)]
        for name, client in pages.items()
    }
    assert found == {"head": [200, 200], "lawyer": [200, 404], "rival": [404, 404]}
    page = pages["head"].get(f"/portal/receipts/{case.pk}/").content.decode()
    assert case.number in page
    assert "Somebody of the office answers." in page


def test_the_head_lets_others_in_by_a_link_that_works_once(
    enter: Enter, companies: list[Organisation], outsiders: dict[str, Person]
) -> None:
    address = f"/portal/people/{companies[0].credit_code}/new/"
    form = {
        "display_name": "新员工", "username": "newcomer", "capacity": "staff", "matter": "", "last_day": "",
        "act": "授权委托书", "act_reference": "2024-7",
    }  # fmt: skip
    for name in ("clerk", "lawyer", "rival"):
        assert enter(name).post(address, form).status_code == 404
    assert "Counsel acts in one case" in enter("head").post(address, form | {"capacity": "counsel"}).content.decode()
    page = enter("head").post(address, form).content.decode()
    link = re.search(r"http://testserver(/portal/password/[^<]+)", page)
    assert link
    newcomer, fresh = Client(headers={"accept-language": "en"}), "bridge-over-the-lantern"
    for _guess in range(settings.AXES_FAILURE_LIMIT):
        locked = newcomer.post("/portal/sign-in/", {"username": "newcomer", "password": "a guess"})
    assert locked.status_code == 429, "the link lets in again who guessed before it came"
    assert newcomer.post(link[1], {"new": fresh, "again": fresh}).headers["Location"] == "/portal/sign-in/"
    assert newcomer.get(link[1]).status_code == 404
    newcomer.post("/portal/sign-in/", {"username": "newcomer", "password": fresh})
    assert newcomer.get("/portal/").status_code == 200
    mandate = Mandate.objects.get(person__username="newcomer")
    assert enter("head").post(f"/portal/people/{mandate.pk}/revocation/", {"reason": "离职"}).status_code == 302
    assert newcomer.get("/portal/").status_code == 403
    own = Mandate.objects.get(person=outsiders["head"])
    assert enter("head").post(f"/portal/people/{own.pk}/revocation/", {"reason": "x"}).status_code == 404


def test_a_mandate_that_ended_opens_nothing_from_that_moment(
    enter: Enter, outsiders: dict[str, Person], at: datetime
) -> None:
    client = enter("clerk")
    assert client.get("/portal/").status_code == 200
    end_mandate(mandate=outsiders["clerk"].mandates_held.get(), reason="离职", by=None, at=timezone.now())
    for page in PAGES:
        assert client.get(f"/portal/{page}").status_code == 403


def test_large_letters_stay_on_this_browser(enter: Enter) -> None:
    client = enter("clerk")
    assert "portal/large" not in client.get("/portal/").content.decode()
    client.post("/portal/letters/", {"letters": "large", "next": "/portal/"})
    assert "portal/large" in client.get("/portal/").content.decode()


def test_the_head_agrees_to_electronic_service_and_takes_it_back_and_nobody_else_does(
    enter: Enter, companies: list[Organisation]
) -> None:
    Organisation.objects.update(area=Area.objects.get(code="430202"))
    page, own = "/portal/electronic-service/", companies[0]
    assert {enter(name).get(page).status_code for name in ("clerk", "lawyer")} == {404}
    given = {"company": own.pk, "address": "papers@example.org"}
    assert enter("rival").post(page, given).status_code == 422
    assert "papers@example.org" in enter("head").post(page, given, follow=True).content.decode()
    paper = Document.objects.get(kind="documents.service_agreement")
    assert paper.addressee == own
    file = f"/portal/documents/{paper.pk}/file/"
    taken = enter("head").get(file)
    assert b"".join(taken.streaming_content).startswith(b"PK")
    assert (taken.status_code, enter("rival").get(file).status_code) == (200, 404)
    assert enter("rival").post(page, {"end": paper.pk}).status_code == 404
    assert "Taken back" in enter("head").post(page, {"end": paper.pk}, follow=True).content.decode()
    paper.refresh_from_db()
    assert paper.withdrawn_at


def test_which_files_are_taken_is_said_in_the_language_of_the_page() -> None:
    field = FilesField()  # a form is made once, in no language
    with override("en"):
        assert str(field.help_text) == "At most 10 photos, PDF or office files, 20 MB each."
    with override("zh-hans"):
        assert str(field.help_text) == "最多10份照片、PDF或办公文件，每份不超过20 MB。"
