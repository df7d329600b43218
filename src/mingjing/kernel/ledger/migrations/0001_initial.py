"""The ledger's two tables."""

from django.db import migrations, models

import mingjing.kernel.db.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=100)),
                ("subject", models.CharField(max_length=160)),
                ("data", models.TextField()),
                ("at", mingjing.kernel.db.fields.InstantField()),
                ("by", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["seq"],
                "indexes": [
                    models.Index(fields=["subject", "seq"], name="ledger_fact_subject"),
                    models.Index(fields=["kind", "seq"], name="ledger_fact_kind"),
                    models.Index(fields=["by", "seq"], name="ledger_fact_by"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
                ("hash", models.CharField(default="0" * 64, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="ledger_head_is_one_row"),
                ],
            },
        ),
    ]
