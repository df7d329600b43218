"""script/setup on machines that lack something: one clear sentence with the next step, and nothing half-made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("sh", "dirname", "df", "awk", "cmp", "mktemp", "rm", "mkdir", "cp", "chmod", "grep", "tail", "sed", "cat")
REAL_PYTHON = sys.base_prefix + f"/bin/python3.{sys.version_info.minor}"


class Machine:
    """A folder with a copy of the set-up script and a PATH that holds only what it is given."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin = folder / "project", folder / "bin"
        (self.root / "requirements").mkdir(parents=True)
        shutil.copytree(ROOT / "script", self.root / "script")
        (self.root / "requirements" / "base.txt").write_text("")
        self.bin.mkdir()
        for name in PROGRAMS:
            self.bin.joinpath(name).symlink_to(shutil.which(name) or "/nowhere")

    def program(self, name: str, text: str) -> None:
        """Put a shell script of that name into the PATH."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def setup(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        """Run script/setup; MINGJING_PYTHON, empty, keeps it from this machine's own Python."""
        command = [self.root / "script" / "setup", *argv]
        return subprocess.run(
            command, env={"PATH": str(self.bin), "MINGJING_PYTHON": ""}, text=True, capture_output=True, check=False
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refused(done: "subprocess.CompletedProcess[str]") -> str:
    """The one sentence of a refusal."""
    assert done.returncode == 1
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("setup: ")]
    return sentence


def test_without_python_it_says_what_to_install(machine: Machine) -> None:
    assert "install it (Debian: apt-get install python3 python3-venv)" in refused(machine.setup())
    assert not (machine.root / ".venv").exists()


def test_an_old_python_does_not_do(machine: Machine) -> None:
    machine.program("python3", "exit 1")
    assert "no Python from 3.11 to 3.13 was found" in refused(machine.setup())


def test_without_the_venv_module_it_says_what_to_install(machine: Machine) -> None:
    machine.program("python3", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {REAL_PYTHON} "$@"')
    assert "has no venv module; install it (Debian: apt-get install python3-venv)" in refused(machine.setup())
    assert not (machine.root / ".venv").exists()


def test_a_python_without_the_venv_module_is_passed_over_for_one_that_has_it(machine: Machine) -> None:
    machine.program("python3.11", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {REAL_PYTHON} "$@"')
    machine.program("python3", f'case "$*" in *-m*venv*) echo "made with $0"; exit 1 ;; esac; exec {REAL_PYTHON} "$@"')
    done = machine.setup()
    assert f"made with {machine.bin}/python3" in done.stdout
    assert "could not be made" in refused(done)


@pytest.fixture
def with_venv(machine: Machine) -> Machine:
    """A machine whose .venv is there, but nothing is installed in it."""
    python = machine.root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$*" in *install*) echo "$PIP_SAYS" ; exit 1 ;; esac\n')
    python.chmod(0o755)
    return machine


def test_a_full_disk_is_seen_before_anything_is_installed(with_venv: Machine) -> None:
    with_venv.program("df", "printf 'Filesystem\\n/dev/x 100 90 10240 90%% /\\n'")
    assert "the disk is full: 400 MB are needed here and 10 MB are free" in refused(with_venv.setup())
    assert not (with_venv.root / ".venv" / "locks").exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "do not trust that index"),
        ("ERROR: No matching distribution found", "check the network"),
    ],
)
def test_a_failed_install_is_explained_and_tried_again(said: str, sentence: str, with_venv: Machine) -> None:
    python = with_venv.root / ".venv" / "bin" / "python"
    python.write_text(python.read_text().replace("$PIP_SAYS", said))
    assert sentence in refused(with_venv.setup())
    assert not (with_venv.root / ".venv" / "locks").exists()


def test_an_unknown_lock_is_named(machine: Machine) -> None:
    assert "there is no requirements/prod.txt" in refused(machine.setup("prod"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_ours_is_refused(machine: Machine) -> None:
    machine.root.chmod(0o555)
    assert "cannot be written" in refused(machine.setup())


def test_what_is_installed_is_not_installed_again(with_venv: Machine) -> None:
    locks = with_venv.root / ".venv" / "locks"
    locks.mkdir()
    shutil.copy(with_venv.root / "requirements" / "base.txt", locks)
    (with_venv.root / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    done = with_venv.setup()
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
