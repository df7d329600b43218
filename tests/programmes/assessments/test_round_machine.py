"""The state machine of a round against a simple model: whatever is tried in whatever order, no path skips a step."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.faces import district
from tests.programmes.assessments import rounds

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import entries
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import Round

STATES = ["draft", "frozen", "fieldwork", "review"]
KINDS = {"draft": "opened", "frozen": "frozen", "fieldwork": "fieldwork_begun", "review": "review_begun"}


class Machine(RuleBasedStateMachine):
    """`state` and what stands in the way are the model; the round is the thing itself."""

    scheme: ClassVar[Version]
    director: ClassVar[Person]
    staff: ClassVar[list[Person]]
    at: ClassVar[datetime]
    numbers: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.round = rounds.opened(self.scheme, self.director, self.at, f"r-{next(self.numbers)}")
        self.state, self.voters, self.drawn, self.left = "draft", set[int](), False, 3

    def attempt(self, take: object, wanted: str, after: str, ready: bool) -> None:
        allowed = self.state == wanted and ready
        try:
            take(round=self.round, by=self.director, at=self.at)  # type: ignore[operator]
        except Refusal:
            assert not allowed, f"{after} was refused in {self.state}"
        else:
            assert allowed, f"{after} was reached from {self.state}"
            self.state = after

    @rule()
    def freeze(self) -> None:
        self.attempt(actions.freeze_round, "draft", "frozen", len(self.voters) >= 2)

    @rule()
    def begin_fieldwork(self) -> None:
        self.attempt(actions.begin_fieldwork, "frozen", "fieldwork", self.drawn)

    @rule()
    def begin_review(self) -> None:
        self.attempt(actions.begin_review, "fieldwork", "review", self.left == 0)

    @rule()
    def take_roster(self) -> None:
        self.attempt(actions.take_roster, "draft", "draft", True)

    @rule()
    def vote(self) -> None:
        entry = self.round.entries.get(number="HT-0003")
        voter = self.staff[len(self.voters)]
        try:
            entries.confirm_class(entry=entry, class_code="A", reason="低层", by=voter, at=self.at)
        except Refusal:
            assert self.state != "draft" or len(self.voters) >= 2
        else:
            assert self.state == "draft"
            self.voters.add(voter.pk)

    @precondition(lambda self: self.state == "frozen" and not self.drawn)
    @rule()
    def draw(self) -> None:
        rounds.drawn(self.round, self.staff, self.at)
        self.drawn = True

    @rule()
    def declare(self) -> None:
        entry = self.round.entries.to_assess().first()
        if entry is not None:
            entries.declare_not_assessed(entry=entry, reason="拆除", by=self.director, at=self.at)
            self.left -= 1

    @invariant()
    def agrees(self) -> None:
        found = Round.objects.get(pk=self.round.pk)
        assert found.state == self.state
        reached = STATES[: STATES.index(self.state) + 1]
        kinds = Fact.objects.filter(subject=found.subject).exclude(kind="assessments.round.roster_taken")
        assert [*kinds.values_list("kind", flat=True)] == [f"assessments.round.{KINDS[state]}" for state in reached]


def test_no_path_skips_a_step(hetang: Version, people: dict[str, Person], at: datetime) -> None:
    rounds.register(3, at, rounds.KINDS[:3])
    area = Area.objects.get(code="430202")
    more = [district.staff("officer", f"科员{number}", area, at, f"officer-{number}") for number in (2, 3, 4)]
    world = {"scheme": hetang, "director": people["director"], "staff": [people["officer"], *more], "at": at}
    machine = type("World", (Machine,), world | {"numbers": count()})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=14, deadline=None))


@pytest.mark.django_db
def test_the_model_has_every_state_people_bring_a_round_to() -> None:
    assert list(KINDS) == STATES
