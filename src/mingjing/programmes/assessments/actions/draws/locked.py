"""What the writes of draws share: the lock on the round, and the refusal while a draw's inputs are committed to.

Every write locks the round's row first, so none can pass between another's look and its write.
"""

from collections.abc import Mapping
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.actions.people import is_line
from mingjing.programmes.assessments.models import Draw, Round
from mingjing.programmes.assessments.queries.draws import standing_draw

__all__ = ["lock_draw", "lock_inputs", "lock_round", "reason_given", "refuse"]


def refuse(code: str, text: str, params: Mapping[str, Any] | None = None, place: str = "") -> Refusal:
    """A refusal for one reason."""
    return Refusal([Problem(code, text, params or {}, place)])


def lock_round(round: Round) -> Round:
    """The round as it stands, held until the transaction ends."""
    found = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme__rulebook")
    return found.get(pk=round.pk)


def lock_inputs(round: Round) -> Round:
    """The round, locked; refuses while a draw is committed to its inputs and not yet made."""
    found = lock_round(round)
    draw = standing_draw(found)
    if draw and draw.state != "drawn":
        text = N_(
            "The inputs of the draw are committed to and cannot change. Call the draw off, saying why; "
            "then change them and commit anew."
        )
        raise refuse("draw.inputs_committed", text)
    if found.review_at:
        raise refuse(
            "draw.round_over", N_("The round has left fieldwork; its teams are history and stay as they were.")
        )
    return found


def lock_draw(draw: Draw) -> Draw:
    """The draw with its round, both locked and as they stand."""
    round = lock_round(draw.round)
    found = Draw.objects.select_for_update().get(pk=draw.pk)
    found.round = round
    return found


def reason_given(reason: str, place: str = "reason") -> str:
    """The reason, trimmed; refuses an empty or overlong one."""
    reason = reason.strip()
    if not is_line(reason, 300):
        raise refuse("draw.reason", N_("Say why, in 1 to 300 characters on one line."), {}, place)
    return reason
