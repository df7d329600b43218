"""A photo's bytes may be here before its exhibit is made: `not_after` says so alone, and stays as it is from then on."""

from django.db import migrations, models
from django.db.models import Q

from mingjing.kernel.db.guards import FrozenWhen, Lift, Refuse

SIGNED = FrozenWhen(
    "sync_capture", "1 = 1",
    ("id", "subject", "device_id", "person_id", "sha256", "size", "media_type", "origin", "about", "record",
     "signature", "taken_at", "latitude", "longitude", "accuracy", "not_before", "head_seq", "promised_at"),
)  # fmt: skip
KEPT = Refuse(
    "sync_capture", "kept", "UPDATE", "a photo that was kept or given up stays so",
    "OLD.exhibit_id IS NOT NULL OR OLD.released_at IS NOT NULL",
)  # fmt: skip
ARRIVED = Refuse(
    "sync_capture", "arrived", "UPDATE", "when a photo had arrived stays as it was written down",
    "OLD.not_after IS NOT NULL AND (NEW.not_after IS NULL OR NEW.not_after <> OLD.not_after)",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        Lift(SIGNED),
        Lift(KEPT),
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
        SIGNED,
        KEPT,
        ARRIVED,
    ]
