"""What happened at the door and behind it: entries with what the gate said, results, refusals, and what others report.

Who, where, in and out are kernel.visits' row; an entry adds what inspections need. Corrected by another entry, never
changed. Not here: warnings, ratings (nobody may trace one to an entry).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.inspections.models.catalogue import Authority, Item
from mingjing.programmes.inspections.models.firms import Firm
from mingjing.programmes.inspections.models.plans import Purpose, Task, Trigger

__all__ = ["Colour", "Door", "Entry", "EntryItem", "Finding", "ItemResult", "Refusal", "Report", "Signed"]


class Colour(models.TextChoices):
    """What the gate said (Table A)."""

    GREEN = "green", _("Green")
    YELLOW = "yellow", _("Yellow")
    RED = "red", _("Red")


class Door(models.TextChoices):
    """How an entry came to be recorded."""

    SCAN = "scan", _("Scanned at the door")
    OFFLINE = "offline", _("Scanned without signal")
    LATE = "late", _("Recorded late")
    NO_CODE = "no_code", _("Without a code")
    PUSHED = "pushed", _("Sent by another system")


class Signed(models.TextChoices):
    """What the firm did with the record of the visit."""

    NOT_YET = "", _("Not asked yet")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Refused to sign")


class Entry(models.Model):
    """One authority's part in one entry to one firm.

    `facts` is what the gate knew (Table A), `answers` what it said, `rules` by which version: the decision can be made
    again. `shown` is what the phone said at the door where it had no signal. `reason` is asked of late entries, entries
    without a task and entries despite red. `helpers` came along beside officers. `external` is the number another
    system gave it, once for each authority. `corrects` is the entry this one replaces; one visit has one entry.
    """

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="entry")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="entries")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="entries")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="entries")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    trigger = models.CharField(_("trigger"), max_length=20, choices=Trigger.choices)
    method = models.CharField(max_length=10)
    door = models.CharField(max_length=10, choices=Door.choices)
    rules = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    answers = models.JSONField(default=list)
    colour = models.CharField(max_length=6, choices=Colour.choices)
    shown = models.JSONField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    helpers = models.PositiveSmallIntegerField(_("helpers"), default=0)
    external = models.CharField(max_length=80, blank=True)
    result_at = models.DateTimeField(null=True)
    guidance = models.TextField(_("guidance given"), blank=True)
    signed = models.CharField(max_length=8, blank=True, choices=Signed.choices)
    signed_by = models.CharField(_("who signed"), max_length=100, blank=True)
    sign_reason = models.CharField(max_length=300, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-visit__entered_at", "-visit_id"]
        indexes = [
            models.Index(fields=["firm", "recorded_at"], name="inspections_entry_firm"),
            models.Index(fields=["authority", "recorded_at"], name="inspections_entry_authority"),
            models.Index(fields=["recorded_at", "id"], name="inspections_entry_recorded"),  # the latest of all, a page
        ]
        constraints = [
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="inspections_entry_colour_known"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="inspections_entry_door_known"),
            models.UniqueConstraint(
                fields=["authority", "external"], condition=~Q(external=""), name="inspections_entry_external_once"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="inspections_entry_not_by_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.firm_id}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.entry:{self.pk}"

    @property
    def is_corrected(self) -> bool:
        """Whether another entry stands in its place."""
        return hasattr(self, "corrected_by")


class ItemResult(models.TextChoices):
    """What came of one item."""

    OPEN = "", _("Not told yet")
    PASS = "pass", _("In order")
    FINDING = "finding", _("Finding")
    NOT_CHECKED = "not_checked", _("Not checked")


class EntryItem(models.Model):
    """An item that an entry is about, and what came of it."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    result = models.CharField(max_length=12, blank=True, choices=ItemResult.choices)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "item"], name="inspections_entryitem_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.item_id}"


class Finding(models.Model):
    """Something found, to be put right until `due`; settled when the authority says so, with a re-check or on paper."""

    entry_item = models.ForeignKey(EntryItem, models.PROTECT, related_name="findings")
    text = models.CharField(_("what was found"), max_length=1000)
    due = models.DateField(_("to be put right until"), null=True, blank=True)
    followed = models.CharField(_("what followed"), max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["entry_item_id", "id"]

    def __str__(self) -> str:
        return self.text


class Refusal(models.Model):
    """A firm refused to let somebody in, or complained of a visit: both always open a supervision case (kernel.cases).

    `about` names the case; `entry` is the visit complained of, `task` the code that was shown.
    """

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="refusals")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="refusals")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="complaints")
    kind = models.CharField(max_length=10, choices=[("refusal", _("Refusal")), ("complaint", _("Complaint"))])
    text = models.CharField(_("in the firm’s words"), max_length=1000, blank=True)
    case = models.CharField(max_length=160)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.firm_id}"


class Report(models.Model):
    """Somebody says a firm was visited: the firm itself, or a penalty that cites a visit (C1 asks for the scan)."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="reports")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("day of the visit"))
    kind = models.CharField(max_length=10, choices=[("firm", _("The firm reports it")), ("penalty", _("A penalty"))])
    reference = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["firm_id", "day", "id"]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.day}"
