"""Runs every suite: pytest on SQLite, beside it PostgreSQL and the journeys, then the JavaScript with node.

    python -m tools.suites [pytest options, paths]

Installs a browser for the journeys where it may (as root, on Debian), and says what it left out where it may not.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import postgres

ROOT = Path(__file__).resolve().parent.parent
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk", "libatomic1")  # the last is what playwright's own node needs
NO_TESTS = 5  # pytest: nothing collected, which an own selection of paths may well bring


def main(options: list[str]) -> int:
    """Run everything; returns 1 when a suite failed."""
    os.chdir(ROOT)
    os.environ |= {"MINGJING_MODE": "test"}
    os.environ.pop("DATABASE_URL", None)
    left_out = list(prepare())
    failed = [name for name, passed in run_all(options, left_out) if not passed]
    for note in left_out:
        print(f"left out: {note}")
    print(f"FAILED: {', '.join(failed)}" if failed else "every suite passed")
    return 1 if failed else 0


def prepare() -> Iterator[str]:
    """Install the browser and the fonts of the journeys where they are missing; yields what cannot be."""
    if can_drive_a_browser():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        yield f"browser journeys; install {' and '.join(DEBIAN_PACKAGES)} to run them"
        return
    print(f"installing {' and '.join(DEBIAN_PACKAGES)}", flush=True)
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for command in ("update", "install -y --no-install-recommends " + " ".join(DEBIAN_PACKAGES)):
        if subprocess.run(["apt-get", "-qq", *command.split()], check=False, **quiet).returncode:
            yield "browser journeys; apt-get could not install what they need (its lines are above)"
            return


def can_drive_a_browser() -> bool:
    """Whether Chromium is there, and the driver that playwright brings along starts."""
    playwright = importlib.util.find_spec("playwright")
    if not shutil.which("chromium") or playwright is None or playwright.origin is None:
        return False
    driver = Path(playwright.origin).parent / "driver" / "node"
    return subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0


def run_all(options: list[str], left_out: list[str]) -> Iterator[tuple[str, bool]]:
    """Run the suites, two at a time; yields each one's name and whether it passed.

    Beside the tests on SQLite run those on PostgreSQL and then the journeys, so that two cores end at the same time.
    """
    tests = [sys.executable, "-m", "pytest", *options]
    apart = "-m" not in options
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(lambda: list(run_beside(tests, journeys=apart and not left_out, chosen=not apart)))
        yield "pytest on SQLite", step("pytest on SQLite", [*tests, *(["-m", "not journey"] if apart else [])])
        for name, passed, said in beside.result():
            print(f"== {name}", said, f"== {name}: {'passed' if passed else 'FAILED'}", sep="\n", flush=True)
            yield name, passed
    scripts = sorted(str(path) for path in Path("tests/js").rglob("*.test.*js"))
    if scripts and shutil.which("node"):
        yield "node", step("node", ["node", "--test", *scripts])
    elif scripts:
        left_out.append("JavaScript; install node to run tests/js")


def run_beside(tests: list[str], *, journeys: bool, chosen: bool) -> Iterator[tuple[str, bool, str]]:
    """The suites that run beside the first: each one's name, whether it passed, and what it said."""
    without = [] if journeys or chosen else ["-m", "not journey"]
    try:
        with postgres.server() as url:
            again = [*tests, *without, "--database-only", "-p", "no:cacheprovider"]
            yield "pytest on PostgreSQL", *heard(again, os.environ | {"DATABASE_URL": url})
    except postgres.PostgresFailed as failed:
        yield "pytest on PostgreSQL", False, f"PostgreSQL did not start: {failed}"
    if journeys:
        yield "journeys on SQLite", *heard([*tests, "-m", "journey", "-p", "no:cacheprovider"], os.environ)


def heard(command: list[str], env: "os._Environ[str] | dict[str, str]") -> tuple[bool, str]:
    """Run a suite and keep what it says; whether it passed."""
    done = subprocess.run(command, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode in (0, NO_TESTS), done.stdout.decode("utf-8", "replace")


def step(name: str, command: list[str]) -> bool:
    """Run one suite, showing its output as it comes; whether it passed."""
    print(f"== {name}", flush=True)
    start = time.monotonic()
    passed = subprocess.run(command, check=False).returncode in (0, NO_TESTS)
    print(f"== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
