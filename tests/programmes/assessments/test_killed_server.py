"""`mingjing serve` killed (SIGKILL) in the middle of a day at the desk, and started again.

The real server with its processes, as script/run starts it, and three people before it who do what people do when a
page does not come: they send it again. Killed is all of it at once, as where the power goes, or one of its processes.
Not here: one piece of work killed at each of its moments (the tests of each), two workers at once (test_mixed_work).
"""

import os
import re
import signal
import subprocess
import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone
from tests.config.test_serving import alive, children, free_port, serving, until, worker_of
from tests.faces.district import PASSWORD
from tests.installations import install, on_postgresql
from tests.programmes.assessments import drawing, drawn_rounds
from tests.programmes.assessments.conftest import published
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.rostering import table
from tests.seats import Seat

from mingjing.kernel.cases.models import Case
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import visits
from mingjing.programmes.assessments.models import (
    Community,
    Draw,
    Export,
    Result,
    Round,
    TeamDay,
    VisitRecord,
)
from mingjing.programmes.assessments.queries.lists import decision_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc"),
]
SEED = 20241
ROWS, SITES, DECIDED = 200, 24, 600
CHECKS = ("A5.1", "A5.2", "A1.1", "A1.3", "A3.1", "A3.3") * 6
"""What the team finds, one save each; a finding on a critical one opens an order."""
CRITICAL = ("A5.1", "A5.2")
WHOLE, FATHER, WORKER, ANSWERING = "everything", "the server alone", "its worker", "one who answers"


