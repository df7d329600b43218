"""What follows the listing of an entry: where its proceedings stand, what is open, how long the row is, what is due.

Not here: what may be done (policy.measures), bars (queries.standing).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.engine.process import Standing
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.models import Document
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import StandsTold, told_of
from mingjing.programmes.assessments.models import Edition, Entry, Listed, VisitRecord
from mingjing.programmes.assessments.policy.measures import (
    DOCUMENTS,
    EXIT,
    MEASURES,
    REVERSED,
    REWARD,
    Facts,
    commended_tier,
    exit_after,
)
from mingjing.programmes.assessments.policy.streaks import Streak
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.streaks import streaks_of

__all__ = ["Followed", "facts_of", "followed", "next_steps", "open_orders", "orders_about", "unfinished"]

LAST = {MEASURES: "release", EXIT: "answered", REWARD: "notified"}
"""After this step nothing of a proceeding waits for the office."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry with its row in the newest edition (None: no list is published), and everything that follows from it."""

    entry: Entry
    listed: Listed | None
    streak: Streak
    exit_after: int | None
    commended: bool
    proceedings: Mapping[str, StandsTold] = field(default_factory=dict)
    orders: Sequence[Case] = ()
    documents: Mapping[str, Sequence[Document]] = field(default_factory=dict)

    @property
    def adverse(self) -> bool:
        """Whether the newest edition lists it in a tier that takes rights."""
        return self.listed is not None and self.listed.adverse

    def stands(self, kind: str) -> bool:
        """Whether the newest edition still says what a proceeding of this kind rests on."""
        if kind == REWARD:
            return self.commended
        if kind == EXIT and self.exit_after is not None and self.streak.count < self.exit_after:
            return False
        return self.adverse

    def document(self, kind: str, step: str) -> Document | None:
        """The paper of a step that nobody has withdrawn."""
        stands, wanted = self.proceedings.get(kind), DOCUMENTS.get((kind, step))
        if stands is None:
            return None
        rows = self.documents.get(stands.proceeding.ledger_subject, ())
        return next((row for row in reversed(rows) if row.kind == wanted and row.withdrawn_at is None), None)


def followed(entries: Sequence[Entry], now: datetime) -> dict[int, Followed]:
    """By entry what follows from its listing: a fixed number of queries. Entries come with round and scheme."""
    subjects = {entry.subject: entry.pk for entry in entries}
    about = Proceeding.objects.filter(programme="assessments", kind__in=LAST, subject__in=subjects)
    opened: dict[int, dict[str, StandsTold]] = {entry.pk: {} for entry in entries}
    for stands in told_of(about.select_related("area", "organisation"), now).values():
        opened[subjects[stands.proceeding.subject]][stands.proceeding.kind] = stands
    rows, streaks, orders = _newest_rows(entries), streaks_of(entries, now), orders_about(entries)
    documents = _documents(one.proceeding for every in opened.values() for one in every.values())
    found = {}
    for entry in entries:
        scheme, row = scheme_of(entry.round.scheme), rows.get(entry.pk)
        commended = row is not None and row.tier == commended_tier(scheme.list_rules)
        found[entry.pk] = Followed(
            entry, row, streaks[entry.pk], exit_after(scheme), commended, opened[entry.pk], orders.get(entry.pk, ()),
            documents,
        )  # fmt: skip
    return found


def facts_of(one: Followed, kind: str, step: str) -> Facts:
    """What is known when a step is to be taken, as the rules read it."""
    return Facts(
        stands=one.stands(kind), open_orders=[case.number for case in one.orders if case.closed_at is None],
        streak=one.streak.count, exit_after=one.exit_after, document=one.document(kind, step) is not None,
    )  # fmt: skip


def next_steps(standing: Standing) -> tuple[str, ...]:
    """The steps that somebody could take now, but for the one that ends it after a correction."""
    return tuple(code for code in standing.open if code != REVERSED)


def orders_about(entries: Iterable[Entry]) -> dict[int, list[Case]]:
    """The orders about findings of these entries, the earliest deadline first: two queries."""
    records = dict(VisitRecord.objects.filter(entry__in=list(entries)).values_list("pk", "entry"))
    found: dict[int, list[Case]] = {}
    if not records:
        return found
    about = reduce(or_, (Q(subject__startswith=f"assessments.visit:{pk}/") for pk in records))
    cases = Case.objects.filter(about, programme="assessments").select_related("owner", "site", "area")
    for case in cases:
        key = int(case.subject.partition(":")[2].partition("/")[0])
        found.setdefault(records[key], []).append(case)
    return found


def open_orders(entry: Entry) -> list[Case]:
    """The orders about findings of an entry that nobody has confirmed or cancelled."""
    return [case for case in orders_about([entry]).get(entry.pk, ()) if case.closed_at is None]


def unfinished(proceedings: QuerySet[Proceeding]) -> QuerySet[Proceeding]:
    """Those of which something still waits: without a last step that nobody has taken back."""
    back = Taken.objects.filter(proceeding=OuterRef("proceeding"), takes_back=OuterRef("number"))
    last = Taken.objects.filter(proceeding=OuterRef("pk"), step__in={*LAST.values(), REVERSED}).exclude(Exists(back))
    return proceedings.filter(programme="assessments", kind__in=LAST).exclude(Exists(last))


def _newest_rows(entries: Sequence[Entry]) -> dict[int, Listed]:
    """By entry its row in the newest edition of its round."""
    later = Edition.objects.filter(round=OuterRef("edition__round"), number__gt=OuterRef("edition__number"))
    rows = Listed.objects.filter(~Exists(later), entry__in=[entry.pk for entry in entries])
    return {row.entry_id: row for row in rows.select_related("edition", "company")}


def _documents(proceedings: Iterable[Proceeding]) -> dict[str, list[Document]]:
    subjects = [one.ledger_subject for one in proceedings]
    found: dict[str, list[Document]] = {}
    rows = Document.objects.filter(subject__in=subjects).select_related("addressee").prefetch_related("services")
    for row in rows.order_by("issued_at", "id"):
        found.setdefault(row.subject, []).append(row)
    return found
