"""Who covered what on a picture is never rewritten."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_fingerprints_and_masks")]

    operations = [AppendOnly("evidence_mask")]
