"""Background work of draws: drawing from what was committed to and revealed.

At least once: the same inputs and seeds give the same bytes, and only a draw that is not yet drawn takes them. Not
here: the drawing (policy.draws) and the one transaction that keeps it (actions.draws).
"""

from django.utils import timezone

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import draws as actions
from mingjing.programmes.assessments.models import Draw
from mingjing.programmes.assessments.policy.draws import make, published_commitment, seed_file
from mingjing.programmes.assessments.queries.draw_inputs import draw_inputs

__all__ = ["make_draw"]


def make_draw(run: Run) -> None:
    """Draw sites and teams from the revealed seeds, or keep every reason why nothing can be drawn."""
    draw = Draw.objects.select_related("round__area").get(pk=run.fact.values["draw"])
    if draw.state != "drawing":
        return
    inputs, seeds = draw_inputs(draw), list(draw.seeds.order_by("id"))
    run.progress(0, len(inputs.sites))
    try:
        document = make(
            inputs,
            [seed_file(draw.inputs_digest, seed.seed) for seed in seeds],
            [published_commitment(draw.inputs_digest, seed.commitment) for seed in seeds],
        )
    except Refusal as refusal:
        actions.fail_draw(draw=draw, problems=refusal.problems, by=None, at=timezone.now())
        return
    actions.keep_draw(draw=draw, document=document, by=None, at=timezone.now())
    run.progress(len(inputs.sites), len(inputs.sites))
