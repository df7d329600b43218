"""Replays: a file scored by a published scheme, and the results, one compact row for each site.

The original file lies in the evidence store; a result keeps its whole score sheet, so that every line can be explained
again at any time by the scheme version that made it. Finished replays and their results are frozen by the database
(migration 0002). Not here: how a file is read and scored (policy), when (jobs).
"""

import json
from functools import cached_property
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Problem
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.policy.intake import NAME_LENGTH

__all__ = ["UNRANKED", "Replay", "Result"]

UNRANKED = 2**31 - 1
"""The standing of a result without a rank: after every rank there can be, so that lists page by one column."""


class Replay(models.Model):
    """A request to score a file by a scheme with a mapping, and what became of it.

    `attempt` counts how often work on it began; only the latest attempt may store results (progress is kept with its
    delivery, in jobs). Finished means completed (with the Merkle root of all results) or failed (with every problem).
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Version, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    input_digest = models.CharField(max_length=64)
    mapping_name = models.CharField(_("mapping"), max_length=100)
    mapping_text = models.TextField()
    mapping_digest = models.CharField(max_length=64)
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    result_count = models.PositiveIntegerField(default=0)
    results_root = models.CharField(max_length=64, blank=True)
    failed_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_at=None, results_root="", result_count=0)
                | Q(completed_at__isnull=False, completed_at__gte=F("requested_at"), failed_at=None)
                & ~Q(results_root=""),
                name="assessments_replay_completed_whole",
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None) | Q(failed_at__gte=F("requested_at")),
                name="assessments_replay_failed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    @property
    def finished(self) -> bool:
        """Whether nothing about it will change any more."""
        return self.completed_at is not None or self.failed_at is not None

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.replay:{self.pk}"

    @property
    def told_problems(self) -> tuple[Problem, ...]:
        """The problems of a failed one, to be said in the reader's language."""
        problems: tuple[Problem, ...] = recall(self.problems)
        return problems


class ResultQuerySet(models.QuerySet["Result"]):
    def of_class(self, code: str) -> Self:
        """The results of one class."""
        return self.filter(class_code=code)

    def called(self, part: str) -> Self:
        """Those with `part` in their key or name, whatever the case."""
        return self.filter(Q(key__icontains=part) | Q(name__icontains=part))

    def without_sheets(self) -> Self:
        """For lists: everything but the score sheets."""
        return self.defer("sheet")


class Result(models.Model):
    """What one site came to: points are hundredths, None where nothing was scored.

    `index` counts the results of a replay from 0 in the order of the file, as the Merkle tree does; `leaf` is its own
    hash there (hex). `name` is shown beside the key; it may be personal, so neither leaf, sheet nor facts hold it.
    `sheet` is the JSON of the score sheet. `expected_total` and `expected_tier` are published figures
    that came with the file; `agrees` says whether the result is the same (None: nothing to compare with).
    """

    replay = models.ForeignKey(Replay, models.PROTECT, related_name="results")
    index = models.PositiveIntegerField()
    key = models.TextField(_("key"))
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True, default="")
    class_code = models.TextField(_("class"))
    base = models.IntegerField(null=True)
    bonus = models.IntegerField(null=True)
    total = models.IntegerField(null=True)
    tier = models.TextField(_("tier"))
    standing = models.PositiveIntegerField(default=UNRANKED)
    checks = models.PositiveIntegerField()
    sheet = models.TextField()
    leaf = models.CharField(max_length=64)
    expected_total = models.TextField(blank=True)
    expected_tier = models.TextField(blank=True)
    agrees = models.BooleanField(null=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["replay_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["replay", "index"], name="assessments_result_index_once"),
            models.CheckConstraint(
                condition=Q(base=None, bonus=None, total=None, standing=UNRANKED)
                | Q(base__isnull=False, bonus__isnull=False, total__isnull=False),
                name="assessments_result_scored_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["replay", "class_code", "standing", "index"], name="assessments_result_list"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def label(self) -> str:
        """What pages call it: its name, or its key where it has none."""
        return self.name or self.key

    @property
    def rank(self) -> int | None:
        """The rank within the class; None for one that is not ranked."""
        return None if self.standing == UNRANKED else self.standing

    @cached_property
    def sheet_document(self) -> dict[str, Any]:
        """The score sheet's JSON, parsed."""
        parsed: dict[str, Any] = json.loads(self.sheet)
        return parsed
