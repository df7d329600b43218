"""A 403 is one line of the log; what the program did wrong keeps its traceback."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from tests.faces.conftest import SignedIn, people, signed_in

__all__ = ["people", "signed_in"]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the installation's own handler writes."""
    (handler,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    written = io.StringIO()
    former, handler.stream = handler.stream, written  # not setStream: pytest may have closed what stood there before
    yield written
    handler.stream = former


def test_a_missing_right_is_one_line(signed_in: SignedIn, log: io.StringIO) -> None:
    client: Client = signed_in("officer")
    assert client.get("/ledger/").status_code == 403
    assert log.getvalue().splitlines() == ["Forbidden (Permission denied): /ledger/"]


@pytest.mark.parametrize(("error", "lines"), [(PermissionDenied("x"), 1), (LookupError("x"), 4)])
def test_only_refusals_lose_their_traceback(log: io.StringIO, error: Exception, lines: int) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("tested").exception("it went wrong")
    assert len(log.getvalue().splitlines()) >= lines
    assert ("Traceback" in log.getvalue()) == (lines > 1)
