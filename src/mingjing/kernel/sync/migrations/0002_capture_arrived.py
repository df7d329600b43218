"""A photo's bytes may be here before its exhibit is made: `not_after` says so alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("capture", "sync_capture_kept_whole"),
        migrations.RemoveConstraint("capture", "sync_capture_released_whole"),
        migrations.AddConstraint(
            "capture",
            models.CheckConstraint(
                condition=Q(exhibit=None) | Q(not_after__isnull=False), name="sync_capture_kept_whole"
            ),
        ),
        migrations.AddConstraint(
            "capture",
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, release_reason="")
                | (Q(released_at__isnull=False, exhibit=None, not_after=None) & ~Q(release_reason="")),
                name="sync_capture_released_whole",
            ),
        ),
        migrations.AddIndex(
            "capture",
            models.Index(
                condition=Q(exhibit=None, released_at=None, not_after__isnull=False),
                fields=["not_after"],
                name="sync_capture_arrived",
            ),
        ),
    ]
