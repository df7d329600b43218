"""What the register of communities tells other parts of the house (kernel.registry.Known): households, company.

As the register stands now: it keeps no history of these. Not here: what others tell this programme (queries.sourced).
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from mingjing.engine.outcome import N_, Reason
from mingjing.kernel.registry import Answer
from mingjing.programmes.assessments.models import Community

__all__ = ["companies", "households"]

FROM_REGISTER = Reason("known.register", N_("As the register of communities has it."))


def households(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """How many households the communities at these sites have, where that is on record."""
    return _of(sites, "households")


def companies(sites: Collection[int], first_day: date, last_day: date, at: datetime) -> Mapping[int, Answer]:
    """The companies that look after the communities at these sites."""
    return _of(sites, "company_name")


def _of(sites: Collection[int], column: str) -> dict[int, Answer]:
    rows = Community.objects.current().filter(site__in=sites).values_list("site", column)
    return {site: Answer(str(value), FROM_REGISTER) for site, value in rows if value not in (None, "")}
