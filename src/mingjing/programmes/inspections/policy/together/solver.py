"""The fewest visits by CP-SAT (OR-Tools), the same plan each time: one worker, a fixed seed, effort counted in steps.

Effort is CP-SAT's deterministic time, not seconds: another machine stops at the same plan. Not here: words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from mingjing.programmes.inspections.policy.together.values import Key, Terms, Wanted

__all__ = ["Found", "core", "solve"]

Rule = tuple[str, Key]
"""A rule of the model: ("window", wanted), ("quiet", firm), ("load", authority), ("most", firm), ("off", "")."""


@dataclass(frozen=True, slots=True)
class Found:
    """`days` is None where `impossible`, or where effort ran out before there was any plan."""

    days: dict[Key, date] | None
    bound: int
    impossible: bool


class _Model:
    """The plan as yes or no: what is wanted on which day, who goes where, which firm is visited when."""

    def __init__(self, wanted: Sequence[Wanted], terms: Terms, *, rules: Mapping[Rule, object] | None = None) -> None:
        self.model = cp_model.CpModel()
        self.wanted, self.terms = wanted, terms
        self.on: dict[tuple[Key, date], cp_model.IntVar] = {}
        self.goes: dict[tuple[Key, Key, date], cp_model.IntVar] = {}
        self.visited: dict[tuple[Key, date], cp_model.IntVar] = {}
        self.literals: dict[Rule, cp_model.IntVar] = {}
        self.named = rules is not None
        for one in wanted:
            self._place(one)
        self._load()
        self._most()

    def rule(self, rule: Rule) -> list[cp_model.IntVar]:
        """What a constraint of this rule is enforced by: a literal to assume, where rules are named."""
        if not self.named:
            return []
        if rule not in self.literals:
            self.literals[rule] = self.model.new_bool_var("/".join(rule))
        return [self.literals[rule]]

    def _place(self, one: Wanted) -> None:
        days = one.window if self.named else self.terms.open(one)
        for day in days:
            here = self.on[one.key, day] = self.model.new_bool_var("")
            goes = self._var(self.goes, (one.authority, one.firm, day))
            self.model.add_implication(here, goes)
            self.model.add_implication(goes, self._var(self.visited, (one.firm, day)))
            if self.named and day in self.terms.off:
                self.model.add(here == 0).only_enforce_if(self.rule(("off", "")))
            if self.named and day in self.terms.shut(one):
                self.model.add(here == 0).only_enforce_if(self.rule(("quiet", one.firm)))
        chosen = self.model.add(sum(self.on[one.key, day] for day in days) == 1)
        if self.named:
            chosen.only_enforce_if(self.rule(("window", one.key)))

    def _var(self, among: dict[Any, cp_model.IntVar], key: Any) -> cp_model.IntVar:
        if key not in among:
            among[key] = self.model.new_bool_var("")
        return among[key]

    def _load(self) -> None:
        gone: dict[tuple[Key, date], list[cp_model.IntVar]] = {}
        for (authority, _firm, day), goes in self.goes.items():
            gone.setdefault((authority, day), []).append(goes)
        for (authority, _day), together in gone.items():
            load = self.terms.loads.get(authority)
            if load is not None and len(together) > load:
                self._at_most(together, load, ("load", authority))

    def _most(self) -> None:
        if self.terms.most is None:
            return
        come: dict[tuple[Key, date], list[cp_model.IntVar]] = {}
        for (_authority, firm, day), goes in self.goes.items():
            come.setdefault((firm, day), []).append(goes)
        for (firm, _day), together in come.items():
            if len(together) > self.terms.most:
                self._at_most(together, self.terms.most, ("most", firm))

    def _at_most(self, these: Sequence[cp_model.IntVar], number: int, rule: Rule) -> None:
        kept = self.model.add(sum(these) <= number)
        if self.named:
            kept.only_enforce_if(self.rule(rule))

    def days(self, solver: cp_model.CpSolver) -> dict[Key, date]:
        """What was found."""
        return {key: day for (key, day), here in self.on.items() if solver.boolean_value(here)}

    def hint(self, days: Mapping[Key, date]) -> None:
        """Begin the search there."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (key, day), here in self.on.items():
            self.model.add_hint(here, days[key] == day)


def _solver(effort: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = effort
    return solver


def solve(wanted: Sequence[Wanted], terms: Terms, start: Mapping[Key, date] | None, effort: float) -> Found:
    """The fewest visits, and among such plans one that waits least, with `effort` for each question."""
    if any(not terms.open(one) for one in wanted):
        return Found(None, 0, True)
    built = _Model(wanted, terms)
    if start:
        built.hint(start)
    count = sum(built.visited.values())
    built.model.minimize(count)
    solver = _solver(effort)
    status = solver.solve(built.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, 0, status == cp_model.INFEASIBLE)
    days, visits, bound = built.days(solver), round(solver.objective_value), _whole(solver.best_objective_bound)
    built.hint(days)
    built.model.add(count <= visits)
    first = {one.key: one.first for one in wanted}
    built.model.minimize(sum((day - first[key]).days * here for (key, day), here in built.on.items()))
    solver = _solver(effort / 4)
    if solver.solve(built.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        days = built.days(solver)
    return Found(days, bound, False)


def core(wanted: Sequence[Wanted], terms: Terms, effort: float) -> tuple[list[Rule], bool]:
    """Rules that together allow no plan; and whether each counts: without any one of them there is a plan."""
    built = _Model(wanted, terms, rules={})
    literals = built.literals
    ordered = sorted(literals, key=lambda rule: (rule[0] != "window", rule))
    named = {literals[rule].index: rule for rule in ordered}
    solver, status = _assuming(built.model, [literals[rule] for rule in ordered], effort)
    if status != cp_model.INFEASIBLE:
        return ordered, False
    left = [named[index] for index in sorted(solver.sufficient_assumptions_for_infeasibility())]
    least = True
    for rule in sorted(left, key=lambda rule: (rule[0] != "window", rule)):
        tried = [other for other in left if other != rule]
        _solved, status = _assuming(built.model, [literals[other] for other in tried], effort)
        if status == cp_model.INFEASIBLE:
            left = tried
        elif status == cp_model.UNKNOWN:
            least = False
    return left, least


def _assuming(
    model: cp_model.CpModel, these: Iterable[cp_model.IntVar], effort: float
) -> tuple[cp_model.CpSolver, object]:
    model.clear_assumptions()
    model.add_assumptions(these)
    solver = _solver(effort)
    return solver, solver.solve(model)


def _whole(bound: float) -> int:
    """The next whole number: a count is at least that."""
    return -int(-(bound - 1e-6) // 1)
