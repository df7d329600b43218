"""Files made of a decided round: asked for, written in the background, kept among the originals, taken away.

Not here: what the files hold (jobs.exports).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import Original
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Export, ExportKind, Round
from mingjing.programmes.assessments.queries.lists import decision_of

__all__ = ["begin_export", "complete_export", "fail_export", "note_download", "request_export"]


@transaction.atomic
def request_export(*, round: Round, kind: ExportKind, by: Person | None, at: datetime) -> Export:
    """Ask for a file of the round's results. Raises Refusal while the round is not decided."""
    replay = decision_of(round)
    if replay is None:
        text = N_("A round can be exported once it is decided; decide it first.")
        raise Refusal([Problem("export.not_decided", text)])
    export = Export.objects.create(round=round, replay=replay, kind=kind, requested_by=by, requested_at=at)
    data = {"export": export.pk, "round": round.pk, "replay": replay.pk, "kind": str(kind)}
    _append("requested", export, data, by, at)
    return export


def begin_export(*, export: Export, by: None, at: datetime) -> bool:
    """Begin a new attempt; False when the file was written, or given up, already."""
    waiting = Export.objects.filter(pk=export.pk, completed_at=None, failed_at=None)
    return bool(waiting.update(attempt=F("attempt") + 1))


@transaction.atomic
def complete_export(*, export: Export, file_name: str, original: Original, by: None, at: datetime) -> None:
    """The file is in the store. Of two attempts that come to an end, the first counts: their bytes are the same."""
    found = Export.objects.select_for_update(of=("self",)).select_related("round__area").get(pk=export.pk)
    if found.completed_at or found.failed_at:
        return
    found.completed_at, found.file_name, found.sha256, found.size = at, file_name, original.sha256, original.size
    found.save(update_fields=["completed_at", "file_name", "sha256", "size"])
    _append("completed", found, {"export": found.pk, "sha256": original.sha256, "size": original.size}, by, at)


@transaction.atomic
def fail_export(*, export: Export, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """The file cannot be written; keep every problem."""
    found = Export.objects.select_for_update(of=("self",)).select_related("round__area").get(pk=export.pk)
    if found.completed_at or found.failed_at:
        return
    found.failed_at, found.problems = at, [keep(problem) for problem in problems]
    found.save(update_fields=["failed_at", "problems"])
    _append("failed", found, {"export": found.pk, "codes": sorted({p.code for p in problems})[:50]}, by, at)


@transaction.atomic
def note_download(*, export: Export, by: Person | None, at: datetime) -> None:
    """Somebody takes the file away."""
    _append("downloaded", export, {"export": export.pk, "sha256": export.sha256}, by, at)


def _append(what: str, export: Export, data: dict[str, object], by: Person | None, at: datetime) -> None:
    kind, area = f"assessments.export.{what}", export.round.area
    writer.append(kind=kind, subject=export.subject, data=data, area=area, by=by, at=at)
