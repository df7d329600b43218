"""A file for the register against what is known: what each row would add or change, and what it cannot.

Not here: what a row is (policy.rosters), carrying it out (actions.rosters).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import read_table
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Item
from mingjing.programmes.inspections.policy.rosters import Reader, Record, RosterMapping, parse_roster_mapping

__all__ = ["Line", "Preview", "load_roster_mapping", "preview", "shipped_rosters"]

SHIPPED = Path(__file__).parent.parent / "mappings" / "rosters"
MOST = 20_000
"""Rows of one file: it is previewed while somebody waits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row and what it would do: `added`, `changed` (from what stood there: `before`), or `same`."""

    record: Record
    kind: str
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """How a reader finds it in the file."""
        return self.record.text("name") or self.record.text("title")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a whole file would do; `digest` is over rows and what stands there, so that it holds for this state only."""

    kind: str
    lines: tuple[Line, ...]
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each kind."""
        found = Counter(line.kind for line in self.lines)
        return {kind: found[kind] for kind in ("added", "changed", "same")}

    @property
    def news(self) -> tuple[Line, ...]:
        """The lines that would change something."""
        return tuple(line for line in self.lines if line.kind != "same")


def shipped_rosters() -> dict[str, Path]:
    """The mappings that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_roster_mapping(name: str) -> RosterMapping:
    """The mapping that ships under `name`, or the one in the file of that name; raises Refusal."""
    path = shipped_rosters().get(name, Path(name))
    if not path.is_file():
        text = N_("{name} is neither a file nor one of those that ship: {shipped}.")
        told = {"name": name, "shipped": tuple(shipped_rosters())}
        raise Refusal([Problem("inspections.not_found", text, told)])
    try:
        return parse_roster_mapping(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        text = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", text, {}, path.name)]) from error


def preview(*, file: Path | IO[bytes], name: str, mapping: RosterMapping, area: Area) -> Preview:
    """What the file would do in `area`; raises Refusal with every mistake, by row and column."""
    with _read(file, name, mapping) as (reader, rows):
        records = list(rows)
        _codes(reader, mapping, records)
        reader.log.refuse()
        if not records:
            raise Refusal([Problem("intake.empty", N_("The file has a header and no row below it."))])
        lines = tuple(_compared(reader, mapping.kind, records, area))
        reader.log.refuse()
    told = "\n".join(f"{one.kind} {sorted(one.record.values.items())} {sorted(one.before.items())}" for one in lines)
    return Preview(mapping.kind, lines, sha256(f"{area.pk}\n{told}".encode()).hexdigest())


@contextmanager
def _read(file: Path | IO[bytes], name: str, mapping: RosterMapping) -> Iterator[tuple[Reader, Iterable[Record]]]:
    form = mapping.file
    with read_table(
        file, name=name, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet, header_row=form.header,
        merged=form.merged,
    ) as table:  # fmt: skip
        reader = Reader(mapping, table.header)
        yield reader, _bounded(reader.records(table.rows))


def _bounded(records: Iterable[Record]) -> Iterator[Record]:
    for number, record in enumerate(records, 1):
        if number > MOST:
            text = N_("The file has more than {most} rows; hand it in by parts.")
            raise Refusal([Problem("inspections.roster.rows", text, {"most": MOST})])
        yield record


def _codes(reader: Reader, mapping: RosterMapping, records: Iterable[Record]) -> None:
    """Credit codes must be true ones: a mistyped digit is found here, not in the register."""
    for record in records:
        for name in ("credit_code", "authority", "delegated_by"):
            if code := record.text(name):
                try:
                    held = read_credit_code(code)
                except Refusal as refusal:
                    one = refusal.problems[0]
                    reader.log.at(record.row, Reason(one.code, one.text, one.params), mapping.columns[name])
                else:
                    if held != code:
                        text = N_("Write the credit code as {code}.")
                        told = Reason("inspections.roster.code", text, {"code": held})
                        reader.log.at(record.row, told, mapping.columns[name])


def _compared(reader: Reader, kind: str, records: list[Record], area: Area) -> Iterator[Line]:
    known, bars = _KNOWN[kind](records), _bodies(records, area)
    for record in records:
        body = record.text("authority")
        if body and body not in bars:
            text = N_("No authority with the credit code {code} is on the register of this area.")
            reader.log.at(record.row, Reason("inspections.roster.authority", text, {"code": body}))
        held = known.get(record.key)
        if held is None:
            yield Line(record, "added")
            continue
        if held.pop("area", area.path) != area.path:
            text = N_("This one is on the register of another area.")
            reader.log.at(record.row, Reason("inspections.roster.elsewhere", text))
        before = {name: value for name, value in held.items() if record.values.get(name, "") not in ("", (), value)}
        yield Line(record, "changed" if before else "same", before)


def _bodies(records: list[Record], area: Area) -> set[str]:
    codes = {record.text("authority") for record in records}
    rows = Authority.objects.filter(organisation__credit_code__in=codes, area__path__startswith=area.path)
    return set(rows.values_list("organisation__credit_code", flat=True))


def _authorities(records: list[Record]) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = Authority.objects.filter(organisation__credit_code__in=[one.key[0] for one in records])
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows.select_related("organisation", "area").prefetch_related("listings"):
        listings = sorted(row.listings.all(), key=lambda one: one.first_day)
        last = listings[-1] if listings else None
        found[(row.organisation.credit_code,)] = {
            "area": row.area.path, "level": row.level, "field": row.field,
            "listed_from": last.first_day.isoformat() if last else None,
            "listed_until": last.last_day.isoformat() if last and last.last_day else None,
        }  # fmt: skip
    return found


def _officers(records: list[Record]) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = Certificate.objects.filter(number__in=[one.key[0] for one in records])
    return {
        (row.number,): {
            "area": row.authority.area.path, "authority": row.authority.organisation.credit_code,
            "scope": tuple(row.scope), "first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat(),
            "status": "revoked" if row.revoked_on else "valid", "username": row.person.username,
        }
        for row in rows.select_related("authority__area", "authority__organisation", "person")
    }  # fmt: skip


def _items(records: list[Record]) -> dict[tuple[str, ...], dict[str, Any]]:
    codes = {one.key[1] for one in records}
    bodies = {one.key[0] for one in records}
    rows = Item.objects.filter(code__in=codes, authority__organisation__credit_code__in=bodies).order_by("first_day")
    return {
        (row.authority.organisation.credit_code, row.code): {
            "area": row.authority.area.path, "title": row.title, "legal_basis": tuple(row.legal_basis),
            "object_class": row.object_class, "method": row.method, "checklist": tuple(row.checklist),
        }
        for row in rows.select_related("authority__organisation", "authority__area")
    }  # fmt: skip


def _firms(records: list[Record]) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = Firm.objects.filter(organisation__credit_code__in=[one.key[0] for one in records])
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows.select_related("organisation", "area").prefetch_related("grades"):
        grades = list(row.grades.all())
        found[(row.organisation.credit_code,)] = {
            "area": row.area.path, "industry": row.industry, "above_scale": "yes" if row.above_scale else "no",
            "hazard": "yes" if row.hazard else "no", "grade": grades[0].grade if grades else "none",
        }  # fmt: skip
    return found


_KNOWN: Mapping[str, Callable[[list[Record]], dict[tuple[str, ...], dict[str, Any]]]] = {
    "authorities": _authorities, "officers": _officers, "items": _items, "firms": _firms,
}  # fmt: skip
