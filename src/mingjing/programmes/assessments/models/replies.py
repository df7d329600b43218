"""What a company says to the public about its entry on a list. Not here: statements in a proceeding (kernel)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.kernel.parties.models import Organisation, Person, new_token
from mingjing.programmes.assessments.models.rounds import Entry

__all__ = ["Reply", "ReplyQuerySet"]


class ReplyQuerySet(models.QuerySet["Reply"]):
    def standing(self) -> "ReplyQuerySet":
        """Those the company has not replaced or taken back."""
        return self.filter(replaced_at=None)

    def public(self) -> "ReplyQuerySet":
        """Those that stand beside the entry on the board."""
        return self.standing().filter(withheld_at=None)


class Reply(models.Model):
    """A company's own words about its entry, which it marked as public; the newest stands until it is replaced.

    The office may withhold one for a reason (somebody's personal data, an insult), and changes no word of it.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="replies")
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.CharField(_("public reply"), max_length=1000)
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    withheld_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withheld_at = models.DateTimeField(null=True)
    withheld_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(replaced_at=None), name="assessments_reply_one_stands"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="assessments_reply_says_something"),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("at")), name="assessments_reply_replaced_later"
            ),
            models.CheckConstraint(
                condition=Q(withheld_at=None, withheld_by=None, withheld_reason="")
                | (Q(withheld_at__isnull=False, withheld_at__gte=F("at")) & ~Q(withheld_reason="")),
                name="assessments_reply_withheld_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.pk}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.reply:{self.pk}"

    def digest(self) -> str:
        """What the ledger keeps of the words: salted, for they may name people."""
        return content_digest({"salt": self.salt, "text": self.text})
