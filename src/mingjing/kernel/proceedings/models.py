"""Proceedings: what somebody's rights hang on, step by step, each step a row of its own that is never changed.

Where a proceeding stands is read from its steps by the rules of its process (engine.process) and stored nowhere.
Not here: which processes there are (the programmes' manifests), what follows from an outcome.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from mingjing.engine import process
from mingjing.engine.chain import content_digest
from mingjing.engine.process import Clock
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.documents.models import Service
from mingjing.kernel.parties.models import Organisation, Person, new_token
from mingjing.kernel.places.models import Area

__all__ = ["ACT_COLUMNS", "Proceeding", "Taken", "act_of"]


class Proceeding(models.Model):
    """`kind` names the process among those of `programme`; `subject` what it is about, as facts do.

    `organisation` is whose rights hang on it: documents are served on this legal entity and no other. `clocks` are the
    days that each step gives, fixed when it was opened: {step: [days, "working" or "calendar"]}. `involved` are tokens
    of people who had a part in what it is about and decide nothing here. `revision` counts the steps.
    """

    programme = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=160)
    title = models.CharField(_("what"), max_length=300)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="proceedings")
    clocks = models.JSONField(default=dict)
    involved = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind"], name="proceedings_proceeding_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ledger_subject(self) -> str:
        """What facts about it name, and its documents; `subject` is what it is about."""
        return f"proceedings.proceeding:{self.pk}"

    @property
    def process(self) -> str:
        """The name of its process in the registry."""
        return f"{self.programme}.{self.kind}"

    @property
    def told_clocks(self) -> Mapping[str, Clock]:
        """The days that each step gives."""
        return {step: Clock(days, calendar) for step, (days, calendar) in self.clocks.items()}


class Taken(models.Model):
    """A step that somebody took, or took back (`takes_back` is the number of that one). Append-only.

    `number` counts the steps of a proceeding from 1. `at` is when it was recorded, `happened_at` when it happened where
    that was earlier (a paper served, a statement received). `by` recorded it; `on_behalf` is who spoke (a company's
    representative), for the file only. `exhibits` are ids. A step that served a document has its `service`, and counts
    only while nobody has voided that.
    """

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=40, blank=True)
    stance = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    on_behalf = models.CharField(_("for whom"), max_length=120, blank=True)
    note = models.TextField(blank=True)
    exhibits = models.JSONField(default=list)
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")
    takes_back = models.PositiveIntegerField(null=True)
    salt = models.CharField(max_length=32, editable=False, default=new_token)

    class Meta:
        ordering = ["proceeding_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "number"], name="proceedings_taken_in_turn"),
            models.UniqueConstraint(
                fields=["proceeding", "takes_back"], name="proceedings_taken_back_once",
                condition=models.Q(takes_back__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(takes_back=None) ^ models.Q(step=""), name="proceedings_taken_or_back"
            ),
            models.CheckConstraint(
                condition=models.Q(happened_at=None) | models.Q(happened_at__lte=models.F("at")),
                name="proceedings_taken_not_ahead",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.proceeding_id} {self.step or self.takes_back}"

    @property
    def act(self) -> process.Act:
        """As the rules read it."""
        served = self.service.voided_at if self.service else None
        token = self.by.token if self.by else None
        return act_of(
            self.number, self.step, self.at, token, self.stance, self.takes_back, self.happened_at, self.note,
            self.exhibits, self.service_id, served,
        )  # fmt: skip

    def digest(self) -> str:
        """What the ledger keeps of this row: salted, for a note may name people."""
        happened = instant_text(self.happened_at) if self.happened_at else None
        content = {"salt": self.salt, "note": self.note, "on_behalf": self.on_behalf, "happened": happened}
        return content_digest({**content, "exhibits": self.exhibits, "service": self.service_id})


ACT_COLUMNS = (
    "number", "step", "at", "by__token", "stance", "takes_back", "happened_at", "note", "exhibits", "service_id",
    "service__voided_at",
)  # fmt: skip
"""What `act_of` takes, in its order."""


def act_of(
    number: int, step: str, at: datetime, by: str | None, stance: str, takes_back: int | None,
    happened: datetime | None, note: str, exhibits: Collection[str], service: int | None, voided: datetime | None,
) -> process.Act:  # fmt: skip
    """A step as the rules read it, from its columns: what was served and voided since is a document without proof."""
    served = service is not None and voided is None
    brought = (("reason", note), ("exhibit", exhibits), ("document", service is not None), ("service", served))
    has = frozenset(name for name, there in brought if there)
    return process.Act(number, step, at, by or "", stance, has, takes_back, happened)
