"""What people had decided on a complaint at a moment, from the decisions until then. Not here: reading those."""

from collections.abc import Iterable

from mingjing.programmes.complaints.policy.rules import COMPANY

__all__ = ["UNDECIDED", "site_answering"]

UNDECIDED = 0
"""In place of a site: nothing that settles the complaint was decided."""


def site_answering(decisions: Iterable[tuple[str, str, int | None]]) -> int | None:
    """At which site the company answers for a complaint, by its (matter, verdict, site) in the order of their numbers.

    None where it is settled otherwise, UNDECIDED where it is not settled. Another validity takes the duty away.

    >>> site_answering([("validity", "valid", None), ("duty", "company", 7)])
    7
    >>> site_answering([("validity", "valid", None), ("duty", "company", 7), ("validity", "invalid", None)])
    >>> site_answering([("validity", "valid", None)])
    0
    """
    validity, duty, answering = "", "", None
    for matter, verdict, site in decisions:
        if matter == "validity":
            validity, duty, answering = verdict, "", None
        elif matter == "duty":
            duty, answering = verdict, site
    if validity == "invalid" or (validity == "valid" and duty not in ("", COMPANY)):
        return None
    return (answering or UNDECIDED) if validity == "valid" and duty == COMPANY else UNDECIDED
