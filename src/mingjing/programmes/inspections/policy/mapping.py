"""A mapping: a small TOML file that says which columns of a table of visits are what.

The format is docs/reference/inspection-mapping.md. Not here: binding it to the columns of a file and reading rows
(policy.reading).
"""

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mingjing.engine.mappings.forms import FileForm, Skip, read_form, read_skips
from mingjing.engine.mappings.sections import Section
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.inspections.policy.conditions import NUMBERS, TEXTS

__all__ = ["FORMAT", "Field", "Firm", "Mapping", "parse_mapping"]

FORMAT = "mingjing.inspections.mapping/1"
OWN = ("record", "day", "recorded", "site", "authority", "joint", "items", "officers", "corrects", "void", "report")
SEVERAL = ("authority", "items", "officers")
"""What a row may hold several of."""
REPEATED = ("refused", "joint", "last")
ROWS = ("counted", "once")


@dataclass(frozen=True, slots=True)
class Field:
    """Where one thing is: in columns, or the same `text` for every row.

    `words` gives the code of each word; one with a star is a pattern, and `column=word` holds in that column only. A
    word that is none of them is `otherwise`, or refused where that is None. Of a cell that holds several things, `cut`
    are the characters between them and `part` is which one it is (the first is 1); `separator` holds the characters
    between several of one kind.
    """

    columns: tuple[str, ...] = ()
    text: str = ""
    words: Table[str, str] | None = None
    otherwise: str | None = None
    separator: str = ""
    cut: str = ""
    part: int = 1


@dataclass(frozen=True, slots=True)
class Firm:
    """What tells firms apart: `columns` together; where one is empty, or says so by a word of `empty`, `otherwise`.

    Rows whose columns hold one of the words of `nobody` are about no firm in particular and are left out.
    """

    columns: tuple[str, ...]
    otherwise: tuple[str, ...]
    nobody: frozenset[str]
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping; `repeated` says what a record that comes again means, `rows` what a whole row does.

    An instant that tells its distance from UTC is of the day that it was in `zone`, where that is given.
    """

    file: FileForm
    dates: tuple[str, ...]
    zone: tzinfo | None
    repeated: str
    rows: str
    firm: Firm
    fields: Table[str, Field]
    skip: tuple[Skip, ...]


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
    values = root.section("values")
    mapping = Mapping(
        file=read_form(root.section("file")), dates=values.texts("dates"), zone=_zone(values),
        repeated=values.choice("repeated_records", REPEATED, REPEATED[0]),
        rows=values.choice("repeated_rows", ROWS, ROWS[0]), firm=_firm(root.section("firm")),
        fields=_fields(root.section("fields")), skip=read_skips(root.section("rows")),
    )  # fmt: skip
    values.close()
    root.close()
    if problems:
        raise Refusal(problems)
    return mapping


def _zone(values: Section) -> tzinfo | None:
    name = values.text("zone")
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, ZoneInfoNotFoundError):
        values.fault("zone", name, 'the name of a time zone, such as "Asia/Shanghai"')
        return None


def _firm(part: Section) -> Firm:
    words = (frozenset(part.texts(key)) for key in ("nobody", "empty"))
    made = Firm(part.texts("columns"), part.texts("otherwise"), *words)
    if not made.columns:
        part.fault("columns", None, "the names of the columns that tell firms apart")
    if made.empty and not made.otherwise:
        part.fault("empty", sorted(made.empty), "otherwise beside it; rows that name no firm are for nobody")
    part.close()
    return made


def _fields(part: Section) -> dict[str, Field]:
    known = (*OWN, *TEXTS, *NUMBERS)
    found = {}
    for name in part.table:
        if name not in known:
            part.fault(name, name, "one of " + ", ".join(known))
            continue
        found[name] = _field(part, name, part.any(name))
    if not (found.get("day") or Field()).columns:
        part.fault("day", None, "the column, or the columns, of the day of entry")
    if "record" not in found:
        for name in {"corrects"} & found.keys():
            part.fault(name, name, "a column for record beside it")
    return found


def _field(parent: Section, name: str, value: Any) -> Field:
    if not isinstance(value, Table):
        return Field(columns=parent.texts(name))
    part = parent.section(name)
    words = _words(part.section("words")) if part.has("words") else None
    made = Field(
        columns=part.texts("columns"), text=part.text("text"), words=words,
        otherwise=part.text("otherwise") if part.has("otherwise") else None, separator=part.text("separator"),
        cut=part.text("cut"), part=part.whole("part", 1, least=1),
    )  # fmt: skip
    if bool(made.columns) == bool(made.text):
        part.fault("columns", list(made.columns), "columns, or one text for all rows")
    if made.separator and name not in SEVERAL:
        part.fault("separator", made.separator, "a separator for " + ", ".join(SEVERAL) + " only")
    if part.has("part") and not made.cut:
        part.fault("part", made.part, "the characters to cut at (cut) beside it")
    if made.otherwise is not None and words is None:
        part.fault("otherwise", made.otherwise, "words beside it")
    part.close()
    return made


def _words(part: Section) -> dict[str, str]:
    """Turn `code = [words]` round: the code of each word."""
    found: dict[str, str] = {}
    for code in part.table:
        for word in part.texts(code):
            if found.setdefault(word.casefold(), code) != code:
                part.fault(code, word, f"a word that is not one of {found[word.casefold()]} already")
    return found
