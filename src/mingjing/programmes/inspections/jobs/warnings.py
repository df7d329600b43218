"""After every fact that changes a firm's records the firm is judged again, and once a day whom time alone changes.

Each is idempotent: judging again writes what differs. Not here: judging and keeping (actions.warnings).
"""

from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localdate

from mingjing.kernel.jobs.worker import Run
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.inspections.actions.warnings import judge_authority, judge_firm, judge_plan
from mingjing.programmes.inspections.models import Entry, Firm, Plan
from mingjing.programmes.inspections.queries.records import WITHOUT_RESULT

__all__ = ["judge_campaign", "judge_day", "judge_entry", "judge_report", "judge_visit"]

LOOKED_AT = timedelta(days=60)
"""For how long a missing scan-out or result is looked at each day: by then it has reached its worst level."""


def judge_visit(run: Run) -> None:
    """Somebody entered, left, or never did, for whichever programme: judge the firm that was visited."""
    related = ("entry__authority__area", "entry__firm__area", "entry__firm__organisation")
    visit = Visit.objects.select_related(*related).get(pk=run.fact.values["visit"])
    entry: Entry | None = getattr(visit, "entry", None)
    firm = entry.firm if entry else _firm(Q(organisation=visit.organisation_id))
    if firm is not None:
        judge_firm(firm=firm, because=run.fact.seq, at=timezone.now())
    if entry is not None:
        day = localdate(visit.entered_at)
        judge_authority(authority=entry.authority, day=day, because=run.fact.seq, at=timezone.now())


def judge_entry(run: Run) -> None:
    """A result was filed: judge the firm."""
    _judge(Q(entries=run.fact.values["entry"]), run)


def judge_report(run: Run) -> None:
    """Somebody reports a visit: judge the firm."""
    _judge(Q(pk=run.fact.values["firm"]), run)


def judge_campaign(run: Run) -> None:
    """A plan was filed or withdrawn: a campaign that spares nobody is warned of."""
    plan = Plan.objects.select_related("authority__area").get(pk=run.fact.subject.partition(":")[2])
    judge_plan(plan=plan, because=run.fact.seq, at=timezone.now())


def judge_day(run: Run) -> None:
    """A day has begun: judge the firms where somebody has not scanned out or told the result."""
    firms = list(_waiting(date.fromisoformat(run.fact.values["day"])))
    for number, key in enumerate(firms, 1):
        _judge(Q(pk=key), run)
        if number % 50 == 0:
            run.progress(number, len(firms))


def _waiting(today: date) -> list[int]:
    open_ones = Q(visit__left_at=None) | (Q(result_at=None) & ~Q(purpose__in=WITHOUT_RESULT))
    since = timezone.make_aware(datetime.combine(today - LOOKED_AT, time()))
    recent = Entry.objects.filter(open_ones, visit__voided_at=None, visit__entered_at__gte=since)
    return sorted(set(recent.values_list("firm", flat=True)))


def _judge(which: Q, run: Run) -> None:
    if (firm := _firm(which)) is not None:
        judge_firm(firm=firm, because=run.fact.seq, at=timezone.now())


def _firm(which: Q) -> Firm | None:
    return Firm.objects.filter(which).select_related("area", "organisation").first()
