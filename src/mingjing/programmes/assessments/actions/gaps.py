"""Two visits lie further apart than the scheme allows: two people who were on neither say which of them counts.

What they say decides which visit gives the points and which are counted by rules that ask for several teams; it is said
before the round is decided. Not here: the rules (policy.procedures), reading visits (queries.second_looks).
"""

from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.actions.disputes import as_read
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.queries.listings import involved_in
from mingjing.programmes.assessments.queries.own import judged_of
from mingjing.programmes.assessments.queries.second_looks import GAP, gaps_in

__all__ = ["decide_gap"]


@transaction.atomic
def decide_gap(*, entry: Entry, stance: str, note: str, revision: int | None = None, by: Person, at: datetime) -> Taken:
    """Say which of the visits to an entry counts: `first`, `second` or `both`; it holds once two say the same.

    Raises Refusal where the visits do not lie too far apart, and once the round is decided.
    """
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme")
    round_ = rounds.get(pk=entry.round_id)
    if round_.deciding_at:
        text = N_("The round is being decided or was; which visit counts is said before that.")
        raise Refusal([Problem("gap.decided", text)])
    if not any(one.entry.pk == entry.pk for one in gaps_in(round_, at)):
        text = N_("The visits to {name} do not lie further apart than the scheme allows; there is nothing to decide.")
        raise Refusal([Problem("gap.none", text, {"name": entry.name})])
    known = Proceeding.objects.filter(programme="assessments", kind=GAP, subject=entry.subject).select_related("area")
    proceeding = known.first() or open_proceeding(
        programme="assessments", kind=GAP, subject=entry.subject, title=entry.name, area=round_.area,
        organisation=judged_of([entry])[entry.pk], clocks={}, involved=_involved(entry), by=by, at=at,
    )  # fmt: skip
    return take_step(proceeding=as_read(proceeding, revision), step="decision", stance=stance, note=note, by=by, at=at)


def _involved(entry: Entry) -> list[Person]:
    return list(Person.objects.filter(pk__in=involved_in([entry]).get(entry.pk, ())).order_by("pk"))
