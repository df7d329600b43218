"""What Django's test client was answered with, closed as a server closes what it has sent.

A file that a test asked for and did not read to its end stayed open until rubbish was looked through, and then failed
whichever test that happened in. Not here: reading what was answered; each test does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

__all__ = ["closed_afterwards"]


@contextmanager
def closed_afterwards() -> Iterator[None]:
    """Whatever streams to a test client within it is closed at its end, read or not."""
    from django.core.signals import request_finished
    from django.db import close_old_connections
    from django.test import client

    closings: list[Any] = []
    streamed = client.closing_iterator_wrapper

    def noted(content: Any, close: Callable[[], None]) -> Any:
        closings.append(close)
        return streamed(content, close)

    with patch.object(client, "closing_iterator_wrapper", noted):
        yield
    request_finished.disconnect(close_old_connections)  # as the client does: the connection is the test's
    for close in closings:
        if not close.__self__.closed:
            close()
    request_finished.connect(close_old_connections)
