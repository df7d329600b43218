"""Other systems: the keys they ask with and every use of one, where they are told of events, and calendar feeds.

Of a key and of a feed only the digest is kept: whoever reads this table can ask for nothing. Not here: what is asked.
"""

from datetime import date
from hashlib import sha256
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.inspections.models.catalogue import Authority
from mingjing.programmes.inspections.models.firms import Firm

__all__ = ["Feed", "Hook", "HookPost", "Key", "KeyUse", "Right", "digest_of"]


def digest_of(secret: str) -> str:
    """What is kept of a secret of 256 random bits: nobody can try those out, so nothing slower is needed."""
    return sha256(secret.encode()).hexdigest()


class Right(models.TextChoices):
    """What a key opens."""

    PUSH = "push", _("Send visits")
    GATE = "gate", _("Ask the gate")
    READ = "read", _("Read visits and warnings")


class Key(models.Model):
    """A key of another system: of one `authority`, or without one of a whole area (a city's platform).

    `hint` are its first characters, by which people tell keys apart. It asks `per_minute` times at most.
    """

    name = models.CharField(_("which system"), max_length=100)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    rights = models.JSONField(_("what it opens"), default=list)
    per_minute = models.PositiveIntegerField(_("questions a minute"), default=120)
    last_day = models.DateField(_("until"), null=True, blank=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="") | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
                name="inspections_key_revoked_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.key:{self.pk}"

    def opens(self, on: date) -> bool:
        """Whether it opens anything on that day."""
        return self.revoked_at is None and (self.last_day is None or on <= self.last_day)


class KeyUse(models.Model):
    """One question asked with a key and how it was answered; only added. `count` is how many rows it was about."""

    key = models.ForeignKey(Key, models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    route = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["key", "at"], name="inspections_keyuse_at")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.route} {self.status}"


class Hook(models.Model):
    """An address that is told of events (`events`: kinds of facts) of one authority, or of a whole area."""

    name = models.CharField(_("which system"), max_length=100)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, related_name="hooks")
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.hook:{self.pk}"


class HookPostQuerySet(models.QuerySet["HookPost"]):
    def taken(self) -> Self:
        """Those that the receiver said it has."""
        return self.filter(status__gte=200, status__lt=300)


class HookPost(models.Model):
    """One attempt to tell an address of a fact; only added. `status` is what it answered, None where nobody did."""

    hook = models.ForeignKey(Hook, models.PROTECT, related_name="posts")
    fact = models.ForeignKey(Fact, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = HookPostQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["fact", "hook"], name="inspections_hookpost_fact")]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.fact_id} {self.status}"


class Feed(models.Model):
    """A calendar behind an address that nobody can guess: of the visits to a firm, or of an officer's tasks."""

    firm = models.ForeignKey(Firm, models.PROTECT, null=True, related_name="feeds")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(firm__isnull=True, person__isnull=False) | Q(firm__isnull=False, person__isnull=True),
                name="inspections_feed_of_one",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("issued_at")), name="inspections_feed_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id or self.person_id}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.feed:{self.pk}"
