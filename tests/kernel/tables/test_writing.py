"""Files appear whole or not at all, and no cell acts as a formula."""

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjing.engine.outcome import Refusal
from mingjing.kernel.tables import replacing, replacing_folder, write_csv, write_xlsx
from mingjing.kernel.tables.writing import defused

ACTIVE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－cmd", "＠x", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("cell", ACTIVE)
def test_text_that_could_run_is_defused(tmp_path: Path, cell: str) -> None:
    write_csv(tmp_path / "a.csv", [[cell, "x"]])
    assert defused(cell) == f"'{cell}"
    assert "'" + cell[:1] in (tmp_path / "a.csv").read_bytes().decode()


@pytest.mark.parametrize("cell", ["-3", "+4.50", "-1,5", "-12%", "", "a=b", "'x", "92.50"])
def test_numbers_and_plain_text_stay(cell: str) -> None:
    assert defused(cell) == cell


def test_a_workbook_holds_text_never_formulas(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [[*ACTIVE, "http://x.example/"]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b"hyperlink" not in sheet


def test_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        write_csv(tmp_path / name, [["1"]])
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_equal_rows_give_equal_workbooks(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", [["1"]])
    time.sleep(1.1)  # a workbook notes its second
    write_xlsx(tmp_path / "b.xlsx", [["1"]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "a").write_text("1")
        raise Refusal([])

    with pytest.raises(Refusal), replacing_folder(tmp_path / "d") as folder:
        fail(folder)
    assert not list(tmp_path.iterdir())
    with replacing_folder(tmp_path / "d") as folder:
        (folder / "a").write_text("1")
        assert not (tmp_path / "d").exists()
    with pytest.raises(Refusal, match="nothing was kept"), replacing_folder(tmp_path / "d") as folder:
        (folder / "b").write_text("2")
    assert [path.name for path in tmp_path.rglob("*")] == ["d", "a"]


def test_a_failure_midway_leaves_the_old_file(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["new"]
        raise Refusal([])

    (tmp_path / "a.csv").write_text("old")
    for write in (write_csv, write_xlsx):
        with pytest.raises(Refusal):
            write(tmp_path / "a.csv", rows())
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"there is no such folder.*nothing was kept"):
        write_csv(tmp_path / "none" / "a.csv", [["1"]])


def test_a_full_disk_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="the disk is full"), replacing(tmp_path / "a.csv"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_device_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, mode="r", **kw: opened(Path("/dev/full"), mode.replace("x", "w"), **kw)
    )
    with pytest.raises(Refusal, match="the disk is full"):
        write_csv(tmp_path / "a.csv", ([str(number) * 50] for number in range(10_000)))


def test_a_killed_process_leaves_no_output(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from mingjing.kernel.tables import write_csv\n"
        "def rows():\n"
        "    for number in range(10**9):\n"
        "        if number == 50_000: print('half-way', flush=True); time.sleep(60)\n"
        "        yield [str(number)]\n"
        "write_csv(sys.argv[1], rows())\n"
    )
    target = tmp_path / "a.csv"
    with subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert not target.exists()


def test_nothing_but_a_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(Refusal) as refused:
            write_csv(tmp_path / name, [["a"]])
        assert refused.value.problems[0].code == "tables.not_written"
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]
