"""Whatever is tried in whatever order: a case goes where the model says, and its steps tell how it got there.

The model below is written apart from the code: a dictionary, and a few lines for each step.
"""

from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.faces import district

from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases import actions
from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area, Site

WHO = strategies.sampled_from(["officer", "director", "second", "third"])
DAYS = strategies.integers(-3, 9)
PEOPLE: dict[str, Person] = {}
SITES: list[Site] = []
START: list[datetime] = []


class Life(RuleBasedStateMachine):
    """One case, tried at by four people; the clock goes on by an hour at each try."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = transaction.atomic()
        self.sheet.__enter__()
        self.now = START[0]
        self.model: dict[str, Any] = {}
        self.told: list[str] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.sheet.__exit__(None, None, None)

    @initialize(owner=WHO, days=DAYS)
    def opens(self, owner: str, days: int) -> None:
        site = SITES[0]
        due = self.now + timedelta(days=days)
        self.case = actions.open_case(
            programme="assessments", kind="rectification", subject="assessments.visit:7", title="路灯不亮",
            area=site.area, site=site, organisation=None, owner=PEOPLE[owner], due_at=due, by=None, at=self.now,
        )  # fmt: skip
        self.model = {"state": "open", "owner": owner, "due": due, "extended": False, "claimer": None, "ever": set()}
        self.told = ["opened"]

    def tries(self, kind: str, allowed: bool, act: Any, **change: Any) -> None:
        """`act` does what the model says: takes the step, or is refused and writes nothing."""
        self.now += timedelta(hours=1)
        before = (Step.objects.count(), Fact.objects.count(), list(Case.objects.values()))
        try:
            act(case=Case.objects.get(), at=self.now)
        except Refusal:
            assert not allowed, f"{kind} was refused"
            assert (Step.objects.count(), Fact.objects.count(), list(Case.objects.values())) == before
        else:
            assert allowed, f"{kind} was taken in {self.model}"
            assert (Step.objects.count(), Fact.objects.count()) == (before[0] + 1, before[1] + 1)
            self.model |= change
            self.told.append(kind)

    @rule(who=WHO, owner=WHO)
    def gives(self, who: str, owner: str) -> None:
        allowed = self.model["state"] in {"open", "claimed"} and owner != self.model["owner"]
        self.tries(
            "assigned",
            allowed,
            lambda **now: actions.assign_case(owner=PEOPLE[owner], by=PEOPLE[who], **now),
            owner=owner,
        )

    @rule(who=WHO, note=strategies.sampled_from(["看过", " "]))
    def notes(self, who: str, note: str) -> None:
        self.tries("noted", note == "看过", lambda **now: actions.note_on_case(note=note, by=PEOPLE[who], **now))

    @rule(who=WHO, days=DAYS)
    def extends(self, who: str, days: int) -> None:
        due = self.now + timedelta(days=days, hours=2)
        allowed = self.model["state"] == "open" and not self.model["extended"]
        allowed = allowed and due > self.model["due"] and due > self.now + timedelta(hours=1)
        act = lambda **now: actions.extend_case(due_at=due, note="配件未到", by=PEOPLE[who], **now)  # noqa: E731
        self.tries("extended", allowed, act, due=due, extended=True)

    @rule(who=WHO)
    def claims(self, who: str) -> None:
        allowed = self.model["state"] == "open"
        act = lambda **now: actions.claim_case(note="好了", by=PEOPLE[who], **now)  # noqa: E731
        self.tries("claimed", allowed, act, state="claimed", claimer=who, ever=self.model["ever"] | {who})

    @rule(who=WHO)
    def returns(self, who: str) -> None:
        allowed = self.model["state"] == "claimed"
        act = lambda **now: actions.return_case(note="没好", by=PEOPLE[who], **now)  # noqa: E731
        self.tries("returned", allowed, act, state="open", claimer=None)

    @rule(who=WHO, shown=strategies.booleans())
    def confirms(self, who: str, shown: bool) -> None:
        exhibits = [put(self.now)] if shown else []
        uninvolved = who != self.model["owner"] and who not in self.model["ever"]
        allowed = self.model["state"] == "claimed" and uninvolved and shown
        act = lambda **now: actions.confirm_case(exhibits=exhibits, by=PEOPLE[who], **now)  # noqa: E731
        self.tries("confirmed", allowed, act, state="confirmed", by=who)

    @rule(who=WHO)
    def cancels(self, who: str) -> None:
        allowed = self.model["state"] in {"open", "claimed"}
        act = lambda **now: actions.cancel_case(note="重复", by=PEOPLE[who], **now)  # noqa: E731
        self.tries("cancelled", allowed, act, state="cancelled")

    @rule(who=WHO, days=DAYS)
    def opens_again(self, who: str, days: int) -> None:
        due = self.now + timedelta(days=days, hours=2)
        allowed = self.model["state"] in {"confirmed", "cancelled"} and due > self.now + timedelta(hours=1)
        act = lambda **now: actions.reopen_case(note="又坏", due_at=due, by=PEOPLE[who], **now)  # noqa: E731
        self.tries("reopened", allowed, act, state="open", due=due, extended=False, claimer=None)

    @precondition(lambda self: self.told)
    @invariant()
    def stands_where_its_steps_lead(self) -> None:
        case = Case.objects.get()
        assert (case.state, case.owner, case.due_at) == (
            self.model["state"], PEOPLE[self.model["owner"]], self.model["due"],
        )  # fmt: skip
        assert list(case.steps.values_list("kind", flat=True)) == self.told
        assert list(case.steps.values_list("number", flat=True)) == list(range(1, case.revision + 1))
        facts = Fact.objects.filter(subject=f"cases.case:{case.pk}").order_by("seq")
        assert [fact.kind.removeprefix("cases.case.") for fact in facts] == self.told
        if case.state == "confirmed":
            assert case.closed_by not in {None, case.owner, case.claimed_by}


def put(at: datetime) -> UUID:
    """An exhibit on record."""
    row = Exhibit(sha256=token_hex(32), size=1, media_type="image/jpeg", area=SITES[0].area, subject="cases.case:1")
    row.origin, row.recorded_at = "upload", at
    row.save()
    return row.pk


@pytest.mark.django_db
@pytest.mark.one_database
def test_no_order_of_steps_leads_a_case_astray(at: datetime) -> None:
    PEOPLE.update(district.build(at))
    area = Area.objects.get(code="430202")
    PEOPLE.update({name: district.staff("officer", name, area, at, username=name) for name in ("second", "third")})
    SITES[:] = [record_site(name="栗树山小区", area=area, by=None, at=at)]
    START[:] = [at]
    run_state_machine_as_test(Life, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))
    assert verify().whole
