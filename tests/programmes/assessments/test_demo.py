"""The demonstration: made up, labelled so, the same every time, and through the doors everybody uses."""

from datetime import date, datetime
from random import Random

import pytest
from django.utils import timezone
from django.utils.translation import gettext
from tests.programmes.assessments.conftest import published

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties import demo as parties_demo
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places import demo as places_demo
from mingjing.kernel.places.models import EntryCode, Site
from mingjing.programmes.assessments import demo
from mingjing.programmes.assessments.actions.draws import drawing
from mingjing.programmes.assessments.actions.growing import log_of
from mingjing.programmes.assessments.demo import rounds as demo_rounds
from mingjing.programmes.assessments.demo.history import decided_round
from mingjing.programmes.assessments.demo.invented import communities, earlier
from mingjing.programmes.assessments.demo.replayed import rows
from mingjing.programmes.assessments.models import Community, Result, Round, TeamDay, VisitRecord
from mingjing.programmes.assessments.policy.decisions import result_row
from mingjing.programmes.assessments.policy.recording import apply_log
from mingjing.programmes.assessments.queries.results import row_of, scheme_behind, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db


SITES, DONE, PILOT = 48, 12, 19
DRAWN = (2, 4, 5, 8, 11, 15, 19, 26)
"""Seeds of draws in which, before nobody was in conflict with who is proposed, no other team could go to one."""


def build(lines: list[str]) -> None:
    """The whole demonstration, of fewer communities; the lines it shows are added to `lines`."""
    for part in (places_demo.build, parties_demo.build):
        part(lines.append)
    demo.build(lines.append, SITES, DONE)


@pytest.mark.one_database
def test_a_district_in_the_middle_of_real_work(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    # One test, because building it takes a while; each paragraph is a promise of its own.
    lines: list[str] = []
    build(lines)
    assert lines[-1] == gettext("the demonstration district is ready")
    assert parties_demo.PASSWORD in " ".join(lines)
    assert verify().whole

    before, now = Round.objects.order_by("id")
    assert (before.state, now.state) == ("decided", "fieldwork")
    assert (before.entries.count(), now.entries.count()) == (PILOT, SITES)
    assert before.records.done().filter(purpose="first").count() == PILOT
    assert now.records.done().count() == DONE

    for result in Result.objects.filter(replay__purpose="decision").select_related("replay__scheme"):
        scheme = scheme_behind(result.replay)
        assert row_of(scheme, result) == result_row(scheme, worked_out(result))

    for record in VisitRecord.objects.filter(locked_at__isnull=False).select_related("entry", "round__scheme"):
        scheme = scheme_of(record.round.scheme)
        rubric = scheme.rubrics[record.entry.class_code]
        assert apply_log(scheme, rubric, log_of(record)) == record.sheet_document

    one_visit_is_late(now)
    a_visit_waits_for_the_officer(now)

    everything_is_called_invented()

    for username in (*parties_demo.PEOPLE, "supervisor"):
        assert Person.objects.get(username=username).check_password(parties_demo.PASSWORD)
    assert may(Person.objects.get(username="director"), "rulebooks.version.publish", on=at.date())

    facts = Fact.objects.count()
    build([])
    assert Fact.objects.count() == facts

    monkeypatch.setattr(demo.replayed, "FILE", "of a demo that was killed.xlsx")
    monkeypatch.setattr(demo, "drain", lambda: 0)
    build(lines)
    assert lines[-1] != gettext("the demonstration district is ready")


def everything_is_called_invented() -> None:
    """Nobody takes it for real: every site, company and person says 演示."""
    assert all(site.name.startswith("演示") for site in Site.objects.all())
    assert all(company.name.startswith("演示") for company in Organisation.objects.all())
    assert all(person.is_demo and person.display_name.startswith("演示") for person in Person.objects.all())


def one_visit_is_late(round_: Round) -> None:
    """Of the days whose visits are done one was not made."""
    last = round_.records.done().latest("team_day__day").team_day.day
    assert round_.records.filter(team_day__day__lt=last, started_at=None).count() == 1


def a_visit_waits_for_the_officer(round_: Round) -> None:
    """Whoever signs in as the officer and binds a phone finds a visit to do today, and signs hang everywhere."""
    officer, today = Person.objects.get(username="officer"), timezone.localdate()
    (duty,) = TeamDay.objects.filter(draw__round=round_, day=today, members__person=officer, members__removed_at=None)
    assert duty.opened_at is None
    assert duty.records.filter(started_at=None, voided_at=None).exists()
    assert EntryCode.objects.filter(withdrawn_at=None).count() == SITES
    assert round_.calibration_notes.filter(withdrawn_at=None).exists()


def test_a_demonstration_that_was_killed_has_a_round_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.history.Visitor, "put_right", killed)
    with pytest.raises(KeyboardInterrupt):
        build([])
    assert not Round.objects.exists()
    assert Community.objects.count() == PILOT
    assert verify().whole


class Reached(Exception):
    """The demonstration came as far as the test asks."""


@pytest.mark.one_database
def test_whatever_is_drawn_another_team_can_go_to_whoever_is_proposed(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*args: object, **kwargs: object) -> None:
        raise Reached

    for part in (places_demo.build, parties_demo.build):
        part(lambda line: None)
    area, version = demo.prepare(at)
    scheme, players = scheme_of(version), demo.cast()
    found = communities(scheme, Random(demo.SEED), 20, 12)[:8]
    demo.register.build(area, "pilot.xlsx", found, players.officer, players.director, at - demo.BEFORE)
    before = earlier(found, scheme, Random(demo.SEED + 1))
    for where, name, done in (
        (demo.history.Visitor, "visit", lambda *args, **kwargs: None),
        (demo.history.Visitor, "open", lambda *args, **kwargs: []),
        (demo.history, "_obliging", lambda *args: False), (demo.history, "_file", lambda *args: None),
        (demo.history.published, "accidents", reached),
    ):  # fmt: skip
        monkeypatch.setattr(where, name, done)
    for seed in DRAWN:
        chance = Random(seed)
        monkeypatch.setattr(drawing.secrets, "token_bytes", chance.randbytes)
        monkeypatch.setattr(demo_rounds, "token_bytes", chance.randbytes)
        with pytest.raises(Reached):
            decided_round(area, version, players, before, date(2026, 11, 27), lambda line: None)


def test_the_same_seed_gives_the_same_table(people: dict[str, Person], at: datetime) -> None:
    parties_demo.build(lambda line: None)
    scheme = scheme_of(published("hetang-2024", people["director"], at))
    first, second = (rows(scheme, communities(scheme, Random(7))) for _ in range(2))
    assert first == second
    assert first != rows(scheme, communities(scheme, Random(8)))
