"""A file for the register against what is known: what each row would add or change, and what it cannot.

Not here: what a row is (policy.rosters), carrying it out (actions.rosters).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.intakes.models import LineKind
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.parties.rosters import name_fault
from mingjing.kernel.places.models import Area
from mingjing.kernel.tables import read_table
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Item, Roster, RosterLine
from mingjing.programmes.inspections.policy.rosters import KEYS, Reader, Record, RosterMapping, parse_roster_mapping

__all__ = ["BATCH", "Lines", "compared", "load_roster_mapping", "read_lines", "record_of", "shipped_rosters"]

SHIPPED = Path(__file__).parent.parent / "mappings" / "rosters"
BATCH = 500
Row = tuple[Record, LineKind, dict[str, Any], Reason | None]
"""A record, what it would do, what stood there of that, and why it cannot."""


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


class Lines:
    """The lines of one file against what is known in its area: counts by kind, and the digest over them."""

    def __init__(self, roster: Roster) -> None:
        self.roster, self.area = roster, roster.area
        self.counts: Counter[str] = Counter()
        self.digest = sha256()

    def of(self, reader: Reader, records: Iterable[Record]) -> Iterator[list[RosterLine]]:
        """Lines that say something new, a batch at a time: no more than that is held."""
        source = iter(records)
        while batch := list(islice(source, BATCH)):
            _texts(reader, reader.mapping, batch)
            yield list(self._lines(reader, batch))

    def _lines(self, reader: Reader, records: list[Record]) -> Iterator[RosterLine]:
        for record, kind, before, fault in compared(reader.mapping.kind, records, self.area):
            self.counts["read"] += 1
            self.counts[str(kind)] += 1
            if fault is not None:
                reader.log.at(record.row, fault)
            self.digest.update(f"{kind} {sorted(record.values.items())} {sorted(before.items())}\n".encode())
            if kind != LineKind.SAME and not reader.log.count:
                yield RosterLine(
                    row=record.row, key=" ".join(record.key), kind=kind, values=dict(record.values), before=before
                )

    def summary(self) -> dict[str, Any]:
        """What is kept of the reading."""
        return {name: self.counts[name] for name in ("read", "added", "changed", "same")} | {
            "lines": self.digest.hexdigest()
        }


def record_of(line: RosterLine, kind: str) -> Record:
    """The record that a kept line was made of."""
    values = {name: tuple(told) if isinstance(told, list) else told for name, told in line.values.items()}
    return Record(line.row, tuple(str(values[name]) for name in KEYS[kind]), values)


@contextmanager
def read_lines(
    roster: Roster, file: IO[bytes], lines: Lines
) -> Iterator[tuple[Reader, Iterator[list[RosterLine]]]]:  # fmt: skip
    """The reader of a file, and its lines a batch at a time."""
    mapping = parse_roster_mapping(roster.mapping_text)
    form = mapping.file
    with read_table(
        file, name=roster.file_name, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet,
        header_row=form.header, merged=form.merged,
    ) as table:  # fmt: skip
        reader = Reader(mapping, table.header)
        yield reader, lines.of(reader, reader.records(table.rows))


def _texts(reader: Reader, mapping: RosterMapping, records: Iterable[Record]) -> None:
    """Names and addresses must be such as the register takes, and credit codes true: a mistyped digit is found here."""
    for record in records:
        if "credit_code" in mapping.columns and record.text("name") and (wrong := name_fault(record.text("name"))):
            reader.log.at(record.row, Reason(wrong.code, wrong.text, wrong.params), mapping.columns["name"])
        if not record.text("address").isprintable():
            told = Reason("inspections.roster.plain", N_("This must be plain text, in one line."))
            reader.log.at(record.row, told, mapping.columns["address"])
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


def compared(kind: str, records: list[Record], area: Area) -> Iterator[Row]:
    """Each of these records against what is known now; so many statements, however many they are."""
    known, bars = _KNOWN[kind](records), _bodies(records, area)
    for record in records:
        fault, body = None, record.text("authority")
        if body and body not in bars:
            text = N_("No authority with the credit code {code} is on the register of this area.")
            fault = Reason("inspections.roster.authority", text, {"code": body})
        held = known.get(record.key)
        if held is None:
            yield record, LineKind.ADDED, {}, fault
            continue
        if held.pop("area", area.path) != area.path:
            fault = Reason("inspections.roster.elsewhere", N_("This one is on the register of another area."))
        before = {name: value for name, value in held.items() if record.values.get(name, "") not in ("", (), value)}
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in before.items()}
        yield record, LineKind.CHANGED if before else LineKind.SAME, told, fault


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
