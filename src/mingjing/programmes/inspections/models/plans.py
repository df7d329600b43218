"""When, and on whose word: annual plans, campaigns and lots with their lines, and the task behind every entry.

A state is what has happened, with its day: nothing is a flag that somebody could set. Not here: the entry itself.
"""

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models.catalogue import Authority, Item, Method
from mingjing.programmes.inspections.models.firms import Firm

__all__ = [
    "Lot", "Ordered", "Plan", "PlanKind", "PlanLine", "Purpose", "Task", "TaskItem", "TaskOfficer", "TaskState",
    "Trigger", "new_code",
]  # fmt: skip


def new_code() -> str:
    """128 random bits, as a task's code shows them: nobody can guess the code of another task."""
    return secrets.token_urlsafe(16)


class PlanKind(models.TextChoices):
    """What kind of plan: A4 asks for a filed annual plan or a published lot, A5 for a filed campaign."""

    ANNUAL = "annual", _("Annual plan")
    CAMPAIGN = "campaign", _("Campaign")
    LOT = "lot", _("Random draw")


class Ordered(models.TextChoices):
    """Who wanted a campaign."""

    OWN = "own", _("By the authority itself")
    ABOVE = "above", _("Ordered from above")


class Plan(models.Model):
    """An authority's plan for some days: drafted, then approved by its head, filed with the justice bureau, published.

    `need` is the assessment a campaign must give. A changed plan is a new one that `replaces` the old.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="plans")
    kind = models.CharField(_("kind"), max_length=10, choices=PlanKind.choices)
    title = models.CharField(_("title"), max_length=200)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    ordered = models.CharField(_("who wanted it"), max_length=10, choices=Ordered.choices, default=Ordered.OWN)
    need = models.TextField(_("why it is needed"), blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval = models.CharField(_("reference of the approval"), max_length=200, blank=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(null=True)
    filing = models.CharField(_("number of the filing"), max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)
    published_url = models.CharField(_("where it is published"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PlanKind.values), name="inspections_plan_kind_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="inspections_plan_days_in_order"),
            models.CheckConstraint(
                condition=Q(filed_at=None) | Q(approved_at__isnull=False), name="inspections_plan_filed_after_approval"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(filed_at__isnull=False),
                name="inspections_plan_published_after_filing",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.plan:{self.pk}"

    @property
    def state(self) -> str:
        """`withdrawn`, `published`, `filed`, `approved` or `draft`."""
        if self.withdrawn_at:
            return "withdrawn"
        return (
            "published"
            if self.published_at
            else "filed"
            if self.filed_at
            else "approved"
            if self.approved_at
            else "draft"
        )


class PlanLine(models.Model):
    """That one firm is to be inspected for one item within some days of the plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lines")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="plan_lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))

    class Meta:
        ordering = ["plan_id", "first_day", "id"]
        indexes = [models.Index(fields=["firm", "item", "first_day"], name="inspections_planline_firm")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "firm", "item", "first_day"], name="inspections_planline_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="inspections_planline_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.firm_id} {self.item_id}"


class Lot(models.Model):
    """A random draw of firms and officers for a plan (双随机): seed committed before, revealed after.

    `inputs` and `result` are canonical JSON; `inputs_digest` and `seed_digest` stand in the ledger before the draw.
    Until then the seed is `sealed` (kernel.keys): whoever reads the database does not know what will be drawn.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="lots")
    inputs = models.TextField()
    inputs_digest = models.CharField(max_length=64)
    seed = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField(default=b"")
    seed_digest = models.CharField(max_length=64)
    result = models.TextField(blank=True)
    committed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["plan_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at=None, seed="") | (Q(drawn_at__isnull=False) & ~Q(seed="")),
                name="inspections_lot_seed_is_shown_by_the_draw",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.committed_at}"


class Purpose(models.TextChoices):
    """Why an authority enters, in the words of the rules."""

    ROUTINE = "routine", _("Routine inspection")
    CAMPAIGN = "campaign", _("Campaign")
    CASE = "case", _("Case or clue")
    IMMEDIATE = "immediate", _("Immediate inspection")
    RANDOM = "random", _("Random inspection")
    RECHECK = "recheck", _("Re-check")
    SERVICE = "service", _("Service visit")
    OBSERVATION = "observation", _("Observation")


AT_DOOR = (Purpose.IMMEDIATE, Purpose.CASE, Purpose.RECHECK, Purpose.SERVICE, Purpose.OBSERVATION)
"""What officers may open a task for at the door; the rest comes of a plan, a campaign or a draw."""


class Trigger(models.TextChoices):
    """What brought a visit about; all but the plan are exempt from caps (programmes.md §1.2)."""

    PLAN = "plan", _("Plan")
    COMPLAINT = "complaint", _("Complaint or report")
    SUPERIOR = "superior", _("Assigned by a superior")
    ASSIST_SUPERIOR = "assist_superior", _("Assisting a superior")
    AUDIT = "audit", _("Internal audit")
    OFF_SITE_CLUE = "off_site_clue", _("Clue from off-site checks")
    MEDIA = "media", _("Media exposure")
    RECHECK = "recheck", _("Re-check of a correction")
    FIRM_REQUEST = "firm_request", _("The firm’s request")
    PERMIT = "permit", _("Site check for a permit")
    EMERGENCY = "emergency", _("Legal emergency")


class TaskState(models.TextChoices):
    """How far a task has come before anybody enters."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    NOTICED = "noticed", _("Notice given")
    CODED = "coded", _("Code issued")
    CANCELLED = "cancelled", _("Cancelled")


