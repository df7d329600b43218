"""What a person at the terminal reads when a command fails: every problem of a refusal, else one sentence.

Not here: exit statuses of commands that ran (theirs), usage errors (argparse's).
"""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.management.base import CommandError, SystemCheckError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from mingjing.engine.outcome import Refusal

REFUSED, BROKEN_PIPE, INTERRUPTED = 1, 141, 130
OF_ANOTHER_VERSION = ("no such table", "no such column", "does not exist", "unable to open database file")


def shielded(command_line: Callable[[Sequence[str]], int], argv: Sequence[str]) -> int:
    """Run `command_line` and turn every failure into sentences on stderr and an exit status."""
    try:
        return command_line(argv)
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain again while closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if "--debug" in argv:
            raise
        for sentence in explain(error):
            print(sentence, file=sys.stderr)
        return REFUSED


def explain(error: Exception) -> Sequence[str]:
    """The sentences for a failure; an unexpected one leaves its traceback in a file, which is named."""
    match error:
        case Refusal():
            return [problem.say(_) for problem in error.problems]
        case CommandError() | SystemCheckError() | ImproperlyConfigured():
            return [str(error).strip()]
        case PermissionDenied():
            return [str(error) or _("You do not have permission to do this.")]
        case ProgrammingError() | OperationalError():
            return [_database(error)]
        case OSError(filename=str() | bytes() | os.PathLike()) | OSError(errno=errno.ENOSPC):
            return [_file(error)]
        case _:
            return [_unexpected(error)]


def _database(error: Exception) -> str:
    detail = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if any(words in detail for words in OF_ANOTHER_VERSION):
        return _("The database is not of this version ({detail}). Run: mingjing migrate").format(detail=detail)
    return _("The database cannot be used: {detail}. Check DATABASE_URL, and that it is running and has room.").format(
        detail=detail
    )


def _file(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return _("The disk is full. Make room and run the command again.")
    reason = {
        errno.ENOENT: _("there is no such file or folder"),
        errno.EACCES: _("you may not read or write it"),
        errno.EISDIR: _("it is a folder, not a file"),
    }.get(error.errno or 0, error.strerror)
    return f"{os.fsdecode(error.filename)}: {reason}"


def _unexpected(error: Exception) -> str:
    report = tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="mingjing-failure-", suffix=".txt", delete=False)  # noqa: SIM115 - it is kept
    with report:
        report.write("".join(traceback.format_exception(error)))
    text = _("Something unexpected went wrong ({error}). Details are in {file}; please report it with that file.")
    return text.format(error=f"{type(error).__name__}: {error}", file=report.name)
