"""The database itself refuses to change or delete a published version."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0001_initial")]

    operations = [FrozenWhen("rulebooks_version", "OLD.published_at IS NOT NULL")]
