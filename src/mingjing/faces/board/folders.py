"""What is published, as files that any web server can serve: DATA_DIR/published/board/<unit>/….

A unit (`assessments/430202`) is written whole beside the one that is served, named by its content, and takes its place
by the change of one link: whoever is killed on the way leaves the old one whole. A file that says what it said before
is the same file under a second name, with its compressed copies. The same content gives the same bytes and the same
name. Not here: what is published.
"""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import brotli
from django.conf import settings

__all__ = ["LINKS", "File", "Unit", "publish", "root", "writing"]

File = tuple[str, bytes | None]
"""A path below the unit and its content; None where it is sure to be what the served generation has there."""

LINKS = "board"
"""The folder of links that a web server serves as /board/."""
GENERATIONS = ".generations"
MADE_BY = "made-by.txt"
PART = ".part-"
KEPT = 2
"""Generations of a unit that are kept: the one served, and the one whose readers may still be at it."""
WORTH = 256
"""Bytes from which on a file has compressed copies."""
COPIES = (".gz", ".br")
COMPRESSED = frozenset({".html", ".css", ".json", ".csv", ".atom", ".svg", ".xml"})
_UNIT = re.compile(r"[a-z_]+/[0-9a-z-]+")


def root() -> Path:
    """Where everything published is."""
    return Path(settings.DATA_DIR) / "published"


class Unit:
    """One part of what is published, written and replaced as a whole."""

    def __init__(self, name: str) -> None:
        if not _UNIT.fullmatch(name):
            raise ValueError(f"{name!r} names no unit; it is programme/code")
        self.name = name
        self.link = root() / LINKS / name
        self.generations = root() / GENERATIONS
        self.stem = name.replace("/", "-")

    def current(self) -> Path | None:
        """The folder of the generation that is served; None while nothing was published."""
        try:
            target = os.readlink(self.link)
        except OSError:
            return None
        return self.link.parent / target

    def seen(self) -> int:
        """How far the ledger had come when the served generation was read from the database; 0 where nobody said."""
        try:
            return int((self.generations / f"{self.stem}.seen").read_text("ascii")) if self.current() else 0
        except (FileNotFoundError, ValueError):
            return 0

    def listing(self) -> Mapping[str, str]:
        """The digests of the files that are served now, by path; empty while nothing was published."""
        here = self.current()
        try:
            found: Mapping[str, str] = json.loads((here.parent / "listing.json").read_bytes()) if here else {}
        except (OSError, ValueError):
            return {}
        return found

    def made_by(self) -> str:
        """What the served generation was made by, as its maker said."""
        here = self.current()
        try:
            return (here.parent / MADE_BY).read_text("ascii") if here else ""
        except OSError:
            return ""

    def all_generations(self) -> list[Path]:
        """Every whole generation, the newest last."""
        found = [path for path in self.generations.glob(f"{self.stem}@*") if path.is_dir()]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)


@contextmanager
def writing(unit: Unit) -> Iterator[None]:
    """Nobody else writes the unit meanwhile: who reads the database inside writes what is newest."""
    unit.generations.mkdir(parents=True, exist_ok=True)
    with (unit.generations / f"{unit.stem}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def publish(unit: Unit, files: Iterable[File], *, seen: int = 0, made_by: str = "") -> str:
    """Write the files, all of them, and serve them from now on; returns the digest of them all.

    `seen` is how far the ledger had come before the first of them was read, `made_by` names what makes them. To be
    called inside `writing`.
    """
    for left in unit.generations.glob(f"{PART}{unit.stem}@*"):
        shutil.rmtree(left)  # a killed writer's: we hold the lock
    part = unit.generations / f"{PART}{unit.stem}@{os.getpid()}"
    before = _Before(unit.current(), unit.listing())
    try:
        listing = {path: _write(part, path, content, before) for path, content in files}
        told = json.dumps(dict(sorted(listing.items())), separators=(",", ":")).encode()
        digest = hashlib.sha256(told).hexdigest()
        (part / "listing.json").write_bytes(told)
        (part / MADE_BY).write_text(made_by, "ascii")
        os.sync()
        _take_place(unit, part, digest)
        (unit.generations / f"{unit.stem}.seen").write_text(str(seen), "ascii")
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return digest


@dataclass(frozen=True, slots=True)
class _Before:
    """The generation that is served while the next one is written."""

    folder: Path | None
    listing: Mapping[str, str]

    def has(self, path: str, content: bytes) -> bool:
        """Whether it has exactly this content there, on the disk too."""
        if self.folder is None or self.listing.get(path) != hashlib.sha256(content).hexdigest():
            return False
        try:
            return (self.folder / path).read_bytes() == content
        except OSError:
            return False

    def link(self, path: str, target: Path) -> str:
        """Give its file and copies a second name; returns the digest."""
        assert self.folder is not None
        os.link(self.folder / path, target)
        for suffix in COPIES:
            with suppress(FileNotFoundError):
                os.link(self.folder / (path + suffix), target.with_name(target.name + suffix))
        return self.listing[path]


def _write(part: Path, path: str, content: bytes | None, before: _Before) -> str:
    """Write one file with its copies; returns the digest of its content."""
    if not path or path != str(PurePosixPath(path)) or path.startswith(("/", ".")) or ".." in path.split("/"):
        raise ValueError(f"{path!r} is no path below a unit")
    target = part / "files" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if content is None or before.has(path, content):
        return before.link(path, target)
    with target.open("xb") as file:
        file.write(content)
    if target.suffix in COMPRESSED and len(content) >= WORTH:
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
        target.with_name(target.name + ".br").write_bytes(brotli.compress(content, quality=6))
    return hashlib.sha256(content).hexdigest()


def _take_place(unit: Unit, part: Path, digest: str) -> None:
    generation = unit.generations / f"{unit.stem}@{digest[:32]}"
    if not generation.is_dir():
        part.replace(generation)
    else:
        os.utime(generation)
    unit.link.parent.mkdir(parents=True, exist_ok=True)
    new = unit.link.with_name(f".{unit.link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(os.path.relpath(generation / "files", unit.link.parent))
    new.replace(unit.link)
    for old in unit.all_generations()[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
