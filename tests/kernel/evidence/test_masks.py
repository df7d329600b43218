"""What is covered on a public copy is gone from it, whatever was there; the original stays as it came."""

import io
import json

import pytest
from django.db import IntegrityError, transaction
from PIL import Image, ImageChops

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import change_access, set_masks, withdraw_exhibit
from mingjing.kernel.evidence.copies import NotPublic, copy_of, public_copy
from mingjing.kernel.evidence.models import Custody, Mask
from mingjing.kernel.evidence.watermarks import Watermark, under
from mingjing.kernel.ledger.models import Fact

from .photographs import photo
from .pictures import jpeg, scene

MARK = Watermark(
    ["2026-11-28 09:12:33", "翠竹苑", "A5.1 · 3组", "SHA-256 abcdef012345"],
    "https://x.example/verify/" + "a" * 64 + "/",
)
FACE = [2500, 2500, 2000, 3000]


def with_face(colour: str) -> bytes:
    """The same scene, with another face in the same place: the same pixels elsewhere."""
    image = scene(3, (800, 600)).copy()
    image.paste(Image.new("RGB", (140, 160), colour), (210, 160))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_nothing_of_what_was_covered_is_left_on_the_copy(record, officer, at) -> None:
    copies = []
    for n, colour in enumerate(("red", "white")):
        exhibit = record(with_face(colour), subject=f"parties.organisation:{n}")
        set_masks(exhibit=exhibit, boxes=[FACE], by=officer, at=at)
        copies.append(public_copy(exhibit, MARK).read_bytes())
    assert copies[0] == copies[1]


def test_the_original_stays_as_it_came_and_the_usual_copy_shows_it_whole(record, officer, at) -> None:
    raw = with_face("red")
    exhibit = record(raw)
    before = copy_of(exhibit.sha256, 1600).read_bytes()
    set_masks(exhibit=exhibit, boxes=[FACE], by=officer, at=at)
    with store.open_original(exhibit.sha256, verified=True) as file:
        assert file.read() == raw
    assert copy_of(exhibit.sha256, 1600).read_bytes() == before


def test_the_newest_masks_count_and_each_is_a_fact_with_a_hand(record, officer, at) -> None:
    exhibit = record(with_face("red"))
    set_masks(exhibit=exhibit, boxes=[FACE], by=officer, at=at)
    covered = public_copy(exhibit, MARK)
    set_masks(exhibit=exhibit, boxes=[], by=officer, at=at)
    assert public_copy(exhibit, MARK) != covered
    facts = Fact.objects.filter(kind="evidence.exhibit.masked").order_by("seq")
    assert [json.loads(fact.data)["boxes"] for fact in facts] == [1, 0]
    assert Custody.objects.filter(kind="masked", by=officer).count() == 2


@pytest.mark.parametrize(
    "boxes",
    [[[0, 0, 0, 10]], [[-1, 0, 10, 10]], [[9000, 0, 1001, 10]], [[0, 9000, 10, 1001]], [[0, 0, 10]], [[0, 0, 10, 2.5]],
     [[0, 0, 10, True]], [[0, 0, 10, 10]] * 51],
)  # fmt: skip
def test_boxes_that_leave_the_picture_are_refused(record, officer, at, boxes) -> None:
    exhibit = record()
    with pytest.raises(Refusal, match="within the picture"):
        set_masks(exhibit=exhibit, boxes=boxes, by=officer, at=at)
    assert not Mask.objects.exists()


def test_the_same_again_files_and_what_was_withdrawn_are_refused(record, officer, at) -> None:
    exhibit, paper = record(), record(b"%PDF-1.7 paper")
    set_masks(exhibit=exhibit, boxes=[FACE], by=officer, at=at)
    for which, boxes in ((exhibit, [FACE]), (paper, [FACE])):
        with pytest.raises(Refusal):
            set_masks(exhibit=which, boxes=boxes, by=officer, at=at)
    exhibit = withdraw_exhibit(exhibit=exhibit, reason="wrong photo", by=officer, at=at)
    with pytest.raises(Refusal):
        set_masks(exhibit=exhibit, boxes=[], by=officer, at=at)
    with pytest.raises(NotPublic):
        public_copy(exhibit, MARK)


@pytest.mark.parametrize("access", ["restricted", "sealed"])
def test_what_is_not_open_has_no_public_copy_before_somebody_decided_what_to_cover(record, officer, at, access) -> None:
    exhibit = record(with_face("red"))
    public_copy(exhibit, MARK)
    exhibit = change_access(exhibit=exhibit, access=access, reason="a face", by=officer, at=at)
    with pytest.raises(NotPublic):
        public_copy(exhibit, MARK)
    set_masks(exhibit=exhibit, boxes=[FACE], by=officer, at=at)
    public_copy(exhibit, MARK)


def test_who_covered_what_is_never_rewritten(record, officer, at) -> None:
    mask = set_masks(exhibit=record(), boxes=[FACE], by=officer, at=at)
    for change in (lambda: Mask.objects.filter(pk=mask.pk).update(boxes=[]), lambda: Mask.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (1600, 900), (320, 240), (40, 30)])
def test_the_watermark_stands_below_and_never_over_the_picture(size) -> None:
    picture = scene(1, size) if min(size) > 60 else Image.new("RGB", size, "red")
    made = under(picture, MARK)
    left = (made.width - picture.width) // 2
    assert ImageChops.difference(made.crop((left, 0, left + picture.width, picture.height)), picture).getbbox() is None
    band = made.crop((0, picture.height, made.width, made.height)).convert("L")
    assert band.getextrema()[0] < 60  # ink


def test_another_text_is_another_copy_and_the_same_is_made_once(record) -> None:
    digest = record(jpeg(scene(1))).sha256
    one, other = copy_of(digest, 640, mark=MARK), copy_of(digest, 640, mark=Watermark(["x"], MARK.address))
    assert one != other
    made = one.stat().st_mtime_ns
    assert copy_of(digest, 640, mark=MARK).stat().st_mtime_ns == made
    assert copy_of(digest, 640) not in (one, other)


def test_without_a_font_latin_text_and_the_code_stand_there(record, monkeypatch) -> None:
    from mingjing.kernel.evidence import watermarks

    monkeypatch.setattr(watermarks, "font_file", lambda: "")
    watermarks._font.cache_clear()
    try:
        made = under(scene(1, (800, 600)), MARK)
    finally:
        watermarks._font.cache_clear()
    assert made.height > 600


def test_a_copy_carries_no_fields_of_the_original(record) -> None:
    exhibit = record(photo((900, 700)))
    with Image.open(public_copy(exhibit, MARK)) as image:
        assert not image.getexif()
