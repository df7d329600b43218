"""Seeds by which a team's samples are picked, sealed with the day; and notes on how checks are judged in a round."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingjing.kernel.db.guards import FrozenWhen, Lift, Refuse

OPENED = FrozenWhen("assessments_teamday", "OLD.opened_at IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0010_decided_rounds_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift(OPENED),
        migrations.AddField("teamday", "pick_seed", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        OPENED,
        migrations.CreateModel(
            name="CalibrationNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_code", models.CharField(blank=True, max_length=40, verbose_name="check")),
                ("text", models.CharField(max_length=1000, verbose_name="note")),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="calibration_notes", to="assessments.round")),
                ("withdrawn_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"ordering": ["round_id", "check_code", "id"]},
        ),
        Refuse("assessments_calibrationnote", "stays", "DELETE", "notes on how checks are judged are withdrawn, not deleted"),
    ]
