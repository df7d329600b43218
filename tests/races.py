"""Several acts begun in the same moment, each in a thread with a connection of its own; for tests that really commit.

Not here: who has to win; each test says so of its own acts.
"""

import threading
from collections.abc import Callable, Sequence

from django.db import connection

__all__ = ["at_once", "failures"]

PATIENCE = 60
"""Seconds after which acts are taken to wait for each other for good."""


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of `acts` returned, or the error it ended with."""
    ready = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            ready.wait(PATIENCE)
            results[place] = acts[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    stuck = [place for place, thread in enumerate(threads) if thread.is_alive()]
    assert not stuck, f"acts {stuck} never ended; the others: {results}"
    return results


def failures(results: Sequence[object]) -> list[Exception]:
    """The errors among what acts came to."""
    return [result for result in results if isinstance(result, Exception)]
