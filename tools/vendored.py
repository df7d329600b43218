"""Checks the files of others that are served as they came against the VENDOR.toml beside them.

python -m tools.vendored      prints every fault: a file changed, missing, unlisted, or without its licence
"""

import sys
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIELDS = ("path", "name", "version", "source", "sha256", "licence", "licence_file")


def faults() -> Iterator[str]:
    """What is wrong, one line each."""
    for listing in sorted((ROOT / "src").rglob("VENDOR.toml")):
        folder, entries = listing.parent, tomllib.loads(listing.read_text("utf-8")).get("file", [])
        listed = {listing.name} | {entry.get(field, "") for entry in entries for field in ("path", "licence_file")}
        for entry in entries:
            yield from (f"{folder.relative_to(ROOT)}/{fault}" for fault in _faults(folder, entry))
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.relative_to(folder).as_posix() not in listed:
                yield f"{file.relative_to(ROOT)}: not listed in VENDOR.toml"


def _faults(folder: Path, entry: dict[str, Any]) -> Iterator[str]:
    name = entry.get("path", "(no path)")
    if missing := [field for field in FIELDS if not entry.get(field)]:
        yield f"{name}: VENDOR.toml says nothing of its {', '.join(missing)}"
        return
    if not (folder / entry["licence_file"]).is_file():
        yield f"{name}: its licence {entry['licence_file']} is missing"
    if not (folder / name).is_file():
        yield f"{name}: missing"
    elif sha256((folder / name).read_bytes()).hexdigest() != entry["sha256"]:
        yield f"{name}: not the file that was listed (its SHA-256 differs)"


def main() -> int:
    """Print every fault; 1 when there is one."""
    found = list(faults())
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
