"""A request that fell silent, for its phone has no signal: the next one goes on from what had come."""

import threading
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pytest
from tests.phones import Phone, picture

from mingjing.kernel.evidence import store
from mingjing.kernel.sync import uploads

RAW = picture(7, size=(400, 300))
HALF = len(RAW) // 2


class Body:
    """Brings `first`, says that it did, then nothing until it is let go; then `rest`."""

    def __init__(self, first: bytes, rest: bytes = b"") -> None:
        self.parts = [first, rest]
        self.brought, self.let_go = threading.Event(), threading.Event()

    def read(self, size: int, /) -> bytes:
        if len(self.parts) == 1:
            self.brought.set()
            assert self.let_go.wait(30)
        return self.parts.pop(0) if self.parts else b""


class Writer(threading.Thread):
    """A request that writes to an upload, and what became of it."""

    def __init__(self, upload: uploads.Upload, body: Body, at: datetime) -> None:
        super().__init__(daemon=True)
        self.upload, self.body, self.at = upload, body, at
        self.ended: object = None

    def run(self) -> None:
        try:
            self.ended = uploads.receive(self.upload, self.body, offset=0, at=self.at)
        except Exception as error:
            self.ended = error


@pytest.fixture
def begun(phone: Phone, at: datetime) -> uploads.Upload:
    return uploads.begin(device=phone.device.pk, length=len(RAW), digest=sha256(RAW).hexdigest(), at=at)


def silent_after_half(begun: uploads.Upload, rest: bytes, at: datetime) -> Writer:
    writer = Writer(begun, Body(RAW[:HALF], rest), at)
    writer.start()
    assert writer.body.brought.wait(30)
    return writer


def found(begun: uploads.Upload, at: datetime) -> uploads.Upload:
    return uploads.found(begun.name, device=begun.device, at=at)


def test_while_bytes_come_another_request_waits(begun: uploads.Upload, at: datetime) -> None:
    writer = silent_after_half(begun, RAW[HALF:], at)
    with pytest.raises(uploads.Busy):
        uploads.receive(found(begun, at), BytesIO(RAW[HALF:]), offset=HALF, at=at)
    writer.body.let_go.set()
    writer.join(30)
    assert isinstance(writer.ended, uploads.Upload)
    assert writer.ended.receipt


@pytest.mark.parametrize("rest", [b"", RAW[HALF:], b"\x00" * (len(RAW) - HALF)], ids=["nothing", "the rest", "other"])
def test_after_silence_the_next_request_goes_on_and_the_old_one_spoils_nothing(
    begun: uploads.Upload, rest: bytes, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = silent_after_half(begun, rest, at)
    monkeypatch.setattr(uploads, "SILENT", -1)
    on = found(begun, at)
    assert on.offset == HALF
    done = uploads.receive(on, BytesIO(RAW[HALF:]), offset=HALF, at=at)
    assert done.receipt
    writer.body.let_go.set()
    writer.join(30)
    assert isinstance(writer.ended, (uploads.Busy, uploads.NotThere, uploads.WrongOffset))
    with store.open_original(begun.sha256) as original:
        assert original.read() == RAW


def test_one_that_wakes_before_the_next_has_ended_does_not_end_it(
    begun: uploads.Upload, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = silent_after_half(begun, RAW[HALF:], at)
    monkeypatch.setattr(uploads, "SILENT", -1)
    body = Body(RAW[HALF : HALF + 100], RAW[HALF + 100 :])
    second = threading.Thread(target=lambda: uploads.receive(found(begun, at), body, offset=HALF, at=at), daemon=True)
    second.start()
    assert body.brought.wait(30)
    writer.body.let_go.set()
    writer.join(30)
    assert isinstance(writer.ended, uploads.Busy)
    assert not store.exists(begun.sha256)
    body.let_go.set()
    second.join(30)
    assert found(begun, at).receipt
    with store.open_original(begun.sha256) as original:
        assert original.read() == RAW
