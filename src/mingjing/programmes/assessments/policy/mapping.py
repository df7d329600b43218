"""A mapping: a small TOML file that says how some city's table becomes score sheets (docs/reference/mapping-format.md).

These are its parts, as values. Not here: reading the file (`policy.mapping_file`), binding it to a scheme and to the
columns of a table (`policy.intake`).
"""

from collections.abc import Mapping as Table
from dataclasses import dataclass

from mingjing.engine.mappings.forms import FileForm, Skip, Source
from mingjing.programmes.assessments.policy.cells import Values

__all__ = [
    "AttributeColumn",
    "CheckColumn",
    "Checks",
    "ClaimColumns",
    "ClassBy",
    "Expect",
    "Key",
    "Long",
    "Mapping",
    "VetoColumns",
]


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that name a visit; `name` is a column with words to show beside the key, which decide nothing."""

    columns: tuple[str, ...]
    separator: str
    repeats: bool
    name: str


@dataclass(frozen=True, slots=True)
class ClassBy:
    """The class: fixed, or by the words of a column; neither means by the scheme's class rule."""

    fixed: str
    column: str
    words: Table[str, str]


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """An attribute's source; `part` is "year" to take the year out of a day, `units` are endings to cut off numbers."""

    code: str
    source: Source
    words: Table[str, str]
    units: tuple[str, ...]
    part: str


@dataclass(frozen=True, slots=True)
class CheckColumn:
    """What is said of one check; empty fields fall back on `Checks` and `Values`."""

    code: str
    column: str = ""
    reads: str = ""
    blank: str = ""
    words: Table[str, str | int] | None = None


@dataclass(frozen=True, slots=True)
class Checks:
    """How checks find their columns and what their cells mean."""

    pattern: str
    reads: str
    missing: str
    not_applicable: str
    resolved: str
    columns: Table[str, CheckColumn]


@dataclass(frozen=True, slots=True)
class Long:
    """The columns of a table that has one row per finding or mark."""

    check: str
    words: Table[str, str]
    amount: str
    unlisted: str
    fact: str
    place: str
    note: str
    evidence: str
    resolved: str


@dataclass(frozen=True, slots=True)
class ClaimColumns:
    """A bonus: whether it is claimed, its proof and who approved it."""

    code: str
    column: str
    proof: Source
    approver: Source

    @property
    def more(self) -> tuple[Source, ...]:
        """The further texts of a claim, in the order of `scoring.Claim`."""
        return self.proof, self.approver


@dataclass(frozen=True, slots=True)
class VetoColumns:
    """A veto: whether it is proposed, its document, who approved it and when the incident happened."""

    code: str
    column: str
    document: Source
    approver: Source
    occurred_on: Source

    @property
    def more(self) -> tuple[Source, ...]:
        """The further texts of a veto, in the order of `scoring.Veto`."""
        return self.document, self.approver, self.occurred_on


@dataclass(frozen=True, slots=True)
class Expect:
    """Columns with results published by others, to compare with; `tiers` turns their words into tier codes."""

    total: str
    tier: str
    tiers: Table[str, str]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. `visit_on` and `visit_by` are the columns of the visit's day and of who made it."""

    scheme: str
    file: FileForm
    key: Key
    values: Values
    class_by: ClassBy
    attributes: tuple[AttributeColumn, ...]
    checks: Checks
    long: Long | None
    bonus: tuple[ClaimColumns, ...]
    vetoes: tuple[VetoColumns, ...]
    skip: tuple[Skip, ...]
    visit_on: str
    visit_by: str
    assessed: str
    period: tuple[str, str] | None
    expect: Expect
