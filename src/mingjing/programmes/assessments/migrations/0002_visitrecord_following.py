"""What follows from a phone's findings is done by the worker; the record's row says what is still to follow."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.AddField("visitrecord", "following", models.JSONField(null=True)),
        migrations.AddIndex(
            "visitrecord",
            models.Index(condition=Q(following__isnull=False), fields=["id"], name="assessments_record_following"),
        ),
    ]
