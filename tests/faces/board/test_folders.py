"""Published files: whole or not at all, the same bytes each time, compressed copies that say the same."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from mingjing.faces.board.folders import Unit, publish, root, writing

PAGE = ("你好" * 300).encode()
FILES = [("index.html", PAGE), ("data/list.csv", b"a,b\n" * 100), ("small.json", b"{}")]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    return tmp_path


def written(files: list[tuple[str, bytes]] = FILES, name: str = "tests/430202") -> Unit:
    unit = Unit(name)
    with writing(unit):
        publish(unit, files)
    return unit


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_files_lie_where_a_web_server_finds_them_with_copies_that_say_the_same() -> None:
    written()
    served = root() / "board" / "tests" / "430202"
    assert (served / "index.html").read_bytes() == PAGE
    assert gzip.decompress((served / "index.html.gz").read_bytes()) == PAGE
    assert brotli.decompress((served / "index.html.br").read_bytes()) == PAGE
    assert not (served / "small.json.gz").exists()


def test_the_same_content_gives_the_same_bytes_and_the_same_generation() -> None:
    unit = written()
    first, before = unit.current(), bytes_below(unit.link.resolve())
    written()
    assert unit.current() == first
    assert bytes_below(unit.link.resolve()) == before
    assert len(unit.all_generations()) == 1


def test_what_says_the_same_is_the_same_file_and_what_was_damaged_is_written_again() -> None:
    first = written().current()
    assert first
    second = written([*FILES[:2], ("small.json", b"{ }")]).current()
    assert second
    assert second != first
    for name in ("index.html", "index.html.gz", "data/list.csv.br"):
        assert (second / name).stat().st_ino == (first / name).stat().st_ino
    (second / "index.html").write_bytes(b"damaged")
    third = written([*FILES[:2], ("small.json", b"{  }")]).current()
    assert third
    assert (third / "index.html").read_bytes() == PAGE
    assert gzip.decompress((third / "index.html.gz").read_bytes()) == PAGE


def test_the_generation_before_stays_for_who_is_reading_and_older_ones_go() -> None:
    for n in range(4):
        unit = written([("index.html", str(n).encode())])
    kept = unit.all_generations()
    assert len(kept) == 2
    assert (unit.link / "index.html").read_bytes() == b"3"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", ".hidden", "", "a//b", "a/./b"])
def test_no_file_is_written_elsewhere(path: str, folder: Path) -> None:
    with pytest.raises(ValueError, match="no path below"):
        written([(path, b"x")])
    assert not Unit("tests/430202").link.exists()
    assert not list(folder.rglob("x"))


def test_a_failure_on_the_way_leaves_the_old_one_whole() -> None:
    unit = written()
    before = bytes_below(unit.link.resolve())

    def failing() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError), writing(unit):
        publish(unit, failing())
    assert bytes_below(unit.link.resolve()) == before


KILLED = """
import os, sys, time
from pathlib import Path
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]))
from mingjing.faces.board.folders import Unit, publish, writing

def slowly():
    for n in range(10_000):
        yield f"page-{n}.html", b"new " * 500
        if n == 20:
            print("begun", flush=True)
        time.sleep(0.005 if n > 20 else 0)

unit = Unit("tests/430202")
with writing(unit):
    publish(unit, slowly())
"""


def test_who_is_killed_while_writing_leaves_the_old_one_whole_and_blocks_nobody(folder: Path) -> None:
    unit = written()
    before = bytes_below(unit.link.resolve())
    command = [sys.executable, "-c", KILLED, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "begun\n"
        os.kill(writer.pid, signal.SIGKILL)
    assert bytes_below(unit.link.resolve()) == before
    left = list((root() / ".generations").glob(".part-*"))
    assert left
    began = time.monotonic()
    written([("index.html", b"after")])
    assert time.monotonic() - began < 10
    assert (unit.link / "index.html").read_bytes() == b"after"
    assert not list((root() / ".generations").glob(".part-*"))
