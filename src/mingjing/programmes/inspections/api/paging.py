"""Pages that do not move while somebody reads them: by key, upwards, `after` the last one seen."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.inspections.api.door import asked

__all__ = ["page"]

MOST, USUAL = 200, 50
LARGEST = 2**63 - 1


def page(request: HttpRequest, rows: QuerySet[Any]) -> tuple[list[Any], int | None]:
    """The rows after `after`, at most `limit`, and what to ask for next (None at the end). Raises Refusal."""
    given, problems = asked(request, "after", "limit"), list[Problem]()
    after = _number(given.get("after", "0"), 0, LARGEST, "after", problems)
    limit = _number(given.get("limit", str(USUAL)), 1, MOST, "limit", problems)
    if problems:
        raise Refusal(problems)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def _number(text: str, least: int, most: int, place: str, problems: list[Problem]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most:
        return int(text)
    words = N_("A whole number from {least} to {most}.")
    problems.append(Problem("api.number", words, {"least": least, "most": most}, place))
    return least
