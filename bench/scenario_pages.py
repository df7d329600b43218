"""Every page of the desk at 136 and at 5,000 communities, on SQLite and on PostgreSQL; each in a process of its own.

The pages are those of tests/crowds.py, so that later ones come along by themselves. The floor of a page is a guarded
form with nothing in it, opened in the same run; the floor of statements is the same page at 136 communities.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.figures import SCALE, Figure

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 136, int(5_000 * SCALE)
WHOLE = (
    "assessments:round-csv", "assessments:round-json", "complaints:edition-export", "desk:ledger-export",
    "desk:ledger-verification",
)  # fmt: skip
"""What is read from end to end whenever it is asked for: files of a round or a ranking, the ledger. In batches."""
WORKBOOK = "xlsx"
"""The state of such a file that is a workbook: writing its cells is most of it."""
BATCH = 500
TRIVIAL = "desk:organisation-record officer"
SHOWN = 10


def measure() -> list[Figure]:
    """Statements that grow with rows, the worst page, all pages together, an edit: on either database."""
    from tools.postgres import server

    found = []
    for name, database in (("sqlite", nullcontext("")), ("postgres", server)):
        few, many = run(database, SMALL), run(database, LARGE)
        table(name, few["pages"], many["pages"])
        found += figures(name, few, many)
    return found


def run(database: Any, size: int) -> dict[str, Any]:
    """What a new process measures on a new database."""
    with database() if callable(database) else database as url, tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "costs.json"
        environment = os.environ | ({"DATABASE_URL": url, "MINGJING_DATA": folder} if url else {})
        done = subprocess.run(
            [sys.executable, "-m", "bench.pages_process", str(size), str(out)], cwd=ROOT, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        told: dict[str, Any] = json.loads(out.read_text("utf-8"))
        return told


def figures(name: str, few: dict[str, Any], many: dict[str, Any]) -> Iterator[Figure]:
    """The figures of one database."""
    pages, trivial = many["pages"], many["pages"][TRIVIAL][1]
    grown = [
        page for page, (queries, _) in pages.items() if queries > few["pages"].get(page, [queries])[0] + _more(page)
    ]
    for page in grown:
        print(f"   grows: {page}: {few['pages'][page][0]} -> {pages[page][0]} statements")
    lost = set(few["pages"]) ^ set(pages) | set(many["unseen"])
    for page in sorted(lost):
        print(f"   not opened at both sizes: {page}")
    worst, longest, heaviest = (
        max((page for page in pages if _sort(page) == sort), key=lambda page: pages[page][1])
        for sort in ("page", "file", "workbook")
    )
    whole = sum(seconds for _, seconds in pages.values())
    before = sum(seconds for _, seconds in few["pages"].values())
    of = f"{len(pages)} pages, {LARGE} communities"
    yield Figure(f"pages-{name}-grown", len(grown) + len(lost), unit="pages", what="of which statements grow with rows")
    yield Figure(
        f"pages-{name}-statements", max(q for q, _ in pages.values()), unit="statements", what="the most of one"
    )
    yield Figure(f"pages-{name}-worst", pages[worst][1], floor=trivial, what=worst)
    yield Figure(f"pages-{name}-longest", pages[longest][1], floor=trivial, what=longest)
    yield Figure(f"pages-{name}-workbook", pages[heaviest][1], floor=trivial, what=heaviest)
    yield Figure(f"pages-{name}-all", whole, floor=trivial * len(pages), what=of)
    yield Figure(f"pages-{name}-growth", whole, floor=before, what=f"against {SMALL} communities")
    yield Figure(f"edit-{name}", many["edit"], floor=many["edit_floor"], what="an edit of a visit record of 65 checks")
    yield Figure(f"edit-{name}-statements", many["edit_queries"], unit="statements", what="the same")


def _whole(page: str) -> bool:
    return page.split(" ")[0] in WHOLE


def _sort(page: str) -> str:
    return "page" if not _whole(page) else "workbook" if WORKBOOK in page.split(" ") else "file"


def _more(page: str) -> int:
    """The statements that a page may ask more, for it has to read everything: one for each batch of communities."""
    return (LARGE - SMALL) // BATCH if _whole(page) else 0


def table(name: str, few: dict[str, Any], many: dict[str, Any]) -> None:
    """Print the slowest pages: statements and milliseconds at both sizes."""
    print(f"   {name:<58} {'at ' + str(SMALL):>16} {'at ' + str(LARGE):>16}")
    for page in sorted(many, key=lambda page: -many[page][1])[:SHOWN]:
        (small, soon), (large, late) = few.get(page, (0, 0.0)), many[page]
        print(f"   {page:<58} {small:>4} {soon * 1e3:>8.0f} ms {large:>4} {late * 1e3:>8.0f} ms")


if __name__ == "__main__":
    measure()
