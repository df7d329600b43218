"""Reads what a draw is made from: tables of sites, experts and conflicts, and a TOML of settings.

Columns are found by their header, in English or Chinese; other columns are passed over. Every fault is reported at
once, with its row. The columns and keys are described in docs/reference/draw-format.md.
"""

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from mingjing.engine.drawing import Conflict, Expert, Inputs, Settings, Site
from mingjing.engine.drawing.model import RECUSALS
from mingjing.engine.mappings.sections import Section
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.quantities import parse_fraction

__all__ = ["SETTINGS_FORMAT", "TableRows", "parse_settings", "read_inputs"]

SETTINGS_FORMAT = "mingjing.assessments.draw.settings/1"
MICRODEGREES = 1_000_000
SITE_COLUMNS = {
    "key": ("key", "编号"),
    "stratum": ("stratum", "街道"),
    "class": ("class", "类别"),
    "lat": ("lat", "纬度"),
    "lon": ("lon", "经度"),
    "company": ("company", "企业"),
    "group": ("group", "同组"),
}
EXPERT_COLUMNS = {"key": ("key", "编号"), "home": ("home", "单位"), "days": ("days", "日期")}
CONFLICT_COLUMNS = {"expert": ("expert", "专家"), "site": ("site", "小区"), "company": ("company", "企业")}
BETWEEN_DAYS = re.compile(r"[\s,;、，；]+")


