"""What is known of an entry only as a range, what its class rests on, where recorded values come from.

SQLite rebuilds the tables of entries and votes for it, so their guards are lifted first and repeated at the end.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Lift, Refuse

ENTRY = (
    "round_id", "community_id", "number", "name", "place_id", "stratum_id", "engagement_id", "company_id",
    "company_name", "proposed_class", "borderline", "class_code", "class_reasons", "group", "frozen_at",
)  # fmt: skip
FROZEN = "OLD.frozen_at IS NOT NULL"
DECIDING = "EXISTS (SELECT 1 FROM assessments_round WHERE id = OLD.round_id AND deciding_at IS NOT NULL)"
TOUCHED = "(OLD.attributes <> NEW.attributes OR OLD.not_assessed_reason <> NEW.not_assessed_reason)"


def frozen(columns):
    return FrozenWhen("assessments_entry", FROZEN, tuple(f'"{column}"' for column in columns))


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_rounds_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift(frozen(ENTRY)),
        Lift(AppendOnly("assessments_classvote")),
        migrations.AddField("entry", "ranges", models.JSONField(default=dict)),
        migrations.AddField("entry", "class_inputs", models.CharField(blank=True, default="", max_length=64), False),
        migrations.AddField("classvote", "inputs", models.CharField(blank=True, default="", max_length=64), False),
        migrations.CreateModel(
            name="EntryValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60)),
                ("text", models.CharField(max_length=60, verbose_name="value")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                         to=settings.AUTH_USER_MODEL)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="values",
                                            to="assessments.entry")),
            ],
            options={"ordering": ["entry_id", "id"]},
        ),
        migrations.AddConstraint(
            model_name="entryvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True) & models.Q(("text", ""), _negated=True),
                name="assessments_entryvalue_with_source",
            ),
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to_assess", models.BooleanField()),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                         to=settings.AUTH_USER_MODEL)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="declarations",
                                            to="assessments.entry")),
            ],
            options={"ordering": ["entry_id", "id"]},
        ),
        frozen((*ENTRY, "ranges", "class_inputs")),
        AppendOnly("assessments_classvote"),
        AppendOnly("assessments_entryvalue"),
        AppendOnly("assessments_declaration"),
        Refuse(
            "assessments_entry", "decided_by", "UPDATE",
            "what a round is decided by never changes once its decision was asked for", f"{TOUCHED} AND {DECIDING}",
        ),
    ]
