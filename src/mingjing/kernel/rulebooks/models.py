"""Rulebooks and their versions: rules as dated data, drafted, then published once (or withdrawn), never edited again.

What a document means is its kind's business; here it is canonical JSON with a digest. A published or withdrawn version
is frozen by the database itself (its migration). Not here: the check of a kind, which its manifest names.
"""

import json
from datetime import date
from functools import cached_property
from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Titled
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["Rulebook", "Version"]


class Rulebook(models.Model):
    """Rules under one name and code, in versions; drafted and published by those in charge of `area`."""

    kind = models.CharField(max_length=80)
    code = models.CharField(_("code"), max_length=60)
    titles = models.JSONField(_("title"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="rulebooks_rulebook_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(kind=""), name="rulebooks_rulebook_named"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> Titled:
        """The name, in the languages it was given in."""
        return Titled(self.titles)


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self) -> Self:
        """Versions that can never change again."""
        return self.filter(published_at__isnull=False)

    def drafts(self) -> Self:
        """Versions still being written."""
        return self.filter(published_at=None, withdrawn_at=None)

    def in_force(self, on: date) -> Self:
        """For each rulebook the version whose rules hold on that day, if there is one."""
        latest = Version.objects.filter(rulebook=OuterRef("rulebook"), effective_from__lte=on).order_by(
            "-effective_from"
        )
        return self.filter(pk=Subquery(latest.values("pk")[:1]))

    def without_documents(self) -> Self:
        """For lists: everything but the documents, which may be large."""
        return self.defer("document")


class Version(models.Model):
    """One state of a rulebook: a draft, which counts its `revision`s; published, from a day on; or a draft withdrawn.

    `document` is canonical JSON (RFC 8785) and `digest` its SHA-256; `based_on` is the version it was begun from.
    """

    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    document = models.TextField()
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    note = models.CharField(_("what it is for"), max_length=300, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    effective_from = models.DateField(_("in force from"), null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["rulebook_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rulebook", "number"], name="rulebooks_version_number_once"),
            models.UniqueConstraint(fields=["rulebook", "effective_from"], name="rulebooks_version_one_a_day"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, effective_from=None)
                | Q(published_at__isnull=False, published_at__gte=F("changed_at"), effective_from__isnull=False),
                name="rulebooks_version_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (
                    Q(withdrawn_at__gte=F("changed_at"), withdrawn_at__isnull=False, published_at=None)
                    & ~Q(withdrawal_reason="")
                ),
                name="rulebooks_version_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, revision__gte=1, changed_at__gte=F("created_at")),
                name="rulebooks_version_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rulebook.code} {self.number}"

    @property
    def is_published(self) -> bool:
        """Whether it can never change again."""
        return self.published_at is not None

    @property
    def is_draft(self) -> bool:
        """Whether it may still be written, published or withdrawn."""
        return self.published_at is None and self.withdrawn_at is None

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"rulebooks.version:{self.pk}"

    @cached_property
    def content(self) -> dict[str, Any]:
        """The document, parsed."""
        parsed: dict[str, Any] = json.loads(self.document)
        return parsed
