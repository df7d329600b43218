"""The tables of the programme: the register, rounds, draws, visit records, replays and what is made of them."""

from mingjing.programmes.assessments.models.communities import (
    Community,
    CommunityQuerySet,
    Engagement,
    Management,
    Roster,
    RosterLine,
)
from mingjing.programmes.assessments.models.corrections import Correction, Delivery, Reopening
from mingjing.programmes.assessments.models.draws import (
    Conflict,
    Draw,
    DrawSeed,
    Expert,
    Part,
    TeamDay,
    TeamMember,
    TeamStaff,
)
from mingjing.programmes.assessments.models.editions import Edition, Listed
from mingjing.programmes.assessments.models.findings import Finding
from mingjing.programmes.assessments.models.lists import Export, ExportKind, WhatIf
from mingjing.programmes.assessments.models.measures import Bar, CommonControl
from mingjing.programmes.assessments.models.replays import UNRANKED, Replay, ReplayPurpose, Result
from mingjing.programmes.assessments.models.replies import Reply
from mingjing.programmes.assessments.models.reports import KeptLosses
from mingjing.programmes.assessments.models.rounds import (
    STATES,
    CalibrationNote,
    ClassVote,
    Declaration,
    Entry,
    EntryValue,
    Filing,
    FilingKind,
    FilingVote,
    Handover,
    Round,
)
from mingjing.programmes.assessments.models.seconds import CrewDraw, SecondDraw
from mingjing.programmes.assessments.models.visits import (
    RECORD_STATES,
    Purpose,
    Return,
    SheetEdit,
    Signature,
    SignaturePart,
    Stance,
    VisitRecord,
)

__all__ = [
    "RECORD_STATES", "STATES", "UNRANKED", "Bar", "CalibrationNote", "ClassVote", "CommonControl", "Community",
    "CommunityQuerySet", "Conflict", "Correction", "CrewDraw", "Declaration", "Delivery", "Draw", "DrawSeed",
    "Edition", "Engagement", "Entry", "EntryValue", "Expert", "Export", "ExportKind", "Filing", "FilingKind",
    "FilingVote", "Finding", "Handover", "KeptLosses", "Listed", "Management", "Part", "Purpose", "Reopening", "Replay",
    "ReplayPurpose", "Reply", "Result", "Return", "Roster", "RosterLine", "Round", "SecondDraw", "SheetEdit",
    "Signature", "SignaturePart", "Stance", "TeamDay", "TeamMember", "TeamStaff", "VisitRecord", "WhatIf",
]  # fmt: skip
