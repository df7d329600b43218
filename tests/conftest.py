"""What every suite shares: a fixed instant, hypothesis profiles, the data beside the project, the database-only pass.

Django is not imported here, so that tests/engine runs without it. Not here: fixtures of one area; its tests have them.
"""

import gc
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.asked import Listening, left_out

ROOT = Path(__file__).resolve().parent.parent
PAGES = re.compile(r"tests/faces/(desk|portal|ui)/|_(desk|pages)\.py$")
"""Tests of pages: tests/contracts opens every page on PostgreSQL, which is what it can change about one."""
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}

# One core busy elsewhere must not fail a property: no deadlines. In CI the same examples are tried every time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "here"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that use the database, without most browser journeys: the second pass, on PostgreSQL",
    )
    parser.addoption(
        "--asked",
        type=Path,
        help="a file where the first pass writes what its tests ask the database, and the second leaves out by it",
    )
    parser.addoption("--part", help="K/N: only every N-th file, from the K-th on")


def pytest_configure(config: pytest.Config) -> None:
    if (file := config.getoption("--asked")) and not config.getoption("--database-only"):
        config.pluginmanager.register(Listening(file, in_second_pass, commits))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Under --part, leave out the files that other parts run: to import them all is much of what a part takes."""
    if not (part := config.getoption("--part")) or not collection_path.match("test_*.py"):
        return None
    which, of = map(int, part.split("/"))
    return None if collection_path in part_of(tuple(config.args), which, of) else True


@cache
def part_of(args: tuple[str, ...], which: int, of: int) -> frozenset[Path]:
    """Every `of`-th file of tests below what pytest was given, from the file `which` (1 is the first) on."""
    given = {Path(arg.partition("::")[0]).resolve() for arg in args}
    found = sorted({file for path in given for file in (path, *path.rglob("test_*.py")) if file.is_file()})
    return frozenset(found[which - 1 :: of])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under --database-only, deselect what the database cannot change."""
    kept = items[:]
    if config.getoption("--database-only"):
        spared = left_out(file) if (file := config.getoption("--asked")) else ()
        kept = [item for item in kept if in_second_pass(item) and item.nodeid not in spared]
    else:
        kept = [item for item in kept if not item.get_closest_marker("other_database")]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_collection_finish() -> None:
    """What is there before the first test stays: looking through it for rubbish again and again took a tenth of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


def in_second_pass(item: pytest.Item) -> bool:
    """Whether the database can change what `item` shows."""
    if not uses_database(item) or item.get_closest_marker("one_database"):
        return False
    return on_either(item) if is_journey(item) else not of_pages(item)


def is_journey(item: pytest.Item) -> bool:
    """Whether `item` drives a browser: most journeys try pages, which are the same on every database."""
    return item.get_closest_marker("journey") is not None


def of_pages(item: pytest.Item) -> bool:
    """Whether `item` tries pages and writes nothing that others see meanwhile."""
    return bool(PAGES.search(item.path.as_posix())) and not commits(item)


def on_either(item: pytest.Item) -> bool:
    """Whether a journey is to run on both databases."""
    return item.get_closest_marker("either_database") is not None


def uses_database(item: pytest.Item) -> bool:
    """Whether pytest-django will open the database for `item`."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.fixture(autouse=True)
def answers_are_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """No file that a test was answered with stays open after it."""
    if not uses_database(request.node):
        yield
        return
    from tests.answers import closed_afterwards

    with closed_afterwards():
        yield


@pytest.fixture(scope="session")
def at() -> datetime:
    """The instant at which tests act: Wednesday 4 September 2024, 09:30 in China."""
    return datetime(2024, 9, 4, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The third-party data beside the project (not part of it): skips, saying so, where it is absent."""
    folder = Path(os.environ.get("MINGJING_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(
            f"the third-party data is not on this machine ({folder.name}/); set MINGJING_SHARED_DATA to its folder"
        )
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database begins as a copy of a migrated one; passwords are hashed for no longer than it takes."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    from tests.installations import prepare

    prepare()
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; after a test that really commits, Django may empty it although triggers guard it."""
    from tests.guarded import flushing_allowed

    with flushing_allowed():
        yield


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """For what is built once for the tests of a module: opens the database to a fixture of the module.

    What is written so stands for all of them and is gone after the last; what a test writes is gone after the test. A
    test asks for `db` as well, and for nothing that commits.
    """
    from django.db import transaction

    outer: Any = transaction.atomic()
    outer._from_testcase = True  # an action that must stand on its own takes this for the outside
    with django_db_blocker.unblock():
        outer.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(scope="module")
def once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Callable[[], Any]]:
    """Builds what every test of a module begins with: what `once(name, build)` returns gives each a copy of its own.

    What `build` wrote stands for the whole module, its files too. Where a test really commits, or uses the database and
    does not ask for what would stand there (`name`, a fixture of the module), each test builds its own.
    """
    tests = [item for item in request.session.items if item.path == request.path and uses_database(item)]
    opened = None if any(map(commits, tests)) else request.getfixturevalue("module_db")

    def kept(name: str, build: Callable[[], Any]) -> Callable[[], Any]:
        from django.conf import settings
        from django.test import override_settings

        if opened is None or any(name not in getattr(item, "fixturenames", ()) for item in tests):
            return build
        files = tmp_path_factory.mktemp("once")
        with opened(), override_settings(DATA_DIR=files):
            made = build()

        def copied() -> Any:
            if any(files.iterdir()):
                shutil.copytree(files, settings.DATA_DIR, dirs_exist_ok=True)
            return deepcopy(made)

        return copied

    return kept


def commits(item: pytest.Item) -> bool:
    """Whether a test writes for others to see, and empties the database afterwards."""
    marker = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(marker and (marker.args or marker.kwargs)) or bool(fixtures & {"transactional_db", "live_server"})
