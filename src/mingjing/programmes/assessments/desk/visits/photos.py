"""The photos of a record for who reviews it: each beside the deduction it supports, when and where it was taken, what
is missing or still on a phone, what looks alike. Constant query counts. Not here: one exhibit (faces.desk.evidence).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import repeat

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingjing.engine.geo import Position, distance
from mingjing.faces.desk.captures import CaptureShown, shown
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.evidence.models import Exhibit, Origin
from mingjing.kernel.evidence.queries import Alike, exhibits_seen, likenesses
from mingjing.kernel.parties.guard import guarded, may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Site
from mingjing.programmes.assessments.desk.found import find_round, record_area, round_area
from mingjing.programmes.assessments.desk.visits.form import CheckShown, FindingShown, Form, form_of
from mingjing.programmes.assessments.desk.visits.maps import Map, Spot, drawn
from mingjing.programmes.assessments.desk.visits.recording import context_of, seen_record
from mingjing.programmes.assessments.policy.challenges import Taken, amiss, scenes
from mingjing.programmes.assessments.queries.photos import alike_of_round, captures_of, homes_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["PhotoShown", "Photos", "alike", "photos", "photos_of"]

REVIEW = "assessments.visit.review"


@dataclass(slots=True)
class PhotoShown:
    """A photo of a record. `exhibit` is None while it is on its phone or has just arrived, or was given up."""

    number: int
    sha256: str
    exhibit: Exhibit | None
    capture: CaptureShown | None
    metres: int | None = None
    spot: Spot | None = None
    alike: Alike | None = None

    @property
    def waiting(self) -> bool:
        """Whether a phone has promised it and still holds it."""
        return self.exhibit is None and self.capture is not None and self.capture.row.waited_for

    @property
    def coming(self) -> bool:
        """Whether it has arrived, and is put on record just now."""
        return self.exhibit is None and self.capture is not None and self.capture.row.kept

    @property
    def elsewhere(self) -> int:
        """How many photos of other visits look like it."""
        return self.alike.elsewhere if self.alike else 0


@dataclass(slots=True)
class Group:
    """What photos support: a finding of a check, or the reason why it does not apply. `unseen` counts photos that the
    reader may not see; `missing` says that the rule wants evidence and there is none."""

    check: CheckShown
    finding: FindingShown | None
    photos: list[PhotoShown]
    unseen: int
    missing: bool


@dataclass(slots=True)
class Photos:
    """The photos of a record, as one reader sees them."""

    groups: list[Group] = field(default_factory=list)
    loose: list[PhotoShown] = field(default_factory=list)
    everything: list[PhotoShown] = field(default_factory=list)
    map: Map | None = None
    homes: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[Group]:
        return [group for group in self.groups if group.missing]

    @property
    def waiting(self) -> list[PhotoShown]:
        return [photo for photo in self.everything if photo.waiting]

    @property
    def doubted(self) -> list[PhotoShown]:
        """Those with a signal that a reviewer should look at."""
        return [photo for photo in self.everything if photo.capture and photo.capture.doubts]

    @property
    def elsewhere(self) -> list[PhotoShown]:
        """Those that look like a photo of another visit."""
        return [photo for photo in self.everything if photo.elsewhere]


@guarded("assessments.visit.view", area=record_area)
@require_safe
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    """Every photo of the record."""
    record, person, today = seen_record(request, pk), actor(request), timezone.localdate()
    form = form_of(record, person, today)
    context = context_of(request, record, form)
    context["photos"] = photos_of(form, person, today)
    return render(request, "assessments/visits/photos.html", context)


@guarded(REVIEW, area=round_area)
@require_safe
def alike(request: HttpRequest, pk: int) -> HttpResponse:
    """Pairs of photos that look alike, one of them of this round, the other of another visit; the nearest first."""
    found, person, today = find_round(request, pk), actor(request), timezone.localdate()
    page = page_of(alike_of_round(found), request.GET, order=("distance", "id"), size=24)
    rows = Exhibit.objects.filter(pk__in={pk for pair in page.rows for pk in (pair.first_id, pair.second_id)})
    subjects = list(rows.values_list("subject", flat=True))
    seen = (
        exhibits_seen(person, subjects, today, withdrawn=True).filter(pk__in=rows).select_related("recorded_by", "area")
    )
    by_id = {exhibit.pk: exhibit for exhibit in seen}
    pairs = [(by_id.get(pair.first_id), by_id.get(pair.second_id), pair.distance) for pair in page.rows]
    context = {"round": found, "page": page, "pairs": pairs, "homes": homes_of(subjects)}
    context["tab_of"] = "assessments:round-review"
    return render(request, "assessments/visits/alike.html", context)


def photos_of(form: Form, person: Person, today: date) -> Photos:
    """The photos of the form's record as `person` sees them today; what looks like them for reviewers only."""
    return _Gathered(form, person, today).photos()


