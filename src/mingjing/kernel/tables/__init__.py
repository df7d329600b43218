"""Tables in and out: rows of text cells from .csv, .csv.gz and .xlsx files, files written from rows,
or handed out in pieces while they are made.

Every cell is text, exactly as a person reads it; what a column means is the business of whoever asked for the table.
Whatever is wrong with a file is a Problem with its place and the next step. No models, no settings.
"""

from mingjing.kernel.tables.reading import Limits, Row, Table, read_table
from mingjing.kernel.tables.sheets import read_workbook_sheets
from mingjing.kernel.tables.streams import csv_pieces, in_pieces
from mingjing.kernel.tables.workbooks import Workbook, open_workbook
from mingjing.kernel.tables.writing import fill_table, replacing, replacing_folder, write_csv, write_xlsx

__all__ = [
    "Limits",
    "Row",
    "Table",
    "Workbook",
    "csv_pieces",
    "fill_table",
    "in_pieces",
    "open_workbook",
    "read_table",
    "read_workbook_sheets",
    "replacing",
    "replacing_folder",
    "write_csv",
    "write_xlsx",
]
