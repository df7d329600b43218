"""A vote of the panel on a veto is never changed, and never goes away."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessments", "0022_panel_votes_on_vetoes")]

    operations = [AppendOnly("assessments_filingvote")]
