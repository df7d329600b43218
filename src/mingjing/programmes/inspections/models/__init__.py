"""The tables of inspections: who may inspect what, whom, by which plan; what was entered, and what raised a warning."""

from mingjing.programmes.inspections.models.catalogue import Authority, Certificate, Item, Listing, Post
from mingjing.programmes.inspections.models.entries import Entry, EntryItem, Finding, Refusal, Report
from mingjing.programmes.inspections.models.firms import Exemption, Firm, Grade, QuietDays
from mingjing.programmes.inspections.models.plans import Lot, Plan, PlanLine, Task, TaskItem, TaskOfficer
from mingjing.programmes.inspections.models.warnings import Warning, WarningAct, WarningRecord

__all__ = [
    "Authority", "Certificate", "Entry", "EntryItem", "Exemption", "Finding", "Firm", "Grade", "Item", "Listing", "Lot",
    "Plan", "PlanLine", "Post", "QuietDays", "Refusal", "Report", "Task", "TaskItem", "TaskOfficer", "Warning",
    "WarningAct", "WarningRecord",
]  # fmt: skip
