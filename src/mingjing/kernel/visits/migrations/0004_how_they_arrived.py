"""What a phone said on entering is kept with the visit, and never rewritten."""

from django.db import migrations, models

from mingjing.kernel.db.guards import Lift, Refuse

STAYS = Refuse("visits_visit", "stays", "DELETE", "visits are never deleted: void them, saying why")
WAS = (
    "OLD.voided_at IS NOT NULL OR OLD.entered_at <> NEW.entered_at OR OLD.recorded_at <> NEW.recorded_at"
    " OR OLD.subject <> NEW.subject OR OLD.programme <> NEW.programme"
    " OR (OLD.left_at IS NOT NULL AND (NEW.left_at IS NULL OR OLD.left_at <> NEW.left_at))"
)


def told_once(condition: str) -> Refuse:
    text = "what was recorded of a visit is never rewritten: void it, saying why, and record it anew"
    return Refuse("visits_visit", "told_once", "UPDATE", text, condition)


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_visits_by_day_and_told_once")]

    operations = [
        Lift(STAYS),
        Lift(told_once(WAS)),
        migrations.AddField("visit", "arrival", models.JSONField(default=dict)),
        STAYS,
        told_once(f"{WAS} OR CAST(OLD.arrival AS text) <> CAST(NEW.arrival AS text)"),
    ]
