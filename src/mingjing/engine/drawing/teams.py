"""Who goes out on which day, and with whom: level duties, pairs that meet as rarely as can be, everybody linked.

Everything is drawn; what is changed after drawing is changed only to keep a rule, in an order that is drawn as well.
Not here: where the teams go (placing).
"""

from collections.abc import Sequence
from itertools import combinations

from mingjing.engine.drawing.model import Inputs
from mingjing.engine.drawing.stream import Stream

__all__ = ["Teams", "compose", "duties", "links", "over_bound", "without_team"]

Teams = list[list[int]]
"""The experts of each slot, by their place in the inputs, ascending; slot = day × teams a day + team."""
Meetings = dict[tuple[int, int], int]
SWEEPS = 8
NEIGHBOURS = 48  # teams looked at for one exchange


def compose(inputs: Inputs, stream: Stream) -> Teams:
    """Teams for every slot; every day has enough experts (see `rules`)."""
    size, meetings = inputs.settings.team_size, Meetings()
    days: list[Teams] = []
    for on_duty in duties(inputs, stream):
        order = stream.shuffled(on_duty)
        day = [order[start : start + size] for start in range(0, len(order), size)]
        _part_pairs(day, meetings, stream)
        _count(day, meetings, 1)
        days.append(day)
    _open_sites(inputs, days, stream)
    _link(inputs, days, stream)
    return [sorted(team) for day in days for team in day]


# --- duties ----------------------------------------------------------------------------------------------------------


def duties(inputs: Inputs, stream: Stream) -> list[list[int]]:
    """The experts on duty each day: their numbers of duties are as level as their days allow."""
    need = inputs.settings.teams * inputs.settings.team_size
    loads = [0] * len(inputs.experts)
    days: list[set[int]] = []
    for available in inputs.available:
        order = sorted(stream.shuffled(available), key=loads.__getitem__)
        days.append(set(order[:need]))
        for expert in order[:need]:
            loads[expert] += 1
    while chain := _levelling(inputs.available, days, loads):
        for day, leaves, comes in chain:
            days[day] ^= {leaves, comes}
            loads[leaves] -= 1
            loads[comes] += 1
    return [sorted(day) for day in days]


def _levelling(
    available: Sequence[Sequence[int]], days: Sequence[set[int]], loads: Sequence[int]
) -> list[tuple[int, int, int]]:
    """Replacements (day, who leaves, who comes) that move one duty from an expert to one who has two fewer."""
    for load in range(max(loads), min(loads) + 1, -1):
        start = [expert for expert, found in enumerate(loads) if found == load]
        via: dict[int, tuple[int, int, int]] = {}
        reached = list(start)
        seen = set(start)
        for expert in reached:
            if loads[expert] <= load - 2:
                return _chain(expert, via)
            for number, day in enumerate(days):
                if expert in day:
                    for other in available[number]:
                        if other not in day and other not in seen:
                            seen.add(other)
                            via[other] = (number, expert, other)
                            reached.append(other)
    return []


