"""Editions of the ranking: a draft, checked by companies, then published for good; corrected by a new edition only.

Each row keeps which complaints counted, which did not and why, so that a published edition can be explained for ever.
Not here: how it is worked out (policy.ranking), when it may be published (policy.editions).
"""

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.models.complaints import Complaint

__all__ = ["Edition", "EditionRow", "Objection", "Ruling"]


class Edition(models.Model):
    """The ranking of `area` for the complaints of a period, by one version of the rules.

    `number` counts the editions of one period; `corrects` is the published one it takes the place of, and why. `totals`
    are figures over all communities, `digest` is over every row once published. Companies check until `check_until`, by
    the calendar of that digest; `checked` is how many counted for each community when they began.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    number = models.PositiveIntegerField(default=1)
    rules = models.ForeignKey(Version, models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    correction_reason = models.CharField(_("reason"), max_length=500, blank=True)
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    ranked_at = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    checking_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checking_at = models.DateTimeField(null=True)
    check_until = models.DateTimeField(null=True)
    check_calendar = models.CharField(max_length=64, blank=True)
    checked = models.JSONField(default=dict)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    discarded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-first_day", "-number", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="complaints_edition_days_in_order"),
            models.UniqueConstraint(
                fields=["area", "first_day", "last_day", "number"], name="complaints_edition_number_once"
            ),
            models.UniqueConstraint(
                fields=["area", "first_day", "last_day"],
                condition=Q(published_at=None, discarded_at=None),
                name="complaints_edition_one_in_work",
            ),
            models.CheckConstraint(
                condition=Q(checking_at=None, check_until=None)
                | Q(checking_at__isnull=False, check_until__isnull=False, ranked_at__isnull=False),
                name="complaints_edition_checked_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, digest="")
                | (Q(published_at__isnull=False, checking_at__isnull=False, discarded_at=None) & ~Q(digest="")),
                name="complaints_edition_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="complaints_edition_correction_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.first_day} {self.last_day} {self.number}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"complaints.edition:{self.pk}"

    @property
    def state(self) -> str:
        """`draft`, `checking`, `published` or `discarded`."""
        steps = (("discarded", self.discarded_at), ("published", self.published_at), ("checking", self.checking_at))
        return next((name for name, moment in steps if moment), "draft")


class EditionRow(models.Model):
    """A community in an edition. The rate is `counted` complaints per so many `households`, as the rules say.

    `rate` is in units of the last decimal shown (218 is 2.18). `cases` holds the keys of complaints by what became of
    them; of repeats, with the one they repeat. `households_reason` says where that number is from.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    households = models.PositiveIntegerField(null=True)
    raw = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    rate = models.PositiveBigIntegerField(null=True)
    rank = models.PositiveIntegerField(null=True)
    suppressed = models.JSONField(default=list)
    top = models.BooleanField(default=False)
    median_days2 = models.PositiveIntegerField(null=True)
    p90_days = models.PositiveIntegerField(null=True)
    still_open = models.PositiveIntegerField()
    categories = models.JSONField(default=list)
    cases = models.JSONField(default=dict)
    rank_before = models.PositiveIntegerField(null=True)
    rate_before = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "site"], name="complaints_editionrow_site_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="complaints_editionrow_position_once"),
            models.CheckConstraint(
                condition=Q(rank=None, rate=None) | Q(rank__isnull=False, rate__isnull=False),
                name="complaints_editionrow_ranked_whole",
            ),
            models.CheckConstraint(
                condition=Q(counted__lte=F("valid"), valid__lte=F("raw")), name="complaints_editionrow_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.name}"

    @property
    def told_reasons(self) -> tuple[Reason, ...]:
        """Why it has no rank."""
        reasons: tuple[Reason, ...] = recall(self.suppressed)
        return reasons

    @property
    def median_days(self) -> Fraction | None:
        """The median of days to close, which may end in a half."""
        return None if self.median_days2 is None else Fraction(self.median_days2, 2)

    @property
    def climbed(self) -> int | None:
        """By how many places it rose (towards rank 1) since the edition before; less than 0 where it fell."""
        return None if self.rank is None or self.rank_before is None else self.rank_before - self.rank


class Ruling(models.TextChoices):
    """What became of an objection."""

    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Not upheld")


class Objection(models.Model):
    """A company says of a complaint of an edition in check that it is not valid, or not its duty.

    `claims` is `invalid` or a code of a duty. Who decides neither filed it nor decided on the complaint before.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="objections")
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="objections")
    claims = models.CharField(max_length=20)
    statement = models.CharField(_("what the company says"), max_length=1000)
    document = models.CharField(_("its letter"), max_length=200, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    ruling = models.CharField(max_length=8, blank=True, choices=Ruling.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "complaint"], condition=Q(decided_at=None), name="complaints_objection_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, ruling="", reason="")
                | (Q(decided_at__isnull=False) & ~Q(ruling="") & ~Q(reason="")),
                name="complaints_objection_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("filed_by")), name="complaints_objection_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.complaint_id}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"complaints.objection:{self.pk}"
