"""The calendar of working days: the State Council's notice of each year, closures of an area, deadlines by them.

    from mingjing.kernel.calendar import deadline

    ends = deadline(area, served_at, days=5, kind="working")      # or kind="calendar"
    ends.at             24:00 of the last day: what happens before it is in time (ends.met(moment))
    ends.last_day       a date
    ends.provisional    a notice that is not known yet could still move it
    ends.calendar_digest, ends.steps      what it rests on, and why, as Reasons

Keep the digest and the instant at which it was worked out beside a deadline that has effects: `deadline(…, as_of=…)`
gives the same answer for ever. Not here: how many days a thing takes, and of which kind; that is the rules' to say.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mingjing.engine.workdays import Deadline
    from mingjing.kernel.calendar.queries import calendar_of, deadline

__all__ = ["Deadline", "calendar_of", "deadline"]


def __getattr__(name: str) -> Any:
    """The queries, once they are asked for: tables cannot be imported while Django loads the app."""
    if name not in __all__:
        raise AttributeError(name)
    from mingjing.kernel.calendar import queries

    return getattr(queries, name)
