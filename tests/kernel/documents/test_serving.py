"""Proof of service: on the addressee and nobody else, once, within time, and shown by something."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from tests.faces.district import credit_code
from tests.kernel.documents.sampled import company, issued
from tests.kernel.evidence.photographs import photo

from mingjing.engine.outcome import Refusal
from mingjing.kernel.calendar import deadline
from mingjing.kernel.documents.actions import (
    agree_to_electronic_service,
    end_agreement,
    record_service,
    void_service,
    withdraw_document,
)
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.documents.queries import served, served_on
from mingjing.kernel.evidence.actions import record_exhibit, withdraw_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import register_person
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area

HOUR = timedelta(hours=1)


@pytest.fixture
def document(area: Area, to: Organisation, at: datetime) -> Document:
    return issued(area, to, at)


@pytest.fixture
def exhibit(document: Document, at: datetime) -> Exhibit:
    """The signed receipt."""
    return record_exhibit(
        file=io.BytesIO(photo()), file_name="回证.jpg", subject=document.ledger_subject, area=document.area,
        origin="scan", by=None, at=at,
    )  # fmt: skip


def serve(document: Document, exhibit: Exhibit | None, at: datetime, **other: Any) -> Service:
    """Handed over an hour after it was issued; recorded at `at`."""
    given: dict[str, Any] = {"method": "direct", "served_at": document.issued_at + HOUR, "received_by": "前台 张某"}
    given["credit_code"] = document.addressee.credit_code if document.addressee else credit_code(9)
    given["exhibits"] = [exhibit.pk] if exhibit else []
    return record_service(document=document, **given | other, by=None, at=at)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {problem.code.removeprefix("documents.service.") for problem in refusal.value.problems}


def test_clocks_run_from_the_day_after_it_was_served(document: Document, exhibit: Exhibit, at: datetime) -> None:
    assert served(document) is None
    service = serve(document, exhibit, at + 2 * HOUR)
    assert served(document) == service
    assert served_on([document], at) == {}
    assert served_on([document], at + HOUR) == {document.pk: service}
    assert deadline(document.area, service.served_at, days=5).last_day.isoformat() == "2024-09-11"
    fact = Fact.objects.get(kind="documents.service.recorded")
    assert "张某" not in fact.data
    assert document.number in fact.data


def test_files_are_kept_as_evidence_of_the_document(document: Document, at: datetime) -> None:
    service = serve(document, None, at + HOUR, files=[SimpleUploadedFile("回证.jpg", photo())])
    exhibit = Exhibit.objects.get(subject=document.ledger_subject)
    assert service.exhibits == [str(exhibit.pk)]


def test_serving_a_branch_a_parent_or_anybody_else_starts_no_clock(
    document: Document, to: Organisation, exhibit: Exhibit, at: datetime
) -> None:
    branch, stranger = company(2, at, branch_of=to), company(3, at)
    for other, words in ((branch, "branch or parent"), (stranger, "not for"), (None, "not for")):
        code = other.credit_code if other else credit_code(77)
        with pytest.raises(Refusal, match=words) as refusal:
            serve(document, exhibit, at + HOUR, credit_code=code)
        assert codes(refusal) == {"wrong_entity"}
    with pytest.raises(Refusal) as refusal:
        serve(document, exhibit, at + HOUR, credit_code="91430202MA4Q0000")
    assert "wrong_entity" not in codes(refusal)
    assert served(document) is None


def test_a_document_for_everybody_is_served_on_nobody(area: Area, exhibit: Exhibit, at: datetime) -> None:
    with pytest.raises(Refusal) as refusal:
        serve(issued(area, None, at), exhibit, at + HOUR)
    assert codes(refusal) == {"no_addressee"}


def test_what_was_served_is_served_again_only_once_that_is_void(
    document: Document, exhibit: Exhibit, at: datetime
) -> None:
    first = serve(document, exhibit, at + HOUR)
    with pytest.raises(Refusal) as refusal:
        serve(document, exhibit, at + HOUR)
    assert codes(refusal) == {"twice"}
    with pytest.raises(Refusal):
        void_service(service=first, reason=" ", by=None, at=at + HOUR)
    void_service(service=first, reason="签收人不是该企业员工", by=None, at=at + HOUR)
    assert served(document) is None
    second = serve(document, exhibit, at + 3 * HOUR, served_at=at + 2 * HOUR)
    assert served(document) == second
    with pytest.raises(Refusal) as refusal:
        void_service(service=first, reason="再次", by=None, at=at + 3 * HOUR)
    assert codes(refusal) == {"voided"}


def test_a_withdrawn_document_is_not_served(document: Document, exhibit: Exhibit, at: datetime) -> None:
    withdraw_document(document=document, reason="有误", by=None, at=at)
    with pytest.raises(Refusal) as refusal:
        serve(document, exhibit, at + HOUR)
    assert codes(refusal) == {"withdrawn"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"served_at": None}, "when"),
        ({"served_at": datetime.fromisoformat("2024-09-04T08:00:00+08:00")}, "before"),
        ({"served_at": datetime.fromisoformat("2024-09-05T08:00:00+08:00")}, "future"),
        ({"received_by": " "}, "received_by"),
        ({"method": "left", "note": ""}, "note"),
        ({"method": "post", "sent_at": None}, "sent"),
        ({"method": "electronic", "sent_at": None}, "sent"),
        ({"method": "notice", "sent_at": None, "served_at": None}, "sent"),
        ({"method": "post", "sent_at": datetime.fromisoformat("2024-09-04T10:45:00+08:00")}, "order"),
        ({"note": "x" * 301}, "text"),
    ],
)
def test_what_cannot_have_been_is_refused(
    change: dict[str, Any], code: str, document: Document, exhibit: Exhibit, at: datetime
) -> None:
    with pytest.raises(Refusal) as refusal:
        serve(document, exhibit, at + 2 * HOUR, **change)
    assert codes(refusal) == {code}


def test_every_problem_is_told_at_once(document: Document, at: datetime) -> None:
    with pytest.raises(Refusal) as refusal:
        serve(document, None, at + HOUR, received_by="", served_at=None, credit_code=credit_code(77))
    assert codes(refusal) == {"wrong_entity", "received_by", "when", "unshown"}


def test_a_service_must_be_shown_by_what_stands(document: Document, exhibit: Exhibit, at: datetime) -> None:
    withdraw_exhibit(exhibit=exhibit, reason="看不清", by=None, at=at)
    with pytest.raises(Refusal) as refusal:
        serve(document, exhibit, at + HOUR)
    assert codes(refusal) == {"exhibits"}


def test_a_public_notice_counts_thirty_days_later(document: Document, exhibit: Exhibit, at: datetime) -> None:
    service = serve(document, exhibit, at + HOUR, method="notice", served_at=None, sent_at=at + HOUR, received_by="")
    assert service.served_at == datetime.fromisoformat("2024-10-04T23:59:59+08:00")
    assert not service.stands_on(at + timedelta(days=30))
    assert service.stands_on(at + timedelta(days=31))


def test_what_was_recorded_of_a_service_never_changes(document: Document, exhibit: Exhibit, at: datetime) -> None:
    service = serve(document, exhibit, at + HOUR)
    for write in (
        service.delete,
        lambda: Service.objects.update(served_at=at),
        lambda: Service.objects.update(exhibits=[]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_electronically_only_who_agreed_is_served_and_from_the_moment_it_arrived(
    document: Document, exhibit: Exhibit, area: Area, to: Organisation, at: datetime
) -> None:
    who = register_person(username="head", display_name="负责人", area=area, by=None, at=at)
    other = company(7, at)
    Organisation.objects.update(area=area)
    to.refresh_from_db()
    other.refresh_from_db()
    sent = {"method": "electronic", "sent_at": at + 2 * HOUR, "served_at": None}

    def refused(**more: Any) -> set[str]:
        with pytest.raises(Refusal) as refusal:
            serve(document, exhibit, at + 5 * HOUR, **sent | more)
        return codes(refusal)

    assert refused() == {"not_agreed"}
    agree_to_electronic_service(organisation=other, address="b@example.org", by=who, at=at)
    assert refused() == {"not_agreed"}
    given = agree_to_electronic_service(organisation=to, address="a@example.org", by=who, at=at + HOUR)
    assert given.values()["address"] == "a@example.org"
    assert refused(sent_at=at) == {"not_agreed"}
    assert "wrong_entity" in refused(credit_code=other.credit_code)
    newer = agree_to_electronic_service(organisation=to, address="c@example.org", by=who, at=at + HOUR)
    end_agreement(agreement=newer, reason="改回书面送达", by=who, at=at + 3 * HOUR)
    assert refused(sent_at=at + 4 * HOUR) == {"not_agreed"}
    assert serve(document, exhibit, at + 5 * HOUR, **sent).served_at == at + 2 * HOUR
