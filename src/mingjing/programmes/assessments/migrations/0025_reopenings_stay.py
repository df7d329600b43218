"""That a list was reopened for a veto established later is never changed, and never goes away."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessments", "0024_reopenings")]

    operations = [AppendOnly("assessments_reopening")]
