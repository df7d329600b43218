"""How a warning is supervised: which act follows which, whose it is, what it must bring, and by when the next is due.

    raised → explained (authority, 3 working days) → verified (supervisor, 5) → justified | to correct (15) | referred
    → closed; overdue → interview → reported to the government

The days are proposals of this project (programmes.md §1.5), the chain is [29]. Not here: who is of which body.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mingjing.engine.outcome import N_, Phrase, Problem

__all__ = ["ACTS", "DAYS", "NO_MORE", "REASONS", "STATES", "Move", "moves_from", "problems_of"]

AUTHORITY, SUPERVISOR = "authority", "supervisor"


@dataclass(frozen=True, slots=True)
class Move:
    """An act that can follow: `by` whom; `overdue` where it can only once the time is past."""

    act: str
    by: str
    overdue: bool = False


STATES: Mapping[str, str] = {
    "raised": N_("Waits for an explanation"), "explained": N_("Waits for verification"),
    "verified": N_("Verified, waits for a decision"), "justified": N_("Found justified"),
    "to_correct": N_("To be corrected"), "corrected": N_("Corrected, waits to be closed"), "referred": N_("Referred"),
    "interview": N_("Head interviewed"), "reported_to_government": N_("Reported to the government"),
    "closed": N_("Closed"),
}  # fmt: skip
ACTS: Mapping[str, str] = {
    "explained": N_("Explain"), "verified": N_("Verify"), "justified": N_("Find justified"),
    "to_correct": N_("Order a correction"), "corrected": N_("Report as corrected"), "referred": N_("Refer"),
    "closed": N_("Close"), "interview": N_("Interview the head"),
    "reported_to_government": N_("Report to the government"),
}  # fmt: skip
REASONS: Mapping[str, str] = {
    "clue": N_("A clue or a complaint is on file"), "emergency": N_("Danger to life or safety"),
    "ordered_above": N_("Ordered from above, with the order on file"), "firm_request": N_("The firm asked for it"),
    "law": N_("A law or regulation requires it"), "recording": N_("The record was wrong and is corrected"),
}  # fmt: skip
"""Why a warning can be justified; each needs evidence."""
DAYS: Mapping[str, int] = {
    "raised": 3, "explained": 5, "verified": 5, "to_correct": 15, "corrected": 5, "interview": 5,
}  # fmt: skip
"""Working days until the next act, from the state's beginning."""
NO_MORE = "closed"

_INTERVIEW = Move("interview", SUPERVISOR, overdue=True)
_MOVES: Mapping[str, tuple[Move, ...]] = {
    "raised": (Move("explained", AUTHORITY), Move("verified", SUPERVISOR, overdue=True), _INTERVIEW),
    "explained": (Move("verified", SUPERVISOR),),
    "verified": (Move("justified", SUPERVISOR), Move("to_correct", SUPERVISOR), Move("referred", SUPERVISOR)),
    "to_correct": (Move("corrected", AUTHORITY), _INTERVIEW),
    "corrected": (Move("closed", SUPERVISOR), Move("to_correct", SUPERVISOR)),
    "justified": (Move("closed", SUPERVISOR),),
    "referred": (Move("closed", SUPERVISOR),),
    "interview": (
        Move("explained", AUTHORITY), Move("corrected", AUTHORITY), Move("verified", SUPERVISOR),
        Move("reported_to_government", SUPERVISOR, overdue=True),
    ),
    "reported_to_government": (Move("corrected", AUTHORITY), Move("closed", SUPERVISOR)),
    "closed": (),
}  # fmt: skip


def moves_from(state: str, *, overdue: bool) -> tuple[Move, ...]:
    """What can follow now."""
    return tuple(move for move in _MOVES.get(state, ()) if overdue or not move.overdue)


def problems_of(
    state: str, act: str, *, overdue: bool, of_authority: bool, may_supervise: bool, explained_it: bool,
    reason_code: str, evidence: int,
) -> Iterator[Problem]:  # fmt: skip
    """Why somebody cannot take the act now; nothing when they can.

    `of_authority`: they work for the authority that the warning is about; `explained_it`: they took part for it before.
    """
    move = next((one for one in _MOVES.get(state, ()) if one.act == act), None)
    if move is None:
        text = N_("This does not follow from where the warning stands: {state}.")
        yield Problem("inspections.warning.turn", text, {"state": Phrase(STATES.get(state, state))})
        return
    if move.overdue and not overdue:
        text = N_("The time for it has not run out; this comes only when it has.")
        yield Problem("inspections.warning.not_overdue", text)
    if move.by == AUTHORITY and not of_authority:
        text = N_("This is for the authority that the warning is about.")
        yield Problem("inspections.warning.authority", text)
    if move.by == SUPERVISOR and not may_supervise:
        yield Problem("inspections.warning.supervisor", N_("This is for the supervisor."))
    if move.by == SUPERVISOR and (of_authority or explained_it):
        text = N_("Nobody supervises a warning about the authority they work for.")
        yield Problem("inspections.warning.own", text)
    if act == "justified" and reason_code not in REASONS:
        text = N_("Choose the reason that justifies it.")
        yield Problem("inspections.warning.reason_code", text, {}, "reason_code")
    if act == "justified" and not evidence:
        text = N_("A justification needs evidence; attach a file that shows it.")
        yield Problem("inspections.warning.evidence", text, {}, "exhibits")