def _captures(form: Form) -> dict[str, CaptureShown]:
    """The photos that phones promised, by digest, each with what is wrong with the challenge of its scene."""
    record = form.record
    rows = captures_of(record)
    taken = [
        Taken(str(row.device_id), row.about, row.origin == Origin.CAMERA, json.loads(row.record).get("challenge"))
        for row in rows
    ]
    challenged = scenes(scheme_of(record.round.scheme).document)
    signals = amiss(record.seed, record.subject, taken, challenged) if record.seed else repeat({})
    return {row.sha256: shown(row, [signal] if signal else ()) for row, signal in zip(rows, signals, strict=False)}


class _Gathered:
    """What is read for a record's photos, once."""

    def __init__(self, form: Form, person: Person, today: date) -> None:
        self.form, self.record, self.person, self.today = form, form.record, person, today
        self.exhibits, self.standing = form.exhibits, form.standing
        self.captures = _captures(form)
        site = Site.objects.filter(community=self.record.entry.community_id).first()
        self.site: Position | None = site.position if site else None
        self.numbered: dict[str, PhotoShown] = {}

    def photos(self) -> Photos:
        found = Photos(groups=[group for check in self.form.checks.values() for group in self._groups(check)])
        rest = [digest for digest in {**self.exhibits, **self.captures} if digest not in self.numbered]
        found.loose = [photo for digest in rest if (photo := self._photo(digest))]
        found.everything = list(self.numbered.values())
        found.map = drawn(self.site, [photo.spot for photo in found.everything if photo.spot])
        if self._reviews:
            found.homes = self._compare(found.everything)
        return found

    @cached_property
    def _reviews(self) -> bool:
        return may(self.person, REVIEW, area=self.record.round.area, on=self.today)

    def _compare(self, everything: Iterable[PhotoShown]) -> Mapping[str, str]:
        """What looks like each photo; returns what the visits that are named are called."""
        shown_ones = {photo.exhibit.pk: photo for photo in everything if photo.exhibit}
        found = likenesses(self.person, [photo.exhibit for photo in shown_ones.values() if photo.exhibit], self.today)
        for pk, its in found.items():
            shown_ones[pk].alike = its
        return homes_of({other.subject for its in found.values() for other, _ in its.seen} | {self.record.subject})

    def _groups(self, check: CheckShown) -> Iterable[Group]:
        for finding in check.findings:
            wanted = bool(finding.entry["steps"] and check.terms.evidence)
            yield self._group(check, finding, finding.entry["evidence"], wanted)
        if check.state == "absent" and check.mark:
            yield self._group(check, None, check.mark.get("evidence", []), False)

    def _group(self, check: CheckShown, finding: FindingShown | None, cited: list[str], wanted: bool) -> Group:
        mine = [photo for digest in cited if (photo := self._photo(digest))]
        unseen = sum(digest in self.standing and digest not in self.exhibits for digest in cited)
        there = unseen or any(photo.exhibit or photo.waiting or photo.coming for photo in mine)
        return Group(check, finding, mine, unseen, wanted and not there)

    def _photo(self, digest: str) -> PhotoShown | None:
        """The photo with that digest, numbered when it is first met; None for what this reader sees nothing of."""
        if digest in self.numbered:
            return self.numbered[digest]
        exhibit, capture = self.exhibits.get(digest), self.captures.get(digest)
        if exhibit is None and (capture is None or capture.row.exhibit_id):
            return None
        photo = PhotoShown(len(self.numbered) + 1, digest, exhibit, capture)
        self._place(photo)
        self.numbered[digest] = photo
        return photo

    def _place(self, photo: PhotoShown) -> None:
        """Where it was taken: what its phone signed, else what the file says of itself."""
        row = photo.capture.row if photo.capture and photo.capture.row.latitude is not None else photo.exhibit
        if row is None or row.latitude is None or row.longitude is None:
            return
        position = Position(float(row.latitude), float(row.longitude))
        accuracy = photo.capture.row.accuracy if photo.capture and row is photo.capture.row else None
        photo.spot = Spot(photo.number, position, accuracy or 0)
        photo.metres = round(distance(position, self.site)) if self.site else None
