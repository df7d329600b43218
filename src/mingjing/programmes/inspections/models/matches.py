"""Proposals of joint inspections: what was matched under which terms, what came of it, and who agreed.

Not here: matching (policy.together); the task that a visit is made by (plans).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models.catalogue import Authority
from mingjing.programmes.inspections.models.firms import Firm
from mingjing.programmes.inspections.models.plans import Task

__all__ = ["Match", "MatchTask", "MatchVisit"]


class Match(models.Model):
    """The tasks of an area from `first_day` to `last_day` are matched.

    `loads` say how many firms an authority's officers visit on one day ({authority: number}), `load` of all others;
    `most` how many authorities may come together. Worked out in the background: `before`, `after` and `bound` are of
    policy.together, `reasons` what it says; `after` stays empty where there is no such plan.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    load = models.PositiveSmallIntegerField(_("firms a day that an authority can visit"), default=3)
    loads = models.JSONField(default=dict)
    most = models.PositiveSmallIntegerField(_("authorities that may come together"), default=3)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    before = models.PositiveIntegerField(null=True)
    after = models.PositiveIntegerField(null=True)
    bound = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="inspections_match_days_in_order"),
            models.CheckConstraint(
                condition=Q(after=None) | Q(after__lte=F("before"), bound__lte=F("after")),
                name="inspections_match_never_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.first_day}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.match:{self.pk}"


class MatchVisit(models.Model):
    """A proposed joint visit; `joint` is what its tasks share once every authority agreed (`agreed_at`)."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="visits")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    joint = models.UUIDField(unique=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["match_id", "day", "id"]
        constraints = [models.UniqueConstraint(fields=["match", "firm", "day"], name="inspections_matchvisit_once")]

    def __str__(self) -> str:
        return f"{self.match_id} {self.firm_id} {self.day}"


class MatchTask(models.Model):
    """A task in a proposed visit, and what its authority said: nothing yet, yes, or no for a reason."""

    visit = models.ForeignKey(MatchVisit, models.PROTECT, related_name="parts")
    task = models.ForeignKey(Task, models.PROTECT, related_name="matches")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    accepted = models.BooleanField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["visit_id", "authority_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "task"], name="inspections_matchtask_once"),
            models.CheckConstraint(
                condition=Q(accepted=None, said_at=None) | Q(accepted=True, said_at__isnull=False)
                | Q(accepted=False, said_at__isnull=False) & ~Q(reason=""),
                name="inspections_matchtask_said_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.visit_id} {self.task_id}"
