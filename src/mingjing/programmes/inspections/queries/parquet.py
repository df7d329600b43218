"""Tables in Parquet files, as rows of text cells like those of kernel.tables. Not here: every other kind of file."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import duckdb

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables import Row, Table

__all__ = ["is_parquet", "read_parquet"]

MAGIC = b"PAR1"
LOT = 2_000
SETTINGS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "1GB", "threads": 2}
FIRST = 2
"""The number of the first row, as if the names of the columns stood in the one before it."""


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet files do; one that cannot be opened is for others to refuse."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


@contextmanager
def read_parquet(path: Path) -> Iterator[Table]:
    """The table in a Parquet file: what is missing is an empty text, a list its texts with "; " between them.

    Whole numbers read as such even where they are held as floats, as they are once one is missing. Raises Refusal.
    """
    try:
        with duckdb.connect(config=SETTINGS) as connection:
            held = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)]).description
            texts = ", ".join(_text(name, str(kind)) for name, kind, *_ in held)
            connection.execute(f"FROM read_parquet(?) SELECT {texts}", [str(path)])
            yield Table(tuple(name for name, *_ in held), _rows(connection))
    except duckdb.Error as error:
        text = N_("This is not a whole Parquet file ({cause}); export it again.")
        cause = str(error).splitlines()[0]
        raise Refusal([Problem("inspections.parquet", text, {"cause": cause}, path.name)]) from error


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    lots = iter(lambda: connection.fetchmany(LOT), [])
    every = enumerate(chain.from_iterable(lots), start=FIRST)
    return (Row(number, cells) for number, cells in every if any(cells))


def _text(name: str, kind: str) -> str:
    """What gives the text of a column."""
    cell = '"' + name.replace('"', '""') + '"'
    said = f"CAST({cell} AS VARCHAR)"
    if kind.endswith("[]"):
        said = f"array_to_string(CAST({cell} AS VARCHAR[]), '; ')"
    elif kind in ("DOUBLE", "FLOAT"):
        whole = f"{cell} = floor({cell}) AND abs({cell}) < 1e15"
        said = f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE {said} END"
    return f"coalesce({said}, '')"
