"""The picture of a signature by its SHA-256; what a note on judging says never changes."""

from django.db import migrations, models

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Lift, Refuse

SIGNED = AppendOnly("assessments_signature")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0011_what_phones_need")]

    operations = [
        Lift(SIGNED),
        migrations.AddField(
            "signature", "image_digest", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        SIGNED,
        FrozenWhen("assessments_calibrationnote", "1 = 1", ("id", "round_id", "check_code", "text", "by_id", "at")),
        Refuse(
            "assessments_calibrationnote", "withdrawn", "UPDATE", "a note that was withdrawn stays so",
            "OLD.withdrawn_at IS NOT NULL",
        ),
    ]
