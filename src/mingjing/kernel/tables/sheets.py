"""A whole workbook at once, for those that are forms to be read together rather than one long table."""

from pathlib import Path
from typing import IO

from mingjing.kernel.tables.limits import Limits
from mingjing.kernel.tables.workbooks import open_workbook

__all__ = ["read_workbook_sheets"]

FORM = Limits(cells=2_000_000, workbook_bytes=256 << 20)
"""A form people fill in by hand is far smaller than a table a system exports."""


def read_workbook_sheets(
    source: Path | str | IO[bytes], *, name: str = "", limits: Limits = FORM
) -> dict[str, list[list[str]]]:
    """The rows of text cells of every sheet by its name, from row 1 on. Raises Refusal like `open_workbook`."""
    with open_workbook(source, name=name, limits=limits) as workbook:
        return {sheet: [cells for _, cells in workbook.rows(sheet)] for sheet in workbook.sheets}
