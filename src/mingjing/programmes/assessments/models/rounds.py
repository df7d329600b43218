"""Rounds, and the communities that take part in them with the class they are judged in.

A round passes from draft to frozen, fieldwork, review and decided; each step is who and when, never a flag. Freezing
locks the roster, the classes and the scheme. Not here: who goes where (models.draws), what was found (models.visits).
"""

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models.communities import Community, Engagement

__all__ = [
    "STATES", "CalibrationNote", "ClassVote", "Declaration", "Entry", "EntryQuerySet", "EntryValue", "Filing",
    "FilingKind", "FilingVote", "Handover", "Round",
]  # fmt: skip

STATES = {
    "draft": _("Draft"),
    "frozen": _("Frozen"),
    "fieldwork": _("Fieldwork"),
    "review": _("Review"),
    "deciding": _("Being decided"),
    "decided": _("Decided"),
}
"""The states of a round with their titles, in order; `deciding` lasts while the background work runs."""


class Round(models.Model):
    """One assessment of all communities of `area` by one scheme version. `first_day` to `last_day` is its period.

    `lead` answers for it now (models.Handover tells who did before). `plan` holds the settings of the draw as
    docs/reference/draw-format.md names them. `roster_digest` is over the frozen entries.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    scheme = models.ForeignKey(Version, models.PROTECT, related_name="+")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    lead = models.ForeignKey(Person, models.PROTECT, related_name="+")
    plan = models.JSONField(default=dict)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    roster_digest = models.CharField(max_length=64, blank=True)
    fieldwork_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    fieldwork_at = models.DateTimeField(null=True)
    review_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    review_at = models.DateTimeField(null=True)
    deciding_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    deciding_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "code"], name="assessments_round_code_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="assessments_round_days_in_order"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, roster_digest="") | (Q(frozen_at__isnull=False) & ~Q(roster_digest="")),
                name="assessments_round_frozen_whole",
            ),
            models.CheckConstraint(
                condition=Q(fieldwork_at=None) | Q(frozen_at__isnull=False), name="assessments_round_frozen_first"
            ),
            models.CheckConstraint(
                condition=Q(review_at=None) | Q(fieldwork_at__isnull=False), name="assessments_round_fieldwork_first"
            ),
            models.CheckConstraint(
                condition=Q(deciding_at=None) | Q(review_at__isnull=False), name="assessments_round_review_first"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(deciding_at__isnull=False), name="assessments_round_asked_first"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.round:{self.pk}"

    @property
    def state(self) -> str:
        """One of STATES."""
        steps: tuple[tuple[str, datetime | None], ...] = (
            ("decided", self.decided_at),
            ("deciding", self.deciding_at),
            ("review", self.review_at),
            ("fieldwork", self.fieldwork_at),
            ("frozen", self.frozen_at),
        )
        return next((name for name, moment in steps if moment), "draft")

    @property
    def period(self) -> tuple[date, date]:
        """Its first and last day."""
        return self.first_day, self.last_day


class Handover(models.Model):
    """A round passed from one person to another, with the reason. Append-only."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="handovers")
    from_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    to_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["round_id", "id"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.to_person_id}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def to_assess(self) -> Self:
        """Those nobody has declared impossible to assess."""
        return self.filter(not_assessed_at=None)

    def unclassed(self) -> Self:
        """Those whose class is not settled: undetermined, or borderline and not yet confirmed by two."""
        return self.filter(class_code="")


