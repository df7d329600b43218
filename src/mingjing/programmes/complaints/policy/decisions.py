"""What may be decided on a complaint, by whom: a matter once decided is revised by somebody else only.

Not here: the rules' codes of duties (policy.rules), the write (actions.decisions).
"""

from collections.abc import Collection
from dataclasses import dataclass

from mingjing.engine.outcome import N_, Problem
from mingjing.programmes.complaints.policy.rules import COMPANY

__all__ = ["Standing", "Wanted", "problems_of"]

LEAST_REASON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A complaint as it stands: what was decided last on each matter, and by whom (keys of people)."""

    validity: str = ""
    duty: str = ""
    site: int | None = None
    validity_by: int | None = None
    duty_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to decide: valid or not; of a valid one whose duty, and which community (None: as it is)."""

    validity: str
    duty: str = ""
    site: int | None = None
    reason: str = ""

    @property
    def changes_validity(self) -> bool:
        """Whether it says anything of validity."""
        return bool(self.validity)


def problems_of(
    standing: Standing, wanted: Wanted, by: int | None, duties: Collection[str]
) -> tuple[list[Problem], tuple[bool, bool]]:
    """Everything that stands in the way, and whether validity and duty would change."""
    site = wanted.site or standing.site
    validity_changes = wanted.validity != standing.validity
    duty_changes = wanted.validity == "valid" and bool(wanted.duty) and (
        wanted.duty != standing.duty or site != standing.site
    )  # fmt: skip
    found = [*_unfit(wanted, site, duties)]
    if not found and not (validity_changes or duty_changes):
        text = N_("That is how it stands already; nothing was changed.")
        found.append(Problem("decision.same", text))
    revised = (validity_changes and standing.validity_by, duty_changes and standing.duty_by)
    if by is not None and by in revised:
        text = N_("You decided on it before; a second person revises a decision.")
        found.append(Problem("decision.second_person", text))
    return found, (validity_changes, duty_changes)


def _unfit(wanted: Wanted, site: int | None, duties: Collection[str]) -> list[Problem]:
    found = []
    if wanted.validity not in ("valid", "invalid"):
        found.append(Problem("decision.validity", N_("Say whether it is valid."), {}, "validity"))
    if wanted.validity == "invalid" and wanted.duty:
        text = N_("An invalid complaint is nobody’s duty; leave that out.")
        found.append(Problem("decision.invalid_duty", text, {}, "duty"))
    if wanted.duty and wanted.duty != COMPANY and wanted.duty not in duties:
        text = N_("The rules in force do not know this duty; choose one of the list.")
        found.append(Problem("decision.duty", text, {}, "duty"))
    if wanted.duty and site is None:
        text = N_("Say which community it is about; a duty without one cannot be counted.")
        found.append(Problem("decision.site", text, {}, "site"))
    if len(wanted.reason.strip()) < LEAST_REASON:
        found.append(Problem("decision.reason", N_("Give the reason."), {}, "reason"))
    return found
