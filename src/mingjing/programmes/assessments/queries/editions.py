"""Published lists: the newest edition and its rows, since when a row says what it says, and everything corrected.

Not here: how a list looks, what makes a correction (policy.corrections).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Exists, OuterRef, QuerySet

from mingjing.engine.outcome import N_, Problem
from mingjing.programmes.assessments.models import Correction, Edition, Entry, Listed, Round
from mingjing.programmes.assessments.policy.procedures import UPHOLD
from mingjing.programmes.assessments.queries.amendments import amendments_of
from mingjing.programmes.assessments.queries.listings import proposed_of
from mingjing.programmes.assessments.queries.relisted import relisted
from mingjing.programmes.assessments.queries.reopenings import reopened_in

__all__ = ["Corrected", "Moved", "due", "first_of", "history", "moved_in", "newest_of", "standing_rows"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that is not as it was in the edition before."""

    before: Listed
    after: Listed


@dataclass(frozen=True, slots=True)
class Corrected:
    """An edition that followed another: rows that changed, by number, and how many changed."""

    edition: Edition
    moved: tuple[Moved, ...]
    count: int


def newest_of(round_: Round) -> Edition | None:
    """The edition that counts; None before publication."""
    return Edition.objects.filter(round=round_).order_by("-number").first()


def standing_rows(round_: Round) -> QuerySet[Listed]:
    """The rows of the edition that counts, in their order."""
    newest = newest_of(round_)
    rows = Listed.objects.filter(edition=newest) if newest else Listed.objects.none()
    return rows.select_related("entry", "company").order_by("index")


def first_of(row: Listed) -> Listed:
    """The row of the edition that first said of the entry what this one says: appeals run from its publication."""
    earlier = Listed.objects.filter(entry=row.entry_id, edition__round=row.edition.round_id)
    found = row
    for one in (
        earlier.filter(edition__number__lt=row.edition.number).select_related("edition").order_by("-edition__number")
    ):
        if one.leaf != row.leaf:
            break
        found = one
    return found


def history(round_: Round, most: int | None = None) -> tuple[Corrected, ...]:
    """Every correction of a round's list, the first one first, each with its first `most` rows: three queries each."""
    editions = Edition.objects.filter(round=round_, number__gt=1).select_related("published_by", "cause")
    return tuple(_corrected(edition, most) for edition in editions.order_by("number"))


def moved_in(edition: Edition) -> QuerySet[Listed]:
    """The rows of an edition that say something else than in the edition before; all of the first."""
    same = Listed.objects.filter(entry=OuterRef("entry"), leaf=OuterRef("leaf"))
    return edition.rows.filter(~Exists(same.filter(edition__in=_before(edition))))


def _corrected(edition: Edition, most: int | None) -> Corrected:
    moved = moved_in(edition)
    rows = list(moved.select_related("entry").order_by("entry__number")[:most])
    earlier = Listed.objects.filter(edition__in=_before(edition), entry__in=[row.entry_id for row in rows])
    before = {row.entry_id: row for row in earlier}
    count = len(rows) if most is None else moved.count()
    return Corrected(edition, tuple(Moved(before[row.entry_id], row) for row in rows), count)


def _before(edition: Edition) -> QuerySet[Edition]:
    return Edition.objects.filter(round=edition.round_id, number=edition.number - 1)


def due(round_: Round, now: datetime) -> tuple[Problem, ...]:
    """Why the newest edition must be corrected: listings that no longer hold, corrections that came after it.

    A service that is voided after publication takes with it the notice and the decision that rested on it.
    """
    newest = newest_of(round_)
    return tuple(_due(round_, newest, now)) if newest else ()


def _due(round_: Round, newest: Edition, now: datetime) -> Iterator[Problem]:
    listed = dict(newest.rows.filter(adverse=True).values_list("entry", "proceeding"))
    for one in proposed_of(round_, newest.replay, now, only=list(listed)) if listed else ():
        rests_on = one.stands is None or one.stands.proceeding.pk == listed[one.entry.pk]
        if one.settled != UPHOLD and rests_on:
            yield _unfounded(one.entry)
    yield from _reopened(round_, newest, now)
    entries = Correction.objects.filter(entry__round=round_, at__gt=newest.published_at).values("entry")
    counted = {row.entry for row in amendments_of(entries, now).rows if row.at > newest.published_at}
    for entry in sorted(counted, key=lambda entry: entry.number):
        text = N_("Something about {name} was corrected since edition {number}.")
        yield Problem("edition.overtaken", text, {"name": entry.name, "number": newest.number}, entry.number)


def _unfounded(entry: Entry) -> Problem:
    text = N_("{name} is listed, and the notice, hearing or decision it rested on no longer holds.")
    return Problem("edition.unfounded", text, {"name": entry.name}, entry.number)


def _reopened(round_: Round, newest: Edition, now: datetime) -> Iterator[Problem]:
    """What was established later and counts and is not on the list yet, and what is on it and counts no longer."""
    found = reopened_in(round_, now)
    entries = [one.reopening.entry_id for one in found]
    rows = {row.entry_id: row for row in newest.rows.filter(entry__in=entries).select_related("entry")}
    struck = amendments_of(entries, now).filings if found else frozenset()
    anew = cache(lambda: _anew(round_, newest, now))  # asked only where a tier does not tell, and then once for all
    for one in found:
        row = rows[one.reopening.entry_id]
        rests_on = row.proceeding_id == one.reopening.proceeding_id
        if rests_on and not one.counts:
            yield _unfounded(row.entry)
        elif one.counts and not rests_on and one.reopening.filing_id not in struck:
            if row.tier != one.reopening.tier or _says_more(row, anew()):
                text = N_("What was established later about {name} counts now, and the list does not say so.")
                yield Problem("edition.reopened", text, {"name": row.entry.name}, row.entry.number)
        elif one.stood and not rests_on and not one.counts and _says_more(row, anew()):
            yield _unfounded(row.entry)


def _anew(round_: Round, newest: Edition, now: datetime) -> dict[int, Listed]:
    """By entry what the list would say now."""
    proposed = {one.entry.pk: one for one in proposed_of(round_, newest.replay, now)}
    return {row.entry_id: row for row in relisted(round_, newest.replay, proposed, newest, now)}


def _says_more(row: Listed, anew: Mapping[int, Listed]) -> bool:
    found = anew[row.entry_id]
    return (found.tier, found.total) != (row.tier, row.total)
