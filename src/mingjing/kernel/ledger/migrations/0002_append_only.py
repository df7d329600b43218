"""The database itself refuses to change the past: facts are only added, the head only moves forward onto a fact."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, Refuse

FORWARD = (
    "NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_fact"
    " WHERE seq = NEW.seq AND hash = NEW.hash AND previous = OLD.hash)"
)


def create_head(apps, schema_editor):
    apps.get_model("ledger", "Head").objects.create()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunPython(create_head, migrations.RunPython.noop),
        AppendOnly("ledger_fact"),
        Refuse("ledger_head", "forward", "UPDATE", "ledger_head moves forward, one fact at a time", FORWARD),
        Refuse("ledger_head", "no_delete", "DELETE", "ledger_head is never deleted"),
    ]
