"""How actions of the catalogue tell the ledger: ids, days and digests, never a name. Not here: what is decided."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["check", "days", "digest", "tell"]


def tell(kind: str, subject: str, data: Mapping[str, Any], area: Area, by: Person | None, at: datetime) -> None:
    """Append a fact of this programme; days become text."""
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}
    writer.append(kind=f"inspections.{kind}", subject=subject, data=plain, area=area, by=by, at=at)


def digest(*texts: str) -> str:
    """What a fact holds of texts that may name somebody."""
    return sha256("\n".join(texts).encode()).hexdigest()


def check(*problems: Problem | None) -> None:
    """Raise Refusal with every problem there is."""
    if found := [problem for problem in problems if problem]:
        raise Refusal(found)


def days(first: date, last: date | None, place: str = "last_day") -> Iterator[Problem]:
    """The problem of days that end before they begin."""
    if last is not None and last < first:
        text = N_("The last day lies before the first; correct one of the two.")
        yield Problem("inspections.days", text, {}, place)
