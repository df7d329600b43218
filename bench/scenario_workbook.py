"""Schemes as workbooks: the Hetang scheme and a big one imported, from bytes to a checked document.

The floor is calamine reading the same cells of the same bytes. MINGJING_BENCH_SCALE changes the size of the big scheme.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

import mingjing.programmes.assessments
from bench.figures import SCALE, Figure, best_of, peak_bytes
from mingjing.engine.chain import content_digest
from mingjing.kernel.tables import read_workbook_sheets
from mingjing.programmes.assessments.policy.workbook import read_workbook, write_workbook

SCHEMES = Path(mingjing.programmes.assessments.__file__).parent / "schemes"
CHECKS = int(2_000 * SCALE)
PER_ITEM = 20


def measure() -> list[Figure]:
    """Import of 65 and of 2,000 checks, the memory of the latter, and the export of the former."""
    hetang = json.loads((SCHEMES / "hetang-2024.json").read_text("utf-8"))
    large = grown(hetang, CHECKS)
    small_file, large_file = write_workbook(hetang), write_workbook(large)
    assert content_digest(imported(large_file)) == content_digest(large)
    return [
        import_figure("workbook-import", small_file, 65),
        import_figure("workbook-import-large", large_file, CHECKS),
        Figure(
            "workbook-import-memory", peak_bytes(lambda: imported(large_file)), unit="bytes", what=f"{CHECKS} checks"
        ),
        Figure(
            "workbook-export",
            best_of(5, lambda: write_workbook(hetang)),
            floor=best_of(5, lambda: bare(small_file)),
            per=65,
            what="checks",
        ),
    ]


def import_figure(name: str, file: bytes, checks: int) -> Figure:
    took, floor = best_of(5, lambda: imported(file)), best_of(5, lambda: bare(file))
    return Figure(name, took, floor=floor, per=checks, what="checks")


def imported(file: bytes) -> dict[str, Any]:
    return read_workbook(read_workbook_sheets(io.BytesIO(file)))


def bare(file: bytes) -> None:
    """Every cell of every sheet, and nothing made of it."""
    with CalamineWorkbook.from_filelike(io.BytesIO(file)) as book:
        for name in book.sheet_names:
            for _ in book.get_sheet_by_name(name).iter_rows():
                pass


def grown(scheme: Mapping[str, Any], checks: int) -> dict[str, Any]:
    """`scheme` with so many checks in its first class, in items of `PER_ITEM`; its list stays as it is."""
    document: dict[str, Any] = json.loads(json.dumps(scheme))
    sample = document["items"][0]["checks"][0] | {"points": "1", "rule": {"kind": "PI", "per": "0.5"}}
    whole = [dict(sample, code=f"L{number}") for number in range(checks)]
    document["items"] = [
        {
            "code": f"I{first}",
            "class": "A",
            "title": sample["title"],
            "points": str(len(whole[first : first + PER_ITEM])),
            "na": False,
            "checks": whole[first : first + PER_ITEM],
        }
        for first in range(0, checks, PER_ITEM)
    ]
    document["items"].append(
        dict(document["items"][0], code="ALL-B", **{"class": "B"}, points=str(checks), checks=[
            sample | {"code": "B", "points": str(checks), "rule": {"kind": "BIN"}}
        ])
    )  # fmt: skip
    document["aggregation"]["points"] = str(checks)
    return document
