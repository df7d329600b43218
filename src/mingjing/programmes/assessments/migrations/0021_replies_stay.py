"""No word of a public reply changes, and none goes away: it is replaced, or withheld for a reason, once."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse

REPLIES = "assessments_reply"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0020_what_companies_hand_in")]

    operations = [
        FrozenWhen(REPLIES, "TRUE", ["entry_id", "company_id", "text", "by_id", "at"]),
        Refuse(
            REPLIES,
            "replaced_once",
            "UPDATE",
            "a reply that was replaced or withheld stays so",
            "(OLD.replaced_at IS NOT NULL AND (NEW.replaced_at IS NULL OR NEW.replaced_at <> OLD.replaced_at))"
            " OR (OLD.withheld_at IS NOT NULL AND (NEW.withheld_at IS NULL OR NEW.withheld_at <> OLD.withheld_at))",
        ),
    ]
