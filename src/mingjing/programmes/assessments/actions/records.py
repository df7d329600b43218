"""What every step on a visit record begins with: the row as it is now, and who may take the step.

The same questions are asked whoever calls: a desk, a phone or a command. Not here: the steps (visits, signatures,
reviews).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.prepared import Prepared, Seen
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.actions.growing import Grown
from mingjing.programmes.assessments.models import Part, SheetEdit, Signature, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = [
    "LIVE", "Held", "enough_staff", "hold", "live", "members_of", "not_assessed", "outsider", "seen", "staff_asked",
    "take", "team_only",
]  # fmt: skip

HEAVY = ("round__scheme__document", "round__plan", "entry__class_reasons")
BESIDE = ("round__area", "round__scheme", "entry__community__site", "team_day", "visit")
ASKED = {
    "": None, "team_day": None, "visit": None, "round__area": None, "round__scheme": ("digest",),
    "round": ("area", "scheme", "lead", "frozen_at", "fieldwork_at", "review_at", "deciding_at", "decided_at"),
    "entry": ("round", "community", "name", "class_code", "group", "not_assessed_at", "not_assessed_reason"),
    "entry__community": ("site",), "entry__community__site": ("latitude", "longitude"),
}  # fmt: skip
"""What phones' steps look at, of the record (all) and of what is beside it; the rest is read when somebody asks."""
LIVE = ("fieldwork", "review")
"""The states of a round in which its records live."""


def hold(record: VisitRecord, at: datetime) -> VisitRecord:
    """The row as it is now, nobody else's until the transaction ends. Raises Refusal for what is sealed or over.

    A sealed record tells nothing: neither where it leads nor whose it is.
    """
    # What an edit needs and no more: it comes with every tap. The rarer steps read the rest when they ask for it.
    joined = VisitRecord.objects.select_for_update(of=("self",)).select_related("round__scheme", "entry", "team_day")
    found = joined.defer(*HEAVY).get(pk=record.pk)
    live(found, at)
    return found


@dataclass(slots=True)
class Held:
    """A record whose row nobody else has until the transaction ends, with what was asked along with it.

    `of_team`: whether whoever acts is of the team; `latest`: the highest number of an edit; `signed`: whether anybody
    signed anything; `pictured`: whether a phone had ever promised a photo of it before; `evidence`: digests of
    photos that were promised for it meanwhile; `sheet`: the record's, where edits have just made it; `ahead`: what
    edits of whoever acts come to, where that was worked out.
    """

    record: VisitRecord
    of_team: bool
    latest: UUID | None
    signed: bool
    pictured: bool
    evidence: set[str] = field(default_factory=set)
    sheet: Mapping[str, Any] | None = None
    ahead: Grown | None = None

    def none_applied(self, commands: Collection[UUID]) -> bool:
        """Whether none of these was applied, as the order of numbers alone can tell: numbers rise with time."""
        return self.latest is None or all(command > self.latest for command in commands)


def seen(key: int, by: Person) -> Seen[VisitRecord] | None:
    """The record with this key as `take` finds it, held by nobody: it may be another by then. One statement."""
    return _SEEN.look(**_asked(key, by))


def take(key: int, by: Person, known: Seen[VisitRecord] | None = None) -> Held | None:
    """The record with this key, held for several steps of `by` in one go (a phone's). None for none.

    One statement, and one before it where rows are locked: what a statement finds beside a row that it waited for is
    from before the wait. In a transaction. Whether it may be worked on is asked by each step (`live`). `known` is what
    was seen before: its object serves if nothing of the row has changed.
    """
    if connection.features.has_select_for_update:
        _HELD.ask(key=key)
    found = _SEEN.look(known, **_asked(key, by))
    if found is None:
        return None
    record: Any = found.one
    return Held(record, record.of_team, record.latest, record.signed, record.pictured)  # annotated


def _asked(key: int, by: Person) -> dict[str, Any]:
    return {"key": key, "by": by.pk, "subject": f"assessments.visit:{key}"}


def _beside(key: int, by: int, subject: str) -> "QuerySet[VisitRecord]":
    rows = VisitRecord.objects.select_related(*BESIDE).only(*_columns())
    team = TeamMember.objects.filter(team_day=OuterRef("team_day"), person=by, removed_at=None)
    edits = SheetEdit.objects.filter(record=OuterRef("pk")).order_by("-command").values("command")
    asked = {"of_team": Exists(team), "latest": Subquery(edits[:1])}
    asked |= {"signed": Exists(Signature.objects.filter(record=OuterRef("pk")))}
    asked |= {"pictured": Exists(Capture.objects.filter(subject=subject))}
    return rows.annotate(**asked).filter(pk=key).order_by()[:1]


