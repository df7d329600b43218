"""Every write to areas and sites. Not here: reading tables (divisions), weighing them (merging), permissions."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Substr

from mingjing.engine.geo import Datum, Position, to_wgs84
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.db.search import fill_words
from mingjing.kernel.ledger import writer
from mingjing.kernel.places.divisions import read_divisions
from mingjing.kernel.places.merging import Plan, Source, plan_for
from mingjing.kernel.places.models import Area, Retirement, Site, within_subtree, within_subtrees
from mingjing.kernel.tables.digests import file_digest

__all__ = ["Imported", "import_areas", "record_site"]

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import of areas did to how many of them, and the SHA-256 of the file.

    `confirmed` are areas that a new version lists as they were.
    """

    added: int
    changed: int
    confirmed: int
    retired: int
    returned: int
    unchanged: int
    digest: str

    @property
    def nothing_changed(self) -> bool:
        """Whether the table held nothing new (the ledger then has no new fact either)."""
        return not (self.added or self.changed or self.confirmed or self.retired or self.returned)


def import_areas(
    *,
    file: Path | str | IO[bytes],
    name: str = "",
    source: str,
    version: str,
    take_over: bool = False,
    by: writer.Actor | None,
    at: datetime,
) -> Imported:
    """Bring the tree of areas up to the table in `file`, all of it or, with every problem named in a Refusal, nothing.

    `source` and `version` are kept beside each code. Where the table lists children of an area, it lists all of them:
    those of the same source that a new version no longer lists are retired, never deleted. An area that another source
    describes otherwise is a problem, unless this source is to `take_over`. Provinces and cities above the table's own
    top come from the small table that ships.
    """
    speaker = _named_source(source, version)
    divisions = read_divisions(file, name)
    digest = file_digest(file)
    with transaction.atomic():
        exclusive("places.areas")
        plan = plan_for(divisions, speaker, take_over=take_over)
        _carry_out(plan, speaker)
        imported = Imported(
            added=len(plan.add),
            changed=len(plan.change),
            confirmed=len(plan.confirm),
            retired=_retire(_vanished({division.parent_code for division in divisions.values()}, speaker), speaker, at),
            returned=_return(divisions, speaker, at),
            unchanged=plan.unchanged,
            digest=digest,
        )
        if not imported.nothing_changed:
            data = asdict(imported) | {"source": speaker.name, "version": speaker.version}
            writer.append(
                kind="places.areas.imported", subject=f"places.areas:{digest}", data=data, area=None, by=by, at=at
            )
    return imported


def record_site(
    *,
    name: str,
    area: Area,
    address: str = "",
    position: Position | None = None,
    datum: Datum = Datum.WGS84,
    by: writer.Actor | None,
    at: datetime,
) -> Site:
    """Record an addressed place; `position` is in `datum`, kept as given and stored in WGS-84. Raises Refusal."""
    name, address = name.strip(), address.strip()
    if not name or len(name) > 200 or len(address) > 300 or not (name + address).isprintable():
        text = N_("A site needs a name of at most 200 characters and an address of at most 300, in plain text.")
        raise Refusal([Problem("places.site.text", text)])
    site = Site(name=name, address=address, area=area, recorded_at=at, **_stored(position, datum))
    with transaction.atomic():
        site.save(force_insert=True)
        data = {"site": site.pk, "area": area.code, "positioned": int(position is not None)}
        writer.append(kind="places.site.recorded", subject=f"places.site:{site.pk}", data=data, area=area, by=by, at=at)
    return site


def _stored(position: Position | None, datum: Datum) -> dict[str, Any]:
    if position is None:
        return {}
    wgs84 = to_wgs84(position, datum)
    return {
        "latitude": _decimal(wgs84.lat, 7),
        "longitude": _decimal(wgs84.lon, 7),
        "given_datum": datum.value,
        "given_latitude": _decimal(position.lat, 10),
        "given_longitude": _decimal(position.lon, 10),
    }


def _decimal(degrees: float, places: int) -> Decimal:
    return Decimal(repr(degrees)).quantize(Decimal(1).scaleb(-places))


def _carry_out(plan: Plan, source: Source) -> None:
    for _level, areas in groupby(plan.add, key=lambda area: area.level):
        Area.objects.bulk_create(areas, batch_size=BATCH)
    changed = [area for area, _former in plan.change]
    fill_words(changed)
    Area.objects.bulk_update(changed, ["name", "words", "parent", "path", "source", "version"], batch_size=BATCH)
    for area, former in plan.change:
        if area.path != former:
            below = Concat(Value(area.path), Substr("path", len(former) + 1))
            Area.objects.filter(within_subtree(former)).update(path=below)
    confirmed = [area.pk for area in plan.confirm]
    Area.objects.filter(pk__in=confirmed).update(source=source.name, version=source.version)


def _vanished(listed_parents: Iterable[str], source: Source) -> QuerySet[Area]:
    """Current areas of this source below an area whose children the table lists, which its version does not list."""
    still = Area.objects.current().filter(source=source.name).exclude(version=source.version)
    return still.filter(parent__code__in=list(listed_parents))


def _retire(vanished: QuerySet[Area], source: Source, at: datetime) -> int:
    """Retire `vanished` and what lies below; the number of areas retired."""
    tops = list(vanished.values_list("path", flat=True))
    still = Area.objects.current().filter(source=source.name).exclude(version=source.version)
    retired: dict[int, Retirement] = {}
    for start in range(0, len(tops), BATCH):
        for area in still.filter(within_subtrees(tops[start : start + BATCH])):
            retired[area.pk] = Retirement(area=area, version=source.version, at=at)
    Retirement.objects.bulk_create(retired.values(), batch_size=BATCH)
    return len(retired)


def _return(codes: Iterable[str], source: Source, at: datetime) -> int:
    """Close the retirement of areas that are listed again; their number."""
    open_ones = Retirement.objects.filter(area__code__in=list(codes), area__source=source.name, returned_at=None)
    return open_ones.update(returned_at=at, returned_version=source.version)


def _named_source(source: str, version: str) -> Source:
    source, version = source.strip(), version.strip()
    if not source or not version or len(source) > 100 or len(version) > 50 or not (source + version).isprintable():
        text = N_("Name the source of the codes (at most 100 characters) and its version (at most 50).")
        raise Refusal([Problem("places.areas.source", text)])
    return Source(source, version)
