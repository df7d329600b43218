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
    asked = [one for one in since if one.what in {"statement", "hearing_asked"} and one.moment < told.moment + FIVE]
    last = max((one.number for one in asked), default=0)
    votes = {event.who: event for event in since if event.what == "decision" and event.at >= told.moment + FIVE}
    upheld = {who for who, event in votes.items() if event.stance == "uphold" and event.number > last} - {"officer"}
    replies = [event for event in since if event.what == "reply" and event.who != "officer"]
    assert len(upheld - {event.who for event in replies}) >= 2
    assert not asked or max(event.number for event in replies) > last, "something said in time was never answered"
    if any(event.what == "hearing_asked" for event in asked):
        assert any(event.what == "hearing" and event.who != "officer" for event in since)


def must_have_been_shown(
    shown: datetime | None, signed: Sequence[tuple[str, datetime]], objected: Sequence[tuple[str, datetime]]
) -> None:
    """A list was shown to the public for its time, what was objected was answered, and two signed it after that.

    `objected` are the objections and the answers to them, by step, in their order.
    """
    assert shown is not None
    assert len({who for who, _ in signed}) >= 2
    assert all(at >= shown + SEVEN for _, at in signed)
    in_time = [place for place, (step, at) in enumerate(objected) if step == "public_objection" and at < shown + SEVEN]
    answers = [place for place, (step, _) in enumerate(objected) if step == "public_reply"]
    assert not in_time or max(answers, default=-1) > in_time[-1], "an objection of the public was never answered"


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
