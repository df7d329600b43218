"""Why a person left; of those who left before this was asked, nothing is known."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_grants_stay")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="left_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
        migrations.RemoveConstraint(model_name="person", name="parties_person_left_whole"),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=Q(left_at=None, left_by=None, left_reason="")
                | Q(left_at__isnull=False, left_at__gte=F("registered_at")),
                name="parties_person_left_whole",
            ),
        ),
    ]
