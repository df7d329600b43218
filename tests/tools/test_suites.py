"""What `script/test` runs is everything, and its end says what failed and why. Not here: running the suites."""

import shutil
import subprocess
import sys
from collections import deque
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from tests.conftest import part_of
from tools.outcomes import LINES, Outcome, report

from tools import suites

FAILING = """
import pytest

def test_sound():
    pass

@pytest.mark.parametrize("number", range({count}))
def test_unsound(number):
    print("word" * 2)
    for step in range(3):
        assert step + number < 2, f"too much at {{step}}"

@pytest.fixture
def broken():
    raise ValueError("not to be had")

def test_without(broken):
    pass
"""
URL = "postgresql://postgres@/postgres?host=/tmp/x"


def said(tmp_path: Path, count: int) -> str:
    """What pytest says of so many failures."""
    file = tmp_path / "test_failing.py"
    file.write_text(FAILING.format(count=count))
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "no:django", "-p", "no:cacheprovider"]
    return subprocess.run([*command, str(file)], capture_output=True, text=True, cwd=tmp_path, check=False).stdout


def test_the_end_names_what_failed_and_why(tmp_path: Path) -> None:
    outcomes = [Outcome("sound", True, "all well", 61.4), Outcome("unsound", False, said(tmp_path, 2), 5)]
    lines = list(report(outcomes))
    assert lines[:3] == ["== what each part took", "   sound: passed in 61 s", "   unsound: FAILED in 5 s"]
    assert lines[-1] == "FAILED: unsound"
    told = "\n".join(lines)
    for sought in (
        "too much at 1",
        "too much at 2",
        "ValueError: not to be had",
        "ERROR test_failing.py::test_without",
    ):
        assert sought in told
    assert told.count("FAILED test_failing.py::test_unsound") == 2
    assert "wordword" not in told
    assert "all well" not in told


@pytest.mark.parametrize(("count", "parts"), [(60, 1), (60, 3), (200, 2)])
def test_however_much_fails_the_end_is_short(tmp_path: Path, count: int, parts: int) -> None:
    failures = said(tmp_path, count)
    outcomes = [Outcome(f"part {number}", False, failures, 5) for number in range(parts)]
    lines = list(report(outcomes))
    assert len(lines) <= LINES + 2 * parts + 2
    assert sum(line.startswith("FAILED test_failing.py::test_unsound[0]") for line in lines) == parts


@pytest.mark.parametrize(
    ("output", "sought"),
    [
        ("INTERNALERROR> no such option\nusage: …", "no such option"),
        ("✔ well\n" * 200 + "✖ failing tests:\n\ntest at x.js:1:1\n✖ hands over\n" + "at line\n" * 200, "hands over"),
        ("", "FAILED: one"),
    ],
)
def test_what_is_no_test_of_pytest_is_told_too(output: str, sought: str) -> None:
    lines = list(report([Outcome("one", False, output, 1)]))
    assert sought in "\n".join(lines)
    assert len(lines) <= LINES + 4


def planned(options: list[str], *, journeys: bool = True) -> tuple[list[suites.Part], list[suites.Part]]:
    driven, others = suites.planned(options, URL, Path("asked"), journeys=journeys)
    return driven, list(chain.from_iterable(map(suites.in_turn, others)))


def test_the_parts_are_all_tests_on_each_database_and_no_two_share_one() -> None:
    parts = list(chain(*planned([])))
    for start in ("SQLite", "PostgreSQL"):
        commands = [part.command for part in parts if part.name.startswith(start) and "journeys" not in part.name]
        paths = [next(word for word in command if word.partition("/")[0] == "tests") for command in commands]
        assert sorted(paths) == sorted(["tests", *suites.APART, suites.HALVED])
        halves = [command[command.index("--part") + 1] for command in commands if "--part" in command]
        assert halves == ["1/2", "2/2"]
        assert all(Path(path).is_dir() for path in paths)
        for path, command in zip(paths, commands, strict=True):
            left_out = {word.removeprefix("--ignore=") for word in command if word.startswith("--ignore=")}
            assert left_out == {other for other in paths if Path(path) in Path(other).parents}
            assert ("--part" in command) == (path == suites.HALVED)
    addresses = [part.env["DATABASE_URL"] for part in parts if part.env]
    assert len(addresses) == len(set(addresses)) == len(suites.APART) + 3
    assert all(address.startswith("postgresql://postgres@/") for address in addresses)


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_parts_by_files_are_everything_and_no_file_is_in_two(parts: int) -> None:
    files = sorted(Path("tests").resolve().rglob("test_*.py"))
    found = [part_of(("tests",), which, parts) for which in range(1, parts + 1)]
    assert sorted(chain(*found)) == files
    one = "tests/tools/test_suites.py"
    assert part_of((f"{one}::test_x", one), 1, 1) == {Path(one).resolve()}


