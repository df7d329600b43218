"""Phones, what they sent that was not taken, and the photos they promised.

A phone belongs to one person and proves itself by a key that never leaves it. A command that was applied is kept by
whoever applied it; here stand those that were refused or wait for people. Not here: what a command means (programmes),
the bytes of photos (kernel.evidence).
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import Mark
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.models import Exhibit, Origin
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["Capture", "CaptureQuerySet", "Device", "DeviceQuerySet", "Enrolment", "Received"]


class DeviceQuerySet(models.QuerySet["Device"]):
    def standing(self) -> Self:
        """Those that are not revoked."""
        return self.filter(revoked_at=None)


class Device(models.Model):
    """A phone bound to a person. `public_key` checks what it signs (kernel.keys). Revoked, not deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    label = models.CharField(_("phone"), max_length=100)
    public_key = models.CharField(max_length=90, unique=True)
    enrolled_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = DeviceQuerySet.as_manager()
    ledger_end: Mark | None = None  # where the ledger ended when it was looked up (sessions.standing_device)

    class Meta:
        ordering = ["-enrolled_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | (Q(revoked_at__isnull=False, revoked_at__gte=F("enrolled_at")) & ~Q(revoke_reason="")),
                name="sync_device_revoked_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def ledger_subject(self) -> str:
        """How facts name it."""
        return f"sync.device:{self.pk}"


class Enrolment(models.Model):
    """A code, shown once as a QR code, by which one phone may be bound to `person`; only its digest is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    code_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.OneToOneField(Device, models.PROTECT, null=True, related_name="enrolment")

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, device=None) | Q(used_at__isnull=False, device__isnull=False),
                name="sync_enrolment_used_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at}"


class Received(models.Model):
    """A command that its programme does not keep itself: one refused, in conflict, or applied without a row of its own.

    `claimed_at` is the time by the phone's clock. Sent again, it is answered with what is written here. Append-only.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        CONFLICT = "conflict", _("In conflict")

    id = models.UUIDField(primary_key=True)
    device = models.ForeignKey(Device, models.PROTECT, related_name="received")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    claimed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    problems = models.JSONField(default=list)  # engine.kept
    current = models.JSONField(null=True)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["applied", "refused", "conflict"]), name="sync_received_state_known"
            )
        ]
        indexes = [models.Index(fields=["subject", "received_at"], name="sync_received_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class CaptureQuerySet(models.QuerySet["Capture"]):
    def standing(self) -> Self:
        """Those nobody has given up."""
        return self.filter(released_at=None)

    def promised(self) -> Self:
        """Those whose bytes have not arrived, as far as is known here: a phone holds them."""
        return self.standing().filter(exhibit=None, not_after=None)

    def arrived(self) -> Self:
        """Those whose bytes are here, of which no exhibit was made yet."""
        return self.standing().filter(exhibit=None, not_after__isnull=False)

    def unsettled(self) -> Self:
        """Those of which no exhibit was made yet, their bytes here or not."""
        return self.standing().filter(exhibit=None)


class Capture(models.Model):
    """A photo that a phone took: promised with its signed record, kept once its bytes are here, an exhibit soon after.

    `record` is the canonical JSON that the phone signed (docs/reference/field-protocol.md). The photo was taken after
    `not_before`, the time of the newest signed ledger head its record holds, and before `not_after`, when its bytes had
    arrived. `taken_at` is what the phone's clock said. `signals` are codes of what a reviewer should look at.
    """

    id = models.UUIDField(primary_key=True)
    subject = models.CharField(max_length=160)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, related_name="captures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    about = models.CharField(max_length=60, blank=True)  # the check it was taken for, as the programme names it
    record = models.TextField()
    signature = models.CharField(max_length=90)
    taken_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=9, decimal_places=7, null=True)
    longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    accuracy = models.PositiveIntegerField(null=True)  # metres
    not_before = models.DateTimeField(null=True)
    head_seq = models.BigIntegerField(null=True)
    promised_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    exhibit = models.OneToOneField(Exhibit, models.PROTECT, null=True, related_name="capture")
    signals = models.JSONField(default=list)
    released_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = CaptureQuerySet.as_manager()

    class Meta:
        ordering = ["promised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "sha256"], condition=Q(released_at=None), name="sync_capture_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(exhibit=None) | Q(not_after__isnull=False), name="sync_capture_kept_whole"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, release_reason="")
                | (Q(released_at__isnull=False, exhibit=None, not_after=None) & ~Q(release_reason="")),
                name="sync_capture_released_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="sync_capture_subject"),
            models.Index(
                fields=["not_after"], name="sync_capture_arrived",
                condition=Q(exhibit=None, released_at=None, not_after__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def kept(self) -> bool:
        """Whether its bytes arrived."""
        return self.not_after is not None

    @property
    def waited_for(self) -> bool:
        """Whether a phone holds it, as far as is known here."""
        return self.not_after is None and self.released_at is None
