"""The second floor of the bench of the gate, which the study measured: decide and insert in a plain Django view.

The same query as the bare floor, three counts over its rows, and a row of the question inserted before the answer: no
key, no limit, no rule of a pack, no sentence, no middleware. What it inserts is on the disk before it answers, as a
question to the gate is: SQLite syncs each commit (synchronous=FULL); PostgreSQL is durable in the bench.
"""

import json
import os
from datetime import UTC, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from bench.gate_floor import ASKED

INSERT = """
INSERT INTO inspections_keyuse (key_id, at, route, status, count)
SELECT min(id), %s, 'gate', 200, 1 FROM inspections_key
"""
WINDOWS = (30, 90, 365)


def gate(request: HttpRequest) -> JsonResponse:
    """How many visits the firm has had in each window, and whether that is too many; on record before it is told."""
    asked, now = json.loads(request.body), datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [asked["firm"], connection.ops.adapt_datetimefield_value(now - timedelta(days=400))])
        entered = [str(row[1])[:10] for row in cursor.fetchall()]
        counts = [sum(day >= str((now - timedelta(days=days)).date()) for day in entered) for days in WINDOWS]
        cursor.execute(INSERT, [connection.ops.adapt_datetimefield_value(now)])
    response = JsonResponse({"visits": counts, "warn": counts[0] > 1})
    response["Content-Length"] = str(len(response.content))  # what no middleware says here; the load reads by it
    return response


urlpatterns = [path("api/inspections/gate", gate)]
if connection.vendor == "sqlite":
    settings.DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=FULL;"
settings.MIDDLEWARE, settings.ROOT_URLCONF = [], __name__
application = get_wsgi_application()
