"""What inspections declares to the house: routes, permissions, facts, reactions, rulebooks, commands, what is due."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, FactKind, Manifest, Permission, Reaction, RulebookKind
from mingjing.programmes.inspections.policy.rules import KIND

HERE = "mingjing.programmes.inspections"
EVERYBODY = ("administrator", "director", "officer", "auditor")


def _fact(code: str, title: str) -> FactKind:
    return FactKind(code=f"inspections.{code}", title=title)


def _permission(code: str, title: str, *roles: str) -> Permission:
    return Permission(code=f"inspections.{code}", title=title, roles=roles)


def _reaction(code: str, kind: str, handler: str, title: str, once_for: str = "") -> Reaction:
    return Reaction(
        code=f"inspections.{code}", kind=kind, handler=f"{HERE}.jobs.{handler}", title=title, once_for=once_for
    )


MANIFEST = Manifest(
    code="inspections",
    title=_("Inspections"),
    summary=_("Entries of authorities into enterprises: dated rules, and warnings over files of visits."),
    programme=True,
    permissions=(
        _permission("entry.view", _("See entries and their results"), *EVERYBODY),
        _permission("entry.record", _("Record entries of one’s own authority"), "officer", "director"),
        _permission("warning.view", _("See warnings of one’s own authority"), *EVERYBODY),
    ),
    subjects={
        "inspections.entry": _("Entry into an enterprise"),
        "inspections.refusal": _("Refusal or complaint of an enterprise"),
        "inspections.report": _("Report of a visit"),
        "inspections.warning": _("Warning"),
    },
    fact_kinds=(
        _fact("entry.recorded", _("Entry recorded")),
        _fact("entry.left", _("Left")),
        _fact("entry.result_filed", _("Result filed")),
        _fact("entry.corrected", _("Entry corrected by another")),
        _fact("entry.voided", _("Entry voided")),
        _fact("finding.settled", _("Finding settled")),
        _fact("refusal.recorded", _("Refusal or complaint of a firm recorded")),
        _fact("report.recorded", _("Report of a visit recorded")),
        _fact("warning.raised", _("Warning raised")),
        _fact("warning.changed", _("Warning changed")),
        _fact("warning.lapsed", _("Warning no longer holds")),
        _fact("warning.held_again", _("Warning holds again")),
        _fact("warning.acted", _("Warning handled")),
        _fact("warning.merged", _("Warnings taken together")),
    ),
    reactions=(
        _reaction("judge_entered", "visits.visit.started", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction("judge_left", "visits.visit.ended", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction("judge_voided", "visits.visit.voided", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction(
            "judge_result", "inspections.entry.result_filed", "warnings.judge_entry", _("Judge a firm’s records")
        ),
        _reaction("judge_report", "inspections.report.recorded", "warnings.judge_report", _("Judge a firm’s records")),
        _reaction("judge_day", "jobs.day.begun", "warnings.judge_day", _("Judge what time alone changes")),
    ),
    case_kinds={"refusal": _("Refusal of an entry"), "complaint": _("Complaint of an enterprise")},
    visit_purposes={
        "routine": _("Routine inspection"),
        "campaign": _("Campaign"),
        "case": _("Case or clue"),
        "immediate": _("Immediate inspection"),
        "random": _("Random inspection"),
        "recheck": _("Re-check"),
        "service": _("Service visit"),
        "observation": _("Observation"),
    },
    rulebooks=(RulebookKind(code=KIND, title=_("Rules of inspections"), check=f"{HERE}.policy.rules.check_rules"),),
    commands=(
        Command(
            name="warnings",
            help=_("the warnings of a rule pack over a file of visits, without touching the database"),
            configure=f"{HERE}.cli.configure_warnings",
            run=f"{HERE}.cli.run_warnings",
        ),
    ),
)
