"""Published lists and their rows are never changed."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessments", "0014_editions")]

    operations = [AppendOnly("assessments_edition"), AppendOnly("assessments_listed")]
