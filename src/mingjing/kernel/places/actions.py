"""Every write to areas, sites and their entry codes. Not here: reading tables (divisions), merging, rights."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path
from secrets import choice
from typing import IO, Any, TypeVar

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
from mingjing.kernel.places.models import Area, EntryCode, Retirement, Site, within_subtree, within_subtrees
from mingjing.kernel.tables.digests import file_digest

__all__ = [
    "Imported", "NewSite", "correct_sites", "import_areas", "issue_entry_codes", "record_site", "record_sites",
    "withdraw_entry_code",
]  # fmt: skip

BATCH = 200
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else
LENGTH = 12  # characters of an entry code, 59 bits: nobody guesses the sign of a site they are not at

Row = TypeVar("Row")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """An addressed place as it is to be recorded: `area` by its key, `position` in `datum`.

    `words` are what it is found by, where the caller has worked them out already (kernel.db.search).
    """

    name: str
    area: int
    address: str = ""
    position: Position | None = None
    datum: Datum = Datum.WGS84
    words: str = ""


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
    _check_text(name, address)
    site = Site(name=name, address=address, area=area, recorded_at=at, **_stored(position, datum))
    with transaction.atomic():
        site.save(force_insert=True)
        data = {"site": site.pk, "area": area.code, "positioned": int(position is not None)}
        writer.append(kind="places.site.recorded", subject=f"places.site:{site.pk}", data=data, area=area, by=by, at=at)
    return site


def record_sites(*, sites: Iterable[NewSite], within: Area, by: writer.Actor | None, at: datetime) -> list[int]:
    """Record many places below `within` with one fact for all of them; their keys, in order. Raises Refusal.

    `sites` streams: so many as there are, a batch of them is held at once. The caller answers for their areas.
    """
    keys: list[int] = []
    digest = sha256()
    with transaction.atomic():
        for batch in _batches(sites):
            rows = [_row(site, at) for site in batch]
            Site.objects.bulk_create(rows)
            keys += [row.pk for row in rows]
            digest.update(b"".join(f"{row.pk} {row.area_id}\n".encode() for row in rows))
        if keys:
            _tell_many("recorded", len(keys), digest.hexdigest(), within, by, at)
    return keys


def correct_sites(*, sites: Iterable[tuple[int, NewSite]], within: Area, by: writer.Actor | None, at: datetime) -> int:
    """Bring recorded sites (by their keys) up to what is known now, with one fact for all; how many. Raises Refusal."""
    columns = ["name", "words", "address", "area", "latitude", "longitude"]
    columns += ["given_datum", "given_latitude", "given_longitude"]
    count = 0
    digest = sha256()
    with transaction.atomic():
        for batch in _batches(sites):
            rows = [_row(site, at, key) for key, site in batch]
            Site.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=columns)
            count += len(rows)
            digest.update(b"".join(f"{row.pk} {row.area_id}\n".encode() for row in rows))
        if count:
            _tell_many("corrected", count, digest.hexdigest(), within, by, at)
    return count


@transaction.atomic
def issue_entry_codes(*, sites: Collection[Site], by: writer.Actor | None, at: datetime) -> list[EntryCode]:
    """A code for each of these sites that has none hanging, to be printed on its sign; one fact for each.

    Facts hold the digest of a code, not the code: who reads the ledger has not been there.
    """
    rows = Site.objects.select_for_update(of=("self",), no_key=True).select_related("area").order_by("pk")
    held = list(rows.filter(pk__in=[site.pk for site in sites]))
    hanging = set(EntryCode.objects.filter(site__in=held, withdrawn_at=None).values_list("site", flat=True))
    fresh = [EntryCode(site=site, code=_made_up(), issued_at=at) for site in held if site.pk not in hanging]
    issued = EntryCode.objects.bulk_create(fresh)
    writer.append_many(facts=[_of_code("issued", code) for code in issued], by=by, at=at)
    return issued


@transaction.atomic
def withdraw_entry_code(*, code: EntryCode, by: writer.Actor | None, at: datetime) -> EntryCode:
    """The sign was lost, or copied: whoever scans it from now on is told that it is not the site's. Raises Refusal."""
    found = EntryCode.objects.select_for_update(of=("self",)).select_related("site__area").get(pk=code.pk)
    if found.withdrawn_at:
        text = N_("This code was withdrawn already; it stays so.")
        raise Refusal([Problem("places.code_withdrawn", text)])
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    writer.append_many(facts=[_of_code("withdrawn", found)], by=by, at=at)
    return found


def _made_up() -> str:
    return "".join(choice(ALPHABET) for _ in range(LENGTH))


def _of_code(what: str, code: EntryCode) -> writer.Told:
    site = code.site
    data = {"site": site.pk, "code": sha256(code.code.encode()).hexdigest()}
    kind, subject = f"places.entry_code.{what}", f"places.site:{site.pk}"
    return writer.Told(kind=kind, subject=subject, data=data, area=site.area)


def _tell_many(what: str, count: int, digest: str, within: Area, by: writer.Actor | None, at: datetime) -> None:
    """The fact about many sites: how many, and the digest over their keys and areas."""
    data = {"area": within.code, "sites": count, "digest": digest}
    kind, subject = f"places.sites.{what}", f"places.area:{within.code}"
    writer.append(kind=kind, subject=subject, data=data, area=within, by=by, at=at)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _row(site: NewSite, at: datetime, key: int | None = None) -> Site:
    _check_text(site.name, site.address)
    nowhere = {"latitude": None, "longitude": None, "given_datum": "", "given_latitude": None, "given_longitude": None}
    where = nowhere | _stored(site.position, site.datum)
    told = {"name": site.name, "address": site.address, "words": site.words}
    return Site(pk=key, area_id=site.area, recorded_at=at, **told, **where)


def _check_text(name: str, address: str) -> None:
    if not name or len(name) > 200 or len(address) > 300 or not (name + address).isprintable():
        text = N_("A site needs a name of at most 200 characters and an address of at most 300, in plain text.")
        raise Refusal([Problem("places.site.text", text)])


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