class Line(Protocol):
    """A row of a table: its number as the reader's program counts it, and its cells."""

    @property
    def number(self) -> int: ...
    @property
    def cells(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class TableRows:
    """A table as `kernel.tables` yields it, under the `name` that places begin with."""

    name: str
    header: Sequence[str]
    rows: Iterable[Line | Problem]


@dataclass
class _Reader:
    """The rows of one table as dictionaries, and the faults found on the way."""

    table: TableRows
    columns: Mapping[str, Sequence[str]]
    required: Sequence[str]
    problems: list[Problem] = field(default_factory=list)

    def lines(self) -> Iterable[tuple[str, dict[str, str]]]:
        """Each row's place, and its texts by column; "" where there is no such column."""
        header = [cell.strip().lower() for cell in self.table.header]
        at = {name: next((header.index(alias) for alias in aliases if alias in header), -1)
              for name, aliases in self.columns.items()}  # fmt: skip
        for name in self.required:
            if at[name] < 0:
                text = N_("The column {column} is missing; the first row names the columns.")
                params = {"column": " / ".join(self.columns[name])}
                self.problems.append(Problem("draw.column", text, params, self.table.name))
        if self.problems:
            return
        for row in self.table.rows:
            if isinstance(row, Problem):
                place = f"{self.table.name}, {row.place}"
                self.problems.append(Problem(row.code, row.text, row.params, place))
            else:
                found = {name: row.cells[column].strip() if column >= 0 else "" for name, column in at.items()}
                yield f"{self.table.name}, row {row.number}", found

    def fault(self, place: str, refusal: Refusal) -> None:
        """Keep the problems of one cell, at their place."""
        self.problems += [Problem(found.code, found.text, found.params, place) for found in refusal.problems]


def read_inputs(settings: Settings, sites: TableRows, experts: TableRows, conflicts: TableRows | None) -> Inputs:
    """The inputs of a draw; raises Refusal with every fault of all three tables."""
    reading = _Reader(sites, SITE_COLUMNS, ("key",))
    found_sites = _sites(reading)
    serving = _Reader(experts, EXPERT_COLUMNS, ("key",))
    found_experts = _experts(serving)
    barring = _Reader(conflicts or TableRows("", (), ()), CONFLICT_COLUMNS, ("expert",) if conflicts else ())
    found_conflicts = [Conflict(line["expert"], line["site"], line["company"]) for _, line in barring.lines()]
    if problems := [*reading.problems, *serving.problems, *barring.problems]:
        raise Refusal(problems)
    return Inputs(tuple(found_sites), tuple(found_experts), tuple(found_conflicts), settings)


def _sites(reader: _Reader) -> list[Site]:
    return [
        Site(
            key=line["key"],
            stratum=line["stratum"],
            kind=line["class"],
            lat=_degrees(reader, place, "lat", line["lat"]),
            lon=_degrees(reader, place, "lon", line["lon"]),
            company=line["company"],
            group=line["group"],
        )
        for place, line in _keyed(reader)
    ]


def _keyed(reader: _Reader) -> Iterable[tuple[str, dict[str, str]]]:
    """The lines, after noting keys that are empty or come again, at their row."""
    seen: dict[str, str] = {}
    for place, line in reader.lines():
        if not line["key"] or line["key"] in seen:
            text = N_("The key “{key}” is empty or given more than once; each line needs a key of its own.")
            reader.problems.append(Problem("draw.twice", text, {"key": line["key"]}, place))
        seen[line["key"]] = place
        yield place, line


def _degrees(reader: _Reader, place: str, column: str, text: str) -> int:
    """Millionths of a degree, halves up; a table without positions leaves every place to the lot alone."""
    if not text and not any(cell.strip().lower() in SITE_COLUMNS[column] for cell in reader.table.header):
        return 0
    try:
        return int((parse_fraction(text) * MICRODEGREES + Fraction(1, 2)) // 1)
    except Refusal as refusal:
        reader.fault(f"{place}, column {column}", refusal)
        return 0


def _experts(reader: _Reader) -> list[Expert]:
    return [
        Expert(key=line["key"], home=line["home"], days=_days(reader, place, line["days"]))
        for place, line in _keyed(reader)
    ]


def _days(reader: _Reader, place: str, text: str) -> tuple[str, ...]:
    found = {part for part in BETWEEN_DAYS.split(text) if part}
    for part in sorted(found):
        if not _is_day(part):
            said = N_("{found} is not a date; write days as 2026-03-02, with spaces between.")
            reader.problems.append(Problem("draw.day", said, {"found": part}, f"{place}, column days"))
    return tuple(sorted(found))


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def parse_settings(text: str, place: str = "") -> Settings:
    """The settings written in a TOML text; raises Refusal with everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = N_("The settings are not valid TOML: {cause}.")
        raise Refusal([Problem("draw.toml", said, {"cause": str(error)}, place)]) from error
    problems: list[Problem] = []
    root = Section(document, place, problems)
    if (found := root.text("format")) != SETTINGS_FORMAT:
        root.fault("format", found, SETTINGS_FORMAT)
    settings = Settings(
        title=root.text("title"),
        days=_planned(root),
        teams=root.whole("teams", 0),
        team_size=root.whole("team_size", 0),
        most=root.whole("most", 0),
        share=_fraction(root, "share", Fraction(1)),
        recuse=tuple(sorted(set(root.texts("recuse", RECUSALS)))),
        pair_share=_fraction(root, "pair_share", Fraction(1, 4)),
    )
    root.close()
    if problems:
        raise Refusal(problems)
    return settings


def _planned(root: Section) -> tuple[str, ...]:
    """The days, as texts or as TOML's own dates."""
    value: Any = root.any("days")
    days = [str(entry) for entry in value] if isinstance(value, list) else []
    if not days or not all(_is_day(day) for day in days):
        root.fault("days", value, "[2026-03-02, 2026-03-03]")
        return ()
    return tuple(sorted(set(days)))


def _fraction(root: Section, key: str, default: Fraction) -> Fraction:
    """An exact fraction written as a text: "1/4" or "0.25"."""
    text = root.text(key, str(default))
    if re.fullmatch(r"\d{1,6}(/0*[1-9]\d{0,5}|\.\d{1,6})?", text, re.ASCII):
        return Fraction(text)
    root.fault(key, text, '"1/4" | "0.25"')
    return default
