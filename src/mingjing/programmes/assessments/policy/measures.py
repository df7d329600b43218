"""What follows a published listing, as data: measures after an adverse one, a recommendation to end, a commendation.

Reminder, regulatory talk (约谈), admonition, plan, a look at what was put right, release: each is an act that somebody
takes and somebody serves; none follows by itself. Ending a company's service is for the owners to decide, so a row of
listings opens a recommendation to the subdistrict and nothing else. Which deadline of a scheme gives which step its
days, CLOCKS says; after how many listings the scheme recommends, `exit_after`. Not here: how acts are read
(engine.process), the procurement bar (policy.standing), orders about single findings (kernel.cases).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from mingjing.engine.lists import ListRules
from mingjing.engine.outcome import N_, Problem
from mingjing.engine.process import Clock, Process, Step
from mingjing.programmes.assessments.policy.procedures import clocks_by
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = [
    "CLOCKS", "DOCUMENTS", "EXIT", "MEASURES", "REVERSED", "REWARD", "Facts", "commended_tier", "exit_after",
    "exit_process", "gaps", "measure_clocks", "measures", "reward",
]  # fmt: skip

MEASURES, EXIT, REWARD = "measures", "exit", "reward"
"""The kinds of proceedings."""
REVERSED = "reversed"
"""The step that ends a proceeding whose listing was corrected."""
CLOCKS: Mapping[str, Mapping[str, str]] = {
    MEASURES: {"listed": "regulatory_talk", "admonition": "rectification_plan", "plan": "rectification"},
    EXIT: {},
    REWARD: {},
}
"""By kind of proceeding: step → code of the scheme's deadline that says how long it gives."""
DOCUMENTS: Mapping[tuple[str, str], str] = {
    (MEASURES, "reminder"): "assessments.reminder",
    (MEASURES, "talk_notice"): "assessments.talk_notice",
    (MEASURES, "admonition"): "assessments.admonition",
    (MEASURES, "release"): "assessments.release_notice",
    (EXIT, "sent"): "assessments.exit_recommendation",
    (REWARD, "notified"): "assessments.commendation",
}
"""The kind of document that a step is taken with."""
THRESHOLD = "exit_recommendation"
ANSWERS = {
    "organised": N_("The subdistrict has the owners decide"),
    "declined": N_("The subdistrict does not follow it"),
}
_SERVED = ("document", "service")


def measure_clocks(scheme: Scheme, kind: str) -> dict[str, Clock]:
    """The days that the steps of a kind give under this scheme."""
    return clocks_by(scheme, CLOCKS[kind])


def measures(clocks: Mapping[str, Clock]) -> Process:
    """After an adverse listing: from the reminder to the release notice."""
    return Process(
        "assessments.measures",
        (
            Step("listed", N_("Listed in a published list"), clock=clocks["listed"], dated=True),
            Step("reminder", N_("Reminder served"), after=("listed",), needs=_SERVED, dated=True),
            Step("talk_notice", N_("Notice of the regulatory talk served"), after=("reminder",), needs=_SERVED,
                 dated=True),
            Step("talk", N_("Regulatory talk held, with minutes"), after=("talk_notice",), needs=("exhibit",),
                 dated=True),
            Step("admonition", N_("Admonition served"), after=("talk",), needs=_SERVED, clock=clocks["admonition"],
                 dated=True),
            Step("plan", N_("Rectification plan received"), after=("admonition",), needs=("exhibit",),
                 clock=clocks["plan"], dated=True),
            Step("returned", N_("Looked at again: not put right"), after=("plan",), needs=("exhibit", "reason"),
                 apart_from=("plan",), until=("reinspection",), optional=True, once=False, dated=True),
            Step("reinspection", N_("Looked at again: put right"), after=("plan",), needs=("exhibit", "reason"),
                 apart_from=("plan",), dated=True),
            Step("release", N_("Release notice served"), after=("reinspection",), needs=_SERVED, dated=True),
            _reversed(),
        ),
        ends=((REVERSED, ""),),
    )  # fmt: skip


