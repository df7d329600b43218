"""Lists of visits by day and by joint group; what a visit said is never rewritten, and a voided one stays as it is."""

from django.db import migrations, models

from mingjing.kernel.db.guards import Refuse


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_visits_stay")]

    operations = [
        migrations.AddIndex("visit", models.Index(fields=["entered_at", "id"], name="visits_visit_entered")),
        migrations.AddIndex(
            "visit",
            models.Index(fields=["joint"], name="visits_visit_joint", condition=models.Q(joint__isnull=False)),
        ),
        Refuse(
            "visits_visit",
            "told_once",
            "UPDATE",
            "what was recorded of a visit is never rewritten: void it, saying why, and record it anew",
            "OLD.voided_at IS NOT NULL OR OLD.entered_at <> NEW.entered_at OR OLD.recorded_at <> NEW.recorded_at"
            " OR OLD.subject <> NEW.subject OR OLD.programme <> NEW.programme"
            " OR (OLD.left_at IS NOT NULL AND (NEW.left_at IS NULL OR OLD.left_at <> NEW.left_at))",
        ),
    ]
