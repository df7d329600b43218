"""A rubric as openfisca-core variables: the peer of the bulk kernel, written the way its users write such rules.

One entity, an input variable for the steps of each check, formulas for points lost, applicable points, base and rank.
Not a translation of our tables: each rule kind is the vector formula a rule author would write. AGPL; used here only.
"""

from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from mingjing.engine.scoring import Check, Rubric

PERIOD = "2024"


def system_of(rubric: Rubric) -> TaxBenefitSystem:
    """The rubric as a tax and benefit system of one entity."""
    community = build_entity(key="community", plural="communities", label="community", is_person=True)
    system = TaxBenefitSystem([community])
    checks = list(rubric.checks.values())
    for number, check in enumerate(checks):
        _add(system, community, f"steps_{number}", None)
        _add(system, community, f"lost_{number}", _lost(f"steps_{number}", check))
    _add(system, community, "lost", _sum([f"lost_{number}" for number in range(len(checks))]))
    _add(system, community, "applicable", _applicable(checks))
    _add(system, community, "base", _base)
    _add(system, community, "rank", _rank)
    return system


def _add(system: TaxBenefitSystem, entity: Any, name: str, formula: Any) -> None:
    body = {"value_type": int, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        body["formula"] = formula
    system.add_variable(type(name, (Variable,), body))


def _lost(name: str, check: Check) -> Any:
    losses, per, cap = np.array(check.rule.losses, np.int32), check.rule.losses[1], check.rule.losses[-1]

    def instances(communities: Any, period: Any) -> Any:
        return np.minimum(np.maximum(communities(name, period), 0) * per, cap)

    def grades(communities: Any, period: Any) -> Any:
        return losses[np.clip(communities(name, period), 0, len(losses) - 1)]

    return instances if check.rule.kind in ("PI", "BIN") else grades


def _sum(names: list[str]) -> Any:
    def formula(communities: Any, period: Any) -> Any:
        total = communities(names[0], period)
        for name in names[1:]:
            total = total + communities(name, period)
        return total

    return formula


def _applicable(checks: list[Check]) -> Any:
    def formula(communities: Any, period: Any) -> Any:
        total = np.zeros(communities.count, np.int32)
        for number, check in enumerate(checks):
            total += (communities(f"steps_{number}", period) >= 0) * np.int32(check.points)
        return total

    return formula


def _base(communities: Any, period: Any) -> Any:
    """Rebased to 100 and rounded half up to two decimals, in hundredths."""
    applicable = communities("applicable", period).astype(np.int64)
    earned = applicable - communities("lost", period)
    return (2 * earned * 10_000 + applicable) // (2 * np.maximum(applicable, 1))


def _rank(communities: Any, period: Any) -> Any:
    base = communities("base", period)
    counts = np.bincount(10_000 - base, minlength=10_001)
    return (np.cumsum(counts) - counts)[10_000 - base] + 1


def work_out(system: TaxBenefitSystem, steps: Any) -> tuple[Any, Any]:
    """Base and rank of the visits whose steps are the columns of `steps` (one row per check)."""
    simulation = SimulationBuilder().build_default_simulation(system, steps.shape[1])
    for number, column in enumerate(steps):
        simulation.set_input(f"steps_{number}", PERIOD, column)
    return simulation.calculate("base", PERIOD), simulation.calculate("rank", PERIOD)
