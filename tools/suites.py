"""Runs every suite in parts, three at a time: pytest on SQLite and PostgreSQL, the JavaScript, journeys in a browser.

    python -m tools.suites [pytest options, paths]

Installs a browser for the journeys where it may (as root, on Debian), and says what it left out where it may not.
On PostgreSQL it runs what the first pass does not show to be asked by other tests too (tests/asked.py), and whole what
is selected by path: `script/test tests` leaves out nothing.
What each part took, and once more what failed and why, stands at the end. Not here: how that reads (tools/outcomes).
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools import postgres
from tools.outcomes import Outcome, report

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium-headless-shell", "chromium")
"""By preference: the first is Chromium without the windows round it, which take a third of what it computes."""
DEBIAN_PACKAGES = (BROWSERS[0], "fonts-noto-cjk", "libatomic1")  # the last is what playwright's own node needs
IMPATIENT = ("-qq", "-o", "Acquire::http::Timeout=15", "-o", "Acquire::Retries=1")
"""Without a network it is told soon; what is there already serves then."""
NO_TESTS = 5  # pytest: nothing collected, which an own selection of paths may well bring
LANES = 3
"""One more than the two cores of CI: who drives a browser waits for it, and who starts the program for the program."""
APART = ("tests/programmes/assessments", "tests/contracts", "tests/programmes", "tests/faces")
"""What pytest runs in parts of its own, about the longest first; all the rest comes after the first of them."""
JOURNEYS = 4
"""In how many parts the journeys run, by files."""
HALVED = APART[0]
"""What would still run when all else is done, and PostgreSQL's pass of it after that, runs in two parts by files."""


@dataclass(frozen=True)
class Part:
    """A command that a lane takes when it is free, and what it runs `then`, whatever became of it."""

    name: str
    command: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    then: "Part | None" = None


def main(options: list[str]) -> int:
    """Run everything; returns 1 when a part failed."""
    os.chdir(ROOT)
    os.environ |= {"MINGJING_MODE": "test"}
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start the program hundreds of times
    left_out = list(prepare())
    with ExitStack() as while_they_run:
        outcomes = []
        try:
            url = while_they_run.enter_context(postgres.server())
        except postgres.PostgresFailed as failed:
            url, outcomes = "", [Outcome("PostgreSQL", False, f"PostgreSQL did not start: {failed}", 0)]
        asked = Path(while_they_run.enter_context(tempfile.TemporaryDirectory(prefix="mingjing-asked-")))
        driven, others = planned(options, url, asked, journeys=not left_out)
        outcomes += in_lanes(driven, [*others, *scripts(left_out)])
    for note in left_out:
        print(f"left out: {note}")
    print("\n".join(report(outcomes)))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def prepare() -> Iterator[str]:
    """Install the browser and the fonts of the journeys where they are missing; yields what cannot be."""
    able = can_drive_a_browser()
    if able and shutil.which(BROWSERS[0]):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        yield from [] if able else [f"browser journeys; install {' and '.join(DEBIAN_PACKAGES)} to run them"]
        return
    print(f"installing {' and '.join(DEBIAN_PACKAGES)}", flush=True)
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for command in ("update", "install -y --no-install-recommends " + " ".join(DEBIAN_PACKAGES)):
        if subprocess.run(["apt-get", *IMPATIENT, *command.split()], check=False, **quiet).returncode:
            if not able:
                yield "browser journeys; apt-get could not install what they need (its lines are above)"
            return


def can_drive_a_browser() -> bool:
    """Whether Chromium is there, and the driver that playwright brings along starts."""
    driver = playwright_node()
    if not any(map(shutil.which, BROWSERS)) or driver is None:
        return False
    return subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0


def playwright_node() -> Path | None:
    """The node that playwright brings along; whether it starts is another question."""
    playwright = importlib.util.find_spec("playwright")
    return Path(playwright.origin).parent / "driver" / "node" if playwright and playwright.origin else None


