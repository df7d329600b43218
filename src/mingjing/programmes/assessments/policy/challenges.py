"""Whether the photos of a visit hold the scene challenges that were due, worked out again from the committed seed.

The N-th photo that a phone takes of a check is challenged by `SUBJECT/CHECK/N`; phones count for themselves, since
without a network nobody knows of the others. static/mj/assessments/challenges.js asks by the same rule. What comes out
is a signal for who reviews, never a refusal: a phone may have lost a photo in between. Not here: whether the picture
answers its challenge, which people look at.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.engine.picks import challenge_of

__all__ = ["ONE_IN", "SCENE", "Taken", "amiss", "due", "scenes"]

ONE_IN = 6
"""About as many photos of a scene are challenged."""
SCENE = "P"
"""The kind of evidence that is a photo of a scene."""

Challenge = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo as its phone signed it. `about` is its check; `live` says that the app's camera took it."""

    device: str
    about: str
    live: bool
    challenge: Challenge | None


def scenes(document: Mapping[str, Any]) -> set[str]:
    """The checks of a scheme's document whose evidence is a photo of the scene: only those are challenged."""
    checks = (check for item in document["items"] for check in item["checks"])
    return {check["code"] for check in checks if SCENE in check.get("evidence", ())}


def due(seed: str, subject: str, about: str, number: int) -> dict[str, str] | None:
    """The challenge of the `number`-th photo that a phone takes of a check on a visit; None for none."""
    return challenge_of(seed, f"{subject}/{about}/{number}", ONE_IN)


def amiss(seed: str, subject: str, photos: Iterable[Taken], challenged: Collection[str]) -> Iterator[dict[str, str]]:
    """For each photo, in the order in which its phone took them, what is wrong with its challenge: a signal, or {}.

    `challenged` are the checks that `scenes` found.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for photo in photos:
        counted[photo.device, photo.about] += 1
        asked = photo.live and photo.about in challenged
        expected = due(seed, subject, photo.about, counted[photo.device, photo.about]) if asked else None
        yield _signal(expected, _said(photo.challenge))


def _said(challenge: Challenge | None) -> dict[str, str] | None:
    """The challenge that a record holds, without the answer to it."""
    if not challenge:
        return None
    return {name: str(challenge[name]) for name in ("kind", "word") if name in challenge}


def _signal(expected: Mapping[str, str] | None, found: Mapping[str, str] | None) -> dict[str, str]:
    if found == expected:
        return {}
    if expected is None:
        return {"code": "challenge_not_due"}
    code = "challenge_absent" if found is None else "challenge_other"
    return {"code": code, **{name: value for name, value in expected.items() if name == "word"}}
