"""Which cases a reader sees, whose they are, what is late. Constant query counts, whatever the number of cases."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string

from mingjing.engine.outcome import N_, Problem
from mingjing.kernel import registry
from mingjing.kernel.cases.models import Case, CaseQuerySet, Step, StepKind
from mingjing.kernel.parties.guard import Scope, may
from mingjing.kernel.parties.models import Organisation, Person, RoleGrant
from mingjing.kernel.places.models import CODE_LENGTH

__all__ = [
    "awaiting",
    "cases_seen",
    "involvement",
    "latest_extension",
    "near_evidence",
    "open_of",
    "out_of_turn",
    "overdue",
    "possible_owners",
]


def cases_seen(scope: Scope) -> CaseQuerySet:
    """The cases within `scope`, with everything a line about one names; of a programme's role its own cases only."""
    return scope.of_programmes(Case.objects.select_related("area", "site__area", "organisation", "owner"))  # type: ignore[return-value]


def overdue(scope: Scope, at: datetime) -> CaseQuerySet:
    """The cases within `scope` that are open after their time, the longest overdue first: what is escalated."""
    return cases_seen(scope).overdue(at)


def open_of(person: Person) -> CaseQuerySet:
    """The open cases that `person` owns and that wait for them, the earliest deadline first."""
    return Case.objects.mine(person).select_related("site", "organisation")


def awaiting(person: Person, scope: Scope) -> CaseQuerySet:
    """The cases within `scope` reported as done that `person` could confirm: neither theirs nor claimed by them."""
    claimed = Step.objects.filter(case=OuterRef("pk"), kind=StepKind.CLAIMED, by=person)
    others = cases_seen(scope).open().filter(claimed_at__isnull=False)
    return others.filter(Q(owner=None) | ~Q(owner=person)).filter(~Exists(claimed))


def involvement(case: Case, by: Person | None) -> Iterator[Problem]:
    """Why `by` may not be the one who confirms; nothing when they may."""
    if by is None:
        yield Problem("cases.case.nobody", N_("A case is confirmed by a person."))
    elif by.pk == case.owner_id:
        text = N_("Who owns a case does not confirm it; ask somebody else to look.")
        yield Problem("cases.case.own", text)
    elif case.steps.filter(kind=StepKind.CLAIMED, by=by).exists():
        text = N_("Who reported a case as done does not confirm it; ask somebody else to look.")
        yield Problem("cases.case.claimed_oneself", text)


def near_evidence(person: Person, subject: str, today: date) -> bool:
    """The manifest's door to exhibits of a case: for those who may see the case."""
    name = subject.partition(":")[2]
    case = Case.objects.select_related("area").filter(pk=int(name)).first() if name.isdecimal() else None
    return case is not None and may(
        person, "cases.case.view", area=case.area, on=today, programme=case.programme
    )  # fmt: skip


def latest_extension(case: Case, at: datetime) -> datetime | None:
    """Until when the deadline of a case can be moved at most, as its programme says; None where it sets no limit."""
    manifest = registry.manifests().get(case.programme)
    path = manifest.case_extension if manifest else ""
    limit: datetime | None = import_string(path)(case, at) if path else None
    return limit


def answering(case: Case, day: date) -> Organisation | None:
    """Who has to see to a case on a day, as its programme says: its organisation, unless another came in its place."""
    manifest = registry.manifests().get(case.programme)
    path = manifest.case_answering if manifest else ""
    found: Organisation | None = import_string(path)(case, day) if path else case.organisation
    return found


def out_of_turn(case: Case, kind: StepKind) -> Problem:
    """Why such a step does not follow from where the case stands, when it does not."""
    match case.state, kind:
        case ("open", StepKind.EXTENDED):
            text = N_("The deadline was extended before; it is extended once only.")
        case ("open", StepKind.CONFIRMED | StepKind.RETURNED):
            text = N_("Nobody has reported this case as done; that comes first.")
        case ("open", _):
            text = N_("This case is open already; nothing was changed.")
        case ("claimed", _):
            text = N_("This case is reported as done already. Confirm it or send it back first.")
        case ("confirmed", _):
            text = N_("This case was confirmed as done already. Open it again if it is not.")
        case _:
            text = N_("This case was cancelled already. Open it again if it is needed after all.")
    return Problem("cases.case.out_of_turn", text)


def possible_owners(case: Case, today: date) -> "QuerySet[Person]":
    """Everybody who may follow the case that day, but for who owns it."""
    path, roles = case.area.path, registry.permissions()["cases.case.follow"].roles_for(case.programme)
    covering = [path[:end] for end in range(CODE_LENGTH, len(path) + 1, CODE_LENGTH)]
    held = RoleGrant.objects.filter(person=OuterRef("pk"), role__in=roles, area__path__in=covering, ended_at=None)
    held = held.filter(Q(last_day=None) | Q(last_day__gte=today), first_day__lte=today)
    return Person.objects.filter(Exists(held), left_at=None).exclude(pk=case.owner_id or 0).order_by("display_name")
