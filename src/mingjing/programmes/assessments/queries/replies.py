"""What companies say to the public about their entries on a list: for the board and for the companies' own page."""

from collections.abc import Iterable, Mapping

from mingjing.programmes.assessments.models import Entry, Reply

__all__ = ["public_replies", "reply_to"]


def public_replies(entries: Iterable[int]) -> Mapping[int, Reply]:
    """The replies that stand beside these entries on the board, by the entry's key. One query."""
    return {one.entry_id: one for one in Reply.objects.public().filter(entry__in=list(entries))}


def reply_to(entry: Entry) -> Reply | None:
    """The reply that stands, withheld or not."""
    return Reply.objects.standing().filter(entry=entry).first()
