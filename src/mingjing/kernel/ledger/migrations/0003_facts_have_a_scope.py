"""Facts say which area they belong to. Of those that are here already nobody has said, so they belong to none.

Their scope, "0", is no area's path and not empty: only the command line shows them. The guard of the head asks the
table of facts, which SQLite rebuilds: it is lifted too.
"""

from django.db import migrations, models

from mingjing.kernel.db.guards import AppendOnly, Lift, Refuse

FACTS = AppendOnly("ledger_fact")
FORWARD = Refuse(
    "ledger_head",
    "forward",
    "UPDATE",
    "ledger_head moves forward, one fact at a time",
    "NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_fact"
    " WHERE seq = NEW.seq AND hash = NEW.hash AND previous = OLD.hash)",
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        Lift(FORWARD),
        Lift(FACTS),
        migrations.AddField(
            model_name="fact",
            name="scope",
            field=models.CharField(blank=True, default="0", max_length=60),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="fact", index=models.Index(fields=["scope", "seq"], name="ledger_fact_scope")
        ),
        FACTS,
        FORWARD,
    ]
