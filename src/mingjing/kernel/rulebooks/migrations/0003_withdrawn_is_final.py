"""A draft can be withdrawn: by whom, when and why; from then on the database refuses to change or delete it too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from mingjing.kernel.db.guards import FrozenWhen, Lift

VERSION = "rulebooks_version"
PERSON = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0002_published_is_final"), migrations.swappable_dependency(PERSON)]

    operations = [
        Lift(FrozenWhen(VERSION, "OLD.published_at IS NOT NULL")),
        migrations.AddField(
            model_name="version",
            name="withdrawal_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
        migrations.AddField(model_name="version", name="withdrawn_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="version",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=PERSON
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (
                    Q(withdrawn_at__gte=F("changed_at"), withdrawn_at__isnull=False, published_at=None)
                    & ~Q(withdrawal_reason="")
                ),
                name="rulebooks_version_withdrawn_whole",
            ),
        ),
        FrozenWhen(VERSION, "OLD.published_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"),
    ]
