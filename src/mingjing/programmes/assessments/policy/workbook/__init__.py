"""Schemes as workbooks: written for officials to edit, read back with every mistake at its cell."""

from mingjing.programmes.assessments.policy.workbook.reading import Draft, Sheets, read_draft, read_workbook
from mingjing.programmes.assessments.policy.workbook.writing import write_workbook

__all__ = ["Draft", "Sheets", "read_draft", "read_workbook", "write_workbook"]
