"""A decided round keeps when each of its steps was taken; who is on a team is replaced, never rewritten."""

from django.db import migrations

from mingjing.kernel.db.guards import Refuse

STEPS = ("fieldwork_at", "fieldwork_by_id", "review_at", "review_by_id", "deciding_at", "deciding_by_id", "decided_at")
CHANGED = " OR ".join(f"COALESCE(CAST(OLD.{c} AS text), '') <> COALESCE(CAST(NEW.{c} AS text), '')" for c in STEPS)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_distances_to_other_tiers")]

    operations = [
        Refuse(
            "assessments_round",
            "decided_stays",
            "UPDATE",
            "a decided round stays decided, by the steps that were taken",
            f"OLD.decided_at IS NOT NULL AND ({CHANGED})",
        ),
        Refuse(
            "assessments_teammember",
            "person_stays",
            "UPDATE",
            "a member of a team is replaced, never rewritten",
            "OLD.person_id <> NEW.person_id OR OLD.team_day_id <> NEW.team_day_id OR OLD.part <> NEW.part",
        ),
    ]
