"""The columns of a file by their names, and the problems of its rows."""

from collections.abc import Sequence

from mingjing.engine.mappings.forms import Source
from mingjing.engine.mappings.sections import nearest
from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Problem, Reason, Refusal

__all__ = ["Columns", "Log", "Place"]

SHOWN = 200


def shortened(header: Sequence[str]) -> str:
    """The first names of a heading, to be recognized by."""
    named = [name for name in header if name]
    return " | ".join(named[:4]) + (" | …" if len(named) > 4 else "") or "–"


class Log:
    """The problems of a file: the first of them in full, and how many there are in all."""

    def __init__(self) -> None:
        self.shown: list[Problem] = []
        self.count = 0

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.count += 1
        if self.count <= SHOWN:
            self.shown.append(problem)

    def at(self, row: int, reason: Reason, column: str = "") -> None:
        """Note `reason` as the problem of a row."""
        place = f"row {row}, column {column}" if column else f"row {row}"
        self.add(Problem(reason.code, reason.text, reason.params, place))

    def refuse(self) -> None:
        """Raise Refusal if there is any problem; they stand in the order of the file."""
        self.shown.sort(key=lambda problem: problem.row or 0)
        if self.count > SHOWN:
            text = N_("There are {count} problems in all; the first {shown} are listed. Nothing was written.")
            raise Refusal([*self.shown, Problem("replay.more", text, {"count": self.count, "shown": SHOWN})])
        if self.shown:
            raise Refusal(self.shown)


class Place:
    """Where the text of something is in a row: in a column, or the same for all rows."""

    def __init__(self, column: str, at: int | None, text: str) -> None:
        self.column = column
        self.at = at
        self.text = text

    def of(self, cells: Sequence[str]) -> str:
        """The text in this row."""
        return self.text if self.at is None else cells[self.at]


class Columns:
    """Positions by column name, names compared without differences nobody sees; what is missing joins `problems`.

    `used` collects the positions asked for.
    """

    def __init__(self, header: Sequence[str], problems: list[Problem]) -> None:
        self.header = [normal(name) for name in header]
        self.problems = problems
        self.used: set[int] = set()

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return normal(name) in self.header

    def at(self, name: str, asked: str) -> int:
        """The position of the column that the mapping names at `asked`; 0 where it is missing."""
        wanted = normal(name)
        if self.header.count(wanted) != 1:
            near = nearest(wanted, self.header)
            text = N_("There is no column {column} in the file; the nearest is {nearest}.")
            if near == "–":
                text = N_(
                    "There is no column {column} in the heading that was read ({found}); name another in the mapping, "
                    "or, where titles stand above the heading, say in which row it is (file.header)."
                )
            if wanted in self.header:
                text = N_("The column {column} is there more than once; give each its own name.")
            params = {"column": name, "nearest": near, "found": shortened(self.header)}
            self.problems.append(Problem("mapping.column", text, params, asked))
            return 0
        position = self.header.index(wanted)
        self.used.add(position)
        return position

    def place(self, source: Source, asked: str) -> Place:
        """Where the text of `source` is; nowhere (an empty text) for an empty source."""
        at = self.at(source.column, asked) if source.column else None
        return Place(source.column, at, source.text)

    def optional(self, name: str, asked: str) -> int | None:
        """The position of a column that the mapping need not name."""
        return self.at(name, asked) if name else None