def in_lanes(driven: Iterable[Part], others: Iterable[Part]) -> list[Outcome]:
    """Run all: one lane takes those with a browser, the others the rest, and whoever is done first helps."""
    waiting = deque(driven), deque(others)
    outcomes: list[Outcome] = []

    def lane(own: int) -> None:
        while part := next_of(waiting[own], waiting[not own]):
            outcomes.extend(run(one) for one in in_turn(part))

    with ThreadPoolExecutor(LANES) as lanes:
        list(lanes.map(lane, [0] + [1] * (LANES - 1)))
    return outcomes


def in_turn(part: Part) -> Iterator[Part]:
    """The part, and what is to run when it is over."""
    following: Part | None = part
    while following:
        yield following
        following = following.then


def next_of(own: deque[Part], helped: deque[Part]) -> Part | None:
    """The next part of a lane: the first of its own, else the last of others; None where all is begun."""
    for take in (own.popleft, helped.pop):
        with suppress(IndexError):
            return take()
    return None


def planned(options: list[str], url: str, asked: Path, *, journeys: bool) -> tuple[list[Part], list[Part]]:
    """The parts in Python, those with a browser and the others, about the longest first. A selection is not divided.

    Journeys go into processes of their own: a browser's loop in the thread gives Django another connection from then
    on, and the one before may stand in a transaction that later tests would wait for. PostgreSQL comes after SQLite,
    which leaves in the folder `asked` what its tests asked.
    """
    own = any(Path(option.partition("::")[0]).exists() for option in options)
    tests = [sys.executable, "-m", "pytest", *options]
    apart = "-m" not in options
    without, only = (["-m", which] if apart else [] for which in ("not journey", "journey"))
    again = [*tests, "--database-only"]
    driven, others = [], []
    if journeys and apart:
        ways = 1 if own else JOURNEYS
        only += [] if own else ["tests/journeys"]
        driven = [Part(f"journeys {way}/{ways}", [*tests, *only, "--part", f"{way}/{ways}"])
                  for way in range(1, ways + 1)]  # fmt: skip
        driven += [Part("PostgreSQL: journeys", [*again, *only], on(url, "journeys"))] if url else []
    for name, paths in divided(own=own):
        chosen = [*without, *paths, *([] if own else ["--asked", str(asked / f"{plain(name)}.json")])]
        second = Part(f"PostgreSQL: {name}", [*again, *chosen], on(url, name)) if url else None
        others += [Part(f"SQLite: {name}", [*tests, *chosen], then=second)]
    return driven, others


def divided(*, own: bool) -> Iterator[tuple[str, list[str]]]:
    """Name and options of each part of the tests; together all of them, whatever is added to tests/."""
    if own:
        yield "tests", []
        return
    for path in (*APART[:1], "tests", *APART[1:]):
        below = [f"--ignore={other}" for other in APART if other.startswith(f"{path}/")]
        name = path.removeprefix("tests/") if path in APART else "the rest"
        for half in ("1/2", "2/2") if path == HALVED else ():
            yield f"{name} {half}", [path, "--part", half]
        if path != HALVED:
            yield name, [path, *below]


def on(url: str, part: str) -> dict[str, str]:
    """The environment in which a part has a database of its own on the server at `url`."""
    return {"DATABASE_URL": url.replace("/postgres?", f"/{plain(part)}?")}


def plain(part: str) -> str:
    """The name of a part as a file or a database may be called."""
    return part.replace(" ", "_").replace("/", "_")


def scripts(left_out: list[str]) -> Iterator[Part]:
    """The tests of the JavaScript; notes what is left out."""
    found = sorted(str(path) for path in Path("tests/js").rglob("*.test.*js"))
    if found and (node := found_node()):
        left_out.extend(packages())
        yield Part("node", [node, "--test", "--test-reporter=spec", *found])
    elif found:
        left_out.append("JavaScript; install node to run tests/js")


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


def run(part: Part) -> Outcome:
    """Run a part and show what it said, in one piece."""
    print(f"== {part.name}: begun", flush=True)
    start = time.monotonic()
    env = os.environ | part.env
    done = subprocess.run(part.command, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode("utf-8", "replace")
    outcome = Outcome(part.name, done.returncode in (0, NO_TESTS), said, time.monotonic() - start)
    print(f"{said.rstrip()}\n== {outcome}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
