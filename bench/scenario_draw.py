"""The draw at 136, 2,000 and 20,000 sites: time with teams and zones, and balance, travel and links beside the bound.

The peer is CP-SAT on the same placement at 2,000 sites (24 nearest team-days each, as in performance.md); OR-Tools'
min-cost flow gives the travel that no exact placement can undercut, over the same team-days.
"""

import time

from tests.engine.drawn_inputs import district

from bench.figures import Figure, Skip, best_of
from mingjing.engine.drawing import Draw, Stream, certificate_flaw, combined, draw, measures
from mingjing.engine.drawing.draw import Placing
from mingjing.engine.drawing.market import METRE, Ties

SIZES = ((136, 6, 6, 24), (2_000, 27, 20, 100), (20_000, 132, 40, 450))
SEED = bytes(range(32))
NEAREST = 24
CP_SAT_SECONDS = 60.0


def measure() -> list[Figure]:
    """Everything from inputs to the placed and proven draw; then the peer."""
    try:
        from ortools.sat.python import cp_model  # noqa: F401 - only whether it is there
    except ImportError as missing:
        raise Skip("OR-Tools is not installed (requirements/bench.txt)") from missing
    figures = []
    for sites, teams, days, experts in SIZES:
        inputs = district(sites, teams=teams, days=days, experts=experts)
        took = best_of(2, lambda given=inputs: draw(given, [SEED]))
        made = draw(inputs, [SEED])
        assert certificate_flaw(made) == ""
        print(f"   {sites}: {describe(made)}")
        figures.append(Figure(f"draw-{sites}", took, per=sites, what="sites"))
        flow = flow_metres(made)
        figures.append(Figure(f"draw-{sites}-travel", made.metres, floor=flow, unit="m"))
        if sites == 2_000:
            peer, alone = cp_sat_seconds(made), best_of(3, lambda given=made: placed(given))
            figures.append(Figure("draw-against-cp-sat", took, floor=peer, what="whole draw"))
            figures.append(Figure("draw-placement-against-cp-sat", alone, floor=peer, what="placement alone"))
    return figures


def placed(made: Draw) -> None:
    """The placement of a draw made anew, from its teams and centres: what CP-SAT is asked for."""
    key = combined(made.inputs.digest, [SEED])
    ties = Ties(len(made.inputs.sites), made.inputs.slots, Stream(key, f"ties/{made.salt}"))
    made_again = Placing(made.inputs, made.teams, made.centres, ties).draw(made.attempt, made.salt)
    assert made_again.at == made.at


def describe(made: Draw) -> str:
    """Balance, travel and links of a draw on one line."""
    found = measures(made)
    return (
        f"load {found['load']}, duties {found['duties']}, visits {found['visits']}, parts {found['parts']}, largest "
        f"share of a pair {found['pair_share']}, pairs over {found['pairs_over']}, {found['metres']} m "
        f"(each at its nearest, without rules: {found['metres_bound']} m)"
    )


def nearest_arcs(made: Draw) -> list[tuple[int, int, int]]:
    """(site, slot, metres) for each site's nearest open slots."""
    market, arcs = made.stages[1].market, []
    for site in range(len(made.at)):
        while len(market.slots_of(site).listed) < NEAREST and market.more_slots(site):
            pass
        arcs += [(site, slot, cost // METRE) for cost, slot in market.slots_of(site).listed[:NEAREST]]
    return arcs


def flow_metres(made: Draw) -> int:
    """The least metres by OR-Tools' min-cost flow; a little above the true least where a far slot would be better."""
    from ortools.graph.python import min_cost_flow

    stage, sites, flow = made.stages[1], len(made.at), min_cost_flow.SimpleMinCostFlow()
    rest = sites + len(stage.low)
    for site, slot, metres in nearest_arcs(made):
        flow.add_arc_with_capacity_and_unit_cost(site, sites + slot, 1, metres)
    for site in range(sites):
        flow.set_node_supply(site, 1)
    for slot, (low, high) in enumerate(zip(stage.low, stage.high, strict=True)):
        flow.set_node_supply(sites + slot, -low)
        flow.add_arc_with_capacity_and_unit_cost(sites + slot, rest, high - low, 0)
    flow.set_node_supply(rest, sum(stage.low) - sites)
    assert flow.solve() == flow.OPTIMAL
    return flow.optimal_cost()


def cp_sat_seconds(made: Draw) -> float:
    """How long CP-SAT takes for the placement alone, up to a minute; it must not find a shorter one."""
    from ortools.sat.python import cp_model

    stage, model = made.stages[1], cp_model.CpModel()
    by_site: list[list] = [[] for _ in made.at]
    by_slot: list[list] = [[] for _ in stage.low]
    arcs = nearest_arcs(made)
    chosen = [model.new_bool_var("") for _ in arcs]
    for (site, slot, _), picked in zip(arcs, chosen, strict=True):
        by_site[site].append(picked)
        by_slot[slot].append(picked)
    for picks in by_site:
        model.add_exactly_one(picks)
    for picks, low, high in zip(by_slot, stage.low, stage.high, strict=True):
        model.add_linear_constraint(sum(picks), low, high)
    model.minimize(cp_model.LinearExpr.weighted_sum(chosen, [metres for _, _, metres in arcs]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 2, CP_SAT_SECONDS
    start = time.perf_counter()
    status = solver.solve(model)
    took = time.perf_counter() - start
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    assert solver.objective_value >= made.metres
    print(f"   CP-SAT at {len(made.at)}: {took:.1f} s, {solver.status_name(status)}, {solver.objective_value:.0f} m")
    return took
