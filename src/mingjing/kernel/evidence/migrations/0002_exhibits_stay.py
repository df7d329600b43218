"""What an exhibit is never changes; who held it is never rewritten."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen

WHAT_IT_IS = (
    "id", "sha256", "size", "media_type", "file_name", "area_id", "subject", "origin", "caption", "taken_at",
    "latitude", "longitude", "facts", "recorded_by_id", "recorded_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        FrozenWhen("evidence_exhibit", "1 = 1", WHAT_IT_IS),
        AppendOnly("evidence_custody"),
    ]
