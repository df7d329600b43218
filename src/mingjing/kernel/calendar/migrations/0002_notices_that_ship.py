"""Notices never change, closures stay; the notices of 2022 to 2026 ship."""

from django.db import migrations

from mingjing.kernel.calendar.shipped import seed
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse

WHAT_IT_IS = ("id", "area_id", "first_day", "last_day", "reason", "recorded_by_id", "recorded_at")
SENTENCE = "a withdrawn closure never changes"


def add(apps, schema_editor):
    seed(apps.get_model("calendar", "Notice"), 2022, 2026)


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [
        AppendOnly("calendar_notice"),
        FrozenWhen("calendar_closure", "1 = 1", WHAT_IT_IS),
        Refuse("calendar_closure", "withdrawn_once", "UPDATE", SENTENCE, "OLD.withdrawn_at IS NOT NULL"),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
