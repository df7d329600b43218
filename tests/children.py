"""Acts in a process of their own that is killed in the middle; for tests that really commit.

The process is forked from the test's, so it has all that is imported and starts at once; it opens a connection of its
own, and what it changes in modules is gone with it. Not here: what has to be left; each test says so of its own act.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection, connections

__all__ = ["die", "dying_after", "ended", "killed", "then_die"]


def ended(act: Callable[[], object]) -> int:
    """How a process that does `act` ends: 0, or minus the signal it was killed by. An error of the act is one here."""
    connections.close_all()  # the child opens its own
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            act()
            code = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    found = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert found <= 0, "the act ended with the error above, in a process of its own"
    return found


def killed(act: Callable[[], object]) -> None:
    """Do `act` in another process, which must be killed in it."""
    assert ended(act) == -signal.SIGKILL, "nothing killed it"


def die(*_given: Any, **_named: Any) -> Any:
    """Be killed, whatever was asked."""
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, and then be killed."""

    def both(*given: Any, **named: Any) -> None:
        function(*given, **named)
        die()

    return both


def dying_after(statements: int) -> AbstractContextManager[None]:
    """Within it, be killed once so many statements were answered."""
    left = statements

    def counted(execute: Callable[..., Any], *statement: Any) -> Any:
        nonlocal left
        result = execute(*statement)
        left -= 1
        if left == 0:
            die()
        return result

    return connection.execute_wrapper(counted)
