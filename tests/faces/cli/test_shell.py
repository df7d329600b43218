"""The command line: commands of manifests, languages, exit statuses; and that nobody is shown a traceback."""

import argparse
import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.utils import translation

from mingjing.config.commands import built_in, main
from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.cli import failures, shell
from mingjing.kernel import registry
from mingjing.kernel.registry import Command, Manifest

HERE = "tests.faces.cli.test_shell"


def configure_greet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def run_greet(args: argparse.Namespace) -> int:
    print(f"good day, {args.name}")
    return 3


def configure_part(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(required=True)
    steps.add_parser("now").add_argument("name")


def run_part(args: argparse.Namespace) -> int:
    print(f"{args.lang} {args.debug} {args.name}")
    return 4


def greet(*argv: str) -> int:
    """The command line of one manifest with the command `greet`, and `part` with its step `now`."""
    part = Command(name="part", help="says goodbye", configure=f"{HERE}.configure_part", run=f"{HERE}.run_part")
    command = Command(name="greet", help="says good day", configure=f"{HERE}.configure_greet", run=f"{HERE}.run_greet")
    lost = Command(name="lost", help="cannot be imported", configure="no.such.module.x", run="no.such.module.y")
    manifest = Manifest(code="manners", title="Manners", commands=(command, part, lost))
    return shell.main(argv, built_in=(), manifests=[manifest])


@pytest.fixture(autouse=True)
def _language_stays():
    with translation.override("en"):
        yield


def test_a_command_of_a_manifest_runs_and_gives_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert greet("manners", "greet", "Li") == 3
    assert capsys.readouterr().out == "good day, Li\n"


def test_options_of_every_command_may_stand_before_and_after_it() -> None:
    assert greet("--lang", "en", "manners", "greet", "Li") == 3
    assert greet("manners", "--lang", "en", "greet", "Li") == 3
    assert greet("manners", "greet", "Li", "--lang", "en", "--debug") == 3


def test_a_step_of_a_command_takes_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert greet("manners", "part", "now", "Li", "--lang", "en", "--debug") == 4
    assert greet("manners", "--lang", "en", "--debug", "part", "now", "Li") == 4
    assert greet("manners", "part", "--lang", "en", "now", "Li") == 4
    assert capsys.readouterr().out == "en True Li\nen True Li\nen False Li\n"


def test_adapters_of_other_commands_are_not_imported(capsys: pytest.CaptureFixture[str]) -> None:
    assert greet("manners", "greet", "Li") == 3
    with pytest.raises(ImportError):
        greet("manners", "lost")


@pytest.mark.parametrize(
    "argv", [[], ["manners"], ["manners", "greet"], ["manners", "greet", "a", "b"], ["no"], ["--lang", "fr"]]
)
def test_what_is_not_understood_ends_with_two_and_a_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        greet(*argv)
    assert ended.value.code == 2
    assert "usage: mingjing" in capsys.readouterr().err


def test_usage_errors_speak_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        greet("manners", "greet", "--lang", "zh-hans")
    assert "required" not in capsys.readouterr().err


def test_every_declared_command_can_be_configured_and_run() -> None:
    parser = shell.build_parser(built_in(), registry.manifests().values())
    groups = [((command.name,), command) for command in built_in()]
    groups += [((code, one.name), one) for code, part in registry.manifests().items() for one in part.commands]
    for path, _command in groups:
        with pytest.raises(SystemExit) as ended:
            parser.parse_args([*path, "--help"])
        assert ended.value.code == 0


@pytest.mark.parametrize(
    ("env", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"MINGJING_LANG": "zh-hans", "LC_ALL": "C"}, "zh-hans"),
    ],
)
def test_the_language_is_the_readers(env: dict[str, str], language: str) -> None:
    assert shell.language_of(["check"], env) == language


def failing(error: BaseException) -> int:
    def raises(argv) -> int:
        raise error

    return failures.shielded(raises, [])


def test_a_refusal_prints_every_problem(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem("a", "first {n}", {"n": 1}, "row 7"), Problem("b", "second")]
    assert failing(Refusal(problems)) == 1
    assert capsys.readouterr().err == "row 7: first 1\nsecond\n"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (FileNotFoundError(errno.ENOENT, "No such file", "schemes/x.json"), "schemes/x.json: there is no such file"),
        (PermissionError(errno.EACCES, "Permission denied", "/etc/shadow"), "/etc/shadow: you may not"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "var"), "var: it is a folder"),
        (OperationalError("no such table: ledger_head"), "mingjing migrate"),
        (OperationalError("connection refused"), "DATABASE_URL"),
        (PermissionDenied(), "permission"),
    ],
)
def test_known_failures_are_one_sentence(error: Exception, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(error) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_an_unexpected_failure_names_the_file_with_its_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert failing(ZeroDivisionError("division by zero")) == 1
    said = capsys.readouterr().err
    (report,) = tmp_path.iterdir()
    assert str(report) in said
    assert "Traceback" not in said
    assert "ZeroDivisionError" in report.read_text("utf-8")


def test_an_interrupt_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def mingjing(*argv: str, **options) -> "subprocess.CompletedProcess[str]":
    """The real command in a process of its own."""
    env = os.environ | {"MINGJING_MODE": "test", "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src")}
    command = [sys.executable, "-m", "mingjing", *argv]
    return subprocess.run(command, env=env, text=True, stderr=subprocess.PIPE, check=False, **options)


def test_a_reader_who_leaves_early_sees_nothing_odd() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = mingjing("version", stdout=write)
    finally:
        os.close(write)
    assert done.stderr == ""


def test_a_wrong_environment_is_one_sentence() -> None:
    env = os.environ | {"MINGJING_MODE": "holiday", "PYTHONPATH": str(Path(__file__).resolve().parents[3] / "src")}
    command = [sys.executable, "-m", "mingjing", "version"]
    done = subprocess.run(command, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "MINGJING_MODE is 'holiday'; set it to one of demo, production, test."


def test_version_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("mingjing ")
