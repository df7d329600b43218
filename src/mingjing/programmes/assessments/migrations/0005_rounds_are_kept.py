"""What the database itself promises of rounds: what was frozen, drawn, signed or locked never changes."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse

ENTRY = (
    "round_id", "community_id", "number", "name", "place_id", "stratum_id", "engagement_id", "company_id",
    "company_name", "proposed_class", "borderline", "class_code", "class_reasons", "group", "frozen_at",
)  # fmt: skip
RECORD = (
    "round_id", "entry_id", "team_day_id", "purpose", "visit_id", "sheet", "revision", "started_at", "submitted_at",
    "submitted_by_id", "company_stance", "company_at", "reviewed_at", "reviewed_by_id", "locked_at",
)  # fmt: skip
DRAWN = ("round_id", "inputs", "inputs_digest", "committed_at", "revealed_at", "drawn_at", "document",
         "document_digest")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_rounds")]

    operations = [
        Refuse("assessments_community", "stays", "DELETE", "communities are never deleted: remove them, saying why"),
        Refuse("assessments_engagement", "stays", "DELETE", "engagements are never deleted: end them"),
        FrozenWhen(
            "assessments_round", "OLD.frozen_at IS NOT NULL",
            ("area_id", "code", "scheme_id", "first_day", "last_day", "frozen_at", "roster_digest"),
        ),
        AppendOnly("assessments_handover"),
        AppendOnly("assessments_classvote"),
        FrozenWhen("assessments_entry", "OLD.frozen_at IS NOT NULL", tuple(f'"{column}"' for column in ENTRY)),
        FrozenWhen("assessments_filing", "OLD.decided_at IS NOT NULL"),
        FrozenWhen("assessments_draw", "OLD.drawn_at IS NOT NULL", DRAWN),
        FrozenWhen("assessments_drawseed", "OLD.seed <> ''"),
        FrozenWhen("assessments_teamday", "OLD.opened_at IS NOT NULL"),
        Refuse("assessments_teammember", "stays", "DELETE", "members of a team are removed with a reason, not deleted"),
        FrozenWhen("assessments_visitrecord", "OLD.locked_at IS NOT NULL", RECORD),
        Refuse("assessments_visitrecord", "stays", "DELETE", "visit records are never deleted: void them, saying why"),
        AppendOnly("assessments_sheetedit"),
        AppendOnly("assessments_signature"),
        AppendOnly("assessments_return"),
        FrozenWhen("assessments_export", "OLD.completed_at IS NOT NULL OR OLD.failed_at IS NOT NULL"),
    ]
