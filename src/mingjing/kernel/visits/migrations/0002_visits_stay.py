"""Visits and who was on them are never deleted."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, Refuse


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]

    operations = [
        Refuse("visits_visit", "stays", "DELETE", "visits are never deleted: void them, saying why"),
        AppendOnly("visits_participant"),
    ]
