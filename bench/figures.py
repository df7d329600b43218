"""What scenarios measure with: figures, timing, peak memory, a throw-away database. See README.md beside this file."""

import atexit
import gc
import os
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SCALE = float(os.environ.get("MINGJING_BENCH_SCALE", "1"))


class Skip(Exception):
    """A scenario cannot run here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; larger is worse.

    `value` is in `unit` (`s`, `bytes` or a count's name); `floor`, in the same unit, is the least this machine needs
    for the same work, measured in the same run. `per` is how many `what` the value covers, for the printed rate.
    """

    name: str
    value: float
    floor: float | None = None
    unit: str = "s"
    per: float | None = None
    what: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor; None without one."""
        return None if self.floor is None else self.value / self.floor


def best_of(times: int, work: Callable[[], object]) -> float:
    """The least seconds that `work` took in so many runs: the others were disturbed."""
    least = float("inf")
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least


def peak_bytes(work: Callable[[], object]) -> int:
    """The most memory Python and NumPy held at once while `work` ran, above what was held before."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def django() -> None:
    """Set Django up on a new, migrated database that is gone afterwards (or on DATABASE_URL when it is set)."""
    from django.apps import apps

    if apps.ready:
        return
    folder = tempfile.mkdtemp(prefix="mingjing-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "MINGJING_DATA": folder,
        "DJANGO_SETTINGS_MODULE": "mingjing.config.settings",
        "MINGJING_MODE": "test",
    }
    import django as django_package
    from django.core.management import call_command

    django_package.setup()
    if "DATABASE_URL" in os.environ:
        call_command("migrate", verbosity=0)
    else:
        from tests.installations import install

        install(Path(folder))
