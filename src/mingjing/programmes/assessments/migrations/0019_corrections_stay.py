"""What was corrected and delivered is never changed, and what was drawn for second visits stays drawn."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, Refuse


class Migration(migrations.Migration):
    dependencies = [("assessments", "0018_corrections")]

    operations = [
        AppendOnly("assessments_delivery"),
        AppendOnly("assessments_correction"),
        Refuse(
            "assessments_seconddraw", "drawn_stays", "UPDATE", "a lot that was drawn stays", "OLD.drawn_at IS NOT NULL"
        ),
        Refuse(
            "assessments_seconddraw",
            "inputs_stay",
            "UPDATE",
            "what was committed to stays",
            "OLD.inputs <> NEW.inputs OR OLD.commitment <> NEW.commitment OR OLD.secret <> NEW.secret",
        ),
        Refuse("assessments_seconddraw", "kept", "DELETE", "a lot that was committed to stays"),
    ]
