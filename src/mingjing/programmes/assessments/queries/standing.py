"""What a company's standing rests on: its bars with the acts behind each, and since when each of them is known.

Five queries and two for the days, whatever the number of bars. Not here: what they come to (policy.standing).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest

from django.utils import timezone

from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.kernel.proceedings.queries import told_of
from mingjing.programmes.assessments.models import Bar, Edition, Listed
from mingjing.programmes.assessments.policy import standing as policy
from mingjing.programmes.assessments.policy.measures import MEASURES
from mingjing.programmes.assessments.policy.standing import Ended, Said

__all__ = ["BAR_DECISION", "BarShown", "bars_of", "bars_shown", "newest_document"]

BAR_DECISION = "assessments.bar_decision"
"""The kind of document that tells a company it is barred."""


@dataclass(slots=True)
class BarShown:
    """A bar with what it rests on: as policy.standing reads it, its papers, and every edition with its listing.

    Once a correction took the listing away, a later edition that lists the company again is no ground of this bar.
    """

    bar: Bar
    value: policy.Bar
    documents: list[Document] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    rows: Sequence[tuple[Edition, Listed | None]] = ()

    @property
    def listed(self) -> Listed | None:
        """The listing in the newest edition, where that still lists the company."""
        return self.rows[-1][1] if self.rows else None

    def listed_at(self, known: datetime) -> Listed | None:
        """The listing in the edition that was the newest at an instant."""
        then = [row for edition, row in self.rows if edition.published_at <= known]
        return then[-1] if then else None

    @property
    def document(self) -> Document | None:
        """The paper that stands."""
        return next((one for one in reversed(self.documents) if one.withdrawn_at is None), None)

    def document_at(self, known: datetime) -> Document | None:
        """The paper that stood at an instant."""
        then = (d for d in reversed(self.documents) if d.issued_at <= known)
        return next((d for d in then if d.withdrawn_at is None or d.withdrawn_at > known), None)


def bars_shown(bars: Iterable[Bar], now: datetime) -> list[BarShown]:
    """Each bar with what it rests on."""
    asked = list(bars)
    documents = _documents(asked)
    services = _services([one for every in documents.values() for one in every])
    rows, releases, editions = _rows(asked), _releases(asked, now), _editions(asked)
    return [
        _shown(
            bar, documents.get(bar.subject, []), services, rows.get(bar.entry_id, []), releases.get(bar.entry_id, ()),
            editions.get(bar.entry.round_id, []),
        )
        for bar in asked
    ]  # fmt: skip


def bars_of(company: Organisation, now: datetime) -> list[BarShown]:
    """Every bar of a company, of exactly this legal entity."""
    found = Bar.objects.filter(company=company)
    return bars_shown(found.select_related("area", "company", "entry__round__scheme"), now)


def newest_document(subject: str, kind: str) -> Document | None:
    """The document of a kind about a subject that nobody has withdrawn, the newest."""
    found = Document.objects.standing().filter(subject=subject, kind=kind).select_related("addressee", "area")
    return found.order_by("-issued_at", "-id").first()


def _shown(
    bar: Bar, documents: list[Document], services: Mapping[int, list[Service]], rows: Sequence[Listed],
    releases: Sequence[Ended], editions: Sequence[Edition],
) -> BarShown:  # fmt: skip
    own = [one for document in documents for one in services.get(document.pk, ())]
    ends = list(releases)
    if bar.called_off_at:
        ends.append(Ended(_day(bar.called_off_at), bar.called_off_at, how="called_off"))
    own_rows = _ground(bar, rows, editions)
    stood = tuple(
        Said(_day(edition.published_at), edition.published_at, after.published_at if after else None)
        for edition, after in zip_longest(editions, editions[1:])
        if edition.pk in own_rows
    )
    value = policy.Bar(
        bar.pk, bar.first_day, bar.last_day, decided=bar.decided_at, signed=bar.signed_at, stood=stood,
        served=tuple(_served(one) for one in own if one.organisation_id == bar.company_id), ends=tuple(ends),
    )  # fmt: skip
    return BarShown(bar, value, documents, own, [(edition, own_rows.get(edition.pk)) for edition in editions])


def _ground(bar: Bar, rows: Sequence[Listed], editions: Sequence[Edition]) -> dict[int, Listed]:
    """By edition the listing it rests on, up to the first correction after the decision that took it away."""
    found = {row.edition_id: row for row in rows if row.adverse and row.company_id == bar.company_id}
    fell = (one.number for one in editions if one.published_at >= bar.decided_at and one.pk not in found)
    end = next(fell, None)
    return {one.pk: found[one.pk] for one in editions if one.pk in found and (end is None or one.number < end)}


def _served(one: Service) -> Said:
    until = _first(one.voided_at, one.document.withdrawn_at)
    return Said(_day(one.served_at), max(one.recorded_at, one.served_at), until)


def _documents(bars: Sequence[Bar]) -> dict[str, list[Document]]:
    rows = Document.objects.filter(kind=BAR_DECISION, subject__in=[bar.subject for bar in bars])
    found: dict[str, list[Document]] = {}
    for row in rows.order_by("issued_at", "id"):
        found.setdefault(row.subject, []).append(row)
    return found


def _services(documents: Sequence[Document]) -> dict[int, list[Service]]:
    found: dict[int, list[Service]] = {}
    for row in Service.objects.filter(document__in=documents).select_related("document"):
        found.setdefault(row.document_id, []).append(row)
    return found


def _rows(bars: Sequence[Bar]) -> dict[int, list[Listed]]:
    """By entry its rows in every edition, the first edition first."""
    entries = {bar.entry_id for bar in bars}
    rows = Listed.objects.filter(entry__in=entries).select_related("edition", "entry__round__scheme")
    found: dict[int, list[Listed]] = {}
    for row in rows.order_by("edition__number"):
        found.setdefault(row.entry_id, []).append(row)
    return found


def _editions(bars: Sequence[Bar]) -> dict[int, list[Edition]]:
    """By round its editions, the first one first."""
    found: dict[int, list[Edition]] = {}
    for edition in Edition.objects.filter(round__in={bar.entry.round_id for bar in bars}).order_by("number"):
        found.setdefault(edition.round_id, []).append(edition)
    return found


def _releases(bars: Sequence[Bar], now: datetime) -> dict[int, tuple[Ended, ...]]:
    """By entry when its measures were released, and until when that was held to be so."""
    subjects = {bar.entry.subject: bar.entry_id for bar in bars}
    about = Proceeding.objects.filter(programme="assessments", kind=MEASURES, subject__in=subjects)
    found: dict[int, tuple[Ended, ...]] = {}
    for stands in told_of(about.select_related("area"), now).values():
        back = {one.takes_back: one.at for one in stands.steps if one.takes_back}
        last = max((one.at for one in stands.steps if one.takes_back), default=None)
        taken = [one for one in stands.steps if one.step == "release" and one.service]
        stays = "release" in stands.standing.done
        ends = [_released(one, back.get(one.number), None if stays else last) for one in taken]
        found[subjects[stands.proceeding.subject]] = tuple(ends)
    return found


def _released(taken: Taken, back: datetime | None, fell: datetime | None) -> Ended:
    """A release: void once it was taken back, or its service was voided, or what it rests on was taken back."""
    assert taken.service
    until = _first(back, taken.service.voided_at, fell if fell and fell > taken.at else None)
    return Ended(_day(taken.happened_at or taken.at), taken.at, until)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
