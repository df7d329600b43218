"""Visit records: what a team found at a community, how the record grew, who signed it, and who reviewed it.

The sheet is one compact JSON row; every edit that led to it is kept beside it, so two people can work on one record and
nothing is lost. Not here: what a sheet may hold (policy.recording), the entry itself (kernel.visits).
"""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from msgspec.json import decode

from mingjing.engine.chain import content_digest
from mingjing.engine.picks import seed_of
from mingjing.kernel.db.fields import CompactJSON
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.parties.models import Person
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.models.draws import TeamDay
from mingjing.programmes.assessments.models.rounds import Entry, Round

__all__ = [
    "RECORD_STATES", "Purpose", "Return", "SheetEdit", "Signature", "SignaturePart", "Stance", "VisitRecord",
    "VisitRecordQuerySet",
]  # fmt: skip

RECORD_STATES = {
    "sealed": _("Sealed"),
    "planned": _("To be visited"),
    "started": _("On site"),
    "submitted": _("Submitted"),
    "returned": _("Sent back"),
    "signed": _("Signed by the company"),
    "refused": _("Signature refused"),
    "reviewed": _("Reviewed"),
    "locked": _("Done"),
    "void": _("Void"),
}
"""The states of a visit record with their titles."""


class Purpose(models.TextChoices):
    """Why a team goes."""

    FIRST = "first", _("Assessment")
    SECOND = "second", _("Second visit by another team")


class VisitRecordQuerySet(models.QuerySet["VisitRecord"]):
    def standing(self) -> Self:
        """Those that are not void."""
        return self.filter(voided_at=None)

    def unsealed(self, today: date) -> Self:
        """Those whose day has come: the others nobody may know of."""
        return self.filter(team_day__day__lte=today)

    def done(self) -> Self:
        """Those that are locked, and not void."""
        return self.standing().filter(locked_at__isnull=False)

    def late(self, today: date) -> Self:
        """Those whose day has passed without being submitted."""
        return self.standing().filter(team_day__day__lt=today, submitted_at=None)


class VisitRecord(models.Model):
    """A team's record of one community: sealed, planned, started, submitted, signed or refused, reviewed, locked.

    `sheet` is the canonical JSON of what was found and `revision` counts its edits. `company_stance` says what the
    manager did (Stance). A record sent back (Return) may be edited and submitted anew. `following` names the critical
    checks whose orders are to be given or taken back by the worker, each with the key of who brought that about.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="records")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="records")
    team_day = models.ForeignKey(TeamDay, models.PROTECT, related_name="records")
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.FIRST)
    visit = models.OneToOneField(Visit, models.PROTECT, null=True, related_name="+")
    sheet = models.TextField(default="{}")
    revision = models.PositiveIntegerField(default=0)
    following = models.JSONField(null=True)
    started_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    company_stance = models.CharField(max_length=10, blank=True)
    company_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = VisitRecordQuerySet.as_manager()

    class Meta:
        ordering = ["team_day_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(purpose="first", voided_at=None), name="assessments_record_first_once"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="assessments_record_purpose_known"),
            models.CheckConstraint(
                condition=Q(started_at=None, visit=None) | Q(started_at__isnull=False, visit__isnull=False),
                name="assessments_record_started_whole",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None)
                | Q(submitted_at__isnull=False, started_at__isnull=False, submitted_at__gte=F("started_at")),
                name="assessments_record_started_first",
            ),
            models.CheckConstraint(
                condition=Q(company_stance="", company_at=None)
                | (~Q(company_stance="") & Q(company_at__isnull=False, submitted_at__isnull=False)),
                name="assessments_record_stance_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None) | Q(company_at__isnull=False), name="assessments_record_company_first"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | Q(submitted_by=None) | ~Q(reviewed_by=F("submitted_by")),
                name="assessments_record_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None) | Q(reviewed_at__isnull=False), name="assessments_record_reviewed_first"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="assessments_record_voided_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "team_day"], name="assessments_record_team_day"),
            models.Index(fields=["id"], name="assessments_record_following", condition=Q(following__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.entry_id}"

    @property
    def subject(self) -> str:
        """How facts, exhibits and cases name it."""
        return f"assessments.visit:{self.pk}"

    @property
    def seed(self) -> str:
        """What chance picks by on this visit (engine.picks), in hex; empty before its team's day was opened."""
        return seed_of(self.team_day.pick_seed, self.subject) if self.team_day.pick_seed else ""

    def state_on(self, today: date) -> str:
        """One of RECORD_STATES."""
        company = "refused" if self.company_stance == Stance.REFUSED else "signed"
        steps = (
            ("void", self.voided_at),
            ("locked", self.locked_at),
            ("reviewed", self.reviewed_at),
            (company, self.company_at),
            ("submitted", self.submitted_at),
            ("returned", self.returned_at),
            ("started", self.started_at),
        )
        before = "sealed" if self.team_day.is_sealed(today) else "planned"
        return next((name for name, moment in steps if moment), before)

    @property
    def sheet_document(self) -> dict[str, Any]:
        """The sheet's JSON, parsed anew at each call: callers may change what they get."""
        parsed: dict[str, Any] = decode(self.sheet)
        return parsed

    @property
    def sheet_digest(self) -> str:
        """SHA-256 of the canonical sheet: what people sign."""
        return content_digest(self.sheet_document)


