"""Where people were registered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0002_words_to_search_by"), ("parties", "0004_words_to_search_by")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="area",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.area"
            ),
        ),
    ]
