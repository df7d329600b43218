"""A listing as somebody with a notebook would write it down, and what must stand there before anybody is listed.

It knows nothing of processes: a second, plain account to hold the real one against (test_listing_machine).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mingjing.kernel.documents.models import Service

__all__ = ["Event", "must_have_been_shown", "must_have_been_signed", "must_have_happened"]

FIVE, SEVEN = timedelta(days=5), timedelta(days=7)
"""Working days are never fewer days of the calendar."""


@dataclass(frozen=True)
class Event:
    """Something that really happened in the listing, as somebody with a notebook would write it down."""

    number: int
    what: str
    who: str
    stance: str
    at: datetime
    moment: datetime
    service: Service | None


def must_have_happened(real: Sequence[Event], company: int | None) -> None:
    """Notice served on that company, time given, statements answered, hearings held, two who were not there agreed.

    `real` are the events that nobody took back.
    """
    noticed = [event for event in real if event.what == "notice" and _proved(event.service, company)]
    assert noticed, "listed without a notice that was served"
    told = noticed[0]
    since = [event for event in real if event.number > told.number]
    votes = {event.who: event for event in since if event.what == "decision" and event.at >= told.moment + FIVE}
    upheld = {who for who, event in votes.items() if event.stance == "uphold"} - {"officer"}
    repliers = {event.who for event in since if event.what == "reply"} - {"officer"}
    asked = [one for one in since if one.what in {"statement", "hearing_asked"} and one.moment < told.moment + FIVE]
    assert len(upheld - repliers) >= 2
    assert not asked or repliers
    if any(event.what == "hearing_asked" for event in asked):
        assert any(event.what == "hearing" and event.who != "officer" for event in since)


def must_have_been_shown(shown: datetime | None, signed: Sequence[tuple[str, datetime]]) -> None:
    """A list was shown to the public for its time, and two signed it after that."""
    assert shown is not None
    assert len({who for who, _ in signed}) >= 2
    assert all(at >= shown + SEVEN for _, at in signed)


def must_have_been_signed(real: Sequence[Event]) -> None:
    """What a reopening takes beyond that: after the decision it was shown to the public, then two signed."""
    decided = [event for event in real if event.what == "decision" and event.stance == "uphold"]
    shown = [event for event in real if event.what == "public_notice" and event.number > decided[1].number]
    assert shown, "corrected without a public notice"
    late = [event for event in real if event.what.startswith("signed") and event.at >= shown[0].at + SEVEN]
    assert len({event.who for event in late}) >= 2


def _proved(service: Service | None, company: int | None) -> bool:
    found = Service.objects.get(pk=service.pk) if service else None
    return found is not None and not found.voided_at and found.organisation_id == company
