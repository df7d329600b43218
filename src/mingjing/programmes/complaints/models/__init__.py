"""The programme's tables: files taken in, complaints with what people decided on them, editions of the ranking."""

from mingjing.programmes.complaints.models.complaints import (
    Complaint,
    ComplaintQuerySet,
    Decision,
    Matter,
    Validity,
)
from mingjing.programmes.complaints.models.editions import Edition, EditionRow, Objection, Ruling
from mingjing.programmes.complaints.models.intakes import Intake, IntakeLine, Origin

__all__ = [
    "Complaint",
    "ComplaintQuerySet",
    "Decision",
    "Edition",
    "EditionRow",
    "Intake",
    "IntakeLine",
    "Matter",
    "Objection",
    "Origin",
    "Ruling",
    "Validity",
]
