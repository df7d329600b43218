"""An edit of a sheet is applied once, whatever often its command is sent. SQLite rebuilds the table: its guard again."""

from django.db import migrations, models

import mingjing.kernel.db.ids
from mingjing.kernel.db.guards import AppendOnly, Lift


class Migration(migrations.Migration):
    dependencies = [("assessments", "0007_communities_in_groups")]

    operations = [
        Lift(AppendOnly("assessments_sheetedit")),
        migrations.AddField("sheetedit", "command", models.UUIDField(default=mingjing.kernel.db.ids.uuid7)),
        migrations.AddConstraint(
            "sheetedit",
            models.UniqueConstraint(fields=["record", "command"], name="assessments_sheetedit_command_once"),
        ),
        AppendOnly("assessments_sheetedit"),
    ]
