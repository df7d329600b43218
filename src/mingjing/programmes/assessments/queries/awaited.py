"""What waits for a person after the decision: notices and replies, votes, disputes, signatures, clocks about to end.

Where a case stands is read from its acts; a fixed number of queries for each kind, whatever there is. Not here: what
waits before the decision (queries.due).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.process import Standing
from mingjing.kernel.parties.guard import Scope, areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.kernel.registry import Due
from mingjing.programmes.assessments.models import Edition, Entry, Reopening, Round, VisitRecord

__all__ = ["awaited"]

SOON = timedelta(days=3)
FOLLOW, DECIDE, DISPUTE = "listing.follow", "listing.decide", "appeal.decide"
SIGNING = {
    "public_notice": "list.prepare", "public_reply": "list.prepare", "signed_centre": "list.sign_centre",
    "signed_bureau": "list.sign_bureau", "published": "list.publish",
}  # fmt: skip
SIGNED = ("public_notice", "public_reply", "signed_centre", "signed_bureau")
Scopes = Mapping[str, Scope]
DISPUTES = ("appeal", "objection")


def awaited(person: Person, today: date) -> Iterator[Due]:
    """What of the cases, lists and disputes in the person's areas only they, or people like them, can take further."""
    now = timezone.now()
    codes = dict.fromkeys((FOLLOW, DECIDE, *SIGNING.values()))
    scopes = {code: areas_where(person, f"assessments.{code}", on=today) for code in codes}
    if any(scopes.values()):
        found = _on_their_way(now)
        yield from _cases(person, [one for one in found if one.proceeding.kind == "listing"], scopes)
        yield from _signing(person, [one for one in found if one.proceeding.kind == "publication"], scopes)
        yield from _reopened(person, [one for one in found if one.proceeding.kind == "reopening"], scopes)
    yield from _disputes(person, today, now)


def _on_their_way(now: datetime) -> list[Stands]:
    """The listings and publications of rounds that are decided and not published, and reopenings not signed yet."""
    rounds = Round.objects.filter(decided_at__isnull=False, editions=None)
    entries = Entry.objects.filter(round__in=rounds.values("pk"))
    signed = Taken.objects.filter(step="signed_bureau").values("proceeding")
    where = Q(kind="listing", subject__in=_subjects(entries, "entry"))
    where |= Q(kind="publication", subject__in=_subjects(rounds, "round"))
    where |= Q(kind="reopening") & ~Q(pk__in=signed)
    return _standing(["listing", "publication", "reopening"], where, now)


def _subjects(rows: "QuerySet[Round] | QuerySet[Entry]", kind: str) -> "QuerySet[Round] | QuerySet[Entry]":
    """How proceedings name these rows, as a query."""
    named = Concat(Value(f"assessments.{kind}:"), Cast("pk", CharField()), output_field=CharField())
    return rows.annotate(named=named).values("named")  # type: ignore[return-value]  # rows of texts


def _standing(kind: Iterable[str], where: Q, now: datetime) -> list[Stands]:
    asked = Proceeding.objects.filter(where, programme="assessments", kind__in=tuple(kind)).select_related("area")
    return list(stands_of(asked, now).values())


def _cases(person: Person, found: Iterable[Stands], scopes: Scopes) -> Iterator[Due]:
    """Proposed listings of rounds that are not published: steps for the office, votes for the panel."""
    follows, decides = scopes[FOLLOW], scopes[DECIDE]
    office = [one for one in found if follows.covers(one.proceeding.area) and _for_office(one.standing)]
    votes = [one for one in found if decides.covers(one.proceeding.area) and _may_decide(one.standing, person)]
    rounds = _rounds_of(office + votes)
    for title, mine in (
        (_("Notices to serve, hearings and replies"), office),
        (_("Votes on proposed listings"), votes),
    ):
        yield from _by_round(title, mine, rounds)


def _rounds_of(found: list[Stands]) -> dict[str, Round]:
    keys = {int(one.proceeding.subject.partition(":")[2]) for one in found}
    entries = Entry.objects.filter(pk__in=keys).select_related("round").defer("round__plan") if keys else ()
    return {entry.subject: entry.round for entry in entries}


def _by_round(title: str, found: list[Stands], rounds: dict[str, Round]) -> Iterator[Due]:
    counts: dict[int, int] = {}
    titles = {}
    for one in found:
        if round_ := rounds.get(one.proceeding.subject):
            counts[round_.pk] = counts.get(round_.pk, 0) + 1
            titles[round_.pk] = round_.title
    for key, count in sorted(counts.items()):
        url = reverse("assessments:round-publication", args=[key])
        yield Due(title=title, url=url, count=count, detail=titles[key])


