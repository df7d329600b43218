"""The floor of the bench of the gate, a WSGI application: one indexed query for the visits of a firm, and nothing else.

No key, no rules, no record of the question. It reads what the gate reads of stored visits: those of one organisation
since a day, with their entries.
"""

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

import django

django.setup()

ASKED = """
SELECT v.id, v.entered_at, v.left_at, v.purpose, e.authority_id, e.facts
FROM parties_organisation o JOIN visits_visit v ON v.organisation_id = o.id
     LEFT JOIN inspections_entry e ON e.visit_id = v.id
WHERE o.credit_code = %s AND v.entered_at >= %s ORDER BY v.entered_at
"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """How many visits the firm has had."""
    from django.db import connection

    asked = json.loads(environ["wsgi.input"].read())
    since = connection.ops.adapt_datetimefield_value(datetime.now(UTC) - timedelta(days=400))
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [asked["firm"], since])
        body = json.dumps({"visits": len(cursor.fetchall())}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
