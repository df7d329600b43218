"""Photos through the real server while connections are cut: what arrived is kept, and hardly anything is sent twice."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from tests.faces.field.live import Live, Unheard, noise
from tests.phones import opened

TWICE = 0.05
"""The part of a photo that may be sent twice after cuts."""


def original(server: Live, raw: bytes) -> bytes:
    digest = sha256(raw).hexdigest()
    return (server.data / "originals" / digest[:2] / digest[2:4] / digest).read_bytes()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("seed", range(3))
def test_after_cuts_hardly_a_byte_is_sent_twice(server: Live, seed: int, reset: bool) -> None:
    chance, raw = random.Random(seed), noise(seed + 10 * reset)
    where, server.sent = server.begin(raw), 0
    wanted = 0
    for _cut in range(8):
        offset = settled(server, where, wanted)
        after = chance.randrange(1, max(2, (len(raw) - offset) // 4))
        server.cut(where, raw, offset, after, reset=reset)
        wanted = 0 if reset else offset + after  # what was sent before an orderly end arrives
    while not (answer := server.go_on(where, raw, settled(server, where, wanted))).headers.get("Mingjing-Receipt"):
        assert answer.status in (204, 409, 423)
    assert opened(answer.headers["Mingjing-Receipt"])["sha256"] == sha256(raw).hexdigest()
    assert original(server, raw) == raw
    assert server.sent <= len(raw) * (1 + TWICE), f"{server.sent / len(raw) - 1:.1%} sent twice"


def settled(server: Live, where: str, wanted: int = 0) -> int:
    """Where the upload stands, once the server has read `wanted` bytes and seen that the line is gone."""
    server.reached(where, wanted)
    before = -1
    while (now := server.offset(where)) != before:
        before = now
        time.sleep(0.1)
    return now


def test_two_at_once_never_mix(server: Live) -> None:
    raw = noise(50, side=1600)
    where = server.begin(raw)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: server.go_on(where, raw, 0), range(4)))
    codes = sorted(answer.status for answer in answers)
    assert codes.count(204) == 1, codes
    assert set(codes) <= {204, 409, 423, Unheard.status}, codes
    assert original(server, raw) == raw
    assert len({answer.headers["Mingjing-Receipt"] for answer in answers if answer.status == 204}) == 1


def test_two_with_other_bytes_never_mix(server: Live) -> None:
    """One of them lies: either its lie is found out whole, or it came too late."""
    raw, other = noise(60), noise(61)
    where = server.begin(raw)
    lie = (other * 2)[: len(raw)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda body: server.go_on(where, body, 0), (raw, lie)))
    answer = server.ask("HEAD", where)
    if answer.status == 200:
        assert original(server, raw) == raw
    else:
        assert answer.status == 404
        assert not (server.data / "originals" / sha256(lie).hexdigest()[:2]).joinpath(sha256(lie).hexdigest()).exists()


def test_many_photos_at_once(server: Live) -> None:
    raws = [noise(100 + n, side=300) for n in range(24)]

    def send(raw: bytes) -> str:
        where = server.begin(raw)
        return str(server.go_on(where, raw, 0).headers["Mingjing-Receipt"])

    with ThreadPoolExecutor(12) as pool:
        receipts = list(pool.map(send, raws))
    assert [opened(one)["sha256"] for one in receipts] == [sha256(raw).hexdigest() for raw in raws]


def test_nothing_but_originals_and_notes_is_left(server: Live) -> None:
    left = [path.name for path in (server.data / "incoming").glob("*.part")]
    assert not left, "every upload of these tests ended"


def test_what_is_left_open_is_let_go(server: Live) -> None:
    raw = noise(70)
    where = server.begin(raw)
    server.cut(where, raw, 0, 1000)
    assert settled(server, where, 1000) == 1000
    assert server.ask("DELETE", where).status == 204
    assert server.ask("HEAD", where).status == 404
