"""Templates by version, letterheads, the register of issued documents, and who was served with them.

Not here: the kinds (kinds, from the manifests), the files themselves (kernel.evidence.store).
"""

import json
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.chain import content_digest
from mingjing.engine.chinese import document_number
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.models import Organisation, Person, new_token
from mingjing.kernel.places.models import Area

__all__ = ["Document", "DocumentQuerySet", "Letterhead", "Method", "Service", "ServiceQuerySet", "Template"]

CODE = 24
"""Characters of the code printed on a document: 96 bits of a digest, nobody guesses one."""


class Template(models.Model):
    """One's own template of a kind for `area` and below, the next `version` of it; the newest that stands is used.

    Retired, so that the one above or the default counts again; never changed or deleted.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    retired_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "area_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["area", "kind", "version"], name="documents_template_version"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None) | Q(retired_at__gte=F("recorded_at")),
                name="documents_template_retired_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Letterhead(models.Model):
    """What `area` puts on documents of a series: the letters of their numbers and the office's name. Append-only."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    series = models.CharField(max_length=40)
    letters = models.CharField(_("letters of the number"), max_length=20)
    office = models.CharField(_("issuing office"), max_length=100)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["area_id", "series", "-id"]

    def __str__(self) -> str:
        return self.letters


class DocumentQuerySet(models.QuerySet["Document"]):
    def standing(self) -> Self:
        """Those nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def search(self, text: str) -> Self:
        """Those with `text` in number, title or addressee (this one by pinyin too)."""
        if not (text := text.strip()):
            return self.all()
        return self.filter(Q(number__icontains=text) | Q(title__icontains=text) | matching(text, "addressee__words"))


class Document(models.Model):
    """One issued document. What it was filled in with is `context` (canonical JSON), what came of it the file `sha256`.

    `number` never changes and is never given again; `subject` names what it is about, as facts do. `code` is printed on
    it and leads to the public page. Withdrawn with a reason, or replaced by a later one; never deleted.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    series = models.CharField(max_length=40)
    letters = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    office = models.CharField(_("issuing office"), max_length=100)
    subject = models.CharField(max_length=160)
    addressee = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="documents")
    context = models.TextField()
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    code = models.CharField(max_length=CODE, unique=True)
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    template_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaces")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "series", "year", "serial"], name="documents_document_number"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="", replaced_by=None)
                | (Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("issued_at")) & ~Q(withdrawal_reason="")),
                name="documents_document_withdrawn_whole",
            ),
            models.CheckConstraint(condition=Q(serial__gte=1) & ~Q(title=""), name="documents_document_whole"),
        ]
        indexes = [
            models.Index(fields=["subject"], name="documents_document_subject"),
            models.Index(fields=["area", "-issued_at"], name="documents_document_area"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_subject(self) -> str:
        """What facts and exhibits about it name; `subject` is what it is about."""
        return f"documents.document:{self.pk}"

    @property
    def file_name(self) -> str:
        """What the file is called when somebody takes it away."""
        return f"{self.number} {self.title}.docx"

    @property
    def printed_code(self) -> str:
        """The code in groups of four, as it is printed."""
        return " ".join(self.code[start : start + 4] for start in range(0, CODE, 4))

    def numbered(self) -> str:
        """The number that its parts make."""
        return document_number(self.letters, self.year, self.serial)

    def values(self) -> dict[str, Any]:
        """Everything the template was filled in with, but for the picture."""
        found: dict[str, Any] = json.loads(self.context)
        return found

    def context_digest(self) -> str:
        """What the ledger keeps of the context: salted, for it names people and companies."""
        return content_digest({"salt": self.salt, "context": self.context})


class Method(models.TextChoices):
    """How a document was served: Civil Procedure Law art. 87 to 95."""

    DIRECT = "direct", _("Handed over, signed for")
    LEFT = "left", _("Left there after refusal, before witnesses or on film")
    POST = "post", _("By post, receipt returned")
    ELECTRONIC = "electronic", _("Electronically, with consent")
    NOTICE = "notice", _("By public notice: served 30 days after it")


class ServiceQuerySet(models.QuerySet["Service"]):
    def standing(self) -> Self:
        """Those nobody has voided."""
        return self.filter(voided_at=None)


class Service(models.Model):
    """A document was served on `organisation`, its addressee. One stands for a document: clocks run from `served_at`.

    `sent_at` is when it was posted, sent or put up; `received_by` who took it, in words. Voided with a reason.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="services")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    method = models.CharField(_("method"), max_length=12, choices=Method.choices)
    sent_at = models.DateTimeField(_("sent"), null=True)
    served_at = models.DateTimeField(_("served"))
    received_by = models.CharField(_("taken by"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    exhibits = models.JSONField(default=list)  # the ids of what shows it
    salt = models.CharField(max_length=32, editable=False, default=new_token)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["document_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(voided_at=None), name="documents_service_one_stands"
            ),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="documents_service_method_known"),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_at__gte=F("recorded_at")) & ~Q(void_reason="")),
                name="documents_service_voided_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(served_at__gte=F("sent_at")), name="documents_service_sent_before"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.method}"

    def stands_on(self, moment: datetime) -> bool:
        """Whether it had taken effect by then: a public notice does 30 days later."""
        return self.voided_at is None and self.served_at <= moment

    def digest(self) -> str:
        """What the ledger keeps of the words: salted, for they name people."""
        return content_digest({"salt": self.salt, "by": self.received_by, "note": self.note})