def _columns() -> Iterator[str]:
    """The names of `ASKED`, all of a model where it names none."""
    for path, names in ASKED.items():
        model: Any = VisitRecord
        for step in path.split("__") if path else ():
            model = model._meta.get_field(step).related_model
        for name in names or [column.name for column in model._meta.concrete_fields]:
            yield f"{path}__{name}" if path else name


_SEEN = Prepared(_beside)
_HELD = Prepared(lambda key: VisitRecord.objects.filter(pk=key).order_by().select_for_update().values_list("pk"))


def live(found: VisitRecord, at: datetime) -> None:
    """Raise Refusal where nothing is recorded on this record (any more, or yet)."""
    if found.team_day.is_sealed(timezone.localdate(at)):
        text = N_("This assignment is sealed until its day; open your list of visits on that day.")
        raise Refusal([Problem("visit.sealed", text)])
    if found.voided_at:
        raise Refusal([Problem("visit.void", N_("This record is void; go on in the one that replaces it."))])
    if found.locked_at:
        text = N_("This record is locked and stays as it is; what is wrong with it is put right by an objection.")
        raise Refusal([Problem("visit.locked", text)])
    if found.entry.not_assessed_at and not found.submitted_at:
        raise not_assessed(found)
    if found.round.state not in LIVE:
        text = N_("The round is not in fieldwork, so nothing is recorded for it now.")
        raise Refusal([Problem("visit.round_state", text)])


def not_assessed(record: VisitRecord) -> Refusal:
    """Somebody declared that the community cannot be assessed: its record neither grows nor is handed in."""
    text = N_(
        "This community was declared not assessed ({reason}). If it was visited after all, ask the lead of the round "
        "to declare it to be assessed; nothing you recorded is lost."
    )
    return Refusal([Problem("visit.not_assessed", text, {"reason": record.entry.not_assessed_reason})])


def members_of(record: VisitRecord) -> list[TeamMember]:
    """Who is on the team of that day."""
    rows = TeamMember.objects.filter(team_day=record.team_day_id, removed_at=None).select_related("person")
    return list(rows.order_by("id"))


def team_only(record: VisitRecord, by: Person | None) -> list[TeamMember]:
    """The team's members, `by` among them; raises Refusal that names who they are."""
    members = members_of(record)
    if by is None or by.pk not in {member.person_id for member in members}:
        text = N_(
            "You are not on this team. It is recorded by {names}; ask one of them, or the lead to replace a member."
        )
        raise Refusal([Problem("visit.not_of_team", text, {"names": _names(members)})])
    return members


def outsider(record: VisitRecord, by: Person | None) -> Person:
    """`by`, who never had a hand in the record; raises Refusal for whoever is of the team, or was, or edited it."""
    if by is None:
        raise Refusal([Problem("visit.nobody", N_("A record is reviewed by a person."))])
    involved = TeamMember.objects.filter(team_day=record.team_day_id, person=by).exists()
    if involved or record.edits.filter(by=by).exists():
        text = N_("Who visited with this team or wrote on its record does not review it; ask somebody else to.")
        raise Refusal([Problem("visit.own", text)])
    return by


def staff_asked(scheme: Scheme) -> int:
    """How many of the centre's staff the scheme wants in every team."""
    sizes = {entry["code"]: entry for entry in scheme.document.get("sampling", ())}
    return int(sizes.get("visit_team", {}).get("minimum", 0))


def enough_staff(scheme: Scheme, present: Iterable[TeamMember]) -> None:
    """Raise Refusal where fewer of the centre's staff were there than the scheme asks: supervisors never go alone."""
    asked, found = staff_asked(scheme), sum(member.part == Part.STAFF for member in present)
    if found < asked:
        text = N_(
            "The scheme asks for {asked} of the centre's staff on a visit; {found} are named. Wait for the others."
        )
        raise Refusal([Problem("visit.too_few_staff", text, {"asked": asked, "found": found}, "people")])


def _names(members: Iterable[TeamMember]) -> tuple[str, ...]:
    return tuple(member.person.display_name for member in members)
