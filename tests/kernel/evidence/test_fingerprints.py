"""Photos that look alike are found, whatever was done to them on the way; photos that do not are left alone."""

import io
import random
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mingjing.kernel.evidence.fingerprints import GUARANTEED, NEAR, fill, lacking, near, near_bits
from mingjing.kernel.evidence.looks import BITS, around, bands_of, bits_of, distance, signed
from mingjing.kernel.evidence.models import Exhibit, Fingerprint, Likeness, Origin
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.places.models import Area

from .photographs import photo
from .pictures import CHANGES, CROPS, jpeg, scene

HASHES = st.integers(0, 2**BITS - 1)


@given(HASHES, st.sets(st.integers(0, BITS - 1), max_size=GUARANTEED))
def test_of_near_hashes_one_quarter_is_always_near_enough_to_be_looked_up(bits: int, flipped: set[int]) -> None:
    other = bits
    for place in flipped:
        other ^= 1 << place
    assert distance(bits, other) == len(flipped)
    assert any(theirs in set(around(own)) for own, theirs in zip(bands_of(bits), bands_of(other), strict=True))


@given(HASHES)
def test_a_band_has_137_neighbours_and_a_hash_survives_the_database(bits: int) -> None:
    assert len(set(around(bands_of(bits)[0]))) == 137
    assert -(2**63) <= signed(bits) < 2**63
    assert signed(bits) & (2**BITS - 1) == bits


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_is_known_again(change: str) -> None:
    apart = [distance(_plain(seed), _hash(CHANGES[change](scene(seed)))) for seed in range(40)]
    assert max(apart) <= NEAR, f"{change}: {sorted(apart)}"


def test_different_pictures_are_told_apart() -> None:
    hashes = [_plain(seed) for seed in range(150)]
    close = [distance(*pair) for pair in combinations(hashes, 2) if distance(*pair) <= NEAR]
    assert not close, close


def test_what_a_crop_does_is_known() -> None:
    """Not promised: 2 % off the edges is always found, 10 % (a twentieth at each edge) about every second time."""
    share = {}
    for percent, crop in CROPS.items():
        apart = [distance(_plain(seed), _hash(crop(scene(seed)))) for seed in range(60)]
        share[percent] = sum(one <= NEAR for one in apart) / len(apart)
    assert share[2] >= 0.95 > share[10] >= 0.3, share


@pytest.mark.parametrize("colour", ["black", "white", (90, 120, 80)])
def test_pictures_that_show_nothing_have_no_hash(colour: object) -> None:
    blank = Image.new("RGB", (640, 480), colour)  # type: ignore[arg-type]
    noise = Image.blend(blank, Image.effect_noise((640, 480), 30).convert("RGB"), 0.1)
    assert bits_of(blank) is None
    assert bits_of(noise) is None
    assert bits_of(Image.linear_gradient("L").resize((640, 480))) is None


@cache
def _plain(seed: int) -> int:
    return _hash(scene(seed))


def _hash(image: Image.Image) -> int:
    bits = bits_of(image)
    assert bits is not None
    return bits


@pytest.fixture
def planted(officer) -> list[Exhibit]:
    """Exhibits with hashes by chance around a few, rows only."""
    area, chance = Area.objects.get(code="430202"), random.Random(9)
    middles = [chance.getrandbits(BITS) for _ in range(6)]
    rows = Exhibit.objects.bulk_create(
        Exhibit(sha256=f"{n:064x}", size=1, media_type="image/jpeg", area=area, subject="parties.organisation:7",
                origin=Origin.CAMERA, recorded_by=officer, recorded_at=officer.registered_at)
        for n in range(600)
    )  # fmt: skip
    Fingerprint.objects.bulk_create(_row(one, _off(chance.choice(middles), chance)) for one in rows)
    return rows


def _off(bits: int, chance: random.Random) -> int:
    for place in chance.sample(range(BITS), chance.randrange(20)):
        bits ^= 1 << place
    return bits


