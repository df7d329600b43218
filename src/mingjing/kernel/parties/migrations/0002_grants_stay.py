"""The database itself keeps role grants: who held what, where and when never changes, and an end is final.

The words of the act are not among it: they may name people, so they can be erased; the ledger has their salted digest.
"""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse

GRANTS = "parties_rolegrant"
KEPT = ["person_id", "role", "area_id", "first_day", "last_day", "granted_by_id", "granted_at"]


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]

    operations = [
        FrozenWhen(GRANTS, "TRUE", KEPT),
        Refuse(
            GRANTS,
            "ended_once",
            "UPDATE",
            "a role that has ended stays ended",
            "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)",
        ),
    ]
