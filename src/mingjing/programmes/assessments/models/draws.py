"""Draws: who may be drawn, what they may not see, the commitments and seeds, and who goes where on which day.

The seed is committed to in the ledger before it is used and revealed to draw; where a team goes stays sealed until the
day (queries.draws is the only way to it). Not here: the drawing (engine.drawing) and its file (policy.draws).
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.kept import recall
from mingjing.engine.outcome import Problem
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.models.communities import Community
from mingjing.programmes.assessments.models.rounds import Round

__all__ = ["Conflict", "Draw", "DrawSeed", "Expert", "Part", "TeamDay", "TeamMember", "TeamStaff"]


class Expert(models.Model):
    """A supervisor (督导员) who may be drawn in a round.

    `key` is the name the draw's public inputs know them by; `home` is their employer or subdistrict, as recusal sees
    it; `days` are ISO dates they can come, empty for every day.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="experts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(_("key"), max_length=20)
    home = models.CharField(_("employer"), max_length=200, blank=True)
    days = models.JSONField(default=list)
    listed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    listed_at = models.DateTimeField()
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["round_id", "key"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="assessments_expert_person_once"),
            models.UniqueConstraint(fields=["round", "key"], name="assessments_expert_key_once"),
        ]

    def __str__(self) -> str:
        return self.key


class Conflict(models.Model):
    """A declared conflict of interest: this expert may not visit this community, or none of this company's.

    Withdrawn with a reason, never deleted.
    """

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="conflicts")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    company = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["expert_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(community__isnull=False, company=None) | Q(community=None, company__isnull=False),
                name="assessments_conflict_one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert_id} {self.community_id or self.company_id}"


class TeamStaff(models.Model):
    """A member of the centre's staff who goes with team number `team` on every day of the round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="staff")
    team = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        ordering = ["round_id", "team", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="assessments_teamstaff_once")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.team} {self.person_id}"


class Draw(models.Model):
    """A draw for a round: committed to (inputs frozen, seeds unknown), revealed, drawn, or called off with a reason.

    `inputs` is the canonical JSON of engine.drawing.Inputs, `document` the draw file. A called-off draw stays visible.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="draws")
    inputs = models.TextField()
    inputs_digest = models.CharField(max_length=64)
    committed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField()
    revealed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    revealed_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    document = models.TextField(blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    problems = models.JSONField(default=list)
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["round_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(cancelled_at=None), name="assessments_draw_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None, document="", document_digest="")
                | (Q(drawn_at__isnull=False, revealed_at__isnull=False) & ~Q(document="") & ~Q(document_digest="")),
                name="assessments_draw_drawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_at__gte=F("committed_at")) & ~Q(cancel_reason="")),
                name="assessments_draw_cancelled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.inputs_digest[:12]}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.draw:{self.pk}"

    @property
    def state(self) -> str:
        """`committed`, `drawing` (all seeds revealed), `drawn`, `failed` or `cancelled`."""
        if self.cancelled_at:
            return "cancelled"
        if self.problems:
            return "failed"
        return "drawn" if self.drawn_at else "drawing" if self.revealed_at else "committed"

    @property
    def told_problems(self) -> tuple[Problem, ...]:
        """Why it could not be drawn, to be said in the reader's language."""
        problems: tuple[Problem, ...] = recall(self.problems)
        return problems


class DrawSeed(models.Model):
    """One party's commitment to a draw. `holder` is None for the system's own; `seed` (hex) is known once revealed.

    The system's seed lies in `secret` until then; a person's is in that person's hands only.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="seeds")
    holder = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    label = models.CharField(_("on behalf of"), max_length=100, blank=True)
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    secret = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["draw_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "commitment"], name="assessments_drawseed_once"),
            models.CheckConstraint(
                condition=Q(seed="", revealed_at=None) | (~Q(seed="") & Q(revealed_at__isnull=False)),
                name="assessments_drawseed_revealed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.commitment[:12]


class TeamDay(models.Model):
    """One team on one day of a draw; sealed until somebody of the team opens it on the day or later.

    `pick_seed` (hex) is made when it is opened, and its SHA-256 told in that fact: from it follow the stairs, lifts and
    hydrants the team looks at (engine.picks), and which photos are asked for a code word.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="team_days")
    day = models.DateField()
    team = models.PositiveSmallIntegerField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    pick_seed = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["draw_id", "day", "team"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "day", "team"], name="assessments_teamday_once"),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False),
                name="assessments_teamday_opened_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.team}"

    @property
    def subject(self) -> str:
        """How facts name it."""
        return f"assessments.team_day:{self.pk}"

    def is_sealed(self, today: date) -> bool:
        """Whether nobody may know yet where this team goes."""
        return self.day > today


class Part(models.TextChoices):
    """As what somebody goes with a team."""

    STAFF = "staff", _("Staff of the centre")
    EXPERT = "expert", _("Supervisor")


class TeamMember(models.Model):
    """Somebody on a team for a day. One who cannot come is removed with a reason, and a substitute added."""

    team_day = models.ForeignKey(TeamDay, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["team_day_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team_day", "person"], condition=Q(removed_at=None), name="assessments_teammember_once"
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="assessments_teammember_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.team_day_id} {self.person_id}"
