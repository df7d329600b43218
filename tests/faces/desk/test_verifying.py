"""The public page that a watermark leads to: it confirms a digest and tells nothing else. And masks by their form."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.faces.conftest import SignedIn
from tests.kernel.evidence.pictures import jpeg, scene

from mingjing.kernel.evidence.actions import change_access, record_exhibit, withdraw_exhibit
from mingjing.kernel.evidence.models import Exhibit, Mask
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

Record = Callable[..., Exhibit]


@pytest.fixture
def record(people: dict[str, Person], at: datetime, settings, tmp_path: Path) -> Record:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path

    def record_it(seed: int = 1) -> Exhibit:
        return record_exhibit(
            file=io.BytesIO(jpeg(scene(seed))), file_name="secret name.jpg", subject="parties.organisation:7",
            origin="camera", area=Area.objects.get(code="430202"), caption="secret caption",
            by=people["officer"], at=at,
        )  # fmt: skip

    return record_it


def told(digest: str, status: int = 200) -> str:
    answer = Client(headers={"accept-language": "en"}).get(f"/verify/{digest}/")
    assert answer.status_code == status
    return answer.content.decode()


def test_anybody_is_told_since_when_and_nothing_else(record: Record, people: dict[str, Person]) -> None:
    exhibit = record()
    page, fact = told(exhibit.sha256), Fact.objects.get(kind="evidence.exhibit.recorded")
    for shown in (exhibit.sha256, fact.hash, str(fact.seq), "is in the ledger"):
        assert shown in page
    hidden = (
        str(exhibit.pk),
        "secret",
        "荷塘",
        "430202",
        people["officer"].display_name,
        "parties.organisation",
        "/exhibits/",
    )
    for word in hidden:
        assert word not in page, word


def test_what_is_unknown_or_no_digest_is_said_and_found_nowhere(record: Record) -> None:
    exhibit = record()
    assert "No original with this digest" in told("0" * 64, 404)
    for guess in (exhibit.sha256[:12], exhibit.sha256[:63], exhibit.sha256.upper(), "x" * 64, "..", "%27"):
        page = told(guess, 404)
        assert "is in the ledger." not in page
        assert exhibit.sha256 not in page


def test_what_was_withdrawn_says_so_without_a_reason(record: Record, people: dict[str, Person], at: datetime) -> None:
    exhibit = record()
    withdraw_exhibit(exhibit=exhibit, reason="a secret reason", by=people["officer"], at=at)
    page = told(exhibit.sha256)
    assert "It was withdrawn since" in page
    assert "secret" not in page


def test_a_digest_can_be_written_by_hand(record: Record) -> None:
    exhibit, client = record(), Client(headers={"accept-language": "en"})
    answer = client.get("/verify/", {"digest": f" {exhibit.sha256.upper()} "})
    assert answer.headers["Location"] == f"/verify/{exhibit.sha256}/"
    assert "A digest has 64 signs" in client.get("/verify/", {"digest": "abc\0"}).content.decode()
    assert client.get("/verify/").status_code == 200


def test_it_costs_the_same_however_many_hold_the_file(record: Record, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    exhibit = record()
    with django_assert_max_num_queries(4):
        told(exhibit.sha256)


SIDES = ("left", "top", "width", "height")


def masked(client: Client, exhibit: Exhibit, *boxes: tuple[str, str, str, str]) -> int:
    sent = {side: [box[n] for box in boxes] for n, side in enumerate(SIDES)}
    return client.post(f"/exhibits/{exhibit.pk}/masks/", sent).status_code


def test_masks_are_set_by_a_plain_form_and_empty_lines_are_no_box(record: Record, signed_in: SignedIn) -> None:
    exhibit, client = record(), signed_in("officer")
    assert masked(client, exhibit, ("25", "12.5", "10.25", "5,5"), ("", "", "", "")) == 302
    assert Mask.objects.get().boxes == [[2500, 1250, 1025, 550]]
    page = client.get(f"/exhibits/{exhibit.pk}/").content.decode()
    assert 'value="12.50"' in page
    assert 'x="25.00"' in page


WRONG = (
    ("1", "", "1", "1"), ("x", "1", "1", "1"), ("-1", "1", "1", "1"), ("99", "1", "5", "1"), ("1e3", "1", "1", "1"),
    ("٣", "1", "1", "1"),
)  # fmt: skip


@pytest.mark.parametrize("box", WRONG)
def test_a_box_that_makes_no_sense_comes_back(record: Record, signed_in: SignedIn, box) -> None:  # type: ignore[no-untyped-def]
    exhibit, client = record(), signed_in("officer")
    assert masked(client, exhibit, box) == 422
    assert not Mask.objects.exists()


def test_copies_for_outside_are_open_to_those_who_may_see_it(
    record: Record, people: dict[str, Person], at: datetime, signed_in: SignedIn
) -> None:
    exhibit, client = record(), signed_in("officer")
    there = f"/exhibits/{exhibit.pk}"
    assert client.get(f"{there}/watermarked/").headers["Content-Type"] == "image/jpeg"
    assert client.get(f"{there}/public/").status_code == 200
    assert Client().get(f"{there}/public/").status_code == 302
    change_access(exhibit=exhibit, access="sealed", reason="a face", by=people["officer"], at=at)
    director = signed_in("director")
    assert client.get(f"{there}/watermarked/").status_code == 403
    assert director.get(f"{there}/watermarked/").status_code == 403
    assert director.get(f"{there}/public/").status_code == 404
    assert masked(director, exhibit, ("1", "1", "5", "5")) == 302
    assert director.get(f"{there}/public/").status_code == 200
    assert masked(signed_in("auditor"), exhibit, ("1", "1", "6", "5")) == 403