class SheetEdit(models.Model):
    """One edit of a sheet: `kind` and `payload` as policy.recording names them. Append-only.

    `command` is the number its sender gave it: what is sent again is not applied again.
    """

    record = models.ForeignKey(VisitRecord, models.PROTECT, related_name="edits", db_index=False)  # see constraints
    revision = models.PositiveIntegerField()
    command = models.UUIDField(default=uuid7)
    kind = models.CharField(max_length=30)
    payload = models.JSONField(default=dict, encoder=CompactJSON)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["record_id", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["record", "revision"], name="assessments_sheetedit_once"),
            models.UniqueConstraint(fields=["record", "command"], name="assessments_sheetedit_command_once"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.revision} {self.kind}"


class SignaturePart(models.TextChoices):
    """As what somebody signs."""

    MEMBER = "member", _("Member of the team")
    MANAGER = "manager", _("Manager of the community")
    WITNESS = "witness", _("Witness of a refusal")


class Stance(models.TextChoices):
    """What the manager did with the record."""

    SIGNED = "signed", _("Signed")
    COMMENTED = "commented", _("Signed with comments")
    REFUSED = "refused", _("Refused to sign")


class Signature(models.Model):
    """A signature under the sheet of `sheet_digest`: by a person of the house, or by the manager (`name`). Append-only.

    `image_digest` is the SHA-256 of the picture of a signature on glass, an exhibit of the record or promised as one.
    A manager's name and comment are personal data: never in a fact, never on a public page.
    """

    record = models.ForeignKey(VisitRecord, models.PROTECT, related_name="signatures")
    part = models.CharField(max_length=8, choices=SignaturePart.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=100, blank=True)
    stance = models.CharField(max_length=10, choices=Stance.choices)
    comment = models.TextField(_("comment"), blank=True)
    sheet_digest = models.CharField(max_length=64)
    image_digest = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["record_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(part="manager", person=None) & ~Q(name="") | ~Q(part="manager") & Q(person__isnull=False),
                name="assessments_signature_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.part}"

    @property
    def signer(self) -> str:
        """The name of who signed: of the manager as it was written down, else of the person."""
        return self.name or str(self.person)


class Return(models.Model):
    """A reviewer sent a submitted record back, saying why. Append-only."""

    record = models.ForeignKey(VisitRecord, models.PROTECT, related_name="returns")
    revision = models.PositiveIntegerField()
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["record_id", "id"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.revision}"
