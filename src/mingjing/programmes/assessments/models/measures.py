"""What follows a listing and is a row of its own: bars from procurement, findings that two companies are one.

Reminders, talks, plans and the rest are proceedings (policy.measures). Not here: whether a bar is in force on a day,
which is computed every time (policy.standing).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.kernel.parties.models import Organisation, Person, new_token
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models.rounds import Entry

__all__ = ["Bar", "CommonControl"]


class Bar(models.Model):
    """A decision that `company` (this legal entity and no other) is barred from procurement between two days.

    It rests on the listing of `entry` and on a law: `basis` is its title, `clause` where it says so, `quote` in which
    words. `scope` says which procurement. `signed_by` has looked at it for the law, and is somebody else. Its days and
    its basis never change; it can be called off.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="bars")
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    company_name = models.CharField(_("company"), max_length=200)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    scope = models.CharField(_("procurement it covers"), max_length=300)
    basis = models.CharField(_("legal basis"), max_length=200)
    clause = models.CharField(_("article"), max_length=100)
    quote = models.TextField(_("words of the article"))
    reason = models.TextField(_("reason"))
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    opinion = models.TextField(_("legal opinion"), blank=True)
    called_off_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    called_off_at = models.DateTimeField(null=True)
    called_off_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="assessments_bar_days_in_order"),
            models.CheckConstraint(
                condition=~Q(basis="") & ~Q(clause="") & ~Q(quote="") & ~Q(reason="") & ~Q(scope=""),
                name="assessments_bar_has_a_basis",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None, opinion="")
                | (Q(signed_by__isnull=False, signed_at__gte=F("decided_at")) & ~Q(opinion="")),
                name="assessments_bar_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("decided_by")), name="assessments_bar_signed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(called_off_by=None, called_off_at=None, called_off_reason="")
                | (Q(called_off_by__isnull=False, called_off_at__gte=F("decided_at")) & ~Q(called_off_reason="")),
                name="assessments_bar_called_off_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} {self.first_day}–{self.last_day}"

    @property
    def subject(self) -> str:
        """How facts and documents name it."""
        return f"assessments.bar:{self.pk}"

    def digest(self) -> str:
        """What the ledger keeps of the words: salted, for they name a company."""
        said = {name: getattr(self, name) for name in ("scope", "basis", "clause", "quote", "reason", "company_name")}
        return content_digest({"salt": self.salt, **said})


class CommonControl(models.Model):
    """A finding that two companies are under common control, with what shows it: found by one, confirmed by another.

    It counts once confirmed, until it is withdrawn. `exhibits` are ids.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    one = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    other = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    exhibits = models.JSONField(default=list)
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    found_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(one=F("other")), name="assessments_commoncontrol_two"),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(exhibits=[]), name="assessments_commoncontrol_shown"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__gte=F("found_at")),
                name="assessments_commoncontrol_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("found_by")),
                name="assessments_commoncontrol_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None, withdrawal_reason="")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__gte=F("found_at")) & ~Q(withdrawal_reason="")),
                name="assessments_commoncontrol_withdrawn_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"

    @property
    def subject(self) -> str:
        """How facts and exhibits name it."""
        return f"assessments.control:{self.pk}"

    def digest(self) -> str:
        """What the ledger keeps of the words: salted, for they name companies."""
        return content_digest({"salt": self.salt, "reason": self.reason, "exhibits": self.exhibits})
