"""A decided round in the browser: the people after the decision at their screens, and a clock that is turned on.

Not here: the journeys (test_publishing); how a round comes to be decided (test_round).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from unittest.mock import patch

from django.utils import timezone
from PIL import Image
from tests.faces import district
from tests.guarded import guards_lifted
from tests.journeys.conftest import OpenScreen, Screen, session_of
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_editions import grave
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Entry, Round

__all__ = ["Office", "cast_of", "decided_round", "later", "scan"]

EXTRA = {"panel": "panel", "panel2": "panel", "panel3": "panel", "bureau": "bureau"}
FEW = 8


@dataclass
class Office:
    """Everybody who has a part after the decision, each at a screen of their own, in one language and size."""

    open_screen: OpenScreen
    people: Mapping[str, Person]
    round: Round
    size: str = "desk"
    language: str = "en"
    screens: dict[str, Screen] = field(default_factory=dict)

    def at(self, username: str, path: str) -> Screen:
        """The screen of somebody who has just signed in, at a page of the round."""
        if username not in self.screens:
            self.screens[username] = self.open_screen("", self.size, self.language)
        shown = self.screens[username]
        shown.page.context.add_cookies([session_of(self.people[username], shown.address)])
        shown.open(f"/assessments/rounds/{self.round.pk}/{path}")
        return shown


def cast_of(people: dict[str, Person], at: datetime) -> dict[str, Person]:
    """Beside the usual ones three of the panel and one of the bureau."""
    area = Area.objects.get(code="430202")
    return people | {name: district.staff(role, f"演示·{name}", area, at, name) for name, role in EXTRA.items()}


def decided_round(people: Mapping[str, Person], at: datetime, *, accident: bool) -> Round:
    """A small decided round; with an accident one community is proposed for the black list."""
    found = in_review(people, at, register(FEW, at))
    if accident:
        entry = Entry.objects.filter(round=found, not_assessed_at=None).select_related("community").earliest("number")
        with guards_lifted():
            grave(entry, district.companies(1, at)[0], dict(people), at)
    decided(found, people, at)
    return found


@dataclass
class Clock:
    """The house's clock, so far ahead of the real one."""

    ahead: timedelta = timedelta()
    begun: float = field(default_factory=monotonic)

    def turn(self, **by: float) -> datetime:
        """It is so much later now."""
        self.ahead += timedelta(**by)
        return self.now()

    def now(self) -> datetime:
        """What Django asks."""
        return datetime.now(UTC) + self.ahead


@contextmanager
def later() -> Iterator[Clock]:
    """While it lasts, the house goes by a clock that can be turned on."""
    clock = Clock()
    with patch.object(timezone, "now", clock.now):
        yield clock


def scan(folder: Path, name: str) -> Path:
    """A scanned page, never the same twice."""
    path = folder / name
    Image.effect_noise((60, 80), 40).convert("RGB").save(path, "JPEG")
    return path
