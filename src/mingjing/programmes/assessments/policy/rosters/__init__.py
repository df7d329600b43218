"""Rosters (小区名册): files that bring the register of communities up to date, read as people write them.

The format is described in docs/reference/roster-format.md. `columns` finds what each column says, `cells` reads one
cell, `lines` a row, `directory` what a row refers to, `compare` weighs it against what is known.
"""

from mingjing.programmes.assessments.policy.rosters.columns import HEADERS, Columns, find_columns
from mingjing.programmes.assessments.policy.rosters.compare import RENAMED, Compared, changes_company, compare
from mingjing.programmes.assessments.policy.rosters.directory import Companies, Company, Place, Places
from mingjing.programmes.assessments.policy.rosters.lines import ATTRIBUTE, Line, Reader

__all__ = [
    "ATTRIBUTE", "HEADERS", "RENAMED", "Columns", "Companies", "Company", "Compared", "Line", "Place", "Places",
    "Reader", "changes_company", "compare", "find_columns",
]  # fmt: skip
