"""What must hold before a decided list is reopened for what was established only after the decision.

A veto, or that the proof of a bonus is contradicted.

Facts in, problems out, as before a notice of a listing (policy.listings). Not here: notice, hearing, decision and
signatures (policy.procedures), what the corrected list says (policy.corrections).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mingjing.engine.outcome import N_, Problem

__all__ = ["Late", "late_gaps", "late_problems"]


@dataclass(frozen=True, slots=True)
class Late:
    """A veto, or a contradiction of a bonus, filed after the decision.

    `credit_code` is that of the company answerable, empty where no legal entity is known; `engaged` whether it was
    there on the day of the incident. `papers` on file; `now` and `then` are the tiers without and with it, `points`
    (hundredths) what the total loses by it.
    """

    company: str
    credit_code: str
    engaged: bool
    papers: int
    now: str
    then: str
    points: int = 0


def late_problems(late: Late) -> Iterator[Problem]:
    """Why it is not taken: nobody is answerable for it, or it would move nothing."""
    if not late.credit_code:
        text = N_("No legal entity with a credit code is known as the company; name it in the register first.")
        yield Problem("listing.entity", text, {}, "company")
    elif not late.engaged:
        text = N_("{company} was not engaged there on the day of the incident; it answers for nothing that happened.")
        yield Problem("reopening.engagement", text, {"company": late.company}, "occurred_on")
    if late.now == late.then and not late.points:
        text = N_("By the rules the list would say the same with what is filed; nothing is reopened for it.")
        yield Problem("reopening.moves_nothing", text, {}, "code")


def late_gaps(late: Late) -> tuple[Problem, ...]:
    """Everything that stands in the way of telling the company."""
    found = [*late_problems(late)]
    if not late.papers:
        text = N_("The official paper is not on file. Add it to the filing first; without it nobody is listed.")
        found.append(Problem("filing.no_paper", text))
    return tuple(found)
