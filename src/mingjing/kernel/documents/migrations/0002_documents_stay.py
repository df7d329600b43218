"""What was issued never changes; templates and services are retired and voided once, letterheads only added."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse

TEMPLATE = ("id", "area_id", "kind", "version", "sha256", "size", "file_name", "recorded_by_id", "recorded_at")
DOCUMENT = (
    "id", "area_id", "kind", "series", "letters", "year", "serial", "number", "title", "office", "subject",
    "addressee_id", "context", "salt", "code", "template_id", "template_sha256", "sha256", "size", "issued_by_id",
    "issued_at",
)  # fmt: skip
SERVICE = (
    "id", "document_id", "organisation_id", "method", "sent_at", "served_at", "received_by", "note", "exhibits", "salt",
    "recorded_by_id", "recorded_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        AppendOnly("documents_letterhead"),
        FrozenWhen("documents_template", "1 = 1", TEMPLATE),
        FrozenWhen("documents_document", "1 = 1", DOCUMENT),
        FrozenWhen("documents_service", "1 = 1", SERVICE),
        Refuse("documents_template", "once", "UPDATE", "a retired template never changes", "OLD.retired_at IS NOT NULL"),
        Refuse(
            "documents_document", "once", "UPDATE", "a withdrawn document never changes", "OLD.withdrawn_at IS NOT NULL"
        ),
        Refuse("documents_service", "once", "UPDATE", "a voided service never changes", "OLD.voided_at IS NOT NULL"),
    ]
