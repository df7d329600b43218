"""A round of 5,000 communities decided and listed, with its statements; MINGJING_BENCH_SCALE changes the size.

The rows of the roster, the entries and the locked records are made in bulk, for they are other scenarios' matter. The
floor of deciding is scoring the same sheets in memory and storing rows of the same size with the bare cursor; that of
listing, reading the same columns with it.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from bench.figures import SCALE, Figure, best_of, django

COMMUNITIES = int(5_000 * SCALE)
SMALL = max(20, COMMUNITIES // 10)


def measure() -> list[Figure]:
    """Deciding, listing, changes, near a cut-off, one community, what-if, the workbook: seconds and statements."""
    django()
    from django.test import Client
    from tests.faces import district
    from tests.programmes.assessments.judged import in_review, register

    at = datetime(2024, 9, 4, 1, 30, tzinfo=UTC)
    people = district.build(at)
    communities = register(COMMUNITIES, at)
    before = in_review(people, at, communities[:SMALL], code="before", first_day=date(2022, 7, 1), seed=4)
    small = in_review(people, at, communities[:SMALL], code="small", first_day=date(2023, 1, 1), seed=3)
    first = in_review(people, at, communities, code="first", first_day=date(2023, 7, 1), seed=1)
    round_ = in_review(people, at, communities, code="now", seed=2)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people["officer"], "django.contrib.auth.backends.ModelBackend")
    decide(before, people, at)
    decide(small, people, at)
    decide(first, people, at)
    took, statements = counted(lambda: decide(round_, people, at))
    figures = [
        Figure("round-decide", took, floor=floor(round_), per=COMMUNITIES, what="communities"),
        Figure("round-decide-statements", statements, floor=COMMUNITIES / 100, unit="statements", what="one per 100"),
    ]
    base, entry = f"/assessments/rounds/{round_.pk}/", round_.entries.order_by("number")[SMALL // 2]
    pages = {"result": "result/", "list": "list/A/", "search": "list/A/?q=ghhy", "changes": "changes/",
             "edges": "edges/", "community": f"of/{entry.number}/"}  # fmt: skip
    for name, page in pages.items():
        figures += page_figures(client, f"round-{name}", base + page, f"/assessments/rounds/{small.pk}/{page}")
    figures.append(Figure("round-what-if", what_if(round_, people, at), per=COMMUNITIES, what="communities"))
    figures.append(Figure("round-workbook", workbook(round_, people, at), per=COMMUNITIES, what="communities"))
    return figures


def counted(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds and statements of `work`, which is run once."""
    from django.db import connection

    count = 0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    start = time.perf_counter()
    with connection.execute_wrapper(note):
        work()
    return time.perf_counter() - start, count


def decide(round_: Any, people: Any, at: datetime) -> None:
    """Ask for the decision and do the work."""
    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.assessments.actions.decisions import request_decision

    request_decision(round=round_, by=people["director"], at=at)
    drain()
    round_.refresh_from_db()
    assert round_.decided_at


def floor(round_: Any) -> float:
    """Scoring the same sheets, already in memory, and storing rows of the same size by the bare cursor."""
    from django.db import connection, transaction

    from mingjing.engine.scoring import score
    from mingjing.programmes.assessments.models import Result
    from mingjing.programmes.assessments.queries.schemes import scheme_of
    from mingjing.programmes.assessments.queries.sheets import sheets_of

    scheme = scheme_of(round_.scheme)
    sheets = [(entry.class_code, sheet) for entry, sheet in sheets_of(round_)]
    rows = list(Result.objects.filter(entry__round=round_).values_list("key", "class_code", "total", "sheet", "leaf"))

    def work() -> None:
        for class_code, sheet in sheets:
            score(scheme.rubrics[class_code], sheet)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE bare (key text, class text, total integer, sheet text, leaf text)")
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s, %s)", rows)
            cursor.execute("DROP TABLE bare")

    return best_of(3, work)


def page_figures(client: Any, name: str, page: str, small: str) -> list[Figure]:
    """Seconds of a page, and its statements against those of the same page of a round a tenth of the size."""
    took = best_of(3, lambda: answered(client, page))
    _, statements = counted(lambda: answered(client, page))
    _, few = counted(lambda: answered(client, small))
    return [
        Figure(name, took, what=f"{COMMUNITIES} communities"),
        Figure(f"{name}-statements", statements, floor=few, unit="statements", what=f"against {SMALL} communities"),
    ]


def answered(client: Any, page: str) -> None:
    found = client.get(page)
    assert found.status_code == 200, (page, found.status_code)


def what_if(round_: Any, people: Any, at: datetime) -> float:
    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.assessments.actions.what_ifs import ask_what_if

    def work() -> None:
        ask_what_if(scheme=round_.scheme, rounds=[round_], by=people["officer"], at=at)
        drain()

    return counted(work)[0]


def workbook(round_: Any, people: Any, at: datetime) -> float:
    from mingjing.kernel.jobs.worker import drain
    from mingjing.programmes.assessments.actions.exports import request_export
    from mingjing.programmes.assessments.models import Export, ExportKind

    def work() -> None:
        request_export(round=round_, kind=ExportKind.WORKBOOK, by=people["officer"], at=at)
        drain()
        assert Export.objects.latest("id").completed_at

    return counted(work)[0]
