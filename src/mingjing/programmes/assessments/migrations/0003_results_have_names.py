"""A name to show beside the key of a result. SQLite rebuilds the table for it, so its guards are lifted and repeated."""

from django.db import migrations, models

from mingjing.kernel.db.guards import Lift, Refuse

COMPLETED = "EXISTS (SELECT 1 FROM assessments_replay WHERE id = OLD.replay_id AND completed_at IS NOT NULL)"
FINISHED = (
    "EXISTS (SELECT 1 FROM assessments_replay WHERE id = NEW.replay_id"
    " AND (completed_at IS NOT NULL OR failed_at IS NOT NULL))"
)
GUARDS = (
    Refuse("assessments_result", "no_update", "UPDATE", "results are never changed"),
    Refuse("assessments_result", "no_delete", "DELETE", "results of a completed replay are never deleted", COMPLETED),
    Refuse("assessments_result", "no_late_insert", "INSERT", "a finished replay takes no more results", FINISHED),
)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_finished_is_final")]

    operations = [
        *(Lift(guard) for guard in GUARDS),
        migrations.AddField(
            "result", "name", models.CharField("name", max_length=200, blank=True, default=""),
        ),
        *GUARDS,
    ]
