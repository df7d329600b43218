"""Tables handed out in pieces: the same characters, whatever the lines, and no more than a piece kept at a time."""

import csv
import io
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.tables import csv_pieces, in_pieces
from mingjing.kernel.tables.streams import PIECE

CELLS = st.one_of(st.none(), st.integers(), st.text(st.characters(exclude_categories=["Cs", "Cc"])))


@given(st.lists(st.text(max_size=50), max_size=20), st.integers(1, 4000))
def test_pieces_are_the_same_characters(lines: list[str], often: int) -> None:
    assert "".join(in_pieces(lines * often)) == "".join(lines) * often


def test_lines_of_bytes_are_gathered_too_and_handed_out_before_all_are_made() -> None:
    made = []

    def lines() -> Iterator[bytes]:
        for n in range(10 * PIECE // 100):
            made.append(n)
            yield b"x" * 99 + b"\n"

    pieces = in_pieces(lines())
    assert len(next(pieces)) < PIECE + 100
    assert len(made) <= PIECE // 100 + 1, "the first piece goes out before the rest is made"
    assert len(list(pieces)) < 12


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8))
def test_a_table_is_read_back_as_it_was(rows: list[list[object]]) -> None:
    written = "".join(csv_pieces(rows))
    assert written[0] == "\ufeff"
    read = list(csv.reader(io.StringIO(written[1:], newline="")))
    shown = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in shown
    ]


def test_no_cell_acts_as_a_formula_and_a_long_table_comes_in_few_pieces() -> None:
    rows = [["name", "points"], *(["=1+1", -3] for _ in range(20_000))]
    pieces = list(csv_pieces(rows))
    assert max(map(len, pieces)) < PIECE + 100
    assert pieces[0].startswith("\ufeffname,points\n'=1+1,-3\n")
    assert len(pieces) < 6
