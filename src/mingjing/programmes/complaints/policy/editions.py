"""When an edition may go on: what stands in the way of its check by companies, and of its publication.

Not here: the calendar (whoever asks gives the end of the check), the ranking itself (policy.ranking).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mingjing.engine.outcome import N_, Problem

__all__ = ["Progress", "check_obstacles", "period_problems", "publish_obstacles", "seen_too_few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An edition as it stands. `decided_at` is when a complaint of its period was last decided on or taken in."""

    state: str
    ranked_at: datetime | None
    decided_at: datetime | None
    undecided: int
    open_objections: int
    check_until: datetime | None
    not_seen: tuple[str, ...] = ()


def period_problems(first: date, last: date, today: date) -> list[Problem]:
    """What is wrong with a period."""
    if last < first:
        return [Problem("edition.days", N_("The last day comes before the first."), {}, "last_day")]
    if last >= today:
        text = N_("The period is not over; rank it from the day after its last one.")
        return [Problem("edition.not_over", text, {}, "last_day")]
    if (last - first).days > 366:
        return [Problem("edition.too_long", N_("A period has at most a year."), {}, "last_day")]
    return []


def _ranked(now: Progress) -> list[Problem]:
    if now.ranked_at is None:
        return [Problem("edition.not_ranked", N_("It is not ranked yet; wait until that is done."))]
    if now.decided_at and now.decided_at > now.ranked_at:
        text = N_("Complaints of the period were taken in or decided on since it was ranked; rank it again.")
        return [Problem("edition.stale", text)]
    return []


def check_obstacles(now: Progress) -> list[Problem]:
    """What stands in the way of showing a draft to the companies."""
    if now.state != "draft":
        return [Problem("edition.not_draft", N_("Only a draft goes to the companies."))]
    found = _ranked(now)
    if now.undecided:
        text = N_("{count} complaints of the period are not decided yet.")
        found.append(Problem("edition.undecided", text, {"count": now.undecided}))
    return found


def publish_obstacles(now: Progress, at: datetime) -> list[Problem]:
    """What stands in the way of publishing an edition that companies check."""
    if now.state != "checking":
        return [Problem("edition.not_checking", N_("It must be in the companies’ check first."))]
    found = _ranked(now)
    if now.check_until and at < now.check_until:
        text = N_("The companies’ check lasts until {until}.")
        found.append(Problem("edition.check_lasts", text, {"until": now.check_until.strftime("%Y-%m-%d %H:%M")}))
    if now.open_objections:
        text = N_("{count} objections are not decided yet.")
        found.append(Problem("edition.objections", text, {"count": now.open_objections}))
    if now.not_seen:
        text = N_("More counts now than the companies have seen, for {names}; begin the check again.")
        found.append(Problem("edition.not_seen", text, {"names": now.not_seen[:5]}))
    return found


def seen_too_few(checked: Mapping[str, int], now: Mapping[str, int]) -> tuple[str, ...]:
    """The communities for which more counts now than when the check began: their companies must see that first.

    >>> seen_too_few({"1": 3, "2": 4}, {"1": 3, "2": 5, "3": 1})
    ('2', '3')
    """
    return tuple(site for site, counted in now.items() if counted > checked.get(site, 0))
