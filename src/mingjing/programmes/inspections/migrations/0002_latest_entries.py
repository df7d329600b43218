"""The latest entries of all authorities are found by an index; sorting them all took the longer the more there were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0001_initial"),
        ("rulebooks", "0001_initial"),
        ("visits", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["recorded_at", "id"], name="inspections_entry_recorded"),
        ),
    ]
