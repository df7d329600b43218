"""Runs every suite: pytest on SQLite, beside it its database tests on PostgreSQL, then the JavaScript with node.

    python -m tools.suites [pytest options, paths]

Installs a browser for the journeys where it may (as root, on Debian), and says what it left out where it may not.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

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
    """Run the suites, both databases at once; yields each one's name and whether it passed."""
    tests = [sys.executable, "-m", "pytest", *options]
    without = ["-m", "not journey"] if left_out and "-m" not in options else []
    sqlite, postgresql = "pytest on SQLite", "pytest on PostgreSQL"
    try:
        with postgres.server() as url, tempfile.TemporaryFile() as said:
            again = [*tests, *without, "--database-only", "-p", "no:cacheprovider"]
            beside = subprocess.Popen(again, env=os.environ | {"DATABASE_URL": url}, stdout=said, stderr=said)
            try:
                yield sqlite, step(sqlite, [*tests, *without])
                yield postgresql, shown(postgresql, beside, said)
            finally:
                beside.terminate()  # only where the suite before it was broken off
                beside.wait()
    except postgres.PostgresFailed as failed:
        print(f"PostgreSQL did not start: {failed}", file=sys.stderr)
        yield postgresql, False
        yield sqlite, step(sqlite, [*tests, *without])
    scripts = sorted(str(path) for path in Path("tests/js").rglob("*.test.*js"))
    if scripts and shutil.which("node"):
        yield "node", step("node", ["node", "--test", *scripts])
    elif scripts:
        left_out.append("JavaScript; install node to run tests/js")


def step(name: str, command: list[str]) -> bool:
    """Run one suite, showing its output as it comes; whether it passed."""
    print(f"== {name}", flush=True)
    start = time.monotonic()
    passed = subprocess.run(command, check=False).returncode in (0, NO_TESTS)
    print(f"== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True)
    return passed


def shown(name: str, running: "subprocess.Popen[bytes]", said: IO[bytes]) -> bool:
    """Wait for a suite that runs beside another, then show what it said; whether it passed."""
    start = time.monotonic()
    passed = running.wait() in (0, NO_TESTS)
    said.seek(0)
    print(f"== {name}", said.read().decode("utf-8", "replace"), sep="\n", end="")
    after = f"{time.monotonic() - start:.0f} s after the other"
    print(f"== {name}: {'passed' if passed else 'FAILED'} {after}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