@dataclass
class Day:
    """What is asked of the house while it is killed: a record, a draw, a round to decide, a roster; and by whom."""

    round: Round
    draw: Draw
    record: VisitRecord
    data: Path
    port: int = field(default_factory=free_port)
    commands: list[str] = field(default_factory=lambda: [str(uuid.uuid4()) for _ in CHECKS])
    threads: list[Thread] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    steps: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visitor, self.clerk, self.director = (Seat(self.port) for _ in range(3))

    def serving(self) -> AbstractContextManager[Any]:
        """The server on the database of the test, always at the same address."""
        connection.close()
        name = str(connection.settings_dict["NAME"])
        address = on_postgresql(name) if connection.vendor == "postgresql" else f"sqlite://{name}"
        return serving(self.data, "--port", str(self.port), DATABASE_URL=address, MINGJING_MODE="test")

    def begin(self) -> None:
        """Everybody goes to work."""
        acts = (self.visit, self.register, self.direct)
        self.threads = [Thread(target=self._noted, args=[act], daemon=True) for act in acts]
        for thread in self.threads:
            thread.start()

    def over(self) -> bool:
        return not any(thread.is_alive() for thread in self.threads)

    def _noted(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as fault:
            self.faults.append(fault)

    def visit(self) -> None:
        """The team saves one finding after the other; of every third the first answer is lost on the way."""
        self.visitor.sign_in("officer", PASSWORD)
        here = f"/assessments/visits/{self.record.pk}/edit/"
        for number, (check, command) in enumerate(zip(CHECKS, self.commands, strict=True)):
            time.sleep(0.2)  # about as long as it takes to press a key
            sent = {"kind": "find", "check": check, "finding": command, "command": command, "place": "3 栋"}
            if number % 3 == 0:
                self.visitor.lose(here, **sent)
            assert self.visitor.post(here, **sent).status == 302

    def register(self) -> None:
        """Another hands a roster in, looks at its preview, approves it and waits until the register has it."""
        self.clerk.sign_in("officer2", PASSWORD)
        rows = table(*(f"N-{n:03},新小区{n},,文化路社区,甲物业,,,,,," for n in range(ROWS)))
        file = SimpleUploadedFile("r.csv", rows.encode())
        here = self.clerk.post("/assessments/add-roster/", area="430202", file=file).location
        self.clerk.sees(here, f"Approve: {ROWS} new")
        self.clerk.lose(f"{here}approval/")
        self.clerk.post(f"{here}approval/")
        self.clerk.sees(here, f"brought up to date: {ROWS} communities added")

    def direct(self) -> None:
        """The director has a draw made and a round decided, and takes both of its files away."""
        here = f"/assessments/rounds/{self.round.pk}"
        self.director.sign_in("director", PASSWORD)
        self.director.post(f"/assessments/rounds/{self.draw.round_id}/draws/{self.draw.pk}/reveal/")
        self.director.post(f"{here}/decide/")
        self.director.sees(f"{here}/result/", "What it rests on", self.progress)
        for kind, ending in (("workbook", "xlsx"), ("decisions", "zip")):
            self.director.post(f"{here}/exports/ask/", kind=kind)
            ready = rf'\.{ending}(?s:.*?)action="({here}/exports/\d+/)"'
            found = self.director.sees(f"{here}/exports/", ready, self.progress)
            self.files[ending] = self.director.post(found[1]).body

    def progress(self, page: str) -> None:
        told = re.findall(r'<progress value="(\d+)" max="(\d+)"', page)
        self.steps += [(int(done), int(most)) for done, most in told]

    def answers(self) -> int:
        """How many forms were answered so far."""
        return sum(len(seat.heard) for seat in (self.visitor, self.clerk, self.director))


@pytest.fixture
def day(people: dict[str, Person], at: datetime, tmp_path: Path, settings: Any) -> Day:
    settings.DATA_DIR = data = install(tmp_path / "data")
    ready = drawing.build(published("hetang-2024", people["director"], at), people, at, sites=SITES)
    draw = ready.commit()
    record = drawn_rounds.build(people, drawn_rounds.earlier(30)).records[0]
    visits.begin_visit(record=record, entered_at=drawn_rounds.earlier(10), by=people["officer"], at=timezone.now())
    Person.objects.update(preferred_language="en")
    return Day(in_review(people, at, register(DECIDED, at)), draw, record, data)


def test_killed_in_the_middle_of_everything_nothing_is_half_done_and_nothing_answered_is_lost(day: Day) -> None:
    chance, torn = Random(SEED), set[str]()
    kills = chance.sample([WHOLE, FATHER, WORKER, ANSWERING], 4)
    day.begin()
    while kills:
        with day.serving() as (process, _url):
            ended = False
            while kills and not ended:
                torn |= moment(day, chance)
                ended = kill(process, kills.pop(), chance)
        nothing_is_half_done(day)
    with day.serving():
        until(day.over, 120)
        until(lambda: not Delivery.objects.unfinished().exists(), 60)
    assert not day.faults, day.faults
    assert torn, "nothing was ever killed in the middle of work"
    everything_is_done(day)


def moment(day: Day, chance: Random) -> set[str]:
    """Wait for a moment in the middle of things: some answers more, and work in hand. Returns which work."""
    wanted, patience = day.answers() + chance.randint(1, 4), time.monotonic() + 120
    while not day.over() and (day.answers() < wanted or not in_hand()):
        assert time.monotonic() < patience, "neither an answer nor work in two minutes"
        time.sleep(0.01)
    time.sleep(chance.choice([0, 0.02, 0.1, 0.3]))
    return in_hand()


def in_hand() -> set[str]:
    """The work that a worker has taken and not ended."""
    return set(Delivery.objects.exclude(worker="").values_list("reaction", flat=True))


def kill(process: "subprocess.Popen[str]", what: str, chance: Random) -> bool:
    """Kill that much of the server; whether it is at an end with it."""
    below = [found for found in processes(process.pid) if found != process.pid]
    if what == WORKER:
        strike(worker_of(process.pid), signal.SIGKILL)
    elif what == ANSWERING:
        strike([chance.choice(answering(process.pid))], signal.SIGKILL)
    elif what == FATHER:
        strike([process.pid], signal.SIGKILL)
    else:
        strike(processes(process.pid), signal.SIGSTOP)  # so that nobody starts anybody anew
        strike(processes(process.pid), signal.SIGKILL)
    if what in (WHOLE, FATHER):
        process.wait(30)
        until(lambda: not any(map(alive, below)))
    return what in (WHOLE, FATHER)


def strike(those: list[int], number: signal.Signals) -> None:
    for pid in those:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def processes(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(found for child in children(pid) for found in processes(child))]


def answering(pid: int) -> list[int]:
    """The processes of a server that answer requests."""
    return [child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def nothing_is_half_done(day: Day) -> None:
    """What is there once all of it is dead: each work whole or not at all, and whatever was answered."""
    assert verify().whole
    assert Community.objects.filter(number__startswith="N-").count() in (0, ROWS)
    assert VisitRecord.objects.filter(team_day__draw=day.draw).count() in (0, SITES)
    assert TeamDay.objects.filter(draw=day.draw).exists() == (Draw.objects.get(pk=day.draw.pk).state == "drawn")
    assert (Round.objects.get(pk=day.round.pk).state == "decided") == (decision_of(day.round) is not None)
    every_save_is_there(day)
    every_answer_is_in_the_ledger(day)
    progress_is_true(day)


def every_save_is_there(day: Day) -> None:
    record = VisitRecord.objects.get(pk=day.record.pk)
    kept = [str(edit.command) for edit in record.edits.order_by("revision")]
    assert kept == day.commands[: len(kept)], "every save once, in the order they were sent"
    assert len(kept) - 1 <= saved(day) <= len(kept), "what was answered is there, and one more at most"
    assert len(record.sheet_document.get("findings", ())) == record.revision == len(kept)


def saved(day: Day) -> int:
    """How many saves were answered."""
    return sum(path.endswith("/edit/") for path, _status in day.visitor.heard)


def every_answer_is_in_the_ledger(day: Day) -> None:
    asked = {"add-roster/": "roster.requested", "approval/": "roster.approved", "reveal/": "draw.revealed",
             "decide/": "round.decision_requested", "ask/": "export.requested"}  # fmt: skip
    heard = [path for seat in (day.clerk, day.director) for path, _status in seat.heard]
    for ending, kind in asked.items():
        answered = sum(path.endswith(ending) for path in heard)
        assert Fact.objects.filter(kind=f"assessments.{kind}").count() >= answered, kind


def progress_is_true(day: Day) -> None:
    """What a page says of the decision is no more than what is kept, and all of it once it is done."""
    work = Delivery.objects.filter(reaction="assessments.decide_round").first()
    if work and work.steps_total:
        stored = Result.objects.filter(replay__round=day.round).count()
        assert work.steps_total == 2 * DECIDED
        assert work.steps_done - DECIDED <= stored


def everything_is_done(day: Day) -> None:
    """All of it to its end, and once."""
    nothing_is_half_done(day)
    assert not Delivery.objects.failed().exists()
    assert saved(day) == len(day.commands)
    assert Community.objects.filter(number__startswith="N-").count() == ROWS
    assert VisitRecord.objects.filter(team_day__draw=day.draw).count() == SITES
    replay = decision_of(day.round)
    assert replay is not None
    assert replay.result_count == Result.objects.filter(replay__round=day.round).count() == DECIDED
    assert Case.objects.count() == len(CRITICAL), "one order for each critical check"
    for kind in ("roster.applied", "draw.revealed", "draw.drawn", "round.decision_requested", "round.decided"):
        assert Fact.objects.filter(kind=f"assessments.{kind}").count() == 1, kind
    assert all(done <= most for done, most in day.steps)
    assert {most for _done, most in day.steps} <= {2 * DECIDED, DECIDED}, "steps of the decision, and of a file"
    digests = set(Export.objects.values_list("sha256", flat=True))
    assert {sha256(file).hexdigest() for file in day.files.values()} <= digests
    assert len(zipfile.ZipFile(BytesIO(day.files["zip"])).namelist()) == DECIDED
    connections.close_all()