def exit_process(clocks: Mapping[str, Clock]) -> Process:
    """A recommendation to the subdistrict that the owners choose anew; it removes nobody."""
    return Process(
        "assessments.exit",
        (
            Step("proposed", N_("Recommendation proposed"), needs=("reason",)),
            Step("approved", N_("Recommendation approved"), after=("proposed",), needs=("reason",),
                 apart_from=("proposed",)),
            Step("sent", N_("Recommendation handed to the subdistrict"), after=("approved",), needs=("exhibit",),
                 dated=True),
            Step("answered", N_("Answer of the subdistrict received"), after=("sent",), needs=("exhibit", "reason"),
                 stances=ANSWERS, dated=True),
            _reversed(),
        ),
        ends=((REVERSED, ""),),
    )  # fmt: skip


def reward(clocks: Mapping[str, Clock]) -> Process:
    """A commendation of who stands in the best tier: proposed by one, approved by another, told to the company."""
    return Process(
        "assessments.reward",
        (
            Step("proposed", N_("Commendation proposed"), needs=("reason",)),
            Step("approved", N_("Commendation approved"), after=("proposed",), needs=("reason",),
                 apart_from=("proposed",)),
            Step("notified", N_("Commendation handed over"), after=("approved",), needs=_SERVED, dated=True),
            _reversed(),
        ),
        ends=((REVERSED, ""),),
    )  # fmt: skip


def _reversed() -> Step:
    return Step(REVERSED, N_("Reversed: the listing was corrected"), optional=True, needs=("reason",))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a listing when a step is to be taken.

    `stands` is whether the newest edition still lists it so; `open_orders` are the numbers of orders about its findings
    that nobody has confirmed; `streak` and `exit_after` the row of listings and after how many the scheme recommends.
    `document` is whether the document of the step is on record.
    """

    stands: bool
    open_orders: Sequence[str] = ()
    streak: int = 0
    exit_after: int | None = None
    document: bool = True


def gaps(kind: str, step: str, facts: Facts) -> tuple[Problem, ...]:
    """What stands in the way of a step besides the rules of its process."""
    return tuple(_gaps(kind, step, facts))


def _gaps(kind: str, step: str, facts: Facts) -> Iterator[Problem]:
    if step == REVERSED:
        if facts.stands:
            text = N_("The newest edition of the list still says so; nothing is reversed without a correction.")
            yield Problem("measures.stands", text)
        return
    if not facts.stands:
        text = N_("The newest edition of the list no longer says so; what was done is to be reversed.")
        yield Problem("measures.corrected", text)
    if (kind, step) in {(MEASURES, "reinspection"), (MEASURES, "release")} and facts.open_orders:
        text = N_("Orders are still open: {numbers}. Somebody else than their owner confirms them first.")
        yield Problem("measures.open_orders", text, {"numbers": tuple(facts.open_orders)})
    if (kind, step) == (EXIT, "proposed") and (facts.exit_after is None or facts.streak < facts.exit_after):
        text = N_("{count} listings in a row; the scheme recommends an end after {after}.")
        yield Problem("measures.streak", text, {"count": facts.streak, "after": facts.exit_after or "—"})
    if (kind, step) == (EXIT, "sent") and not facts.document:
        yield Problem("measures.no_document", N_("Issue the recommendation first; what is handed over is that paper."))


def exit_after(scheme: Scheme) -> int | None:
    """After how many listings in a row the scheme recommends an end; None where it says nothing."""
    found = (entry for entry in scheme.document.get("sampling", ()) if entry["code"] == THRESHOLD)
    return next((ceil(Decimal(entry["minimum"])) for entry in found if "minimum" in entry), None)


def commended_tier(rules: ListRules) -> str:
    """The tier whose companies can be commended: the best one that has a rank."""
    return next(tier.code for tier in rules.tiers if tier.ranked)
