"""The findings of visit records as rows, for reports: a view that unnests the sheets (ADR 0006)."""

import django.db.models.deletion
from django.db import migrations, models

from mingjing.kernel.db.views import View

SQLITE = """
SELECT r.id || '/' || json_extract(f.value, '$.id') AS id,
       r.id AS record_id, r.entry_id AS entry_id, r.round_id AS round_id,
       json_extract(f.value, '$.n') AS n, json_extract(f.value, '$.version') AS version,
       json_extract(f.value, '$.check') AS check_code, json_extract(f.value, '$.steps') AS steps,
       json_extract(f.value, '$.fact') AS fact, json_extract(f.value, '$.place') AS place,
       json_extract(f.value, '$.note') AS note, json_extract(f.value, '$.by') AS by_token,
       CASE WHEN json_extract(f.value, '$.at') LIKE '%Z' THEN replace(rtrim(json_extract(f.value, '$.at'), 'Z'), 'T', ' ')
            ELSE strftime('%Y-%m-%d %H:%M:%f', json_extract(f.value, '$.at')) END AS at
FROM assessments_visitrecord r, json_each(r.sheet, '$.findings') f
"""

POSTGRESQL = """
SELECT r.id || '/' || (f.value ->> 'id') AS id,
       r.id AS record_id, r.entry_id AS entry_id, r.round_id AS round_id,
       (f.value ->> 'n')::integer AS n, (f.value ->> 'version')::integer AS version,
       f.value ->> 'check' AS check_code, (f.value ->> 'steps')::bigint AS steps,
       f.value ->> 'fact' AS fact, f.value ->> 'place' AS place,
       f.value ->> 'note' AS note, f.value ->> 'by' AS by_token,
       (f.value ->> 'at')::timestamptz AS at
FROM assessments_visitrecord r CROSS JOIN LATERAL jsonb_array_elements(r.sheet::jsonb -> 'findings') AS f(value)
"""

FINDINGS = View("assessments_finding", sqlite=SQLITE, postgresql=POSTGRESQL)


def _of(to: str) -> models.ForeignKey:
    return models.ForeignKey(to, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0012_signatures_on_glass")]

    operations = [
        FINDINGS,
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("n", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("check_code", models.CharField(max_length=40)),
                ("steps", models.PositiveBigIntegerField()),
                ("fact", models.CharField(max_length=60)),
                ("place", models.CharField(max_length=200)),
                ("note", models.TextField()),
                ("by_token", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("record", _of("assessments.visitrecord")),
                ("entry", _of("assessments.entry")),
                ("round", _of("assessments.round")),
            ],
            options={"db_table": "assessments_finding", "ordering": ["record_id", "n"], "managed": False},
        ),
    ]
