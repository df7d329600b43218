"""Which conditions of some tables hold: two values alike in this are decided alike, so each case is decided once."""

from collections.abc import Iterable, Mapping

from mingjing.engine.rules import Condition, Table, Value

__all__ = ["Region", "Regions"]

Region = tuple[bool, ...]
"""For each condition on a measure whether it holds."""


class Regions:
    """The conditions of `tables`, by measure."""

    def __init__(self, tables: Iterable[Table]) -> None:
        found: dict[str, dict[Condition, None]] = {}
        for table in tables:
            for row in table.rows:
                for code, condition in row.when.items():
                    found.setdefault(code, {})[condition] = None
        self.conditions = {code: tuple(conditions) for code, conditions in found.items()}

    def of(self, code: str, value: Value) -> Region:
        """The region of one measure's value."""
        return tuple(condition.holds(value) for condition in self.conditions.get(code, ()))

    def of_all(self, values: Mapping[str, Value]) -> tuple[Region | None, ...]:
        """The region of several measures together; None for each that is not known."""
        return tuple(self.of(code, values[code]) if code in values else None for code in self.conditions)
