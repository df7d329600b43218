"""Photos of phones under review: beside the deduction, when and where, what is missing, doubtful or alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.guarded import guards_lifted
from tests.kernel.evidence.pictures import CHANGES, jpeg, scene
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.drawing import Drawn
from tests.programmes.assessments.test_field_commands import Day

from mingjing.engine.chain import canonical
from mingjing.faces.desk.copies import watermark_of
from mingjing.kernel import keys
from mingjing.kernel.evidence.actions import change_access
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.heads import signed_head
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.sync.actions import release_capture
from mingjing.kernel.sync.models import Capture
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.challenges import due

SITE = ("27.8300000", "113.1300000")


@dataclass
class Seen:
    """A visit with photos, and who reviews it."""

    day: Day
    client: Client

    def page(self, rest: str = "photos/", record: VisitRecord | None = None) -> str:
        answer = self.client.get(f"/assessments/visits/{(record or self.day.records[0]).pk}/{rest}")
        assert answer.status_code == 200
        return answer.content.decode()

    def taken(self, seed: int, check: str = "A1.1", *, arrives: bool = True, cited: bool = True, **record: Any) -> str:
        """A photo of a scene, promised and (if it arrives) sent; cited by a finding of the check. Its digest."""
        raw = jpeg(scene(seed))
        return self.sent(raw, check, arrives=arrives, cited=cited, **record)

    def sent(self, raw: bytes, check: str, *, arrives: bool = True, cited: bool = True, **record: Any) -> str:
        told = self.day.photo(raw, about=check, **record)
        digest: str = told["payload"]["record"]["sha256"]
        if arrives:
            self.day.phones[0].upload(raw)
        find = [self.day.find(check, evidence=[digest])] if cited else []
        assert set(self.day.states(told, *find)) == {"applied"}
        return digest

    def elsewhere(self, change: str) -> str:
        """The first scene, changed, as a photo of the second community by another phone of the team. Its digest."""
        subject, phone, raw = self.day.records[1].subject, self.day.phones[1], jpeg(CHANGES[change](scene(1)))
        begin = self.day.begin() | {"subject": subject}
        told = phone.photo("assessments.photo", subject, raw, timezone.now())
        phone.upload(raw)
        assert self.day.states(begin, told, phone=1) == ["applied", "applied"]
        digest: str = told["payload"]["record"]["sha256"]
        return digest


@pytest.fixture
def seen(hetang: Version, six_once: Callable[[], Drawn], signed_in: SignedIn) -> Seen:
    day = Day(six_once()).begun()
    Site.objects.filter(community=day.record.entry.community_id).update(
        latitude=SITE[0], longitude=SITE[1], given_latitude=SITE[0], given_longitude=SITE[1], given_datum="WGS-84"
    )
    return Seen(day, signed_in("director"))


def test_a_photo_stands_beside_its_deduction_with_the_width_of_its_time(seen: Seen) -> None:
    digest = seen.taken(1, head=signed_head(at=timezone.now() - timedelta(minutes=35)))
    page = seen.page()
    exhibit = Exhibit.objects.get(sha256=digest)
    assert f"/exhibits/{exhibit.pk}/thumbnail/?size=middle" in page
    assert "35 min" in page
    assert "0 m from the site" in page
    assert seen.day.phones[0].device.label in page
    assert "Nothing shows this." not in page


def test_a_photo_that_no_finding_cites_is_shown_once(seen: Seen) -> None:
    seen.taken(1)
    digest = seen.taken(2, cited=False)
    page = seen.page()
    assert page.count('id="photo-2"') == 1
    assert page.count(f"/exhibits/{Exhibit.objects.get(sha256=digest).pk}/thumbnail/") == 1


def test_what_is_doubtful_is_said_in_words(seen: Seen) -> None:
    far = {"latitude": "27.8390000", "longitude": "113.1300000", "accuracy": 12, "at": "2026-01-01T00:00:00Z"}
    seen.taken(1, position=far)
    seen.taken(2, "A2.2", position=None, origin="gallery", cited=False)
    seen.taken(3, "A1.3", challenge={"kind": "word", "word": "K7MX", "answered": False})
    seen.taken(4, "A1.4", challenge={"kind": "word", "word": "R2PQ", "answered": True})
    page, review = seen.page(), seen.page("review/")
    for words in (
        "1001 m away from the site",
        "No position",
        "Chosen from the gallery",
        "scene challenge was not answered",
        "holds no ledger head",
    ):
        assert words in page, words
        assert words in review, words
    assert "Should show the word R2PQ" in page
    assert "R2PQ" not in Capture.objects.get(about="A1.3").record


def test_how_the_team_arrived_is_told_to_who_reviews(seen: Seen) -> None:
    review = seen.page("review/")
    assert "By position" in review
    assert "position_far" not in review
    visit = Visit.objects.get()
    visit.arrival |= {"how": "code", "signals": ["code_wrong", "position_far", "position_vague", "clock"]}
    visit.arrival |= {"distance": 4100, "accuracy": 300, "clock_offset": -7200, "reason": "门岗换了牌"}
    with guards_lifted():
        visit.save(update_fields=["arrival"])
    review = seen.page("review/")
    for words in (
        "By the code at the entrance",
        "does not hang at this site",
        "4100 m away from the site",
        "only within 300 m",
        "2 h 0 min off",
        "门岗换了牌",
    ):
        assert words in review, words


def test_a_scene_challenge_that_was_left_out_is_told_to_who_reviews(seen: Seen) -> None:
    """Of one phone and check, as many photos as it takes until one is challenged; then as it was due, and without."""
    subject, seed = seen.day.subject, seen.day.record.seed
    number = next(n for n in range(1, 100) if due(seed, subject, "A1.1", n))
    for n in range(1, number):
        seen.taken(n, cited=False)
    assert "scene challenge" not in seen.page("review/")
    asked = due(seed, subject, "A1.1", number)
    assert asked is not None
    seen.taken(number, cited=False, challenge=asked | {"answered": True})
    assert "scene challenge was due" not in seen.page("review/")
    later = next(n for n in range(number + 1, 200) if due(seed, subject, "A1.1", n))
    for n in range(number + 1, later + 1):
        seen.taken(n, cited=False)
    page = seen.page("review/")
    assert page.count("A scene challenge was due and its record holds none") == 1


def test_a_picture_from_the_gallery_says_so_below_it_and_not_where_it_was_taken(seen: Seen, rf: RequestFactory) -> None:
    for number, about, origin in ((1, "A1.1", "camera"), (2, "A2.2", "gallery")):
        seen.taken(number, about, origin=origin, cited=False)
    live, chosen = (
        watermark_of(rf.get("/"), Exhibit.objects.get(origin=origin)).lines for origin in ("camera", "gallery")
    )
    assert "gallery" in chosen[0]
    assert "gallery" not in live[0]
    assert any("113.13" in line for line in live)
    assert not any("113.13" in line for line in chosen)


def test_a_clock_that_cannot_be_right_is_said(seen: Seen) -> None:
    seen.taken(1, taken_at="2031-01-01T00:00:00.000000Z")
    assert "The phone says 2031-01-01 08:00, which cannot be" in seen.page()


def test_what_has_not_arrived_stands_there_as_such_and_is_not_missing(seen: Seen) -> None:
    seen.taken(1, arrives=False)
    page = seen.page()
    assert "Not arrived yet" in page
    assert f"on the phone of {seen.day.team[0]} since" in page
    assert "Nothing shows this." not in page
    assert f"A1.1: a photo is still on the phone of {seen.day.team[0]}" in seen.page("review/")


def test_a_photo_given_up_leaves_its_deduction_without_evidence(seen: Seen) -> None:
    seen.taken(1, arrives=False)
    release_capture(capture=Capture.objects.get(), reason="fell into the pond", by=seen.day.team[0], at=timezone.now())
    page = seen.page()
    assert "fell into the pond" in page
    assert "Nothing shows this." in page
    assert "nothing shows this deduction" in seen.page("review/")


def test_photos_that_no_finding_cites_are_shown_apart(seen: Seen) -> None:
    seen.taken(1, cited=False)
    assert "Photos that no finding cites" in seen.page()


def test_the_map_holds_the_site_every_position_and_a_scale_and_a_table_says_the_same(seen: Seen) -> None:
    near = {"latitude": "27.8302000", "longitude": "113.1301000", "accuracy": 15, "at": "2026-01-01T00:00:00Z"}
    seen.taken(1)
    seen.taken(2, "A1.3", position=near)
    page = seen.page()
    assert page.count('class="spot"') == 2
    assert 'class="site"' in page
    assert " m</text>" in page
    assert '<a href="#photo-2">2</a></th><td class="num">24 m</td><td class="num">± 15 m</td>' in page


def test_the_same_scene_photographed_for_two_communities_is_found(seen: Seen, people: dict[str, Person]) -> None:
    first = seen.taken(1)
    other = seen.day.records[1]
    digest = seen.elsewhere("small, watermarked, compressed")
    assert "Looks like" not in seen.page()
    drain()
    page, review, queue = seen.page(), seen.page("review/"), seen.client.get(
        f"/assessments/rounds/{other.round_id}/review/").content.decode()  # fmt: skip
    assert "Looks like 1 photo of another visit" in page
    assert other.entry.name in page
    assert "looks like 1 photo of another visit" in review
    assert "1 pair of photos looks alike across visits" in queue
    pairs = seen.client.get(f"/assessments/rounds/{other.round_id}/alike/").content.decode()
    for one in (first, digest):
        assert str(Exhibit.objects.get(sha256=one).pk) in pairs


def test_what_looks_alike_and_is_not_open_is_counted_and_not_named(seen: Seen, signed_in: SignedIn) -> None:
    seen.taken(1)
    digest = seen.elsewhere("half the size")
    drain()
    hidden = Exhibit.objects.get(sha256=digest)
    change_access(exhibit=hidden, access="sealed", reason="a face", by=None, at=timezone.now())
    page = Seen(seen.day, signed_in("officer")).page()
    assert "Looks like 1 photo of another visit" in page
    assert "1 more that is not open to you" in page
    assert str(hidden.pk) not in page


def test_a_team_is_not_told_what_its_photos_look_like(seen: Seen, people: dict[str, Person]) -> None:
    seen.taken(1)
    client = Client(headers={"accept-language": "en"})
    client.force_login(seen.day.team[2], "django.contrib.auth.backends.ModelBackend")
    page = Seen(seen.day, client).page()
    assert "Photos" in page
    assert "another visit" not in page


def test_the_page_asks_the_same_whatever_it_shows(seen: Seen) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as done:
            seen.page()
        return len(done)

    seen.taken(1)
    drain()
    seen.page()
    few = asked()
    for seed, check in enumerate(("A1.1", "A1.3", "A1.4", "A2.1", "A2.1"), start=2):
        seen.taken(seed, check, arrives=seed != 6)
    raw = jpeg(CHANGES["half the size"](scene(2)))
    seen.sent(raw, "A1.3")
    drain()
    assert asked() <= few + 3  # likeness once: which subjects, which may be seen, their rows and names


def test_anybody_can_check_the_record_that_the_phone_signed(seen: Seen) -> None:
    digest = seen.taken(1)
    exhibit = Exhibit.objects.get(sha256=digest)
    answer = seen.client.get(f"/exhibits/{exhibit.pk}/record/")
    told = json.loads(answer.content)
    assert keys.signed_by_device(canonical(told["record"]), told["signature"], told["public_key"])
    receipt = json.loads(keys.unpacked(told["receipt"]))
    signature = receipt.pop("signature")
    assert receipt["sha256"] == digest
    assert keys.signed_by_us(canonical(receipt), signature, receipt["key"])
    page = seen.client.get(f"/exhibits/{exhibit.pk}/").content.decode()
    assert "What the phone signed" in page
    assert f"/exhibits/{exhibit.pk}/record/" in page