def test_a_part_imports_no_file_of_another(tmp_path: Path) -> None:
    shutil.copy("tests/conftest.py", tmp_path / "conftest.py")
    for n, text in enumerate(("def test_it(): pass", "raise SystemExit('imported')")):
        (tmp_path / f"test_{n}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path]
    said = [subprocess.run([*command, "--part", f"{n}/2"], capture_output=True, text=True).stdout for n in (1, 2)]
    assert ["1 passed" in said[0], "imported" in said[0], "imported" in said[1]] == [True, False, True]


def test_the_second_pass_follows_the_first_and_reads_what_it_asked() -> None:
    parts = [part for part in planned([])[1] if part.name != "PostgreSQL: journeys"]
    files = [part.command[part.command.index("--asked") + 1] for part in parts]
    assert [part.name.partition(":")[0] for part in parts] == ["SQLite", "PostgreSQL"] * (len(suites.APART) + 2)
    assert files[::2] == files[1::2]
    assert len(set(files)) == len(parts) / 2


def test_journeys_are_where_they_are_looked_for() -> None:
    marked = [path for path in Path("tests").rglob("test_*.py") if "mark.journey" in path.read_text("utf-8")]
    assert {path.parts[1] for path in marked} - {"tools"} == {"journeys"}
    driven, others = ([part.command for part in parts] for parts in planned([]))
    assert all("not journey" in command for command in others)
    assert len(driven) == suites.JOURNEYS + 1
    assert all(command[-1] == "tests/journeys" or "--part" in command for command in driven)


def test_an_own_selection_is_run_once_on_each_database() -> None:
    parts = list(chain(*planned(["tests/tools", "-x"], journeys=False)))
    assert [part.name for part in parts] == ["SQLite: tests", "PostgreSQL: tests"]
    assert not [part for part in parts if "--asked" in part.command]  # whole on both
    assert all("tests/tools" in part.command and "-x" in part.command for part in parts)


@pytest.mark.parametrize(("driven", "others"), [(0, 0), (0, 5), (5, 0), (2, 9), (9, 2)])
def test_every_part_is_run_once_whichever_lane_is_free(driven: int, others: int) -> None:
    parts = [suites.Part(f"part {number}", ["true"]) for number in range(driven + others)]
    followed = [replace(part, then=suites.Part(f"after {part.name}", ["true"])) for part in parts[driven:]]
    outcomes = suites.in_lanes(parts[:driven], followed)
    parts += [part.then for part in followed if part.then]
    assert sorted(outcome.name for outcome in outcomes) == sorted(part.name for part in parts)
    assert all(outcome.passed for outcome in outcomes)


def test_a_lane_takes_its_own_first_and_then_what_another_would_take_last() -> None:
    one, two, three = (suites.Part(name, []) for name in ("one", "two", "three"))
    own, helped = deque([one]), deque([two, three])
    assert [suites.next_of(own, helped) for _ in range(4)] == [one, three, two, None]


@pytest.mark.parametrize(
    ("able", "root", "status", "left_out"),
    [(True, False, 0, False), (True, True, 100, False), (False, True, 100, True), (False, False, 0, True),
     (False, True, 0, False)],
)  # fmt: skip
def test_journeys_are_left_out_only_where_no_browser_can_be_had(
    monkeypatch: pytest.MonkeyPatch, able: bool, root: bool, status: int, left_out: bool
) -> None:
    monkeypatch.setattr(suites, "can_drive_a_browser", lambda: able)
    monkeypatch.setattr(suites.shutil, "which", lambda name: None if name == suites.BROWSERS[0] else name)
    monkeypatch.setattr(suites.os, "geteuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(suites.subprocess, "run", lambda *given, **named: subprocess.CompletedProcess(given, status))
    assert bool(list(suites.prepare())) is left_out
