"""An entry code is withdrawn once and never rewritten or deleted: visits say which sign was scanned."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse


class Migration(migrations.Migration):
    dependencies = [("places", "0003_entry_codes")]

    operations = [
        FrozenWhen("places_entrycode", "1 = 1", ("id", "site_id", "code", "issued_at")),
        Refuse("places_entrycode", "withdrawn", "UPDATE", "a withdrawn code stays so", "OLD.withdrawn_at IS NOT NULL"),
    ]
