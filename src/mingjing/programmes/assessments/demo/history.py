"""The demonstration's two rounds, day by day: one that was decided, one in the middle of its fieldwork."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.calibration import add_note
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.actions.rounds import begin_review
from mingjing.programmes.assessments.demo import published
from mingjing.programmes.assessments.demo.clock import moment, standing_at, weekdays
from mingjing.programmes.assessments.demo.fieldwork import Visitor, file_events
from mingjing.programmes.assessments.demo.invented import SITES, Community
from mingjing.programmes.assessments.demo.rounds import Cast, draw, open_demo_round
from mingjing.programmes.assessments.models import Round, TeamDay, VisitRecord
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["decided_round", "running_round"]

Say = Callable[[str], None]
Visits = Iterator[tuple[VisitRecord, list[Person], datetime]]
DECIDED, RUNNING = "demo-1", "demo-2"
DAYS_BEFORE, DAYS_AFTER = 20, 1
EARLIER = timedelta(days=110)
FIRST_HOURS = (9, 10, 14)
SEED = 77


@transaction.atomic
def decided_round(
    area: Area, scheme: Version, cast: Cast, found: Sequence[Community], today: date, say: Say
) -> None:  # fmt: skip
    """The trial round before: every community visited, every record locked, the list decided and published.

    Each round is one transaction: a demonstration that is killed has it whole, or begins it again.
    """
    if Round.objects.filter(area=area, code=DECIDED).exists():
        return
    say(_("recording a round of {count} demonstration communities").format(count=len(found)))
    days = weekdays(today - EARLIER, _before(found), 0)
    round = open_demo_round(cast, area, scheme, DECIDED, "演示·上一轮考核（试点）", days)
    proposed = published.worst(found)
    draw(round, cast, days, {f"HT-{one.number:03d}" for one in proposed})
    visitor = _visitor(scheme, cast, found)
    for record, staff, at in _visits(round, visitor, days[-1], today):
        visitor.visit(record, staff, at)
        if _obliging(record, 20):
            visitor.put_right(record, at + timedelta(hours=20))
    published.second_visits(round, visitor, proposed, days[-1] + timedelta(days=4))
    at = moment(days[-1] + timedelta(days=20), 10)
    with standing_at(at):
        _file(round, cast, found, days[1], at)
        published.accidents(round, cast, proposed, days[1], at)
        begin_review(round=round, by=cast.director, at=at)
        request_decision(round=round, by=cast.director, at=at)
        drain()
    round.refresh_from_db()
    published.publish(round, cast, today)


@transaction.atomic
def running_round(
    area: Area, scheme: Version, cast: Cast, found: Sequence[Community], done: int, today: date, say: Say
) -> None:  # fmt: skip
    """The round that is going on: most are done, some on their way, one late, the last ones sealed.

    The team of the login `officer` has not set out today: a phone that is bound to it finds a visit to do.
    """
    if Round.objects.filter(area=area, code=RUNNING).exists():
        return
    say(_("recording {done} of {count} visits of the present round").format(done=done, count=len(found)))
    days = weekdays(today, _before(found), DAYS_AFTER)
    round = open_demo_round(cast, area, scheme, RUNNING, "演示·本轮考核", days)
    draw(round, cast, days)
    visitor = _visitor(scheme, cast, found)
    now = timezone.now()
    visits = _but_one(_visits(round, visitor, today, today), done - LATE)
    for number, (record, staff, planned) in enumerate(visits):
        at = planned if record.team_day.day < today else _just_before(now)
        if number >= done + len(UNDERWAY):
            break
        visitor.visit(record, staff, at, until=UNDERWAY[number - done] if number >= done else "locked")
        if number < done and _obliging(record, 10):
            visitor.put_right(record, at + timedelta(hours=20))
    with standing_at(now):
        _file(round, cast, found, days[1], now)
        for check, text in NOTES.items():
            add_note(round=round, check_code=check, text=text, by=cast.director, at=now)


NOTES = {
    "": "同一部位、同一时间看到的，只记一处；拿不准的先拍照，回来一起定（演示）",
    "A1.2": "公共收益缺一个季度未公示，按一处计；张贴但已看不清的，视为未公示（演示）",
    "A5.1": "同一条通道不论停了几辆，按一处计；当场能挪开的也要记，并立即要求挪开（演示）",
}
"""What the teams agreed on, by check."""
LATE = 4
"""How many visits before the last one that is done the one was planned to which nobody came."""
UNDERWAY = ("signed", "submitted", "started")
"""How far the visits are that follow those that are done."""


def _obliging(record: VisitRecord, of: int) -> bool:
    """Whether the company puts right at once what was critical, as all but one `of` so many do."""
    return int(record.entry.number.rpartition("-")[2]) % of != 3


def _just_before(now: datetime) -> datetime:
    """Some hours ago, but today."""
    return max(now - timedelta(hours=3), moment(timezone.localdate(now), 0, 1))


def _before(found: Sequence[Community]) -> int:
    """How many days teams have been out before the present one, so that most of the work is done."""
    return max(1, DAYS_BEFORE * len(found) // SITES)


def _visitor(scheme: Version, cast: Cast, found: Sequence[Community]) -> Visitor:
    named = {f"HT-{one.number:03d}": one for one in found}
    return Visitor(scheme_of(scheme), cast, named, Random(SEED))  # noqa: S311 - decides nothing


def _but_one(visits: Visits, place: int) -> Visits:
    """All but the one at this place: its team did not get to it on its day, and it is still to be made."""
    return (visit for number, visit in enumerate(visits) if number != place)


def _visits(round: Round, visitor: Visitor, last: date, today: date) -> Visits:
    """The records in the order of their days, each with the staff who go and the hour they arrive; the first team last,
    for it is the one of the login `officer`.
    """
    days = TeamDay.objects.filter(draw__round=round, day__lte=last).select_related("draw__round__area")
    for team_day in days.order_by("day", "-team"):
        records = list(team_day.records.select_related("round__area", "entry").order_by("id"))
        if not records:
            continue
        opened = moment(team_day.day, 8, 30)
        staff = visitor.open(team_day, opened if team_day.day < today else _just_before(timezone.now()))
        for record, hour in zip(records, FIRST_HOURS, strict=False):
            yield record, staff, moment(team_day.day, hour)


def _file(round: Round, cast: Cast, found: Sequence[Community], day: date, at: datetime) -> None:
    entries = {entry.number: entry for entry in round.entries.all()}
    file_events(entries, [one for one in found if one.visited], cast, day, at)
