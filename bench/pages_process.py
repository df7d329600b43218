"""Opens every page of the desk once a district of SIZE communities is built: python -m bench.pages_process SIZE OUT.

OUT is a JSON file: by page its statements and least seconds; the routes that showed nothing; what an edit of a visit
record takes, and the same rows written by the bare cursor.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import date
from itertools import cycle, product
from pathlib import Path
from typing import Any

from bench.figures import best_of, django

EDITS = 20


def main() -> None:
    """Build, open, edit."""
    django()
    logging.disable(logging.WARNING)  # a page that is not for a reader is no news here
    from django.utils import timezone
    from tests.crowds import build, costs

    people, pages = build(int(sys.argv[1]), at := timezone.now())
    found, unseen = costs(people, pages, times=3)
    told = {name: (cost.queries, cost.seconds) for name, cost in found.items()}
    Path(sys.argv[2]).write_text(
        json.dumps({"pages": told, "unseen": unseen, **edits(people, timezone.localdate(at))}), "utf-8"
    )


def edits(people: Mapping[str, Any], day: date) -> dict[str, float]:
    """Statements and seconds of one edit of a record of 65 checks, and seconds of its two rows written bare.

    `day` is that of the district: midnight may have passed while its pages were opened.
    """
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from mingjing.programmes.assessments.actions.visits import edit_sheet
    from mingjing.programmes.assessments.models import VisitRecord

    officer = people["officer"]
    live = VisitRecord.objects.filter(round__code="fieldwork", visit__isnull=False, submitted_at=None)
    record = live.filter(team_day__day=day, team_day__team=1, returned_at=None).earliest("pk")
    steps = cycle(product(("looked", "unmark"), _checks(record)))

    def edit() -> None:
        kind, check = next(steps)
        edit_sheet(record=record, kind=kind, payload={"check": check}, by=officer, at=timezone.now())

    edit()
    with CaptureQueriesContext(connection) as captured:
        edit()

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE assessments_visitrecord SET sheet = sheet WHERE id = %s", [record.pk])
            cursor.execute("INSERT INTO bare VALUES (%s, %s)", [record.pk, '{"check":"A1.1"}'])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (record bigint, payload text)")
    took, floor = best_of(EDITS, edit), best_of(EDITS, bare)
    return {"edit_queries": len(captured), "edit": took, "edit_floor": floor}


def _checks(record: Any) -> list[str]:
    """The checks of the form that nothing is said about, and that may be called looked at: not those measured."""
    from mingjing.programmes.assessments.policy.answers import terms_of, unanswered
    from mingjing.programmes.assessments.queries.schemes import scheme_of

    scheme = scheme_of(record.round.scheme)
    terms = terms_of(scheme, scheme.rubrics[record.entry.class_code])
    return [code for code in unanswered(terms, record.sheet_document) if not terms[code].measured]


if __name__ == "__main__":
    main()
