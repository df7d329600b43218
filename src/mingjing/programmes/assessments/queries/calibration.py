"""Notes on how the checks of a round are judged, as pages show them: one statement for a round.

Not here: writing them (actions.calibration), the pack of a phone (field.packs).
"""

from collections.abc import Sequence

from mingjing.programmes.assessments.models import CalibrationNote, Round

__all__ = ["notes_by_check", "notes_of"]


def notes_of(round_: Round) -> Sequence[CalibrationNote]:
    """All notes of a round, withdrawn ones too, with who wrote and withdrew them; about every check first."""
    rows = CalibrationNote.objects.filter(round=round_).select_related("by", "withdrawn_by")
    return list(rows.order_by("check_code", "id"))


def notes_by_check(round_id: int) -> dict[str, list[str]]:
    """What is judged how, by check; under "" what is about every check. Only notes that stand."""
    found: dict[str, list[str]] = {}
    rows = CalibrationNote.objects.filter(round=round_id, withdrawn_at=None).order_by("check_code", "id")
    for code, text in rows.values_list("check_code", "text"):
        found.setdefault(code, []).append(text)
    return found
