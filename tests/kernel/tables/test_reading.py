"""Tables come in whole or with a sentence that names the place and the next step."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.tables import Limits, Row, read_table, write_csv, write_xlsx

ROWS = [["编号", "分数"], ["甲", "4,5"], ["乙\n丙", '"5"'], ["", ""], ["丁", ""]]
READ = [Row(2, ["甲", "4,5"]), Row(3, ["乙\n丙", '"5"']), Row(5, ["丁", ""])]


def read(source: object, **options: object) -> tuple[tuple[str, ...], list[Row | Problem]]:
    with read_table(source, **options) as table:  # type: ignore[arg-type]
        return table.header, list(table.rows)


def refused(source: object, **options: object) -> Problem:
    with pytest.raises(Refusal) as caught:
        read(source, **options)
    (problem,) = caught.value.problems
    return problem


def csv_bytes(encoding: str, delimiter: str = ",") -> bytes:
    cells = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in ROWS]
    return "\r\n".join(delimiter.join(row) for row in cells).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_out_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    data = csv_bytes(encoding, delimiter)
    assert read(io.BytesIO(data)) == (("编号", "分数"), READ)
    assert read(io.BytesIO(gzip.compress(data))) == (("编号", "分数"), READ)
    assert read(io.BytesIO(data), encoding=encoding, delimiter=delimiter) == (("编号", "分数"), READ)


def test_gbk_is_read_as_its_superset() -> None:
    data = "名,㐀镕\n1,2\n".encode("gb18030")
    assert read(io.BytesIO(data), encoding="gb2312")[0] == ("名", "㐀镕")


def test_western_text_is_not_taken_for_chinese() -> None:
    problem = refused(io.BytesIO("Straße,Café,Müller\n1,2,3\n".encode("latin-1")), name="x.csv")
    assert (problem.code, problem.place) == ("tables.encoding", "line 1")
    assert read(io.BytesIO(b"Caf\xe9,b\n1,2\n"), encoding="latin-1")[0] == ("Café", "b")


def test_a_late_foreign_byte_is_found_before_the_first_row() -> None:
    data = b"a,b\n" + b"1,2\n" * 400_000 + b"\xff\xff,1\n"
    assert refused(io.BytesIO(data), encoding="utf-8").place == "line 400002"


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    data = b"key;a;b\nx;4,5;3,0\ny;2,0;1,5\n"
    assert read(io.BytesIO(data)) == (("key", "a", "b"), [Row(2, ["x", "4,5", "3,0"]), Row(3, ["y", "2,0", "1,5"])])


def test_ragged_rows_are_problems_with_their_row() -> None:
    _, rows = read(io.BytesIO(b"a,b\n1,2\n1\n\n1,2,3\n1,2,,\n"))
    problems = [row for row in rows if isinstance(row, Problem)]
    assert [(p.code, p.place) for p in problems] == [("tables.ragged", "row 3"), ("tables.ragged", "row 5")]
    assert [row for row in rows if isinstance(row, Row)] == [Row(2, ["1", "2"]), Row(6, ["1", "2"])]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "tables.empty"),
        (b"", "a.xlsx", "tables.empty"),
        (b"a,b\n1,2\n", "a.xlsx", "tables.not_a_workbook"),
        (b"a,b\n1,2\n", "a.xls", "tables.not_a_workbook"),
        (b"PK\x03\x04 and so on", "a.csv", "tables.misnamed_workbook"),
        (b"PK\x03\x04 and so on", "a.xlsx", "tables.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "tables.old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "tables.encrypted"),
        (gzip.compress(b"a,b\n1,2\n" * 9999)[:-20], "a.csv.gz", "tables.gzip"),
        (gzip.compress(b"a,b\n1,2\n")[:12] + b"\xff" * 30, "a.csv.gz", "tables.gzip"),
        (b"a,b\n1,\x002\n", "a.csv", "tables.zero_byte"),
        (b'a,b\n1,"2\n3,4\n', "a.csv", "tables.csv"),
        (b'a,b\n1,"2" x\n', "a.csv", "tables.csv"),
    ],
)
def test_refuses_what_is_not_a_table(data: bytes, name: str, code: str) -> None:
    assert refused(io.BytesIO(data), name=name).code == code


def test_an_unclosed_quote_names_its_row() -> None:
    assert refused(io.BytesIO(b'a,b\n1,2\n1,"2\n3,4\n')).place == "row 3"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(rows=3), "tables.too_long"),
        (Limits(columns=1), "tables.too_wide"),
        (Limits(line=3), "tables.csv"),
        (Limits(text_bytes=10), "tables.too_large"),
    ],
)
def test_limits(limits: Limits, code: str) -> None:
    assert refused(io.BytesIO(gzip.compress(b"a,b\n1,2\n1,2\n1,2\n")), limits=limits).code == code


def test_a_compressed_bomb_is_refused_in_bounded_memory() -> None:
    bomb = gzip.compress(b"a" * (64 << 20))
    assert refused(io.BytesIO(bomb), limits=Limits(text_bytes=8 << 20)).code == "tables.too_large"
    assert refused(io.BytesIO(bomb)).code == "tables.csv"


def test_unknown_encoding_and_missing_file_say_so(tmp_path: Path) -> None:
    for name in ("klingon", "rot13", "zip", "\0"):
        assert refused(io.BytesIO(b"a,b\n"), encoding=name).code == "tables.unknown_encoding", name
    assert refused(tmp_path / "none.csv").code == "tables.not_opened"


def test_header_in_a_later_row_or_none() -> None:
    data = b"A report,\n,\nkey,mark\nx,1\n"
    assert read(io.BytesIO(data), header_row=3) == (("key", "mark"), [Row(4, ["x", "1"])])
    assert read(io.BytesIO(b"x,1\ny,2\n"), header_row=0) == (("1", "2"), [Row(1, ["x", "1"]), Row(2, ["y", "2"])])
    assert refused(io.BytesIO(data), header_row=9).code == "tables.no_header"


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(str.strip)


@given(
    st.lists(st.lists(CELL.filter(lambda cell: cell[:1] not in "=+-@＝＋－＠'"), min_size=3, max_size=3), max_size=5)
)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("tables")
    expected = [Row(number, row) for number, row in enumerate(rows, start=2) if any(row)]
    for name, write in (("a.csv", write_csv), ("a.csv.gz", write_csv), ("a.xlsx", write_xlsx)):
        write(folder / name, [["a", "b", "c"], *rows])
        assert read(folder / name)[1] == expected, name
