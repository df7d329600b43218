"""What a phone signed or sent is never rewritten; phones and promises are never deleted."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse

SIGNED = (
    "id", "subject", "device_id", "person_id", "sha256", "size", "media_type", "origin", "about", "record", "signature",
    "taken_at", "latitude", "longitude", "accuracy", "not_before", "head_seq", "promised_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        AppendOnly("sync_received"),
        FrozenWhen("sync_capture", "1 = 1", SIGNED),
        Refuse(
            "sync_capture", "kept", "UPDATE", "a photo that was kept or given up stays so",
            "OLD.exhibit_id IS NOT NULL OR OLD.released_at IS NOT NULL",
        ),
        FrozenWhen("sync_device", "1 = 1", ("id", "person_id", "public_key", "enrolled_at")),
        Refuse("sync_device", "revoked", "UPDATE", "a revoked phone stays revoked", "OLD.revoked_at IS NOT NULL"),
        FrozenWhen("sync_enrolment", "OLD.used_at IS NOT NULL"),
    ]
