"""Exhibits: what an original shows, where it belongs, who may see it, and who ever held it.

The bytes lie in the store under their SHA-256; a row here never changes what they are. Not here: what an exhibit
proves (the programmes), copies made smaller or masked (copies).
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.media import IMAGES, SUFFIXES
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = [
    "Access", "Custody", "CustodyKind", "Exhibit", "ExhibitQuerySet", "Fingerprint", "Likeness", "Mask", "Origin",
]  # fmt: skip


class Access(models.TextChoices):
    """Who may see an exhibit, besides having the right to see what it belongs to."""

    INTERNAL = "internal", _("Everybody who may see the record")
    RESTRICTED = "restricted", _("Only who works on the record: faces, plates, documents with names")
    SEALED = "sealed", _("Sealed: opened by the director or the auditor, with a reason")


class Origin(models.TextChoices):
    """How an exhibit came."""

    CAMERA = "camera", _("Taken live in the app")
    GALLERY = "gallery", _("Chosen from the phone's gallery")
    UPLOAD = "upload", _("Uploaded at a desk")
    SCAN = "scan", _("Scanned paper")
    EXTRACT = "extract", _("Extract from another system")


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def standing(self) -> Self:
        """Those nobody has withdrawn."""
        return self.filter(withdrawn_at=None)


class Exhibit(models.Model):
    """A piece of evidence. `subject` names what it belongs to, as facts do.

    `taken_at`, `latitude` and `longitude` are what the file itself says (EXIF): a claim, not a proof. `facts` is the
    rest of what was read from it. Withdrawn with a reason, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160)
    access = models.CharField(max_length=12, choices=Access.choices, default=Access.INTERNAL)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    taken_at = models.DateTimeField(null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=7, null=True)
    longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    facts = models.JSONField(default=dict)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ExhibitQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "sha256"], condition=Q(withdrawn_at=None), name="evidence_exhibit_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("recorded_at")) & ~Q(withdrawal_reason="")),
                name="evidence_exhibit_withdrawn_whole",
            ),
            models.CheckConstraint(condition=Q(access__in=Access.values), name="evidence_exhibit_access_known"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="evidence_exhibit_origin_known"),
        ]
        indexes = [
            models.Index(fields=["subject", "recorded_at"], name="evidence_exhibit_subject"),
            models.Index(fields=["sha256"], name="evidence_exhibit_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name or self.sha256[:12]}"

    @property
    def ledger_subject(self) -> str:
        """What facts about it name; `subject` is what it belongs to."""
        return f"evidence.exhibit:{self.pk}"

    @property
    def kind_word(self) -> str:
        """The kind of file as people call it: PDF, XLSX."""
        return SUFFIXES.get(self.media_type, (".?",))[0][1:].upper()

    @property
    def is_picture(self) -> bool:
        """Whether copies can be made to look at."""
        return self.media_type in IMAGES and not set(self.facts.get("faults", ())) & {"broken", "pixels", "unreadable"}


class CustodyKind(models.TextChoices):
    """What somebody did with an exhibit."""

    RECORDED = "recorded", _("Evidence recorded")
    VIEWED = "viewed", _("Viewed")
    DOWNLOADED = "downloaded", _("Original downloaded")
    EXPORTED = "exported", _("Exported")
    VERIFIED = "verified", _("Verified against its digest")
    DAMAGED = "damaged", _("Found damaged or missing")
    RECLASSED = "reclassed", _("Access changed")
    MASKED = "masked", _("Masks set for the public copy")
    WITHDRAWN = "withdrawn", _("Evidence withdrawn")


class Custody(models.Model):
    """Who did what with an exhibit, when, and why. Append-only."""

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="custody")
    kind = models.CharField(max_length=12, choices=CustodyKind.choices)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["exhibit_id", "id"]

    def __str__(self) -> str:
        return f"{self.exhibit_id} {self.kind}"


class Fingerprint(models.Model):
    """What a picture looks like, in 64 bits: pictures that look alike differ in few of them (looks).

    `bits` is the hash as a signed whole number; `band0` to `band3` are its quarters of 16 bits, by which near ones
    are found with an index. All are null for a picture that says nothing: flat, or not to be unpacked.
    """

    exhibit = models.OneToOneField(Exhibit, models.PROTECT, primary_key=True, related_name="fingerprint")
    bits = models.BigIntegerField(null=True)
    band0 = models.PositiveIntegerField(null=True)
    band1 = models.PositiveIntegerField(null=True)
    band2 = models.PositiveIntegerField(null=True)
    band3 = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=[f"band{n}", "bits", "exhibit"], name=f"evidence_fingerprint_band{n}") for n in range(4)
        ]

    def __str__(self) -> str:
        return "" if self.bits is None else f"{self.bits & (2**64 - 1):016x}"


class Likeness(models.Model):
    """Two pictures that look alike, `distance` bits apart; `first` is the one recorded first.

    Follows from the fingerprints, and says nothing about whether somebody did wrong.
    """

    first = models.ForeignKey(Exhibit, models.PROTECT, related_name="+")
    second = models.ForeignKey(Exhibit, models.PROTECT, related_name="+")
    distance = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="evidence_likeness_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="evidence_likeness_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.distance}"


class Mask(models.Model):
    """Faces and number plates to be covered on the copy that the public sees; the newest of an exhibit counts.

    `boxes` are [left, top, width, height] in ten-thousandths of the upright picture. Append-only.
    """

    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="masks")
    boxes = models.JSONField(default=list)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["exhibit_id", "id"]

    def __str__(self) -> str:
        return f"{self.exhibit_id} {len(self.boxes)}"
