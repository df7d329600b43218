"""What was drawn of a crew stays drawn, and what was committed to stays."""

from django.db import migrations

from mingjing.kernel.db.guards import Refuse

TABLE = "assessments_crewdraw"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0027_crews")]

    operations = [
        Refuse(TABLE, "drawn_stays", "UPDATE", "a crew that was drawn stays", "OLD.drawn_at IS NOT NULL"),
        Refuse(
            TABLE, "inputs_stay", "UPDATE", "what was committed to stays",
            "OLD.inputs <> NEW.inputs OR OLD.commitment <> NEW.commitment OR OLD.secret <> NEW.secret "
            "OR OLD.entry_id <> NEW.entry_id OR OLD.day <> NEW.day OR OLD.reason <> NEW.reason",
        ),
        Refuse(TABLE, "kept", "DELETE", "a crew that was called together stays"),
    ]  # fmt: skip
