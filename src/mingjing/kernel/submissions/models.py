"""What somebody outside the house handed in, and the receipt they got for it.

Not here: what it became (a step of a proceeding, a claim, a case's step): that is where the programme keeps it.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.engine.kept import recall
from mingjing.engine.outcome import Reason
from mingjing.kernel.parties.models import Organisation, Person, new_token

__all__ = ["Submission"]


class Submission(models.Model):
    """Something handed in for `organisation`, once. Append-only.

    `key` came with the form, so that a second press of its button is the same submission. `number` is the number of
    the fact that tells of it: whoever holds the receipt can find it in the ledger. `about` is what it is about, as
    facts do, and `matter` the case it belongs to where there is one. `told` are kept reasons (engine.kept): what was
    taken and what happens next.
    """

    key = models.UUIDField(primary_key=True)
    number = models.CharField(_("number of the receipt"), max_length=40, unique=True)
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=160)
    matter = models.CharField(max_length=160, blank=True)
    title = models.CharField(_("what"), max_length=300)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told = models.JSONField(default=list)
    content = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, editable=False, default=new_token)

    class Meta:
        ordering = ["-at", "number"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="") & ~Q(about=""), name="submissions_submission_whole"),
        ]
        indexes = [models.Index(fields=["organisation", "-at"], name="submissions_submission_of")]

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_subject(self) -> str:
        """What facts about it name."""
        return f"submissions.submission:{self.key}"

    @property
    def what(self) -> str:
        """What it is: a msgid, empty where nobody said."""
        return str(self.content.get("what", ""))

    @property
    def told_reasons(self) -> tuple[Reason, ...]:
        """What was taken and what happens next, to be said in the reader's language."""
        reasons: tuple[Reason, ...] = recall(self.told)
        return reasons

    def digest(self) -> str:
        """What the ledger keeps of the content: salted, for it may name people."""
        return content_digest({"salt": self.salt, "content": self.content, "title": self.title})
