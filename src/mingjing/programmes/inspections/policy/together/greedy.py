"""A plan without search, and a bound without one: firm by firm, the day on which most of those who hurry can come.

Not here: the fewest visits (solver).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from mingjing.programmes.inspections.policy.together.values import Key, Terms, Wanted

__all__ = ["fewest", "plan"]


def plan(wanted: Sequence[Wanted], terms: Terms) -> dict[Key, date] | None:
    """A day for each; None where this simple way finds none, which does not mean that there is none."""
    days, sent = dict[Key, date](), Counter[tuple[Key, date]]()
    for _firm, asked in sorted(_by_firm(wanted).items(), key=lambda pair: (_room(pair[1], terms), pair[0])):
        left = sorted(asked, key=lambda one: (terms.open(one)[-1:], one.key))
        taken: dict[date, set[Key]] = {}
        while left:
            day, party = _best(left, terms, sent, taken)
            if day is None:
                return None
            for one in party:
                if one.authority not in taken.setdefault(day, set()):
                    taken[day].add(one.authority)
                    sent[one.authority, day] += 1
                days[one.key] = day
            left = [one for one in left if one.key not in days]
    return days


def fewest(wanted: Sequence[Wanted], terms: Terms) -> int:
    """Below this number of visits nobody gets: each firm alone, its windows stabbed by as few days as possible."""
    return sum(_stabbed(asked, terms) for asked in _by_firm(wanted).values())


def _by_firm(wanted: Sequence[Wanted]) -> dict[Key, list[Wanted]]:
    found: dict[Key, list[Wanted]] = {}
    for one in wanted:
        found.setdefault(one.firm, []).append(one)
    return found


def _room(asked: Sequence[Wanted], terms: Terms) -> int:
    return min(len(terms.open(one)) for one in asked)


def _best(
    left: Sequence[Wanted], terms: Terms, sent: Counter[tuple[Key, date]], taken: dict[date, set[Key]]
) -> tuple[date | None, list[Wanted]]:
    """The day on which the one in the greatest hurry comes with the most others; the latest of several."""
    best: tuple[int, date | None, list[Wanted]] = (0, None, [])
    for day in terms.open(left[0]):
        party, there = list[Wanted](), set(taken.get(day, ()))
        for one in left:
            if day in terms.open(one) and _fits(one, day, terms, sent, there):
                there.add(one.authority)
                party.append(one)
        if left[0] in party and len(party) >= best[0]:
            best = (len(party), day, party)
    return best[1], best[2]


def _fits(one: Wanted, day: date, terms: Terms, sent: Counter[tuple[Key, date]], there: set[Key]) -> bool:
    if one.authority in there:
        return True
    load = terms.loads.get(one.authority)
    return (load is None or sent[one.authority, day] < load) and (terms.most is None or len(there) < terms.most)


def _stabbed(asked: Sequence[Wanted], terms: Terms) -> int:
    """Windows that have no day in common need a day each: take the one that ends first, drop what it meets."""
    spans = [(days[0], days[-1]) for one in asked if (days := terms.open(one))]
    left = sorted(spans, key=lambda pair: pair[1])
    count, reached = 0, date.min
    for first, last in left:
        if first > reached:
            count, reached = count + 1, last
    return count
