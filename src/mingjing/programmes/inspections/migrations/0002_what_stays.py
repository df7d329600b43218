"""What the database itself promises: what happened stays, whatever is decided about it; acts are only added."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [
        Refuse("inspections_entry", "stays", "DELETE", "entries are never deleted: correct or void them"),
        Refuse("inspections_entryitem", "stays", "DELETE", "what was inspected stays"),
        Refuse("inspections_finding", "stays", "DELETE", "findings are never deleted"),
        AppendOnly("inspections_refusal"),
        AppendOnly("inspections_report"),
        AppendOnly("inspections_grade"),
        FrozenWhen("inspections_lot", "OLD.drawn_at IS NOT NULL"),
        Refuse("inspections_warning", "stays", "DELETE", "nobody deletes a warning"),
        Refuse("inspections_warningrecord", "stays", "DELETE", "the records of a warning stay"),
        AppendOnly("inspections_warningact"),
    ]
