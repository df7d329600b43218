"""Several at once, and a process that is killed: every number once, none missing, one service for a document."""

import io
from datetime import datetime, timedelta

import pytest
from tests import children
from tests.kernel.documents.sampled import company, district, issued
from tests.kernel.evidence.photographs import photo
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import issuing, record_service, withdraw_document
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.ledger import writer
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.places.models import Area

pytestmark = pytest.mark.django_db(transaction=True)


def issued_and_killed(when: str, area: Area, at: datetime) -> None:
    """Issue a document, and be killed at that point."""
    match when:
        case "number":
            issuing._number = children.then_die(issuing._number)
        case "rendering":
            issuing.render = children.die
        case "file":
            issuing._fill_in = children.then_die(issuing._fill_in)
        case "row":
            issuing._told = children.die
        case "fact":
            writer.append = children.then_die(writer.append)
    issued(area, None, at)


def test_ten_at_once_get_ten_numbers_without_a_gap(at: datetime) -> None:
    area, to = district(), company(1, at)
    other = district("430203", "芦淞区")
    acts = [lambda where=where, whom=whom: issued(where, whom, at) for where, whom in
            [(area, to), (area, None), (area, to), (other, None), (area, None)] * 2]  # fmt: skip
    assert failures(at_once(*acts)) == []
    for where, count in ((area, 8), (other, 2)):
        serials = sorted(Document.objects.filter(area=where).values_list("serial", flat=True))
        assert serials == list(range(1, count + 1))
    assert verify().whole


@pytest.mark.parametrize("when", ["number", "rendering", "file", "row", "fact"])
def test_a_kill_leaves_no_number_without_a_document(when: str, at: datetime) -> None:
    area = district()
    issued(area, None, at)
    children.killed(lambda: issued_and_killed(when, area, at))
    assert Document.objects.count() == Fact.objects.filter(kind="documents.document.issued").count() == 1
    assert issued(area, None, at).serial == 2
    for document in Document.objects.all():
        store.open_original(document.sha256, verified=True).close()
    assert verify().whole


def test_two_at_once_serve_a_document_once(at: datetime) -> None:
    document = issued(district(), to := company(1, at), at)
    exhibit = record_exhibit(
        file=io.BytesIO(photo()), file_name="回证.jpg", subject=document.ledger_subject, area=document.area,
        origin="scan", by=None, at=at,
    )  # fmt: skip

    def serve() -> Service:
        return record_service(
            document=document, credit_code=to.credit_code, method="direct", served_at=at, received_by="张某",
            exhibits=[exhibit.pk], by=None, at=at + timedelta(hours=1),
        )  # fmt: skip

    assert [type(one) for one in failures(at_once(serve, serve, serve))] == [Refusal, Refusal]
    assert Service.objects.standing().count() == 1


def test_two_at_once_replace_a_document_once(at: datetime) -> None:
    area: Area = district()
    first = issued(area, None, at)
    acts = [lambda: issued(area, None, at, replaces=first, reason="更正") for _ in range(2)]
    acts.append(lambda: withdraw_document(document=first, reason="有误", by=None, at=at))  # type: ignore[arg-type,return-value]
    assert [type(one) for one in failures(at_once(*acts))] == [Refusal, Refusal]
    serials = sorted(Document.objects.values_list("serial", flat=True))
    assert serials == list(range(1, len(serials) + 1)), "who came late took no number"