def _for_office(standing: Standing) -> bool:
    """Whether a step is open that the office owes: the notice, a hearing that was asked for, the reply."""
    if standing.ended or "decision" in standing.done:
        return False
    return any(step in standing.open and standing.needed(step) for step in ("notice", "hearing", "reply"))


def _may_decide(standing: Standing, person: Person) -> bool:
    """Whether the decision waits for somebody like this person: uninvolved, who has not voted or answered."""
    if "decision" not in standing.open or person.token in standing.involved:
        return False
    taken = {vote.by for vote in standing.votes.get("decision", ())} | set(standing.actors.get("reply", ()))
    return person.token not in taken


def _signing(person: Person, found: Iterable[Stands], scopes: Scopes) -> Iterator[Due]:
    """Lists whose next step towards publication the person may take."""
    for one in found:
        process = one.standing.process
        for step, code in SIGNING.items():
            if step in one.standing.open and one.standing.needed(step) and scopes[code].covers(one.proceeding.area):
                if not _may_sign(one, step, person):
                    continue
                key = int(one.proceeding.subject.partition(":")[2])
                url = reverse("assessments:round-signing", args=[key])
                yield Due(title=_(process.step(step).title), url=url, count=1, detail=one.proceeding.title)


def _disputes(person: Person, today: date, now: datetime) -> Iterator[Due]:
    """Objections and appeals that wait for a decision by somebody like the person; late where the clock has run out."""
    scope = areas_where(person, f"assessments.{DISPUTE}", on=today)
    if not scope:
        return
    decided = Taken.objects.filter(step="decision").values("proceeding")
    found = _standing(DISPUTES, ~Q(pk__in=decided), now)
    mine = [one for one in found if scope.covers(one.proceeding.area) and _may_decide(one.standing, person)]
    if not mine:
        return
    rounds = _disputed(mine)
    for key in sorted(set(rounds.values())):
        here = [one for one in mine if rounds.get(one.proceeding.pk) == key]
        ends = [due for one in here if (due := one.standing.due(one.proceeding.kind))]
        late = bool(ends) and min(ends) <= now
        soon = bool(ends) and min(ends) <= now + SOON
        detail = _("The time to decide has run out.") if late else _("The time to decide ends soon.") if soon else ""
        url = reverse("assessments:round-disputes", args=[key])
        yield Due(title=_("Objections and appeals to decide"), url=url, count=len(here), late=late, detail=detail)


def _reopened(person: Person, found: Iterable[Stands], scopes: Scopes) -> Iterator[Due]:
    """What was established later, whose next step the person may take, by round."""
    mine = {
        one.proceeding.pk
        for one in found
        if (scopes[FOLLOW].covers(one.proceeding.area) and _for_office(one.standing))
        or (scopes[DECIDE].covers(one.proceeding.area) and _may_decide(one.standing, person))
        or any(_may_sign(one, step, person) and scopes[SIGNING[step]].covers(one.proceeding.area) for step in SIGNED)
    }
    rows = Reopening.objects.filter(proceeding__in=mine).order_by().values("entry__round", "entry__round__title")
    for row in rows.annotate(count=Count("pk")).order_by("entry__round") if mine else ():
        url = reverse("assessments:round-reopenings", args=[row["entry__round"]])
        title = _("Established after the decision: a step to take")
        yield Due(title=title, url=url, count=row["count"], detail=row["entry__round__title"])


def _may_sign(one: Stands, step: str, person: Person) -> bool:
    """Whether a step towards the public is open that this person did not take the other half of."""
    if step not in one.standing.open or not one.standing.needed(step):
        return False
    apart = one.standing.process.step(step).apart_from
    return person.token not in {by for other in apart for by in one.standing.actors.get(other, ())}


def _disputed(found: list[Stands]) -> dict[int, int]:
    """The round of each dispute, by the key of its proceeding: two queries."""
    named: dict[str, dict[int, list[int]]] = {"assessments.edition": {}, "assessments.visit": {}}
    for one in found:
        kind, _sep, key = one.proceeding.subject.partition("/")[0].partition(":")
        named[kind].setdefault(int(key), []).append(one.proceeding.pk)
    rows = [
        *((key, "assessments.edition", r) for key, r in Edition.objects.filter(
            pk__in=named["assessments.edition"]).values_list("pk", "round")),
        *((key, "assessments.visit", r) for key, r in VisitRecord.objects.filter(
            pk__in=named["assessments.visit"]).values_list("pk", "round")),
    ]  # fmt: skip
    return {proceeding: round_ for key, kind, round_ in rows for proceeding in named[kind][key]}