def _row(exhibit: Exhibit, bits: int) -> Fingerprint:
    bands = {f"band{n}": band for n, band in enumerate(bands_of(bits))}
    return Fingerprint(exhibit=exhibit, bits=signed(bits), **bands)


@pytest.mark.parametrize("within", [0, 5, NEAR, GUARANTEED])
def test_the_search_finds_all_that_a_look_at_every_row_finds(planted: list[Exhibit], within: int) -> None:
    rows = {pk: bits & (2**BITS - 1) for pk, bits in Fingerprint.objects.values_list("exhibit_id", "bits")}
    for exhibit in planted[:40]:
        own = rows[exhibit.pk]
        floor = {pk for pk, bits in rows.items() if distance(own, bits) <= within}
        found = near_bits(own, within=within, limit=1000)
        assert {pk for pk, _ in found} == floor
        assert [apart for _, apart in found] == sorted(apart for _, apart in found)


def test_what_could_be_missed_is_not_asked_for(planted: list[Exhibit]) -> None:
    with pytest.raises(ValueError, match="missed"):
        near(planted[0], within=GUARANTEED + 1)


def test_one_statement_whatever_is_found(planted: list[Exhibit], django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        near_bits(0)


def test_photos_are_compared_in_the_background_once_they_are_recorded(record) -> None:
    first = record(jpeg(scene(1)))
    other = record(jpeg(scene(2)))
    assert drain() == 2
    again = record(jpeg(CHANGES["small, watermarked, compressed"](scene(1))), subject="parties.organisation:8")
    assert not Likeness.objects.exists()
    drain()
    pair = Likeness.objects.get()
    assert (pair.first, pair.second) == (first, again)
    assert [(one, apart) for one, apart in near(again)] == [(first, pair.distance)]
    assert near(other) == []
    assert not lacking().exists()


def test_all_photos_of_a_lot_take_one_piece_of_work(record, officer, at) -> None:
    from mingjing.kernel.evidence.actions import record_kept
    from mingjing.kernel.evidence.keeping import Kept
    from mingjing.kernel.evidence.store import store

    lot = []
    for seed in range(5):
        raw = jpeg(scene(seed))
        kept = store(io.BytesIO(raw), len(raw))
        area = Area.objects.get(code="430202")
        lot.append(Kept(sha256=kept.sha256, size=kept.size, media_type="image/jpeg", subject="parties.organisation:7",
                        area=area, origin="camera", access="internal", by=officer))  # fmt: skip
    from django.db import transaction

    with transaction.atomic():
        record_kept(lot=lot, at=at)
    assert Delivery.objects.count() == 1
    drain()
    assert Fingerprint.objects.filter(bits__isnull=False).count() == 5


def test_black_photos_and_broken_ones_look_like_nothing(record) -> None:
    blank, broken = jpeg(Image.new("RGB", (640, 480))), photo()[:300]
    for number in range(2):
        record(blank, subject=f"parties.organisation:{number}")
        record(broken, subject=f"parties.organisation:{number}")
    drain()
    assert Fingerprint.objects.filter(bits=None).count() == 4
    assert not Likeness.objects.exists()


def test_old_photos_are_taken_up_later_and_twice_is_once(record) -> None:
    record(jpeg(scene(1)))
    record(jpeg(CHANGES["half the size"](scene(1))))
    assert fill(lacking()[:1]) == 1
    assert fill(lacking()) == 1
    assert Likeness.objects.count() == 1
    assert fill(Exhibit.objects.all()) == 2
    assert Likeness.objects.count() == 1
    drain()


@settings(max_examples=20)
@given(st.integers(1, 400), st.integers(1, 400))
def test_any_shape_of_picture_can_be_hashed(width: int, height: int) -> None:
    bits_of(Image.effect_noise((width, height), 90))
