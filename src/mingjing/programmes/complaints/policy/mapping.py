"""A mapping: a small TOML file that says which column of a hotline's table is what.

The format is docs/reference/complaint-mapping.md. Not here: binding it to the columns of a file and reading rows
(policy.reading).
"""

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass

from mingjing.engine.mappings.forms import FileForm, Skip, Source, read_form, read_skips
from mingjing.engine.mappings.sections import Section
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.complaints.policy.rules import FIELDS, Repeats

__all__ = ["FORMAT", "HOTLINE", "ORIGINS", "Caller", "Decided", "Households", "Mapping", "parse_mapping"]

FORMAT = "mingjing.complaints.mapping/1"
HOTLINE = "hotline"
ORIGINS = (HOTLINE, "petition", "lawsuit")
"""Who keeps the records of a table: the hotline, the petition office, the court. Only the hotline's are ranked."""
COLUMNS = ("number", "opened", "closed", "community", "category", "place", "text", "channel")
NEEDED = ("number", "opened", "category")


@dataclass(frozen=True, slots=True)
class Caller:
    """The columns that say who called: `key` tells callers apart, `columns` are all that must never be kept."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the file itself says of a complaint: words of a column by their meaning, or one text for every row."""

    source: Source
    words: Table[str, str]


@dataclass(frozen=True, slots=True)
class Households:
    """The columns of the table of households, for rankings at the terminal."""

    community: str
    households: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. `valid` and `duty` are what the file claims; `duplicate` holds its own marks of repeats.

    `origin` is one of ORIGINS. `latest` says what a number that comes twice means: with it the row that was closed last
    counts, without it the file is refused. `nowhere` are words that stand where no community is known. `repeats` is a
    rule of merging that fits a source without callers. `kept` says that the file has passed the door (policy.door).
    """

    file: FileForm
    columns: Table[str, str]
    caller: Caller
    dates: tuple[str, ...]
    categories: Table[str, str]
    nowhere: frozenset[str]
    latest: bool
    valid: Decided
    duty: Decided
    duplicate: Decided
    households: Households
    repeats: Repeats | None
    skip: tuple[Skip, ...]
    kept: bool = False
    origin: str = HOTLINE


def parse_mapping(text: str, place: str = "") -> Mapping:
    """The mapping written in `text`; raises Refusal with everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = N_("The mapping is not valid TOML: {cause}.")
        raise Refusal([Problem("mapping.toml", said, {"cause": str(error)}, place)]) from error
    problems: list[Problem] = []
    root = Section(document, "", problems)
    if (found := root.text("format")) != FORMAT:
        root.fault("format", found, FORMAT)
    mapping = _mapping(root)
    root.close()
    if problems:
        raise Refusal(problems)
    return mapping


def _mapping(root: Section) -> Mapping:
    values, households = root.section("values"), root.section("households")
    decided = root.section("decided")
    made = Mapping(
        file=read_form(root.section("file")),
        columns=_columns(root.section("columns")),
        caller=_caller(root.section("caller")),
        dates=values.texts("dates"),
        categories=_words(root.section("categories")),
        nowhere=frozenset(values.texts("no_community")),
        latest=values.choice("repeated_numbers", ("refused", "latest"), "refused") == "latest",
        valid=_decided(decided, "valid"),
        duty=_decided(decided, "duty"),
        duplicate=_decided(decided, "duplicate"),
        households=Households(households.text("community"), households.text("households")),
        repeats=_repeats(root),
        skip=read_skips(root.section("rows")),
        origin=root.choice("origin", ORIGINS, HOTLINE),
    )
    for part in (values, households, decided):
        part.close()
    return made


def _columns(part: Section) -> dict[str, str]:
    found = {name: part.text(name) for name in COLUMNS}
    for name in NEEDED:
        if not found[name]:
            part.fault(name, None, "the name of a column")
    part.close()
    return {name: column for name, column in found.items() if column}


def _caller(part: Section) -> Caller:
    key, columns = part.texts("key"), part.texts("columns")
    part.close()
    return Caller(key, tuple(dict.fromkeys((*key, *columns))))


def _words(part: Section) -> dict[str, str]:
    """Turn `code = [words]` round: the code of each word."""
    return {word: code for code in part.table for word in part.texts(code)}


def _decided(parent: Section, key: str) -> Decided:
    if not parent.has(key):
        return Decided(Source(), {})
    part = parent.section(key)
    if part.has("text"):
        made = Decided(Source(text=part.text("text")), {})
    else:
        made = Decided(Source(column=part.text("column")), _words(part.section("words")))
        if not made.source.column:
            part.fault("column", None, "a column with words, or a text for all rows")
    part.close()
    return made


def _repeats(root: Section) -> Repeats | None:
    if not root.has("repeats"):
        return None
    part = root.section("repeats")
    made = Repeats(part.texts("same"), part.whole("within_days", 30), part.flag("while_open"))
    if not made.same or set(made.same) - set(FIELDS):
        part.fault("same", list(made.same), "some of " + ", ".join(FIELDS))
    part.close()
    return made
