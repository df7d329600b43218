"""A district's published pages and data, written as files when an edition is published, and by hand at any time.

Not here: what is in them (pages, data, feed), how they take the place of the old ones (faces.board.folders).
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.faces import board as board_face
from mingjing.faces.board.folders import File, Unit, publish, writing
from mingjing.faces.board.variants import Variant
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.worker import Run
from mingjing.kernel.ledger.queries import head
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.board.addresses import base_of, unit_of
from mingjing.programmes.assessments.board.data import data_of
from mingjing.programmes.assessments.board.feed import feeds_of
from mingjing.programmes.assessments.board.pages import NOTHING, Site, assets, pages_of
from mingjing.programmes.assessments.board.photos import path_of
from mingjing.programmes.assessments.models import Edition
from mingjing.programmes.assessments.queries.published import NEAR, areas_published, published_of

__all__ = [
    "configure_publish_files", "files_of", "lists", "run_publish_files", "write", "write_edition", "write_entry",
    "write_order", "write_photo",
]  # fmt: skip


def files_of(area: Area, served: Mapping[str, str] = NOTHING) -> Iterator[File]:
    """Every file of a district, as the database stands; `served` as for pages_of."""
    site = Site.of(published_of(area))
    yield from assets()
    yield from ((path_of(key), content) for key, content in site.photos.items())
    yield from pages_of(site, served)
    yield from feeds_of(site)
    yield from data_of(site)


def write(area: Area) -> str:
    """Write the district's files, each made anew, and serve them from now on; returns the digest of them all."""
    unit = Unit(unit_of(area))
    with writing(unit):
        seen = head().seq
        return publish(unit, files_of(area), seen=seen, made_by=made_by())


@lru_cache(maxsize=1)
def made_by() -> str:
    """The digest of the code and templates that pages are made by: what other code made is not taken over unseen."""
    known = sha256()
    here = Path(__file__).parent
    for folder in (*map(Path, board_face.__path__), here, here.parent / "templates/assessments/board"):
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".py", ".html", ".css"}:
                known.update(file.name.encode() + file.read_bytes())
    return known.hexdigest()


def _follow(area: Area, run: Run) -> None:
    """Write the district's files after a fact, unless they were read from the database after it already.

    So that many facts at once cost one writing. A mark ahead of the ledger is of another database: it says nothing.
    """
    unit = Unit(unit_of(area))
    with writing(unit):
        now = head().seq
        if not run.fact.seq <= unit.seen() <= now:
            served = unit.listing() if unit.made_by() == made_by() else NOTHING
            publish(unit, files_of(area, served), seen=now, made_by=made_by())


def write_edition(run: Run) -> None:
    """An edition was published, or something said beside it: the district's files follow."""
    edition = Edition.objects.select_related("round__area").get(pk=run.fact.values["edition"])
    _follow(edition.round.area, run)


def write_entry(run: Run) -> None:
    """A company said something beside its entry, or the office withheld it: the files follow."""
    editions = Edition.objects.filter(round__entries=run.fact.values["entry"])
    for area in Area.objects.filter(pk__in=editions.values("round__area")):
        _follow(area, run)


def write_order(run: Run) -> None:
    """An order to put something right went on: the files follow where it stands beside a published row."""
    _write_beside(Case.objects.get(pk=run.fact.values["case"]), run)


def write_photo(run: Run) -> None:
    """Masks of a photo were set, or it was withdrawn: where it shows a finding or its repair, the files follow."""
    exhibit = Exhibit.objects.get(pk=run.fact.subject.partition(":")[2])
    kind, _colon, key = exhibit.subject.partition(":")
    if kind == "cases.case" and key.isdigit() and (case := Case.objects.filter(pk=int(key)).first()):
        _write_beside(case, run)
    elif exhibit.subject.startswith(NEAR) and key.isdigit():
        _write_near(int(key), run)


def _write_beside(case: Case, run: Run) -> None:
    key = case.subject.removeprefix(NEAR).partition("/")[0]
    if case.programme != "assessments" or not case.subject.startswith(NEAR) or not key.isdigit():
        return
    _write_near(int(key), run)


def _write_near(record: int, run: Run) -> None:
    """The files of the district whose published list a visit record belongs to."""
    editions = Edition.objects.filter(round__records=record)
    for area in Area.objects.filter(pk__in=editions.values("round__area")):
        _follow(area, run)


def lists(variant: Variant) -> Iterable[tuple[str, str]]:
    """Every district that has published a list, with its address: for the door of the board."""
    return [(area.name, f"{base_of(area)}{variant.code}/") for area in areas_published()]


def configure_publish_files(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing assessments publish-files`."""
    parser.add_argument(
        "--area", metavar="AREA", help=_("code of the district (default: every one that has published)")
    )


def run_publish_files(args: argparse.Namespace) -> int:
    """Write the files of one district or of all anew; the same content gives the same bytes. Raises Refusal."""
    areas = [area for area in areas_published() if args.area in (None, area.code)]
    if args.area and not areas:
        text = N_("Area {area} has published no list, so there is nothing to write.")
        raise Refusal([Problem("board.nothing", text, {"area": args.area})])
    for area in areas:
        digest = write(area)
        print(_("{area}: written, digest {digest}").format(area=area.name, digest=digest))
    return 0
