"""Installations on SQLite as `mingjing migrate` leaves them: the first is made, every other is a copy of it.

Not here: migrating itself (tests/kernel/db), installations on PostgreSQL (tests/config/test_backups).
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

__all__ = ["install"]

SOURCE = Path(__file__).resolve().parents[1] / "src"


def install(data: Path) -> Path:
    """An installation of this version without anything in it, in the folder `data`, which may exist; returns it."""
    return shutil.copytree(_first(), data, dirs_exist_ok=True)


@cache
def _first() -> Path:
    data = Path(tempfile.mkdtemp(prefix="mingjing-installed-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    foreign = ("MINGJING", "DATABASE", "DJANGO")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    env = kept | {"MINGJING_MODE": "demo", "MINGJING_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    subprocess.run([sys.executable, "-m", "mingjing", "migrate"], env=env, check=True, capture_output=True)
    return data
