"""Takes the lines of a previewed file in: new complaints, and what the hotline says anew of known ones.

Called inside the transaction that takes the file in; what people decided stays. Not here: that transaction.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from mingjing.kernel.db.search import search_words
from mingjing.kernel.intakes.models import LineKind
from mingjing.programmes.complaints.models import Complaint, Intake, IntakeLine

__all__ = ["take_in"]

BATCH = 500
TOLD = (
    "opened_on", "closed_on", "community_text", "category", "place", "text", "channel", "caller", "said_valid",
    "said_duty", "said_repeat", "digest", "changed_at", "words", "site", "intake",
)  # fmt: skip
VALID = {None: "", True: "valid", False: "invalid"}


def take_in(intake: Intake, at: datetime) -> dict[str, int]:
    """Write every line of the file; how many complaints are new, and of how many something changed."""
    done = {"added": 0, "changed": 0}
    lines = intake.lines.order_by("row").iterator(chunk_size=BATCH)
    for chunk in _batches(lines):
        added = [line for line in chunk if line.kind == LineKind.ADDED]
        changed = [line for line in chunk if line.kind == LineKind.CHANGED]
        Complaint.objects.bulk_create(_new(intake, line, at) for line in added)
        _change(intake, changed, at)
        done["added"] += len(added)
        done["changed"] += len(changed)
    return done


def _batches(lines: Iterator[IntakeLine]) -> Iterator[Sequence[IntakeLine]]:
    chunk: list[IntakeLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _new(intake: Intake, line: IntakeLine, at: datetime) -> Complaint:
    found = Complaint(area=intake.area, origin=intake.origin, number=line.number, recorded_at=at)
    _tell(found, intake, line, at)
    return found


def _change(intake: Intake, lines: Sequence[IntakeLine], at: datetime) -> None:
    by_number = {line.number: line for line in lines}
    rows = Complaint.objects.filter(area=intake.area, origin=intake.origin, number__in=by_number)
    found = list(rows.select_for_update(of=("self",)))
    for row in found:
        _tell(row, intake, by_number[row.number], at)
    if found:
        Complaint.objects.bulk_update(found, TOLD)


def _tell(row: Complaint, intake: Intake, line: IntakeLine, at: datetime) -> None:
    """Write onto `row` what the hotline says; a community that people have decided on stays."""
    values: dict[str, Any] = line.values
    row.opened_on = date.fromisoformat(values["opened"])
    row.closed_on = date.fromisoformat(values["closed"]) if values["closed"] else None
    row.community_text, row.category = values["community"], values["category"]
    row.place, row.text, row.channel, row.caller = (values[name] for name in ("place", "text", "channel", "caller"))
    row.said_valid, row.said_duty = VALID[values["valid"]], values["duty"]
    row.said_repeat, row.digest, row.changed_at, row.intake = values["duplicate"], values["digest"], at, intake
    if not row.duty:
        row.site_id = line.site_id
    row.words = f"{_words(row.community_text, row.category)} {search_words(row.number)}"


@lru_cache(maxsize=20_000)
def _words(community: str, category: str) -> str:
    return search_words(community, category)
