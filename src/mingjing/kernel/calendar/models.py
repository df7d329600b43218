"""Notices of holidays, one version or several for a year, and closures of areas.

Both say from when on they were known, so that what was worked out earlier can be worked out again. Not here: what
follows from them (engine.workdays), what notices ship (shipped).
"""

from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.engine.workdays import ONE, Mark, Special
from mingjing.kernel.parties.models import Person, new_token
from mingjing.kernel.places.models import Area, steps_of

__all__ = ["Closure", "ClosureQuerySet", "Notice", "NoticeQuerySet"]


class NoticeQuerySet(models.QuerySet["Notice"]):
    def known(self, as_of: datetime | None) -> Self:
        """Those known at that instant; without one, all."""
        return self if as_of is None else self.filter(known_from__lte=as_of)


class Notice(models.Model):
    """How the State Council's General Office arranges the holidays of `year`. A later one replaces it. Append-only.

    `off` are [first day, last day, code of engine.workdays.HOLIDAYS]; `working` are [make-up day, code]; both in ISO.
    `known_from` is when this installation took it into account; one that shipped with the first version counts from
    the day on which it was published.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    reference = models.CharField(_("number of the notice"), max_length=100)
    published_on = models.DateField(_("published on"))
    off = models.JSONField()
    working = models.JSONField()
    known_from = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    shipped = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["year", "known_from", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reference=""), name="calendar_notice_named"),
            models.CheckConstraint(condition=Q(year__range=(2000, 2200)), name="calendar_notice_year_plausible"),
        ]

    def __str__(self) -> str:
        return self.reference

    def days(self) -> dict[date, Special]:
        """What it says of every day it names."""
        found = {}
        for first, last, why in self.off:
            begin = date.fromisoformat(first)
            for step in range((date.fromisoformat(last) - begin).days + 1):
                found[begin + step * ONE] = Special(Mark.OFF, why)
        return found | {date.fromisoformat(day): Special(Mark.WORKING, why) for day, why in self.working}

    def digest(self) -> str:
        """What the ledger keeps of it; public, so unsalted."""
        content = {"year": self.year, "reference": self.reference, "published": self.published_on.isoformat()}
        return content_digest({**content, "off": self.off, "working": self.working})


class ClosureQuerySet(models.QuerySet["Closure"]):
    def standing(self) -> Self:
        """Those nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def known(self, as_of: datetime | None) -> Self:
        """Those that stood at that instant; without one, those that stand."""
        if as_of is None:
            return self.standing()
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=as_of), recorded_at__lte=as_of)

    def of(self, area: Area) -> Self:
        """Those of `area` and of what it lies in."""
        steps = steps_of(area.path)
        return self.filter(area__path__in=["".join(steps[:count]) for count in range(1, len(steps) + 1)])


class Closure(models.Model):
    """The offices of `area` (and below it) were closed on these days: a typhoon, a lockdown. Withdrawn, not deleted."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="closures")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")) & ~Q(reason=""), name="calendar_closure_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("recorded_at")) & ~Q(withdrawal_reason="")),
                name="calendar_closure_withdrawn_whole",
            ),
        ]
        indexes = [models.Index(fields=["area", "first_day"], name="calendar_closure_area")]

    def __str__(self) -> str:
        return self.reason

    def days(self) -> dict[date, Special]:
        """Every day it closes."""
        count = (self.last_day - self.first_day) // timedelta(days=1) + 1
        return {self.first_day + step * ONE: Special(Mark.CLOSED, self.reason) for step in range(count)}

    def digest(self) -> str:
        """What the ledger keeps of the reason, which somebody wrote and which may name people: salted."""
        return content_digest({"salt": self.salt, "reason": self.reason, "withdrawal": self.withdrawal_reason})
