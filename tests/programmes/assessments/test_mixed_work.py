"""The house killed in the middle of everything and started again: a roster, a draw, a decision and saves at once.

A house is a process of its own: two workers, and somebody at a visit's form whose saves go through the whole desk. It
is killed (SIGKILL) again and again while work is in hand. Not here: one piece of work killed at each of its
moments (the tests of each); the real server (test_killed_server).
"""

import os
import signal
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from tests.programmes.assessments import drawing, drawn_rounds
from tests.programmes.assessments.conftest import published
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.rostering import table

from mingjing.kernel.cases.models import Case
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions import draws, rosters, visits
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.jobs import judging
from mingjing.programmes.assessments.models import Community, Draw, Result, Round, TeamDay, VisitRecord
from mingjing.programmes.assessments.queries.lists import decision_of

pytestmark = pytest.mark.django_db(transaction=True)
ROWS, SITES, DECIDED = 300, 24, 60
CHECKS = ("A5.1", "A5.2", "A1.1", "A1.3", "A3.1", "A3.3") * 4
"""What the team finds, one save each; a finding on a critical one opens an order."""
CRITICAL = ("A5.1", "A5.2")


@dataclass
class House:
    """What was asked for before anything was done, the record that is filled in, and which saves were answered."""

    round: Round
    draw: Draw
    record: VisitRecord
    client: Client
    commands: list[str]
    answered: Path

    def saved(self) -> list[str]:
        return self.answered.read_text().split() if self.answered.exists() else []

    def live(self) -> None:
        """Two workers and somebody who saves, each in a thread of its own, until all is done."""
        threads = [Thread(target=act, daemon=True) for act in (self.work, self.work, self.save)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work(self) -> None:
        try:
            drain()
        finally:
            connections.close_all()

    def save(self) -> None:
        """Send what was not answered yet, the one that was under way first, as a page or a phone does."""
        with self.answered.open("a") as told:
            for number, command in enumerate(self.commands):
                if command not in self.saved():
                    sent = {"kind": "find", "check": CHECKS[number], "finding": command, "command": command}
                    answer = self.client.post(f"/assessments/visits/{self.record.pk}/edit/", sent | {"place": "3 栋"})
                    if answer.status_code == 302:
                        told.write(f"{command}\n")
                        told.flush()
        connections.close_all()


@pytest.fixture
def house(people: dict[str, Person], at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(judging, "BATCH", 2)
    scheme = published("hetang-2024", people["director"], at)
    ready = drawing.build(scheme, people, at, sites=SITES)
    draw = ready.commit()
    visited = drawn_rounds.build(people, drawn_rounds.earlier(30))
    record = visited.records[0]
    visits.begin_visit(record=record, entered_at=drawn_rounds.earlier(10), by=people["officer"], at=timezone.now())
    decided = in_review(people, at, register(DECIDED, at))
    rows = table(*(f"N-{n:03},新小区{n},,文化路社区,甲物业,,,,,," for n in range(ROWS)))
    roster = rosters.request_roster(
        area=Area.objects.get(code="430202"),
        file=BytesIO(rows.encode()),
        file_name="r.csv",
        by=people["officer"],
        at=at,
    )
    drain()
    rosters.approve_roster(roster=roster, by=people["officer"], at=at)
    request_decision(round=decided, by=people["director"], at=at)
    draws.reveal_draw(draw=draw, by=ready.by, at=at)
    client = Client(headers={"accept-language": "en"})
    client.force_login(people["officer"], "django.contrib.auth.backends.ModelBackend")
    client.get(f"/assessments/visits/{record.pk}/")  # so that a save takes no longer than in a house long open
    return House(decided, draw, record, client, [str(uuid.uuid4()) for _ in CHECKS], tmp_path / "answered")


def life(house: House, saves: int | None, pause: float = 0) -> int:
    """Let the house live in a process of its own, to its end or until work is in hand and so many more saves are made,
    and a pause in seconds; how it ended."""
    before = len(house.saved())
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            house.live()
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        assert time.monotonic() < deadline, "neither so many saves nor an end in a minute"
        if saves is not None and len(house.saved()) >= before + saves and in_hand():
            time.sleep(pause)
            os.kill(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(ended[1])


def in_hand() -> set[str]:
    """The work that a worker has taken and not ended."""
    return set(Delivery.objects.exclude(worker="").values_list("reaction", flat=True))


def nothing_is_half_done(house: House) -> None:
    """What is there at any moment: each work whole or not at all, and every save that was answered."""
    assert verify().whole
    assert Community.objects.filter(number__startswith="N-").count() in (0, ROWS)
    assert VisitRecord.objects.filter(team_day__draw=house.draw).count() in (0, SITES)
    assert TeamDay.objects.filter(draw=house.draw).exists() == (Draw.objects.get(pk=house.draw.pk).state == "drawn")
    assert (Round.objects.get(pk=house.round.pk).state == "decided") == (decision_of(house.round) is not None)
    record = VisitRecord.objects.get(pk=house.record.pk)
    kept = [str(edit.command) for edit in record.edits.order_by("revision")]
    assert kept == house.commands[: len(kept)], "every save once, in the order they were sent"
    assert set(house.saved()) <= set(kept), "what was answered is there"
    assert len(record.sheet_document.get("findings", ())) == record.revision == len(kept)


def test_killed_again_and_again_the_work_goes_on_and_nothing_is_half_done_or_twice(house: House) -> None:
    torn: set[str] = set()
    for saves, pause in ((0, 0), (1, 0), (1, 0.02), (1, 0.1), (2, 0.2)):
        if life(house, saves, pause) == -signal.SIGKILL:
            torn |= in_hand()
        nothing_is_half_done(house)
        Delivery.objects.exclude(worker="").update(due_at=timezone.now() - timedelta(hours=1))  # its lease runs out
    assert torn, "nothing was ever killed in the middle of work"
    assert life(house, None) == 0
    nothing_is_half_done(house)
    assert len(house.saved()) == len(house.commands)
    assert not Delivery.objects.filter(done_at=None).exists()
    assert Community.objects.filter(number__startswith="N-").count() == ROWS
    assert VisitRecord.objects.filter(team_day__draw=house.draw).count() == SITES
    replay = decision_of(house.round)
    assert replay is not None
    assert replay.result_count == Result.objects.filter(replay=replay).count() == DECIDED
    assert Case.objects.count() == len(CRITICAL), "one order for each critical check"
    for kind in ("roster.applied", "draw.drawn", "round.decided"):
        assert Fact.objects.filter(kind=f"assessments.{kind}").count() == 1, kind
