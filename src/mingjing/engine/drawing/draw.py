"""The draw: from inputs and revealed seeds to teams and their sites, the same for everyone who makes it.

docs/reference/draw-format.md describes every step. Not here: files and tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mingjing.engine.drawing.ground import Point, plane, zones
from mingjing.engine.drawing.market import METRE, Dense, Market, Sparse, Ties
from mingjing.engine.drawing.model import Inputs
from mingjing.engine.drawing.placing import Placement, Unplaceable
from mingjing.engine.drawing.proof import flaw, unique
from mingjing.engine.drawing.rules import cells, groups_obstacles, obstacles
from mingjing.engine.drawing.stream import Stream, combined
from mingjing.engine.drawing.teams import Teams, compose, links, over_bound, without_team
from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["Draw", "Placing", "Stage", "certificate_flaw", "draw"]

ATTEMPTS = 64
WORK = 20_000  # places on teams composed before settling for the best attempt
SALTS = 16


@dataclass(frozen=True)
class Stage:
    """A placement: `at[unit]` is a slot, `low` and `high` bound the slots' loads, `prices` prove it cheapest."""

    market: Market
    at: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    prices: tuple[int, ...]


@dataclass(frozen=True)
class Draw:
    """A finished draw. `inputs` holds the drawn sites only; `at[site]` is its slot (day × teams + team)."""

    inputs: Inputs
    attempt: int
    salt: int
    teams: Teams
    centres: tuple[Point, ...]
    at: tuple[int, ...]
    stages: tuple[Stage, Stage]
    """Groups first (units are groups), then all other sites on what room is left."""

    @property
    def cost(self) -> int:
        """The metres of all sites to the centres of their team-days, and the ties below them."""
        return sum(stage.market.cost(unit, slot) for stage in self.stages for unit, slot in enumerate(stage.at))

    @property
    def metres(self) -> int:
        """Whole metres of all sites to the centres of their team-days."""
        return self.cost // METRE


def draw(inputs: Inputs, seeds: Sequence[bytes]) -> Draw:
    """Make the draw; raises Refusal with every rule that cannot be met."""
    if problems := obstacles(inputs):
        raise Refusal(problems)
    key = combined(inputs.digest, seeds)
    chosen = _sample(inputs, Stream(key, "sample"))
    if problems := list(groups_obstacles(chosen, len(chosen.sites))):
        raise Refusal(problems)
    centres = _centres(chosen, key)
    refused: list[Problem] = []
    for attempt, teams in _composed(chosen, key):
        try:
            return _placed(chosen, key, attempt, teams, centres)
        except Unplaceable as fault:
            refused = [_unplaced(chosen, fault)]
    raise Refusal(refused or [_not_composed(chosen, key)])


def _sample(inputs: Inputs, stream: Stream) -> Inputs:
    """The sites drawn from each stratum and class; all of them when the share is 1."""
    kept = set()
    for cell, (_, drawn) in cells(inputs).items():
        members = [site.key for site in inputs.sites if (site.stratum, site.kind) == cell]
        kept.update(stream.shuffled(members)[:drawn])
    return replace(inputs, sites=tuple(site for site in inputs.sites if site.key in kept))


def _centres(inputs: Inputs, key: bytes) -> tuple[Point, ...]:
    """One zone for each slot, by lot."""
    made = zones(plane(inputs.sites), inputs.slots, Stream(key, "zones"))
    return tuple(Stream(key, "slots").shuffled(made))


# --- teams -----------------------------------------------------------------------------------------------------------