class TaskQuerySet(models.QuerySet["Task"]):
    def seen_by(self, authorities: "models.QuerySet[Authority] | list[int]") -> Self:
        """Those of these authorities: nobody else sees what is not noticed yet."""
        return self.filter(authority__in=authorities)


class Task(models.Model):
    """One visit that an authority means to make to one firm: what for, by whom, when, on whose approval.

    `code` (检查码) is issued last and shown by the officer. `notice` is what the firm was told: {"officers": [numbers
    of certificates], "items": [codes], "firm": credit code, "team": number, "days": [first, last]} (A11, C7). Tasks
    that go together share `joint`; the visits that follow share it too. `clue` is the number a case needs (A13);
    `exception` the class of the exception claimed on a quiet day (A9). `door_reason` is why officers opened it at the
    door, where nobody had drafted one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="tasks")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="tasks")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="tasks")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    trigger = models.CharField(_("trigger"), max_length=20, choices=Trigger.choices, default=Trigger.PLAN)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.ON_SITE)
    items = models.ManyToManyField(Item, through="TaskItem", related_name="+")
    officers = models.ManyToManyField(Person, through="TaskOfficer", related_name="+")
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    planned_minutes = models.PositiveIntegerField(_("planned minutes"), null=True, blank=True)
    clue = models.CharField(_("number of the clue"), max_length=100, blank=True)
    exception = models.CharField(_("exception claimed on a quiet day"), max_length=20, blank=True)
    emergency = models.BooleanField(_("emergency"), default=False)
    joint = models.UUIDField(null=True, blank=True)
    door_reason = models.CharField(_("why it was opened at the door"), max_length=500, blank=True, editable=False)
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval = models.CharField(_("reference of the approval"), max_length=200, blank=True)
    noticed_at = models.DateTimeField(null=True)
    notice = models.JSONField(default=dict)
    coded_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=22, unique=True, null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "id"]
        indexes = [
            models.Index(fields=["firm", "first_day"], name="inspections_task_firm"),
            models.Index(fields=["authority", "first_day"], name="inspections_task_authority"),
            models.Index(fields=["joint"], name="inspections_task_joint", condition=Q(joint__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="inspections_task_purpose_known"),
            models.CheckConstraint(condition=Q(trigger__in=Trigger.values), name="inspections_task_trigger_known"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="inspections_task_days_in_order"),
            models.CheckConstraint(
                condition=Q(code=None) | Q(approved_at__isnull=False) | Q(emergency=True),
                name="inspections_task_code_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.firm_id} {self.purpose}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"inspections.task:{self.pk}"

    @property
    def state(self) -> TaskState:
        """How far it has come; whether somebody has entered is told by its entries."""
        if self.cancelled_at:
            return TaskState.CANCELLED
        if self.coded_at:
            return TaskState.CODED
        if self.noticed_at:
            return TaskState.NOTICED
        return TaskState.APPROVED if self.approved_at else TaskState.DRAFT


class TaskItem(models.Model):
    """An item that a task is about."""

    task = models.ForeignKey(Task, models.CASCADE)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["task_id", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "item"], name="inspections_taskitem_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.item_id}"


class TaskOfficer(models.Model):
    """An officer whom a task sends."""

    task = models.ForeignKey(Task, models.CASCADE)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["task_id", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="inspections_taskofficer_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.person_id}"
