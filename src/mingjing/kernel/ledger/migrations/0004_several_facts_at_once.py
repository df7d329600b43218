"""The head may move over several facts at once, each linked to the one before: many photos are one step of somebody."""

from django.db import migrations

from mingjing.kernel.db.guards import Lift, Refuse

BEFORE = (
    "NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_fact"
    " WHERE seq = NEW.seq AND hash = NEW.hash AND previous = OLD.hash)"
)
LINKED = (
    "NEW.id <> OLD.id OR NEW.seq <= OLD.seq"
    " OR NOT EXISTS (SELECT 1 FROM ledger_fact WHERE seq = NEW.seq AND hash = NEW.hash)"
    " OR NOT EXISTS (SELECT 1 FROM ledger_fact WHERE seq = OLD.seq + 1 AND previous = OLD.hash)"
    " OR (SELECT COUNT(*) FROM ledger_fact AS later JOIN ledger_fact AS earlier"
    " ON earlier.seq = later.seq - 1 AND earlier.hash = later.previous"
    " WHERE later.seq > OLD.seq + 1 AND later.seq <= NEW.seq) <> NEW.seq - OLD.seq - 1"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_facts_have_a_scope")]

    operations = [
        Lift(Refuse("ledger_head", "forward", "UPDATE", "ledger_head moves forward, one fact at a time", BEFORE)),
        Refuse("ledger_head", "forward", "UPDATE", "ledger_head moves forward, over linked facts", LINKED),
    ]
