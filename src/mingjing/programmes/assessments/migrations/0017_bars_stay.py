"""What a bar says and rests on never changes; a sign-off, a calling off, a confirmation are written once."""

from django.db import migrations

from mingjing.kernel.db.guards import FrozenWhen, Refuse

BAR = (
    "id", "area_id", "entry_id", "company_id", "company_name", "first_day", "last_day", "scope", "basis", "clause",
    "quote", "reason", "salt", "decided_by_id", "decided_at",
)  # fmt: skip
CONTROL = ("id", "area_id", "one_id", "other_id", "reason", "exhibits", "salt", "found_by_id", "found_at")
RESIGNED = (
    "OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at "
    "OR NEW.opinion <> OLD.opinion)"
)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0016_bars_and_common_control")]

    operations = [
        FrozenWhen("assessments_bar", "1 = 1", BAR),
        FrozenWhen("assessments_commoncontrol", "1 = 1", CONTROL),
        Refuse("assessments_bar", "signed_once", "UPDATE", "a bar is signed off once", RESIGNED),
        Refuse(
            "assessments_bar", "off_once", "UPDATE", "a bar that was called off never changes",
            "OLD.called_off_at IS NOT NULL",
        ),
        Refuse(
            "assessments_commoncontrol", "once", "UPDATE", "a withdrawn finding never changes",
            "OLD.withdrawn_at IS NOT NULL",
        ),
    ]  # fmt: skip
