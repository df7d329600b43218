"""The database itself keeps what was asked for and what came of it: no request is altered, nothing finished changes."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse

ASKED = ("area_id", "scheme_id", "file_name", "input_digest", "mapping_name", "mapping_text", "mapping_digest")
ALTERED = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in ASKED)
COMPLETED = "EXISTS (SELECT 1 FROM assessments_replay WHERE id = {row}.replay_id AND completed_at IS NOT NULL)"
FINISHED = (
    "EXISTS (SELECT 1 FROM assessments_replay WHERE id = NEW.replay_id"
    " AND (completed_at IS NOT NULL OR failed_at IS NOT NULL))"
)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        FrozenWhen("assessments_replay", "OLD.completed_at IS NOT NULL OR OLD.failed_at IS NOT NULL"),
        Refuse("assessments_replay", "request_is_final", "UPDATE", "what a replay was asked for never changes", ALTERED),
        Refuse("assessments_result", "no_update", "UPDATE", "results are never changed"),
        Refuse(
            "assessments_result",
            "no_delete",
            "DELETE",
            "results of a completed replay are never deleted",
            COMPLETED.format(row="OLD"),
        ),
        Refuse("assessments_result", "no_late_insert", "INSERT", "a finished replay takes no more results", FINISHED),
    ]
