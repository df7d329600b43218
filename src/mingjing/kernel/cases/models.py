"""Cases: something that must be put right by somebody by a day, and is confirmed by somebody else.

A case holds where it stands now; every step that led there is a row of its own, never changed. Not here: what a
programme concludes from an open or overdue case.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.models import Organisation, Person, new_token
from mingjing.kernel.places.models import Area, Site

__all__ = ["Case", "CaseQuerySet", "Step", "StepKind"]

_NUMBER = re.compile(r"(\d{4}-\d{2,12})-0*(\d{1,9})")


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        """Those nobody has confirmed or cancelled."""
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """Those open after their time."""
        return self.open().filter(due_at__lt=at)

    def closed(self) -> "CaseQuerySet":
        """Those confirmed or cancelled."""
        return self.filter(closed_at__isnull=False)

    def mine(self, person: Person) -> "CaseQuerySet":
        """Those that `person` owns and is to get done: open, and not reported as done."""
        return self.open().filter(owner=person, claimed_at=None)

    def search(self, text: str) -> Self:
        """Cases with this number, or with `text` in the title, the site or the organisation (these by pinyin too)."""
        text = text.strip()
        if found := _NUMBER.fullmatch(text):
            return self.filter(register=found[1], serial=int(found[2]))
        if not text:
            return self.all()
        named = matching(text, "site__words") | matching(text, "organisation__words")
        return self.filter(Q(title__icontains=text) | named)


class Case(models.Model):
    """`kind` is the programme's word (`rectification`); `subject` names what it is about, as facts do.

    `owner` is the person of the authority who follows it; the one who puts it right is the organisation. Open until
    `closed_at`: confirmed (by somebody who is neither its owner nor claimed it was done) or cancelled with a reason.
    `register` (year and county) and `serial` make the number people quote. `revision` counts the steps, so that
    whoever acts on what they read a while ago is told that it has changed.
    """

    register = models.CharField(max_length=20)
    serial = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)
    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=160)
    title = models.CharField(_("what"), max_length=300)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="cases")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="cases")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    extended = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # "confirmed" or "cancelled" once closed
    reopened = models.PositiveSmallIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_at__gte=F("opened_at"), outcome__in=["confirmed", "cancelled"]),
                name="cases_case_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | Q(claimed_by=None) | ~Q(closed_by=F("claimed_by")),
                name="cases_case_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | Q(owner=None) | ~Q(closed_by=F("owner")),
                name="cases_case_not_confirmed_by_owner",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed") | Q(claimed_at__isnull=False, closed_by__isnull=False),
                name="cases_case_confirmed_after_claim",
            ),
            models.UniqueConstraint(fields=["register", "serial"], name="cases_case_number"),
        ]
        indexes = [
            models.Index(fields=["subject"], name="cases_case_subject"),
            models.Index(fields=["due_at", "id"], name="cases_case_due", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """What people quote on paper: year, county and running number (`2024-430202-0017`); it never changes."""
        return f"{self.register}-{self.serial:04d}"

    @property
    def state(self) -> str:
        """`open`, `claimed`, `confirmed` or `cancelled`."""
        return self.outcome or ("claimed" if self.claimed_at else "open")

    def allows(self, kind: "StepKind") -> bool:
        """Whether such a step can follow from where the case stands (who may take it is another question)."""
        return self.state in STATES_BEFORE[kind] and not (kind == StepKind.EXTENDED and self.extended)


class StepKind(models.TextChoices):
    """What happened to a case."""

    OPENED = "opened", _("Opened")
    ASSIGNED = "assigned", _("Given to somebody")
    NOTED = "noted", _("Noted")
    EXTENDED = "extended", _("Deadline extended")
    CLAIMED = "claimed", _("Reported as done")
    RETURNED = "returned", _("Not done: sent back")
    CONFIRMED = "confirmed", _("Confirmed as done")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Opened again")


STATES_BEFORE: Mapping[StepKind, frozenset[str]] = MappingProxyType(
    {
        StepKind.OPENED: frozenset(),
        StepKind.ASSIGNED: frozenset({"open", "claimed"}),
        StepKind.NOTED: frozenset({"open", "claimed", "confirmed", "cancelled"}),
        StepKind.EXTENDED: frozenset({"open"}),
        StepKind.CLAIMED: frozenset({"open"}),
        StepKind.RETURNED: frozenset({"claimed"}),
        StepKind.CONFIRMED: frozenset({"claimed"}),
        StepKind.CANCELLED: frozenset({"open", "claimed"}),
        StepKind.REOPENED: frozenset({"confirmed", "cancelled"}),
    }
)
"""The states from which each step can be taken."""


class Step(models.Model):
    """One thing that happened to a case: who, when, why, and the exhibits (their ids) that show it. Append-only.

    `number` counts the steps of a case from 1. `owner` and `due_at` are those the step gave the case, where it did.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    exhibits = models.JSONField(default=list)
    salt = models.CharField(max_length=32, editable=False, default=new_token)

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cases_step_in_turn")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"

    def digest(self) -> str:
        """What the ledger keeps of this row: salted, for a note may name people."""
        due = instant_text(self.due_at) if self.due_at else None
        return content_digest({"salt": self.salt, "note": self.note, "due": due, "exhibits": self.exhibits})
