"""Runs every suite in two lanes: pytest on SQLite and node; PostgreSQL; then half of the journeys in each.

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
    driver = playwright_node()
    if not shutil.which("chromium") or driver is None:
        return False
    return subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0


def playwright_node() -> Path | None:
    """The node that playwright brings along; whether it starts is another question."""
    playwright = importlib.util.find_spec("playwright")
    return Path(playwright.origin).parent / "driver" / "node" if playwright and playwright.origin else None


def run_all(options: list[str], left_out: list[str]) -> Iterator[tuple[str, bool]]:
    """Run the suites, two at a time; yields each one's name and whether it passed.

    The tests on SQLite and the JavaScript take about as long as those on PostgreSQL; each lane then drives half of the
    journeys through a browser.
    """
    tests, apart = [sys.executable, "-m", "pytest", *options], "-m" not in options
    shorter = [*tests, "-m", "not journey"] if apart else tests
    journeys = apart and not left_out
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(run_beside, tests, shorter if left_out else tests, journeys=journeys)
        yield "pytest on SQLite", step("pytest on SQLite", shorter)
        scripts = sorted(str(path) for path in Path("tests/js").rglob("*.test.*js"))
        if scripts and (node := found_node()):
            left_out.extend(packages())
            yield "node", step("node", [node, "--test", *scripts])
        elif scripts:
            left_out.append("JavaScript; install node to run tests/js")
        if journeys:
            yield (
                "journeys on SQLite (1/2)",
                step("journeys on SQLite (1/2)", [*tests, "-m", "journey", "--part", "1/2"]),
            )
        for name, passed, said in beside.result():
            print(f"== {name}", said, f"== {name}: {'passed' if passed else 'FAILED'}", sep="\n", flush=True)
            yield name, passed


def run_beside(tests: list[str], on_postgresql: list[str], *, journeys: bool) -> list[tuple[str, bool, str]]:
    """The suites of the second lane, one after the other: the name of each, whether it passed, and what it said."""
    done = [("pytest on PostgreSQL", *run_on_postgresql(on_postgresql, journeys=journeys))]
    if journeys:
        half = [*tests, "-m", "journey", "--part", "2/2", "-p", "no:cacheprovider"]
        done.append(("journeys on SQLite (2/2)", *heard(half, os.environ)))
    return done


def found_node() -> str | None:
    """Node: the machine's, or the one that playwright brings along; None where neither starts."""
    driver = playwright_node()
    found = shutil.which("node") or (str(driver) if driver else None)
    if found is None:
        return None
    try:
        started = subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return None
    return found if started else None


def packages() -> Iterator[str]:
    """Install the packages of the JavaScript tests (package-lock.json); yields what is left out without them."""
    without = "the JavaScript tests that need a package (they say so); "
    if not shutil.which("npm"):
        yield from [] if Path("node_modules").is_dir() else [f"{without}install npm to run them"]
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(command, check=False).returncode:
        yield f"{without}npm ci could not install them (its lines are above)"


def run_on_postgresql(tests: list[str], *, journeys: bool) -> tuple[bool, str]:
    """The tests that touch the database, on a PostgreSQL of their own: whether they passed, and what they said.

    Journeys go into a process of their own: a browser's loop in the thread gives Django another connection from then
    on, and the one before may stand in a transaction that later tests would wait for.
    """
    try:
        with postgres.server() as url:
            env = os.environ | {"DATABASE_URL": url}
            again = [*tests, "--database-only", "-p", "no:cacheprovider"]
            if not journeys:
                return heard(again, env)
            (passed, said), (also, more) = (heard([*again, "-m", which], env) for which in ("not journey", "journey"))
            return passed and also, said + more
    except postgres.PostgresFailed as failed:
        return False, f"PostgreSQL did not start: {failed}"


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
