"""The database itself keeps mandates: who acted for whom, in what and when never changes, and an end is final."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse

MANDATES = "parties_mandate"
KEPT = [
    "person_id", "organisation_id", "capacity", "matter", "first_day", "last_day", "given_by_id", "given_at",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("parties", "0007_people_act_for_companies")]

    operations = [
        FrozenWhen(MANDATES, "TRUE", KEPT),
        Refuse(
            MANDATES,
            "ended_once",
            "UPDATE",
            "a mandate that has ended stays ended",
            "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)",
        ),
    ]