def _chain(expert: int, via: dict[int, tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    chain = []
    while expert in via:
        chain.append(via[expert])
        expert = via[expert][1]
    return chain


# --- pairs -----------------------------------------------------------------------------------------------------------


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _count(day: Teams, meetings: Meetings, by: int) -> None:
    for team in day:
        for pair in combinations(sorted(team), 2):
            meetings[pair] = meetings.get(pair, 0) + by


def _met(expert: int, team: Sequence[int], meetings: Meetings) -> int:
    """How often `expert` has met the members of `team` before."""
    return sum(meetings.get(_pair(expert, other), 0) for other in team if other != expert)


def _part_pairs(day: Teams, meetings: Meetings, stream: Stream) -> None:
    """Exchange members between the teams of a day as long as that makes pairs meet again less often."""
    for _ in range(SWEEPS):
        changed = False
        for number in stream.shuffled(range(len(day))):
            changed |= _part_team(day, number, meetings)
        if not changed:
            return


def _part_team(day: Teams, number: int, meetings: Meetings) -> bool:
    changed, team = False, day[number]
    for place in range(len(team)):
        if _met(team[place], team, meetings):
            changed |= _exchange(day, number, place, meetings)
    return changed


def _exchange(day: Teams, number: int, place: int, meetings: Meetings) -> bool:
    """Exchange one member with the first of the following teams' with whom there are fewer meetings again."""
    team = day[number]
    one = team[place]
    own = _met(one, team, meetings)
    for step in range(1, min(len(day), NEIGHBOURS)):
        other_team = day[(number + step) % len(day)]
        for other_place, other in enumerate(other_team):
            before = own + _met(other, other_team, meetings)
            team[place], other_team[other_place] = other, one
            if _met(other, team, meetings) + _met(one, other_team, meetings) < before:
                return True
            team[place], other_team[other_place] = one, other
    return False


def over_bound(inputs: Inputs, teams: Teams) -> int:
    """How many pairs meet on more than `pair_share` of the duties of either, and more than once."""
    served = [0] * len(inputs.experts)
    for team in teams:
        for expert in team:
            served[expert] += 1
    meetings: Meetings = {}
    _count(teams, meetings, 1)
    share = inputs.settings.pair_share
    return sum(
        found > 1 and found > share * min(served[one], served[other]) for (one, other), found in meetings.items()
    )


# --- sites that few may visit ----------------------------------------------------------------------------------------


def without_team(inputs: Inputs, teams: Teams) -> list[int]:
    """The sites that no team may visit."""
    found = []
    for site, barred in enumerate(inputs.barred):
        if barred and not any(barred.isdisjoint(team) for team in teams):
            found.append(site)
    return found


def _open_sites(inputs: Inputs, days: list[Teams], stream: Stream) -> None:
    """Bring experts together for each site that has conflicts with all teams."""
    for site in stream.shuffled(without_team(inputs, [team for day in days for team in day])):
        barred = inputs.barred[site]
        for number in stream.shuffled(range(len(days))):
            free = [expert for team in days[number] for expert in team if expert not in barred]
            if len(free) >= inputs.settings.team_size:
                _gather(days[number], stream.shuffled(free)[: inputs.settings.team_size])
                break


def _gather(day: Teams, wanted: Sequence[int]) -> None:
    """Exchange members within the day until `wanted` are one team: that of the first of them."""
    home = next(team for team in day if wanted[0] in team)
    for expert in wanted[1:]:
        if expert not in home:
            team = next(team for team in day if expert in team)
            leaves = next(place for place, member in enumerate(home) if member not in wanted)
            team[team.index(expert)], home[leaves] = home[leaves], expert


# --- links -----------------------------------------------------------------------------------------------------------


def links(teams: Teams) -> list[set[int]]:
    """The parts into which the experts on duty fall when those of a team are linked; one part is what is wanted."""
    root: dict[int, int] = {}

    def top(expert: int) -> int:
        while root.setdefault(expert, expert) != expert:
            root[expert] = expert = root[root[expert]]
        return expert

    for team in teams:
        for expert in team:
            root[top(expert)] = top(team[0])
    parts: dict[int, set[int]] = {}
    for expert in root:
        parts.setdefault(top(expert), set()).add(expert)
    return list(parts.values())


def _link(inputs: Inputs, days: list[Teams], stream: Stream) -> None:
    """Exchange members between teams of different parts as long as that leaves fewer parts."""
    parts = len(links([team for day in days for team in day]))
    closed = len(without_team(inputs, [team for day in days for team in day]))
    for number in stream.shuffled(range(len(days))):
        for one, other in combinations(stream.shuffled(days[number]), 2):
            if parts == 1:
                return
            for place in range(len(one)):
                one[place], other[0] = other[0], one[place]
                flat = [team for day in days for team in day]
                if (found := len(links(flat))) < parts and len(without_team(inputs, flat)) <= closed:
                    parts = found
                    break
                one[place], other[0] = other[0], one[place]
