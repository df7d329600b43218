"""The tables of inspections: who may inspect what, whom, by which plan; what was entered, and what raised a warning."""

from mingjing.programmes.inspections.models.catalogue import Authority, Certificate, Item, Listing, Post
from mingjing.programmes.inspections.models.corrections import Correction
from mingjing.programmes.inspections.models.entries import Entry, EntryItem, Finding, Refusal, Report
from mingjing.programmes.inspections.models.firms import Exemption, Firm, Grade, QuietDays
from mingjing.programmes.inspections.models.matches import Match, MatchTask, MatchVisit
from mingjing.programmes.inspections.models.outside import Feed, Hook, HookPost, Key, KeyUse
from mingjing.programmes.inspections.models.plans import Lot, Plan, PlanLine, Task, TaskItem, TaskOfficer
from mingjing.programmes.inspections.models.ratings import Rating, RatingKey, RatingToken
from mingjing.programmes.inspections.models.rosters import Roster, RosterLine
from mingjing.programmes.inspections.models.warnings import Warning, WarningAct, WarningRecord

__all__ = [
    "Authority", "Certificate", "Correction", "Entry", "EntryItem", "Exemption", "Feed", "Finding", "Firm", "Grade",
    "Hook", "HookPost", "Item", "Key", "KeyUse", "Listing", "Lot", "Match", "MatchTask", "MatchVisit", "Plan",
    "PlanLine", "Post", "QuietDays", "Rating", "RatingKey", "RatingToken", "Refusal", "Report", "Roster",
    "RosterLine", "Task", "TaskItem", "TaskOfficer", "Warning", "WarningAct", "WarningRecord",
]  # fmt: skip