def _attempts(inputs: Inputs) -> int:
    places = inputs.slots * inputs.settings.team_size
    return min(ATTEMPTS, max(2, WORK // places))


def _composed(inputs: Inputs, key: bytes) -> Iterator[tuple[int, Teams]]:
    """Teams that keep every rule, in the order of attempts; then, best first, those in which pairs meet too often."""
    rest: list[tuple[int, int, Teams]] = []
    for attempt in range(_attempts(inputs)):
        teams = compose(inputs, Stream(key, f"teams/{attempt}"))
        if len(links(teams)) == 1 and not without_team(inputs, teams):
            if excess := over_bound(inputs, teams):
                rest.append((excess, attempt, teams))
            else:
                yield attempt, teams
    for _, attempt, teams in sorted(rest):
        yield attempt, teams


def _not_composed(inputs: Inputs, key: bytes) -> Problem:
    """Why no attempt at teams kept every rule."""
    teams = compose(inputs, Stream(key, "teams/0"))
    if stuck := without_team(inputs, teams):
        text = N_(
            "No teams were found that may visit {sites}: too many experts on duty are in conflict. "
            "Ask more experts without a conflict."
        )
        return Problem("draw.no_team", text, {"sites": _named(inputs, stuck)}, "sites")
    text = N_(
        "The teams fall into {parts} parts without a common expert in every attempt. "
        "Ask experts to come on more days, or invite fewer."
    )
    return Problem("draw.parts", text, {"parts": len(links(teams))}, "experts")


# --- placing ---------------------------------------------------------------------------------------------------------


def _placed(inputs: Inputs, key: bytes, attempt: int, teams: Teams, centres: tuple[Point, ...]) -> Draw:
    """Place all sites; ties are drawn anew in the rare case that two plans still cost the same."""
    for salt in range(SALTS):
        ties = Ties(len(inputs.sites), inputs.slots, Stream(key, f"ties/{salt}"))
        made = Placing(inputs, teams, centres, ties).draw(attempt, salt)
        if all(unique(stage.market, stage.at, stage.prices, stage.low, stage.high) for stage in made.stages):
            return made
    raise AssertionError("ties were drawn sixteen times in vain")  # chance below 2**-100


class Placing:
    """The two placements of one draw."""

    def __init__(self, inputs: Inputs, teams: Teams, centres: tuple[Point, ...], ties: Ties) -> None:
        self.inputs, self.teams, self.centres, self.ties = inputs, teams, centres, ties
        self.points = plane(inputs.sites)
        self.closed = _closed(inputs, teams)
        self.groups = _groups(inputs)

    def draw(self, attempt: int, salt: int) -> Draw:
        """Groups first, then the others."""
        each, extra = divmod(len(self.inputs.sites), self.inputs.slots)
        low, high = [each] * self.inputs.slots, [each + (extra > 0)] * self.inputs.slots
        grouped = self.place_groups(high[0])
        taken, at = [0] * self.inputs.slots, [-1] * len(self.inputs.sites)
        for group, slot in zip(self.groups, grouped.at, strict=True):
            taken[slot] = len(group)
            for site in group:
                at[site] = slot
        singles = [site for site, slot in enumerate(at) if slot < 0]
        rest = self.place_singles(
            singles,
            [max(0, least - used) for least, used in zip(low, taken, strict=True)],
            [most - used for most, used in zip(high, taken, strict=True)],
        )
        for site, slot in zip(singles, rest.at, strict=True):
            at[site] = slot
        return Draw(self.inputs, attempt, salt, self.teams, self.centres, tuple(at), (grouped, rest))

    def place_groups(self, full: int) -> Stage:
        """Each group as one unit on a slot of its own."""
        slots = range(self.inputs.slots)
        single = Sparse(range(len(self.points)), self.points, self.centres, self.closed, self.ties)
        costs = [
            {
                slot: sum(single.cost(site, slot) for site in group)
                for slot in slots
                if not any(slot in self.closed[site] for site in group)
            }
            for group in self.groups
        ]
        return _solved(Dense(costs, len(slots)), range(len(costs)), [0] * len(slots), [1] * len(slots))

    def place_singles(self, singles: Sequence[int], low: list[int], high: list[int]) -> Stage:
        """All sites without a group."""
        market = Sparse(singles, self.points, self.centres, self.closed, self.ties)
        return _solved(market, range(len(singles)), low, high)


def _solved(market: Market, units: range, low: list[int], high: list[int]) -> Stage:
    placement = Placement(market, len(units), low, high)
    placement.solve(units)
    return Stage(market, tuple(placement.at), tuple(low), tuple(high), tuple(placement.prices))


def _closed(inputs: Inputs, teams: Teams) -> list[frozenset[int]]:
    """For each site the slots whose team has a member in conflict with it."""
    serving: list[list[int]] = [[] for _ in inputs.experts]
    for slot, team in enumerate(teams):
        for expert in team:
            serving[expert].append(slot)
    of_barred = {
        barred: frozenset(slot for expert in barred for slot in serving[expert]) for barred in set(inputs.barred)
    }
    return [of_barred[barred] for barred in inputs.barred]


def _groups(inputs: Inputs) -> list[list[int]]:
    """The drawn sites of each group, in the order of the groups' names."""
    members: dict[str, list[int]] = {}
    for number, site in enumerate(inputs.sites):
        if site.group:
            members.setdefault(site.group, []).append(number)
    return [members[name] for name in sorted(members)]


def _named(inputs: Inputs, sites: Sequence[int], most: int = 12) -> str:
    keys = [inputs.sites[site].key for site in sites]
    return ", ".join(keys[:most]) + ("…" if len(keys) > most else "")


def _unplaced(inputs: Inputs, fault: Unplaceable) -> Problem:
    """Which team-days are too few or cannot be filled."""
    text = N_(
        "The teams drawn leave no place for some sites: only {slots} team-days are open to them. "
        "Ask more experts without a conflict, or allow more sites a day."
    )
    return Problem("draw.no_place", text, {"slots": len(fault.slots)}, "sites")


def certificate_flaw(made: Draw) -> str:
    """What keeps the prices from proving both placements cheapest; "" when they do. Solves nothing."""
    faults = (flaw(stage.market, stage.at, stage.prices, stage.low, stage.high) for stage in made.stages)
    return next((fault for fault in faults if fault), "")
