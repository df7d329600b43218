"""Cases get the number people quote and count their steps; whoever claimed a case can never confirm it.

Written before any case was: the defaults below fill no row.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import AppendOnly, Lift, Refuse

STAYS = Refuse("cases_case", "stays", "DELETE", "cases are never deleted: cancel them, saying why")
ONCE = "OLD.register <> NEW.register OR OLD.serial <> NEW.serial OR OLD.subject <> NEW.subject"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_cases_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift(STAYS),
        Lift(AppendOnly("cases_step")),
        migrations.AddField("case", "register", models.CharField(max_length=20, default=""), preserve_default=False),
        migrations.AddField("case", "serial", models.PositiveIntegerField(default=0), preserve_default=False),
        migrations.AddField("case", "revision", models.PositiveIntegerField(default=0)),
        migrations.AddField("step", "number", models.PositiveIntegerField(default=0), preserve_default=False),
        migrations.AddField(
            "step",
            "owner",
            models.ForeignKey(
                settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, null=True, related_name="+"
            ),
        ),
        migrations.AddField(
            "step",
            "salt",
            models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32),
        ),
        migrations.AlterModelOptions("step", {"ordering": ["case_id", "number"]}),
        migrations.AddConstraint(
            "case", models.UniqueConstraint(fields=["register", "serial"], name="cases_case_number")
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(("outcome", "confirmed"), _negated=True)
                | models.Q(("claimed_at__isnull", False), ("closed_by__isnull", False)),
                name="cases_case_confirmed_after_claim",
            ),
        ),
        migrations.AddConstraint(
            "step", models.UniqueConstraint(fields=["case", "number"], name="cases_step_in_turn")
        ),
        STAYS,
        Refuse("cases_case", "keeps_number", "UPDATE", "a case keeps its number and what it is about", ONCE),
        AppendOnly("cases_step"),
        Refuse(
            "cases_step",
            "confirmed_by_another",
            "INSERT",
            "whoever reported a case as done does not confirm it",
            "NEW.kind = 'confirmed' AND EXISTS (SELECT 1 FROM cases_step AS earlier WHERE"
            " earlier.case_id = NEW.case_id AND earlier.kind = 'claimed' AND earlier.by_id = NEW.by_id)",
        ),
    ]
