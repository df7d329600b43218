"""What inspections declares to the house: routes, permissions, facts, reactions, rulebooks, commands, what is due."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import (
    Command,
    FactKind,
    Manifest,
    NavItem,
    Permission,
    Reaction,
    RoleKind,
    RulebookKind,
    Verifier,
)
from mingjing.programmes.inspections.policy.lots import FORMAT as LOT
from mingjing.programmes.inspections.policy.rules import KIND

HERE = "mingjing.programmes.inspections"
EVERYBODY = ("administrator", "director", "officer", "auditor")
SUPERVISOR, HEAD, STAFF, INSPECTOR = "enforcement_supervisor", "authority_head", "authority_staff", "inspector"
OF_AUTHORITIES = (HEAD, STAFF, INSPECTOR)
OF_A_CASE = ("cases.case.view", "cases.case.follow", "cases.case.confirm")  # a refusal, a complaint: theirs to settle
OF_EVIDENCE = ("evidence.exhibit.view", "evidence.exhibit.view_restricted")  # of what they see: evidence_door
LOOKING = ("administrator", "auditor", SUPERVISOR, *OF_AUTHORITIES)


def _fact(code: str, title: str) -> FactKind:
    return FactKind(code=f"inspections.{code}", title=title)


def _permission(code: str, title: str, *roles: str) -> Permission:
    return Permission(code=f"inspections.{code}", title=title, roles=roles)


def _reaction(code: str, kind: str, handler: str, title: str, once_for: str = "") -> Reaction:
    return Reaction(
        code=f"inspections.{code}", kind=kind, handler=f"{HERE}.jobs.{handler}", title=title, once_for=once_for
    )


TOLD = ("entry.recorded", "entry.left", "entry.result_filed", "entry.corrected", "entry.voided", "warning.raised")

MANIFEST = Manifest(
    code="inspections",
    title=_("Inspections"),
    summary=_("Entries of authorities into enterprises: dated rules, and warnings over files of visits."),
    programme=True,
    desk_urls=f"{HERE}.desk.urls",
    navigation=(
        NavItem(
            title=_("Inspection warnings"),
            url_name="inspections:warnings",
            permission="inspections.warning.view",
            icon="warning",
        ),
        NavItem(title=_("Entries"), url_name="inspections:entries", permission="inspections.entry.view", icon="case"),
        NavItem(
            title=_("Inspection tasks"), url_name="inspections:tasks", permission="inspections.task.view", icon="visit"
        ),
        NavItem(
            title=_("Inspection plans"), url_name="inspections:plans", permission="inspections.plan.view", icon="round"
        ),
        NavItem(
            title=_("Authorities and firms"),
            url_name="inspections:authorities",
            permission="inspections.catalogue.view",
            icon="organisation",
        ),
        NavItem(
            title=_("Joint inspections"),
            url_name="inspections:matches",
            permission="inspections.together.view",
            icon="people",
        ),
        NavItem(
            title=_("Other systems"),
            url_name="inspections:systems",
            permission="inspections.outside.manage",
            icon="globe",
        ),
    ),
    api_urls=f"{HERE}.api.urls",
    journals=(f"{HERE}.actions.uses.USES",),
    roles=(
        RoleKind(code=SUPERVISOR, title=_("Supervisor of enforcement"), carries=(*OF_A_CASE, *OF_EVIDENCE)),
        RoleKind(code=HEAD, title=_("Head of an authority"), carries=OF_EVIDENCE),
        RoleKind(code=STAFF, title=_("Staff of an authority"), carries=OF_EVIDENCE),
        RoleKind(code=INSPECTOR, title=_("Enforcement officer"), carries=OF_EVIDENCE),
    ),
    permissions=(
        _permission("catalogue.view", _("See who may inspect what, and whom"), *LOOKING),
        _permission("catalogue.manage", _("Keep the register of authorities, items and firms"), SUPERVISOR),
        _permission("officer.manage", _("Record officers and certificates"), SUPERVISOR, HEAD, STAFF),
        _permission("plan.view", _("See plans, and drafts of one’s own authority"), *LOOKING),
        _permission("plan.draft", _("Draft plans and tasks of one’s own authority"), HEAD, STAFF),
        _permission("plan.approve", _("Approve plans and tasks of one’s own authority"), HEAD),
        _permission("plan.file", _("File plans of authorities"), SUPERVISOR),
        _permission("task.view", _("See tasks of one’s own authority"), *LOOKING),
        _permission("task.oversee", _("See approved tasks of all authorities"), SUPERVISOR, "auditor"),
        _permission("entry.view", _("See entries and their results"), *EVERYBODY, SUPERVISOR, *OF_AUTHORITIES),
        _permission(
            "entry.record", _("Record entries of one’s own authority"), "officer", "director", STAFF, INSPECTOR
        ),
        _permission("entry.void", _("Void entries that never happened"), SUPERVISOR),
        _permission("entry.correct", _("Decide on corrections of entries"), SUPERVISOR),
        _permission("warning.view", _("See warnings of one’s own authority"), *EVERYBODY, SUPERVISOR, *OF_AUTHORITIES),
        _permission(
            "warning.view_all", _("See entries and warnings of every authority"), SUPERVISOR, "director", "auditor"
        ),
        _permission("warning.explain", _("Explain and correct for one’s own authority"), HEAD, STAFF),
        _permission("together.view", _("See proposals of joint inspections"), *LOOKING),
        _permission("together.propose", _("Propose joint inspections"), SUPERVISOR),
        _permission("together.answer", _("Answer proposals for one’s own authority"), HEAD, STAFF),
        _permission("outside.manage", _("Issue keys to other systems and tell them of events"), SUPERVISOR),
        _permission("warning.supervise", _("Verify, decide and close warnings"), SUPERVISOR),
    ),
    subjects={
        "inspections.authority": _("Authority"),
        "inspections.item": _("Inspection item"),
        "inspections.firm": _("Firm"),
        "inspections.quiet_days": _("Quiet days"),
        "inspections.roster": _("File for the register"),
        "inspections.plan": _("Inspection plan"),
        "inspections.task": _("Inspection task"),
        "inspections.entry": _("Entry into an enterprise"),
        "inspections.refusal": _("Refusal or complaint of an enterprise"),
        "inspections.report": _("Report of a visit"),
        "inspections.warning": _("Warning"),
        "inspections.match": _("Proposal of joint inspections"),
        "inspections.key": _("Key of another system"),
        "inspections.hook": _("Address that is told of events"),
        "inspections.feed": _("Calendar address"),
    },
    fact_kinds=(
        _fact("authority.registered", _("Authority registered")),
        _fact("authority.listed", _("Authority put on the published list")),
        _fact("authority.listing_ended", _("Authority’s listing ended")),
        _fact("authority.post_given", _("Post at an authority given")),
        _fact("authority.post_ended", _("Post at an authority ended")),
        _fact("certificate.issued", _("Officer’s certificate recorded")),
        _fact("certificate.revoked", _("Officer’s certificate revoked")),
        _fact("item.published", _("Inspection item published")),
        _fact("item.withdrawn", _("Inspection item withdrawn")),
        _fact("firm.registered", _("Firm registered")),
        _fact("firm.corrected", _("What is known of a firm corrected")),
        _fact("firm.graded", _("Firm graded")),
        _fact("firm.exempted", _("Firm exempted from routine visits")),
        _fact("quiet_days.recorded", _("Quiet days recorded")),
        _fact("quiet_days.ended", _("Quiet days ended")),
        _fact("roster.taken_in", _("File taken into the register at once, as it was done before previews")),
        _fact("roster.requested", _("File for the register handed in")),
        _fact("roster.read", _("File for the register read and previewed")),
        _fact("roster.failed", _("File for the register refused")),
        _fact("roster.approved", _("File for the register approved")),
        _fact("roster.applied", _("File taken into the register")),
        _fact("roster.discarded", _("File for the register discarded")),
        _fact("plan.drafted", _("Inspection plan drafted")),
        _fact("plan.lines_set", _("Firms of a plan set")),
        _fact("plan.approved", _("Inspection plan approved")),
        _fact("plan.filed", _("Inspection plan filed")),
        _fact("plan.published", _("Inspection plan published")),
        _fact("plan.withdrawn", _("Inspection plan withdrawn")),
        _fact("lot.committed", _("Random draw prepared, its seed bound")),
        _fact("lot.drawn", _("Random draw made")),
        _fact("task.drafted", _("Inspection task drafted")),
        _fact("task.opened_at_door", _("Inspection task opened at the door")),
        _fact("task.approved", _("Inspection task approved")),
        _fact("task.noticed", _("Firm given notice of a task")),
        _fact("task.coded", _("Code of a task issued")),
        _fact("task.cancelled", _("Inspection task cancelled")),
        _fact("entry.recorded", _("Entry recorded")),
        _fact("entry.left", _("Officers left")),
        _fact("entry.result_filed", _("Result filed")),
        _fact("entry.corrected", _("Entry corrected by another")),
        _fact("entry.voided", _("Entry voided")),
        _fact("correction.asked", _("Correction of an entry asked for")),
        _fact("correction.agreed", _("Correction of an entry agreed to")),
        _fact("correction.declined", _("Correction of an entry declined")),
        _fact("finding.settled", _("Finding settled")),
        _fact("refusal.recorded", _("Refusal or complaint of a firm recorded")),
        _fact("report.recorded", _("Report of a visit recorded")),
        _fact("rating_key.made", _("Key for ratings of a quarter made")),
        _fact("rating_key.closed", _("Ratings of a quarter closed")),
        _fact("match.asked", _("Proposal of joint inspections asked for")),
        _fact("match.worked_out", _("Proposal of joint inspections worked out")),
        _fact("match.answered", _("Proposal of a joint visit answered")),
        _fact("match.agreed", _("Joint visit agreed")),
        _fact("key.issued", _("Key of another system issued")),
        _fact("key.revoked", _("Key of another system revoked")),
        _fact("key.pushed", _("Visits sent by another system")),
        _fact("hook.made", _("Address to be told of events recorded")),
        _fact("hook.ended", _("Address told of events no more")),
        _fact("feed.issued", _("Calendar address issued")),
        _fact("feed.revoked", _("Calendar address withdrawn")),
        _fact("warning.raised", _("Warning raised")),
        _fact("warning.changed", _("Warning changed")),
        _fact("warning.lapsed", _("Warning no longer holds")),
        _fact("warning.held_again", _("Warning holds again")),
        _fact("warning.acted", _("Warning handled")),
        _fact("warning.merged", _("Warnings taken together")),
    ),
    reactions=(
        _reaction(
            "read_roster", "inspections.roster.requested", "rosters.read_roster", _("Read a file for the register")
        ),
        _reaction(
            "apply_roster", "inspections.roster.approved", "rosters.apply_roster", _("Bring the register up to a file")
        ),
        _reaction("match", "inspections.match.asked", "matching.work_out_match", _("Work out joint inspections")),
        *(_reaction(f"tell_{kind}", f"inspections.{kind}", "hooks.tell", _("Tell other systems")) for kind in TOLD),
        _reaction("judge_entered", "visits.visit.started", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction("judge_left", "visits.visit.ended", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction("judge_voided", "visits.visit.voided", "warnings.judge_visit", _("Judge a firm’s records")),
        _reaction(
            "judge_result", "inspections.entry.result_filed", "warnings.judge_entry", _("Judge a firm’s records")
        ),
        _reaction("judge_report", "inspections.report.recorded", "warnings.judge_report", _("Judge a firm’s records")),
        _reaction("judge_filed", "inspections.plan.filed", "warnings.judge_campaign", _("Judge a campaign")),
        _reaction("judge_withdrawn", "inspections.plan.withdrawn", "warnings.judge_campaign", _("Judge a campaign")),
        _reaction("judge_day", "jobs.day.begun", "warnings.judge_day", _("Judge what time alone changes")),
        _reaction("close_ratings", "jobs.day.begun", "ratings.close", _("Close ratings whose time is over")),
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
    due=f"{HERE}.queries.due.waiting",
    evidence_door=f"{HERE}.queries.evidence.near_evidence",
    evidence_doors=f"{HERE}.queries.evidence.near_evidence_of",
    evidence_home=f"{HERE}.desk.exhibits.home",
    evidence_words=f"{HERE}.desk.exhibits.words",
    portal_urls=f"{HERE}.portal.urls",
    portal_navigation=(
        NavItem(title=_("Inspections"), url_name="inspections_portal:visits", permission="", icon="case"),
    ),
    portal_duties=f"{HERE}.portal.duties.waiting",
    board_urls=f"{HERE}.board.urls",
    board_lists=f"{HERE}.board.figures.lists",
    field_pack=f"{HERE}.field.pack",
    field_commands=f"{HERE}.field.apply",
    field_states=f"{HERE}.field.states",
    field_module="#mj/inspections/field.js",
    rulebooks=(RulebookKind(code=KIND, title=_("Rules of inspections"), check=f"{HERE}.policy.rules.check_rules"),),
    demo=f"{HERE}.demo.build",
    verifiers=(Verifier(format=LOT, check=f"{HERE}.policy.lots.check"),),
    commands=(
        Command(
            name="draw",
            help=_("make a random draw again from its file, without a database: draw verify FILE"),
            configure=f"{HERE}.cli.draws.configure_draw",
            run=f"{HERE}.cli.draws.run_draw",
        ),
        Command(
            name="warnings",
            help=_("the warnings of a rule pack over a file of visits, without touching the database"),
            configure=f"{HERE}.cli.configure_warnings",
            run=f"{HERE}.cli.run_warnings",
        ),
    ),
)
