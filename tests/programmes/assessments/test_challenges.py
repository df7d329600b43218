"""Scene challenges, worked out again: what an honest phone holds is what was due, and nothing else passes for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.programmes.assessments.phone import Phone, node, phone

from mingjing.programmes.assessments.policy.challenges import SCENE, Taken, amiss, due

SUBJECT = "assessments.visit:12"
SCENES = ("A1.1", "A5.2", "B10.2")
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
checks = st.sampled_from((*SCENES, "A2.2", "signature", ""))
told = st.lists(st.tuples(st.sampled_from("甲乙丙"), checks, st.booleans()), min_size=1, max_size=40)
Told = list[tuple[str, str, bool]]


def honest(seed: str, told: Told) -> list[Taken]:
    """Photos of several phones, each counting for itself; a challenge is answered or not."""
    counted: Counter[tuple[str, str]] = Counter()
    found = []
    for device, about, live in told:
        counted[device, about] += 1
        asked = live and about in SCENES
        challenge: Any = due(seed, SUBJECT, about, counted[device, about]) if asked else None
        answer = challenge and {**challenge, "answered": counted[device, about] % 2 == 0}
        found.append(Taken(device, about, live, answer))
    return found


@given(seeds, told, st.randoms(use_true_random=False))
def test_what_honest_phones_hold_is_what_was_due_in_whatever_order_they_are_heard(
    seed: str, told: Told, chance: Any
) -> None:
    photos = honest(seed, told)
    assert list(amiss(seed, SUBJECT, photos, SCENES)) == [{}] * len(photos)
    queues = {device: [photo for photo in photos if photo.device == device] for device in "甲乙丙"}
    heard = []
    while any(queues.values()):
        heard.append(queues[chance.choice([device for device, rest in queues.items() if rest])].pop(0))
    assert list(amiss(seed, SUBJECT, heard, SCENES)) == [{}] * len(photos)


@given(seeds, told, st.data())
def test_a_challenge_that_is_left_out_or_another_one_is_found_out(seed: str, told: Told, data: st.DataObject) -> None:
    photos = honest(seed, told)
    place = data.draw(st.integers(0, len(photos) - 1))
    was = photos[place].challenge
    others = [{"kind": "word", "word": "ZZZZ", "answered": True}, {"kind": "noise"}, {}, None, {"kind": "angle"}]
    changed = data.draw(st.sampled_from(others))
    kept = {name: value for name, value in (was or {}).items() if name != "answered"}
    same = kept == {name: value for name, value in (changed or {}).items() if name != "answered"}
    photos[place] = replace(photos[place], challenge=changed)
    codes = [signal.get("code") for signal in amiss(seed, SUBJECT, photos, SCENES)]
    expected = (
        None if same else "challenge_not_due" if not was else "challenge_other" if changed else "challenge_absent"
    )
    assert codes == [expected if number == place else None for number in range(len(photos))]


@pytest.fixture(scope="module")
def handset() -> Iterator[Phone]:
    program = node()
    if program is None:
        pytest.skip("no node runs here (neither the system's nor playwright's), so no phone can be asked")
    with phone(program) as found:
        yield found


@settings(max_examples=200)
@given(seeds, st.lists(st.tuples(checks, st.integers(0, 60)), max_size=40))
def test_a_phone_asks_what_is_worked_out_again_here(handset: Phone, seed: str, asked: list[tuple[str, int]]) -> None:
    told = [[{"code": code, "evidence": [{"code": SCENE}] if code in SCENES else []}, count] for code, count in asked]
    expected = [due(seed, SUBJECT, code, count + 1) if code in SCENES else None for code, count in asked]
    assert handset.ask("challenges", seed=seed, subject=SUBJECT, asked=told) == expected


def test_a_visit_without_a_seed_asks_nothing(handset: Phone) -> None:
    check = {"code": "A1.1", "evidence": [{"code": SCENE}]}
    assert handset.ask("challenges", seed="", subject=SUBJECT, asked=[[check, 0], [check, 1]]) == [None, None]
