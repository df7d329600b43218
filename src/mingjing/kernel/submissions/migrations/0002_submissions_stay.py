"""What was handed in is never changed, and never goes away."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [AppendOnly("submissions_submission")]
