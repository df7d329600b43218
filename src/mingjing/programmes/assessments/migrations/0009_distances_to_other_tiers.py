"""How many points a result stands from another tier. Columns that may be empty: no table is rebuilt, guards stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_edits_have_commands")]

    operations = [
        migrations.AddField("result", "better_in", models.PositiveIntegerField(null=True)),
        migrations.AddField("result", "worse_in", models.PositiveIntegerField(null=True)),
    ]
