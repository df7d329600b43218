"""New firms of a file are recorded part by part; nobody sees them before the file is applied (docs/adr/0018)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0002_latest_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="roster",
            name="taken",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="firm",
            name="roster",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inspections.roster",
            ),
        ),
        migrations.AddIndex(
            model_name="firm",
            index=models.Index(
                condition=models.Q(("roster__isnull", False)), fields=["roster"], name="inspections_firm_coming"
            ),
        ),
    ]
