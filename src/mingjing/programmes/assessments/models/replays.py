"""Replays: sheets scored by a scheme, and the results, one compact row for each site.

The sheets come from a file (its original lies in the evidence store) or from the records of a round. A result keeps its
whole score sheet, so that every line can be explained again at any time by the scheme that made it. Finished replays
and their results are frozen by the database (its migration). Not here: how sheets are scored (policy), when (jobs).
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
from mingjing.programmes.assessments.models.rounds import Entry, Round
from mingjing.programmes.assessments.policy.intake import NAME_LENGTH

__all__ = ["UNRANKED", "Replay", "ReplayPurpose", "Result"]

UNRANKED = 2**31 - 1
"""The standing of a result without a rank: after every rank there can be, so that lists page by one column."""


class ReplayPurpose(models.TextChoices):
    """What a replay is for."""

    FILE = "file", _("A file replayed")
    DECISION = "decision", _("A round decided")
    WHAT_IF = "what_if", _("What if another scheme had judged")


class Replay(models.Model):
    """A request to score sheets by a scheme, and what became of it.

    A `file` is read with a mapping; the records of `round` need none: they make its `decision`, or say what another
    scheme would have made of it (`what_if`, where `scheme_text` is the draft as it stood; empty: the version's own).

    `attempt` counts how often work on it began; only the latest attempt may store results (progress is kept with its
    delivery, in jobs). Finished means completed (with the Merkle root of all results) or failed (with every problem).
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Version, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=ReplayPurpose.choices, default=ReplayPurpose.FILE)
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="replays")
    what_if = models.ForeignKey("assessments.WhatIf", models.PROTECT, null=True, related_name="replays")
    scheme_text = models.TextField(blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    input_digest = models.CharField(max_length=64)
    mapping_name = models.CharField(_("mapping"), max_length=100, blank=True)
    mapping_text = models.TextField(blank=True)
    mapping_digest = models.CharField(max_length=64, blank=True)
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
            models.CheckConstraint(
                condition=Q(purpose="file", round=None, what_if=None) & ~Q(mapping_digest="")
                | Q(purpose="decision", round__isnull=False, what_if=None, scheme_text="", mapping_digest="")
                | Q(purpose="what_if", round__isnull=False, what_if__isnull=False, mapping_digest=""),
                name="assessments_replay_of_one_kind",
            ),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(purpose="decision", failed_at=None),
                name="assessments_replay_one_decision",
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

    def near(self, points: int) -> Self:
        """Those that so many hundredths, more or fewer, would take to another tier."""
        return self.filter(Q(better_in__lte=points) | Q(worse_in__lte=points))

    def without_sheets(self) -> Self:
        """For lists: everything but the score sheets."""
        return self.defer("sheet")


class Result(models.Model):
    """What one site came to: points are hundredths, None where nothing was scored.

    `index` counts the results of a replay from 0 in the order of the file, as the Merkle tree does; `leaf` is its own
    hash there (hex). `name` is shown beside the key; it may be personal, so neither leaf, sheet nor facts hold it.
    `sheet` is the JSON of the score sheet; `entry` the community of a round. `expected_total` and `expected_tier` are
    figures to compare with: published ones that came with a file, or those of the round's own scheme; `agrees` says
    whether the result is the same (None: nothing to compare with). `better_in` and `worse_in` are the fewest points
    (hundredths) more or fewer that would lead to a better or a worse tier, for rounds; None where none would.
    """

    replay = models.ForeignKey(Replay, models.PROTECT, related_name="results")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="results")
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
    better_in = models.PositiveIntegerField(null=True)
    worse_in = models.PositiveIntegerField(null=True)

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
