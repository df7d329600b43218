"""What the log says of a request that was refused: a line, for a right that is missing is no mistake of the program."""

import logging

from django.core.exceptions import PermissionDenied


class PlainRefusals(logging.Filter):
    """Takes the traceback away from a 403, and leaves its line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = record.exc_text = None
        return True
