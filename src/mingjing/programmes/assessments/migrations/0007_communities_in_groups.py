"""Communities that are visited together. SQLite rebuilds the table for it, so its guard is lifted and repeated."""

from django.db import migrations, models

from mingjing.kernel.db.guards import Lift, Refuse

GUARD = Refuse("assessments_community", "stays", "DELETE", "communities are never deleted: remove them, saying why")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0006_values_and_their_sources")]

    operations = [
        Lift(GUARD),
        migrations.AddField(
            "community", "group", models.CharField("visited together with", max_length=40, blank=True, default=""),
            preserve_default=False,
        ),
        GUARD,
    ]
