"""How many rounds in a row a community stood on a list that takes rights: for its company, and for itself.

The company's count begins anew with a genuine change of company; a new name (same credit code), a branch put in the
place of its parent, or a company that two people found to be under common control is no change. What stands in the
newest edition of a list counts, as if it had stood there from the first: who was taken off on appeal stands where the
correction says, and leaves no other trace. Who was not assessed, or visited and not listed, neither breaks a row nor
extends it. The community's own count goes by the list alone. Not here: reading editions (queries.streaks), what a
scheme does after so many (policy.measures).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mingjing.engine.outcome import N_, Reason

__all__ = ["Families", "Held", "Streak", "extended", "of_community", "streak"]


@dataclass(frozen=True, slots=True)
class Held:
    """Where a community stood in the newest edition of a round's list, and whose work it was.

    `company` names the legal entity (a credit code; the written name where none is known). `listed` is false of who was
    not assessed and of tiers without a rank.
    """

    round: str
    company: str
    name: str
    adverse: bool
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Families:
    """Which companies count as one: linked as branch and parent, or by a recorded finding of common control."""

    links: tuple[tuple[str, str], ...] = ()

    def of(self, company: str) -> frozenset[str]:
        """Every company that counts as this one, itself among them."""
        found = {company}
        while more := {end for link in self.links for end in link if found.intersection(link)} - found:
            found |= more
        return frozenset(found)

    def same(self, one: str, other: str) -> bool:
        """Whether two companies count as one."""
        return one == other or other in self.of(one)


@dataclass(frozen=True, slots=True)
class Streak:
    """So many rounds in a row, the titles of those rounds, the company of the last, and why it is so many."""

    count: int = 0
    rounds: tuple[str, ...] = ()
    company: str = ""
    reasons: tuple[Reason, ...] = ()

    def of(self, company: str, families: Families) -> int:
        """The count as far as it is this company's."""
        return self.count if self.count and families.same(self.company, company) else 0


def streak(history: Sequence[Held], families: Families) -> Streak:
    """The company's count after `history`, the earliest round first."""
    return reduce(lambda before, held: extended(before, held, families), history, Streak())


def extended(before: Streak, held: Held, families: Families) -> Streak:
    """The count after one round more."""
    if not held.listed:
        return _after(before, before.count, before.rounds, before.company, _neither(held))
    if not held.adverse:
        text = N_("{round}: on no list that takes rights; the row ends.")
        return _after(before, 0, (), "", Reason("streak.ended", text, {"round": held.round}))
    params: dict[str, Any] = {"round": held.round, "company": held.name}
    if not before.count:
        text = N_("{round}: listed, {company}; the first in a row.")
        return _after(before, 1, (held.round,), held.company, Reason("streak.first", text, params))
    if not families.same(before.company, held.company):
        text = N_("{round}: listed, {company}; another company, so its row begins here.")
        return _after(before, 1, (held.round,), held.company, Reason("streak.other_company", text, params))
    params["count"] = before.count + 1
    text = N_("{round}: listed, {company}; {count} in a row.")
    reason = Reason("streak.longer", text, params)
    if before.company != held.company:
        text = N_("{round}: listed, {company}; branch, parent or under common control, so no change: {count} in a row.")
        reason = Reason("streak.same_family", text, params)
    return _after(before, before.count + 1, (*before.rounds, held.round), held.company, reason)


def of_community(history: Iterable[Held]) -> int:
    """How many rounds in a row the community stood on a list that takes rights, whoever looked after it."""
    count = 0
    for held in history:
        if held.listed:
            count = count + 1 if held.adverse else 0
    return count


def _neither(held: Held) -> Reason:
    text = N_("{round}: not assessed or not listed; that neither breaks the row nor extends it.")
    return Reason("streak.not_listed", text, {"round": held.round})


def _after(before: Streak, count: int, rounds: tuple[str, ...], company: str, reason: Reason) -> Streak:
    return Streak(count, rounds, company, (*before.reasons, reason))
