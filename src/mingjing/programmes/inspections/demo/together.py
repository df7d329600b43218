"""Joint inspections of the demonstration: what several authorities want of the same firms, the proposal of fewest
visits, and the first answers. What the first authority is asked stays open, for whoever plays its head.

Without the extra `together` there is nothing to solve with: the tasks stand there, and it is said how to go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.util import find_spec

from django.utils.translation import gettext as _

from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions import matching, tasks
from mingjing.programmes.inspections.models import Authority, Firm, Item, Match, Plan

__all__ = ["AHEAD", "WITHIN", "Wish", "joint_inspections", "shared"]

FIRMS = 12
AHEAD, WITHIN = 14, 21
"""In how many days the weeks begin, and how many days they are."""


@dataclass(frozen=True)
class Wish:
    """What an authority plans: by whom it is drafted and approved, who goes, and the firms with what for."""

    authority: Authority
    plan: Plan
    head: Person
    staff: Person
    officers: Sequence[Person]
    firms: Sequence[tuple[Firm, Item]]


def shared(number: int, firm: int) -> bool:
    """Whether the firm with this number is one that this authority wants to see in the same weeks as others.

    Two authorities plan for each anyway (those of its remainder), a third for the first seven.
    """
    chosen = [one for one in range(24, 60) if one % 6 and one % 4][:FIRMS]
    third = firm in chosen[:7] and number == (firm + 1) % 3
    return firm in chosen and (number % 3 == firm % 3 or third)


def joint_inspections(wishes: Sequence[Wish], bureau: Person, today: date, now: datetime) -> str:
    """The tasks, the proposal, the first answers; and what is to be said of it."""
    first = today + timedelta(days=AHEAD)
    last = first + timedelta(days=WITHIN - 1)
    for wish in wishes:
        for firm, item in wish.firms:
            made = tasks.draft_task(
                authority=wish.authority, firm=firm, plan=wish.plan, purpose="routine", items=[item],
                officers=wish.officers, first_day=first, last_day=last, planned_minutes=60, by=wish.staff, at=now,
            )  # fmt: skip
            reference = f"演示检批〔{today.year}〕联{made.firm_id}号"
            tasks.approve_task(task=made, reference=reference, by=wish.head, at=now)
    if find_spec("ortools") is None:
        return _("inspections: joint inspections are proposed once `script/setup together` is done")
    asked = matching.ask_match(
        area=wishes[0].authority.area, first_day=first, last_day=last, load=3, most=3, by=bureau, at=now
    )
    matching.work_out(match_id=asked.pk, at=now)
    asked.refresh_from_db()
    _answers(asked, {wish.authority.pk: wish.head for wish in wishes[1:]}, now)
    said = _("inspections: {before} visits that authorities plan become {after}; sign in as justice or head")
    return said.format(before=asked.before, after=asked.after)


def _answers(asked: Match, heads: Mapping[int, Person], now: datetime) -> None:
    """Everybody but the first authority says yes to every other visit, and no to the third."""
    for number, visit in enumerate(asked.visits.order_by("day", "pk")):
        parts = list(visit.parts.select_related("authority").order_by("pk"))
        if number % 2 and not any(part.authority_id not in heads for part in parts):
            continue
        for part in parts:
            if part.authority_id in heads:
                yes = number != 2
                reason = "" if yes else "当日有统一行动，人员不足"
                matching.answer_visit(
                    visit=visit, authority=part.authority, accepted=yes, reason=reason, by=heads[part.authority_id],
                    at=now,
                )  # fmt: skip
                if not yes:
                    break
