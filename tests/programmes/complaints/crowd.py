"""Complaints, petitions, lawsuits, lines, rows and objections in proportion to a district (tests/crowds.py)."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.crowds import bound
from tests.districts import District
from tests.programmes.complaints.examples import FIRST

from mingjing.kernel.places.models import Site
from mingjing.programmes.complaints.models import (
    Complaint,
    Decision,
    Edition,
    EditionRow,
    Intake,
    IntakeLine,
    Objection,
    Origin,
)

Pages = Iterator[tuple[str, str, dict[str, object]]]
STATES = (("", ""), ("valid", "company"), ("valid", "parking"), ("invalid", ""))


def crowd(place: District, size: int) -> Pages:
    """What the examples of a district begin, with much more of it, and its pages in each state that matters."""
    edition, intake = Edition.objects.get(area=place.area), Intake.objects.get(area=place.area)
    main = Complaint.objects.get(area=place.area)
    sites = Site.objects.bulk_create(
        Site(name=f"人群{n}小区", area=place.area, recorded_at=place.at) for n in range(size)
    )
    made = Complaint.objects.bulk_create(_complaint(place, intake, sites[n % len(sites)], n) for n in range(2 * size))
    IntakeLine.objects.bulk_create(
        IntakeLine(intake=intake, row=n + 3, number=f"L{n}", kind=("added", "changed")[n % 2], site=sites[n % size],
                   values={"category": "电梯", "community": "甲"}, before={"category": "绿化"} if n % 2 else {})
        for n in range(2 * size)
    )  # fmt: skip
    _of_one(place, main, bound(size))
    _rows(edition, sites, made)
    contested = [one for one in made if one.duty == "company"][: bound(size)]
    Objection.objects.bulk_create(
        Objection(edition=edition, complaint=one, claims="parking", statement="x", filed_by=place.people["officer"],
                  filed_at=place.at) for one in contested
    )  # fmt: skip
    _matched(place, size)
    yield from _pages(place, edition, intake, main, made)


def _complaint(place: District, intake: Intake, site: Site, n: int) -> Complaint:
    validity, duty = STATES[n % len(STATES)]
    return Complaint(
        area=place.area, number=f"C{n}", opened_on=FIRST + timedelta(days=n % 28), community_text=site.name, site=site,
        category="电梯", validity=validity, duty=duty, intake=intake, digest="0" * 64, caller="c" * 22,
        recorded_at=place.at, changed_at=place.at,
    )  # fmt: skip


def _matched(place: District, size: int) -> None:
    """Every record of three origins of years, known before any round was decided; of some, people said otherwise since.

    They are about the oldest sites: those of the register, where there is one.
    """
    before, days = place.at - timedelta(days=1), {"first_day": date(2020, 1, 1), "last_day": date(2099, 12, 31)}
    sites = list(Site.objects.filter(area=place.area).order_by("pk")[:size])
    for origin in Origin:
        file = Intake.objects.create(
            area=place.area, file_name="f.csv", mapping_name=origin, mapping_text="", original_digest="0" * 64,
            input_digest="0" * 64, origin=origin, **days, requested_at=before, read_at=before, approved_at=before,
            applied_at=before,
        )  # fmt: skip
        made = Complaint.objects.bulk_create(
            Complaint(area=place.area, number=f"{origin}-{n}", origin=origin, community_text=site.name, site=site,
                      opened_on=place.at.date() - timedelta(days=60 + n % 300), category="收费", validity="valid",
                      duty=("company", "owners")[n % 2], intake=file, digest="0" * 64, recorded_at=before,
                      changed_at=before)
            for n, site in enumerate(sites)
        )  # fmt: skip
        Decision.objects.bulk_create(
            Decision(complaint=one, number=1, matter="duty", verdict="owners", site_id=one.site_id, reason="x",
                     by=place.people["officer"], at=place.at + timedelta(microseconds=1)) for one in made[::4]
        )  # fmt: skip


def _of_one(place: District, main: Complaint, count: int) -> None:
    """Calls of the same person about the same thing, and decisions on one complaint."""
    Complaint.objects.filter(pk=main.pk).update(caller="m" * 22)
    Complaint.objects.bulk_create(
        Complaint(area=place.area, number=f"M{n}", opened_on=FIRST, site_id=main.site_id, category=main.category,
                  validity="valid", duty="company", intake_id=main.intake_id, digest="0" * 64, caller="m" * 22,
                  recorded_at=place.at, changed_at=place.at) for n in range(count)
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(complaint=main, number=n, matter="duty", verdict="company", site_id=main.site_id, reason="x",
                 by=place.people["officer"], at=place.at) for n in range(1, count + 1)
    )  # fmt: skip


def _rows(edition: Edition, sites: list[Site], made: list[Complaint]) -> None:
    counted: dict[int | None, list[int]] = {}
    for one in made:
        counted.setdefault(one.site_id, []).append(one.pk)
    EditionRow.objects.bulk_create(
        EditionRow(
            edition=edition, position=n + 1, site=site, name=site.name, households=500 if n % 2 else 50, raw=3, valid=3,
            counted=3, rate=600 if n % 2 else None, rank=2 if n % 2 else None, still_open=0,
            suppressed=[] if n % 2 else [{"reason": "a.b", "text": "Too few.", "params": {}}],
            cases={"counted": counted.get(site.pk, [])},
        )
        for n, site in enumerate(sites)
    )  # fmt: skip


def _pages(place: District, edition: Edition, intake: Intake, main: Complaint, made: list[Complaint]) -> Pages:
    for state in ("", "undecided", "counted", "other", "invalid", "unplaced"):
        yield "complaints:complaints", state or "all", {"?": f"state={state}"}
    yield "complaints:complaints", "found", {"?": "q=rq"}
    chosen = "&".join(f"id={one.pk}" for one in made[:10])
    yield "complaints:complaints-decide", "chosen", {"?": chosen}
    yield "complaints:complaint", "many calls", {"pk": main.pk}
    for kind in ("added", "changed"):
        yield "complaints:intake-lines", kind, {"pk": intake.pk, "kind": kind}
    yield "complaints:edition", "found", {"pk": edition.pk, "?": "q=rq"}
    yield "complaints:edition", "all", {"pk": edition.pk}
    yield "complaints:edition-unranked", "all", {"pk": edition.pk}
    yield "complaints:objections", "all", {"pk": edition.pk}
    for form in ("csv", "json", "xlsx"):
        yield "complaints:edition-export", form, {"pk": edition.pk, "form": form}
