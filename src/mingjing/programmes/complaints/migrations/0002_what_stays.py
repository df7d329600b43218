"""What the database itself promises: decisions are only added, what was published or decided never changes."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse

OF_PUBLISHED = "EXISTS (SELECT 1 FROM complaints_edition WHERE id = {row}.edition_id AND published_at IS NOT NULL)"
PUBLISHED = "rows of a published edition are final"


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]

    operations = [
        Refuse("complaints_complaint", "stays", "DELETE", "complaints are never deleted: decide that they are invalid"),
        AppendOnly("complaints_decision"),
        FrozenWhen("complaints_objection", "OLD.decided_at IS NOT NULL"),
        FrozenWhen("complaints_edition", "OLD.published_at IS NOT NULL OR OLD.discarded_at IS NOT NULL"),
        Refuse("complaints_editionrow", "no_update", "UPDATE", "rows of an edition are replaced, never changed"),
        Refuse("complaints_editionrow", "no_delete", "DELETE", PUBLISHED, OF_PUBLISHED.format(row="OLD")),
        Refuse("complaints_editionrow", "no_insert", "INSERT", PUBLISHED, OF_PUBLISHED.format(row="NEW")),
        FrozenWhen(
            "complaints_intake", "OLD.applied_at IS NOT NULL OR OLD.discarded_at IS NOT NULL OR OLD.failed_at IS NOT NULL"
        ),
    ]