class Entry(models.Model):
    """A community in a round. Everything but what happens later is copied, and frozen with the round.

    `stratum` is the subdistrict. `attributes` are the values the scheme asks for (texts by code); of one known only as
    a range, `ranges` holds the lowest and the highest. `proposed_class` is what the class rule says (empty: it cannot
    tell), `class_code` the settled class, `class_reasons` kept reasons (engine.kept), `class_inputs` the digest of the
    values the class rests on. Entries of one `group` are visited together. `not_assessed_*`: nobody could, and why.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="entries")
    community = models.ForeignKey(Community, models.PROTECT, related_name="entries")
    number = models.CharField(_("number"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    words = models.TextField(editable=False, default="")
    place = models.ForeignKey(Area, models.PROTECT, related_name="+")
    stratum = models.ForeignKey(Area, models.PROTECT, related_name="+")
    engagement = models.ForeignKey(Engagement, models.PROTECT, null=True, related_name="+")
    company = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    attributes = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    proposed_class = models.CharField(max_length=40, blank=True)
    borderline = models.BooleanField(default=False)
    class_code = models.CharField(_("class"), max_length=40, blank=True)
    class_reasons = models.JSONField(default=list)
    class_inputs = models.CharField(max_length=64, blank=True)
    group = models.CharField(max_length=40, blank=True)
    frozen_at = models.DateTimeField(null=True)
    not_assessed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    not_assessed_at = models.DateTimeField(null=True)
    not_assessed_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["round_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "community"], name="assessments_entry_once"),
            models.UniqueConstraint(fields=["round", "number"], name="assessments_entry_number_once"),
            models.CheckConstraint(
                condition=Q(frozen_at=None) | (Q(frozen_at__isnull=False) & ~Q(class_code="")),
                name="assessments_entry_frozen_with_class",
            ),
            models.CheckConstraint(
                condition=Q(not_assessed_at=None, not_assessed_by=None, not_assessed_reason="")
                | (Q(not_assessed_at__isnull=False) & ~Q(not_assessed_reason="")),
                name="assessments_entry_not_assessed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "class_code", "number"], name="assessments_entry_class"),
            models.Index(fields=["round", "stratum"], name="assessments_entry_stratum"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.entry:{self.pk}"

    @property
    def told_class_reasons(self) -> tuple[Reason, ...]:
        """Why it is in its class, to be said in the reader's language."""
        reasons: tuple[Reason, ...] = recall(self.class_reasons)
        return reasons


class ClassVote(models.Model):
    """Somebody confirmed the class of a borderline community; two who agree settle it. Append-only.

    `inputs` is Entry.class_inputs as it was then: a vote on other values counts no more.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="votes")
    class_code = models.CharField(max_length=40)
    inputs = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["entry_id", "id"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.class_code}"


class EntryValue(models.Model):
    """Somebody recorded a value of a community for the round, and its source. The newest counts; append-only."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="values")
    code = models.CharField(max_length=60)
    text = models.CharField(_("value"), max_length=60)
    source = models.CharField(_("source"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(source="") & ~Q(text=""), name="assessments_entryvalue_with_source"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.code}"


class Declaration(models.Model):
    """Somebody declared a community not assessed, or to be assessed after all, with the reason. Append-only."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="declarations")
    to_assess = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["entry_id", "id"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.to_assess}"


class FilingKind(models.TextChoices):
    """What is filed about a community besides findings."""

    BONUS = "bonus", _("Bonus")
    VETO = "veto", _("Veto")
    REFUTED = "refuted", _("Contradicted bonus")


class Filing(models.Model):
    """A bonus or a veto filed for a community with its document; it counts once somebody else has approved it.

    Or that an approved bonus of this code is contradicted. `claimed_by` is the company that claims a bonus itself; what
    the office files has none. `responsibility` says of a grave veto what the company has to do with it, and what
    contradicts a bonus.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="filings")
    kind = models.CharField(max_length=8, choices=FilingKind.choices)
    code = models.CharField(max_length=60)
    document = models.CharField(_("document"), max_length=300, blank=True)
    occurred_on = models.DateField(_("day of the incident"), null=True)
    responsibility = models.CharField(_("what the company has to do with it"), max_length=500, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FilingKind.values), name="assessments_filing_kind_known"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, approved=None, decision_reason="")
                | Q(decided_at__isnull=False, decided_at__gte=F("filed_at"), approved__isnull=False),
                name="assessments_filing_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(filed_by=None) | ~Q(decided_by=F("filed_by")),
                name="assessments_filing_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.code}"

    @property
    def subject(self) -> str:
        """How facts and exhibits name it."""
        return f"assessments.filing:{self.pk}"

    def document_row(self) -> dict[str, Any]:
        """What the ledger keeps of it: no free text."""
        return {"filing": self.pk, "entry": self.entry_id, "kind": self.kind, "code": self.code}


class FilingVote(models.Model):
    """Somebody of the panel voted on a grave veto; one vote each, append-only."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="votes")
    approve = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["filing_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "by"], name="assessments_filingvote_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="assessments_filingvote_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.approve}"


class CalibrationNote(models.Model):
    """How a check is judged in this round, as its teams agreed; an empty `check_code` is about all of them.

    Withdrawn, never deleted.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="calibration_notes")
    check_code = models.CharField(_("check"), max_length=40, blank=True)
    text = models.CharField(_("note"), max_length=1000)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round_id", "check_code", "id"]

    def __str__(self) -> str:
        return f"{self.round_id} {self.check_code}"
