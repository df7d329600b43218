"""The pages of documents: the register, one document, proof of service, kinds and templates, and the public page."""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.answers import closed_afterwards
from tests.faces.conftest import SignedIn
from tests.kernel.documents.sampled import MANIFEST, NOTICE, NOTICE_PAGE, company, issued, texts
from tests.kernel.evidence.photographs import photo
from tools.documents import made

from mingjing.kernel import registry
from mingjing.kernel.documents.actions import agree_to_electronic_service, end_agreement, withdraw_document
from mingjing.kernel.documents.models import Document, Letterhead, Service, Template
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import CustodyKind, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

KIND = f"/document-kinds/{NOTICE.code}/430202/"


@pytest.fixture(autouse=True)
def aside(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(registry._registry.manifests, "tested", MANIFEST)


@pytest.fixture
def document(people: dict[str, Person]) -> Document:
    """A notice to a company, issued an hour ago."""
    then = timezone.now() - timedelta(hours=1)
    return issued(Area.objects.get(code="430202"), company(1, then), then)


def proof(document: Document, **other: object) -> dict[str, object]:
    assert document.addressee
    served = timezone.localtime(document.issued_at + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S")
    given = {"credit_code": document.addressee.credit_code, "method": "direct", "served_at": served}
    return given | {"received_by": "前台", "shown": SimpleUploadedFile("回证.jpg", photo())} | other


def body(answer) -> bytes:  # type: ignore[no-untyped-def]
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_register_finds_and_narrows(signed_in: SignedIn, document: Document) -> None:
    bulletin = issued(document.area, None, timezone.now(), title="公示")
    client = signed_in("auditor")
    cases = {
        "": {document, bulletin}, "?q=公示": {bulletin}, "?state=unserved": {document}, "?state=served": set(),
        "?kind=tested.notice": {document}, "?first=2100-01-01": set(), "?area=430202": {document, bulletin},
        f"?last={timezone.localdate().isoformat()}": {document, bulletin}, "?state=withdrawn": set(),
    }  # fmt: skip
    for query, wanted in cases.items():
        answer = client.get(f"/documents/{query}")
        assert {row[0] for row in answer.context["rows"]} == wanted, query


def test_the_file_that_was_issued_and_the_receipt_to_sign(signed_in: SignedIn, document: Document) -> None:
    client = signed_in("officer")
    assert "主楼消火栓无水" in texts(body(client.get(f"/documents/{document.pk}/file/")))
    receipt = texts(body(client.get(f"/documents/{document.pk}/receipt/")))
    assert document.number in receipt
    assert f"受送达人|{document.addressee}" in receipt
    assert client.get(f"/documents/{issued(document.area, None, timezone.now()).pk}/receipt/").status_code == 404


def test_a_file_that_nobody_reads_is_closed_after_the_test_that_asked_for_it(
    signed_in: SignedIn, document: Document
) -> None:
    with closed_afterwards():
        answer = signed_in("officer").get(f"/documents/{document.pk}/file/")
        assert (answer.streaming, answer.closed) == (True, False)
    assert answer.closed


def test_a_file_that_is_gone_for_good_is_told_of(signed_in: SignedIn, document: Document) -> None:
    for digest in (document.sha256, document.template_sha256):
        store.path_of(digest).unlink()
    answer = signed_in("officer").get(f"/documents/{document.pk}/file/", follow=True)
    assert "cannot be made again" in answer.content.decode()


def test_electronic_service_is_offered_only_where_it_was_agreed_and_the_page_says_so(
    signed_in: SignedIn, document: Document, people: dict[str, Person]
) -> None:
    to, at = document.addressee, document.issued_at - timedelta(days=2)
    assert to
    type(to).objects.update(area=document.area)
    to.refresh_from_db()

    def page() -> str:
        return str(signed_in("officer").get(f"/documents/{document.pk}/service/").content.decode())

    assert 'value="electronic"' not in page()
    assert "has not agreed to electronic service" in page()
    given = agree_to_electronic_service(organisation=to, address="a@example.org", by=people["officer"], at=at)
    assert 'value="electronic"' in page()
    assert "a@example.org" in page()
    end_agreement(agreement=given, reason="改回书面送达", by=people["officer"], at=at + timedelta(days=1))
    assert 'value="electronic"' in page()  # for what was sent while it stood
    assert "took back" in page()


def test_proof_of_service_is_recorded_shown_and_voided(signed_in: SignedIn, document: Document) -> None:
    client = signed_in("officer")
    answer = client.post(f"/documents/{document.pk}/service/", proof(document))
    assert answer.status_code == 302, answer.context["form"].errors
    service = Service.objects.get()
    page = client.get(f"/documents/{document.pk}/").content.decode()
    assert "Handed over, signed for" in page
    assert "Record proof of service" not in page
    assert str(Exhibit.objects.get().pk) in page, "what shows it"
    assert client.post(f"/services/{service.pk}/voiding/", {"reason": "误录"}).status_code == 302
    assert "误录" in client.get(f"/documents/{document.pk}/").content.decode()


def test_the_wrong_company_is_refused_at_its_field(signed_in: SignedIn, document: Document) -> None:
    other = company(5, timezone.now())
    given = proof(document, credit_code=other.credit_code)
    answer = signed_in("officer").post(f"/documents/{document.pk}/service/", given)
    assert answer.status_code == 422
    assert "serving somebody else starts no clock" in answer.context["form"].errors["credit_code"][0]
    assert not Service.objects.exists()
    assert not Exhibit.objects.exists(), "nothing of a refused record stays"


def test_a_director_withdraws_and_an_officer_cannot(signed_in: SignedIn, document: Document) -> None:
    address = f"/documents/{document.pk}/withdrawal/"
    assert signed_in("officer").post(address, {"reason": "有误"}).status_code == 403
    assert signed_in("director").post(address, {"reason": ""}).status_code == 422
    assert signed_in("director").post(address, {"reason": "有误"}).status_code == 302
    assert "有误" in signed_in("auditor").get(f"/documents/{document.pk}/").content.decode()


def test_a_case_is_taken_away_whole_and_it_is_written_down(signed_in: SignedIn, document: Document) -> None:
    now = timezone.now()
    for access, colour in (("internal", (1, 1, 1)), ("sealed", (2, 2, 2))):
        record_exhibit(
            file=io.BytesIO(photo(colour=colour)), file_name=f"{access}.jpg", subject=document.ledger_subject,
            area=document.area, origin="upload", access=access, by=None, at=now,
        )  # fmt: skip
    client = signed_in("officer")
    assert client.get(f"/documents/{document.pk}/bundle/").status_code == 405
    with zipfile.ZipFile(io.BytesIO(body(client.post(f"/documents/{document.pk}/bundle/")))) as bundle:
        index = json.loads(bundle.read("index.json"))
    assert [one["path"].split("/")[0] for one in index["files"]] == ["文书", "证据"]
    assert len(index["left_out"]) == 1
    exhibit = Exhibit.objects.get(access="internal")
    assert exhibit.custody.filter(kind=CustodyKind.EXPORTED).count() == 1
    assert Fact.objects.filter(kind="documents.document.taken").count() == 1


def test_everybody_can_verify_a_document_and_learns_nothing_else(document: Document) -> None:
    client = Client(headers={"accept-language": "en"})
    page = client.get(f"/documents/verify/{document.code}/").content.decode()
    for shown in (document.number, document.office, document.sha256, document.printed_code, "issued and counts"):
        assert shown in page
    assert document.addressee
    for hidden in (document.addressee.name, document.addressee.credit_code, document.title, "消火栓", document.subject):
        assert hidden == "Pre-listing notice" or hidden not in page
    assert client.get(f"/documents/verify/?code={document.printed_code}")["Location"].endswith(f"{document.code}/")


def test_the_public_page_says_what_no_longer_counts_and_not_why(document: Document) -> None:
    client = Client(headers={"accept-language": "en"})
    second = issued(document.area, document.addressee, timezone.now(), replaces=document, reason="张某申诉成立")
    page = client.get(f"/documents/verify/{document.code}/").content.decode()
    assert "replaced and no longer counts" in page
    assert second.number in page
    assert "张某" not in page
    withdraw_document(document=second, reason="张某申诉成立", by=None, at=timezone.now())
    page = client.get(f"/documents/verify/{second.code}/").content.decode()
    assert "withdrawn and no longer counts" in page
    assert "张某" not in page


@pytest.mark.parametrize("code", ["0" * 24, "x", "A" * 24, "%3Cscript%3E", "0" * 300])
def test_a_code_of_no_document_is_told_so(code: str, db: None) -> None:
    answer = Client(headers={"accept-language": "en"}).get(f"/documents/verify/{code}/")
    assert answer.status_code == 404
    assert "No document with this code" in answer.content.decode()


def test_the_kinds_with_fields_template_and_preview(signed_in: SignedIn) -> None:
    client = signed_in("officer")
    page = client.get("/document-kinds/").content.decode()
    assert "Pre-listing notice" in page
    assert "荷物考〔 〕 号" in page
    page = client.get(KIND).content.decode()
    assert "{{ facts_intro }}" in page
    assert "Use this template" not in page
    shown = texts(body(client.get(f"{KIND}preview/")))
    assert "消火栓无水" in shown
    assert "样张" in shown
    assert body(client.get(f"{KIND}template/")) == NOTICE.default_template()
    assert client.get("/document-kinds/tested.other/430202/").status_code == 404


def test_a_director_takes_edits_and_sends_back_a_template(signed_in: SignedIn) -> None:
    client = signed_in("director")
    own = made(NOTICE_PAGE + "本区补充条款\n")
    answer = client.post(f"{KIND}upload/", {"file": SimpleUploadedFile("告知书.docx", own)})
    assert answer.status_code == 302
    template = Template.objects.get()
    assert body(client.get(f"/document-templates/{template.pk}/")) == own == body(client.get(f"{KIND}template/"))
    assert "本区补充条款" in texts(body(client.get(f"{KIND}preview/")))
    assert "告知书.docx" in client.get(KIND).content.decode()
    assert client.post(f"/document-templates/{template.pk}/retirement/").status_code == 302
    assert "本区补充条款" not in texts(body(client.get(f"{KIND}preview/")))


def test_what_is_wrong_with_a_template_is_said_at_the_form(signed_in: SignedIn) -> None:
    wrong = made(NOTICE_PAGE.replace("{{ rights }}", "{{ colour }}"))
    answer = signed_in("director").post(f"{KIND}upload/", {"file": SimpleUploadedFile("x.docx", wrong)})
    assert answer.status_code == 422
    said = re.sub(r"\s+", " ", answer.content.decode())
    assert "asks for {{ colour }}" in said
    assert "does not print {{ rights }}" in said
    assert signed_in("director").post(f"{KIND}upload/", {}).status_code == 422


def test_a_letterhead_is_changed_by_the_director(signed_in: SignedIn) -> None:
    given = {"letters": "荷住建", "office": "荷塘区住房和城乡建设局"}
    assert signed_in("officer").post(f"{KIND}letterhead/", given).status_code == 403
    assert signed_in("director").post(f"{KIND}letterhead/", given).status_code == 302
    assert Letterhead.objects.get().letters == "荷住建"
    assert signed_in("director").post(f"{KIND}letterhead/", given | {"letters": "荷〔〕"}).status_code == 422
