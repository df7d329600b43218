"""The lock files install the same, hashed packages everywhere and name no index; the larger ones hold the smaller."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "requirements"
NAMES = ("base", "s3", "dev", "bench")


def pins(name: str) -> dict[str, list[str]]:
    """Each pinned requirement with its hashes."""
    logical = (FOLDER / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in logical.splitlines() if line.strip() and not line.strip().startswith("#")]
    return {
        line.split("--hash")[0].strip(): re.findall(r"--hash=sha256:([0-9a-f]{64})(?=\s|$)", line) for line in lines
    }


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_pinned_and_hashed(name: str) -> None:
    for requirement, hashes in pins(name).items():
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ;]+( *;.*)?", requirement), requirement
        assert hashes, requirement


@pytest.mark.parametrize("name", NAMES)
def test_no_index_is_named(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text


def test_the_larger_locks_hold_the_smaller() -> None:
    def versions(name: str) -> set[str]:
        return {pin.partition(";")[0].strip() for pin in pins(name)}

    assert versions("base") <= versions("s3") <= versions("dev") <= versions("bench")
