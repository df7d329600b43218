"""The parts that mappings of every kind have: the form of the file, where a text comes from, rows to leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingjing.engine.mappings.sections import Section

__all__ = ["FileForm", "Skip", "Source", "read_form", "read_skips", "read_source"]


@dataclass(frozen=True, slots=True)
class FileForm:
    """How the file is laid out; `header` is the header's row, 0 for none."""

    encoding: str
    delimiter: str
    sheet: str | None
    header: int
    merged: bool
    layout: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text comes from: a column, or the mapping itself."""

    column: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.column or self.text)


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows to leave out: those whose `column` holds one of `words`."""

    column: str
    words: frozenset[str]


def read_form(part: Section, layouts: Sequence[str] = ("wide",)) -> FileForm:
    """How the file is laid out; the first of `layouts` unless it says another."""
    delimiter = part.text("delimiter", "auto")
    if delimiter != "auto" and len(delimiter) != 1:
        part.fault("delimiter", delimiter, 'one character, "\\t" or "auto"')
        delimiter = "auto"
    made = FileForm(
        encoding=part.text("encoding", "auto"),
        delimiter=delimiter,
        sheet=part.text("sheet") or None,
        header=part.whole("header", 1),
        merged=part.flag("merged"),
        layout=part.choice("layout", layouts, layouts[0]),
    )
    part.close()
    return made


def read_source(part: Section, key: str) -> Source:
    """A column's name, or `{ text = "…" }` for a text that holds for every row."""
    value = part.any(key)
    if isinstance(value, Mapping):
        inner = Section(value, part.place(key), part.problems)
        made = Source(text=inner.text("text"))
        inner.close()
        return made
    return Source(column=part.text(key))


def read_skips(part: Section) -> tuple[Skip, ...]:
    """The rows to leave out, a list of `{ column, words }` under `skip`."""
    entries = part.any("skip")
    if entries is not None and not isinstance(entries, list):
        part.fault("skip", entries, "a list of tables with column and words")
        entries = []
    made = []
    for index, entry in enumerate(entries or []):
        one = Section(entry, f"{part.place('skip')}[{index}]", part.problems)
        made.append(Skip(one.text("column"), frozenset(one.texts("words"))))
        one.close()
    part.close()
    return tuple(made)
