"""What the server holds when many phones have sent photos at once: as much as when few sent as many (goal G3)."""

import sys
from concurrent.futures import ThreadPoolExecutor
from os import urandom
from pathlib import Path

import pytest
from tests.faces.field.live import Live, live, noise

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
GROWTH = 1.1
"""How much more it may hold after 64 phones than after 16; what it took it does not give back, so the most shows."""
PHOTOS = 64


def test_memory_is_flat_from_16_to_64_phones(tmp_path: Path) -> None:
    raw = noise(7, side=1900)
    few, many = (after(phones, tmp_path / str(phones), raw) for phones in (16, 64))
    assert many <= few * GROWTH, f"{few / 2**20:.0f} MB after 16 phones, {many / 2**20:.0f} MB after 64"


def after(phones: int, data: Path, raw: bytes) -> int:
    """Bytes that a new server holds when so many phones have sent PHOTOS of a megabyte, all at once."""
    data.mkdir()
    with live(data) as server, ThreadPoolExecutor(phones) as pool:
        assert all(pool.map(lambda _n: sent(server, raw), range(PHOTOS)))
        return held(server.pid)


def sent(server: Live, raw: bytes) -> bool:
    """A photo like no other, by its comment, and whether it was receipted."""
    raw = raw[:2] + b"\xff\xfe\x00\x22" + urandom(16).hex().encode() + raw[2:]
    return bool(server.go_on(server.begin(raw), raw, 0).headers.get("Mingjing-Receipt"))


def held(pid: int) -> int:
    """Bytes that a process and all below it have for themselves, what they share counted once."""
    family = [pid]
    for one in family:
        family += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    lines = [line for one in family for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))
