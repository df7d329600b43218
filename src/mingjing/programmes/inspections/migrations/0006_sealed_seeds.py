"""Seeds of draws lie sealed until they are drawn; those that lay readable are sealed now."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from mingjing.kernel import keys
from mingjing.kernel.db.guards import FrozenWhen, Lift

FROZEN = FrozenWhen("inspections_lot", "OLD.drawn_at IS NOT NULL")
SEALED = "inspections.lot/1"


def seal(apps: Any, _editor: Any) -> None:
    """Of draws that are still to be made."""
    for lot in apps.get_model("inspections", "Lot").objects.filter(drawn_at=None).exclude(seed=""):
        lot.sealed, lot.seed = keys.sealed(SEALED, bytes.fromhex(lot.seed)), ""
        lot.save(update_fields=["sealed", "seed"])


class Migration(migrations.Migration):
    dependencies = [("inspections", "0005_corrections")]

    operations = [
        Lift(FROZEN),
        migrations.AddField("lot", "sealed", models.BinaryField(default=b"")),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.AddConstraint(
            "lot",
            models.CheckConstraint(
                condition=Q(drawn_at=None, seed="") | (Q(drawn_at__isnull=False) & ~Q(seed="")),
                name="inspections_lot_seed_is_shown_by_the_draw",
            ),
        ),
        FROZEN,
    ]
