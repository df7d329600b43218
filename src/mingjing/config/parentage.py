"""Ends a process whose parent is gone: a server killed outright must not leave children that keep its port."""

import os
import threading
import time
from collections.abc import Callable

SERVER = "MINGJING_SERVER"  # set by `mingjing serve` for the processes it starts: its own process id
LOOK_SECONDS = 1.0


def when_orphaned(parent: int, then: Callable[[], object]) -> None:
    """Call `then` from another thread once `parent` is no longer this process's parent."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        then()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def follow_server() -> bool:
    """In a process that `mingjing serve` started: end when the server says so or is gone. Elsewhere: False."""
    if server := os.environ.get(SERVER):
        # Ctrl-C in a terminal reaches every process of a group, and granian may hang when told twice to stop.
        os.setpgid(0, 0)
        when_orphaned(int(server), lambda: os._exit(1))
        return True
    return False
