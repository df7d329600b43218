"""What assessments declare to the house: routes, navigation, permissions, facts, reactions, rulebooks, commands."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import (
    Command,
    FactKind,
    Known,
    Manifest,
    NavItem,
    Permission,
    Reaction,
    RoleKind,
    RulebookKind,
    Verifier,
)
from mingjing.programmes.assessments.queries.measure_papers import KINDS as MEASURE_PAPERS
from mingjing.programmes.assessments.queries.paper_kinds import KINDS as PAPERS

HERE = "mingjing.programmes.assessments"


def _command(name: str, text: str) -> Command:
    function = name.replace("-", "_")
    return Command(name=name, help=text, configure=f"{HERE}.cli.configure_{function}", run=f"{HERE}.cli.run_{function}")


SUBJECTS = {
    "assessments.reply": _("Public reply of a company"),
    "assessments.community": _("Community"),
    "assessments.roster": _("Roster"),
    "assessments.round": _("Round"),
    "assessments.entry": _("Community of a round"),
    "assessments.draw": _("Draw"),
    "assessments.team_day": _("Team-day"),
    "assessments.visit": _("Visit record"),
    "assessments.filing": _("Bonus or veto"),
    "assessments.edition": _("Published list"),
    "assessments.seconds": _("Lot for second visits"),
    "assessments.crew": _("Crew for a second visit"),
    "assessments.bar": _("Bar from procurement"),
    "assessments.control": _("Finding of common control"),
    "assessments.replay": _("Replay of a file"),
    "assessments.what_if": _("What if"),
    "assessments.export": _("Export"),
}


def _fact(code: str, title: str) -> FactKind:
    return FactKind(code=f"assessments.{code}", title=title)


def _reaction(code: str, kind: str, handler: str, title: str) -> Reaction:
    handler = f"{HERE}.jobs.{handler}"
    return Reaction(code=f"assessments.{code}", kind=f"assessments.{kind}", handler=handler, title=title)


def _permission(code: str, title: str, *roles: str) -> Permission:
    return Permission(code=f"assessments.{code}", title=title, roles=roles)


PUBLISHED_AFTER = (
    ("assessments.list.published", "write_edition"),
    ("assessments.list.corrected", "write_edition"),
    ("assessments.reply.given", "write_entry"),
    ("assessments.reply.withheld", "write_entry"),
    *((f"evidence.exhibit.{what}", "write_photo") for what in ("masked", "withdrawn", "reclassed")),
    *((f"cases.case.{step}", "write_order") for step in ("claimed", "returned", "extended", "confirmed", "cancelled")),
)
"""After which facts the public pages are written anew, and by which function of the board."""
EVERYBODY = ("administrator", "director", "officer", "auditor")
PANEL = ("panel", "bureau")
OF_A_CASE = ("evidence.exhibit.view", "evidence.exhibit.view_restricted", "documents.document.view")
"""What who decides on a case sees of it besides its pages."""

MANIFEST = Manifest(
    code="assessments",
    title=_("Property-service red/black list"),
    summary=_("Rounds from the roster to the decided list, by schemes that are data, with every line explained."),
    programme=True,
    desk_urls=f"{HERE}.desk.urls",
    api_urls=f"{HERE}.api.urls",
    board_urls=f"{HERE}.board.urls",
    board_lists=f"{HERE}.board.files.lists",
    portal_urls=f"{HERE}.portal.urls",
    portal_navigation=(
        NavItem(title=_("Results"), url_name="assessments_portal:communities", permission="", icon="round"),
        NavItem(title=_("Orders"), url_name="assessments_portal:orders", permission="", icon="case"),
        NavItem(title=_("Bonuses"), url_name="assessments_portal:claims", permission="", icon="star"),
        NavItem(title=_("Standing"), url_name="assessments_portal:standing", permission="", icon="flag"),
    ),
    portal_duties=f"{HERE}.portal.duties.waiting",
    navigation=(
        NavItem(title=_("Rounds"), url_name="assessments:rounds", permission="assessments.round.view", icon="round"),
        NavItem(
            title=_("Communities"),
            url_name="assessments:communities",
            permission="assessments.community.view",
            icon="area",
        ),
        NavItem(
            title=_("My visits"), url_name="assessments:my-visits", permission="assessments.visit.record", icon="pencil"
        ),
        NavItem(
            title=_("Measures"), url_name="assessments:measures", permission="assessments.measure.view", icon="case"
        ),
        NavItem(title=_("Schemes"), url_name="assessments:schemes", permission="rulebooks.version.view", icon="scheme"),
        NavItem(title=_("Replays"), url_name="assessments:replays", permission="assessments.replay.view", icon="table"),
        NavItem(
            title=_("Conflicts of interest"),
            url_name="assessments:my-conflicts",
            permission="assessments.conflict.declare",
            icon="people",
        ),
    ),
    roles=(
        RoleKind(
            code="supervisor",
            title=_("Supervisor (drawn expert)"),
            carries=("evidence.exhibit.view", "evidence.exhibit.view_restricted"),  # of their own visits: evidence_door
        ),
        RoleKind(code="panel", title=_("Member of the review panel"), carries=OF_A_CASE),
        RoleKind(code="bureau", title=_("Signs for the housing bureau"), carries=OF_A_CASE),
        RoleKind(code="legal_reviewer", title=_("Legal reviewer")),
    ),
    permissions=(
        _permission("replay.view", _("See replays and their results"), *EVERYBODY),
        _permission("replay.request", _("Replay files"), "director", "officer"),
        _permission("community.view", _("See the register of communities"), *EVERYBODY),
        _permission("community.manage", _("Bring the register of communities up to date"), "director", "officer"),
        _permission("round.view", _("See rounds, their entries and results"), *EVERYBODY, *PANEL),
        _permission("round.manage", _("Prepare and run rounds"), "director", "officer"),
        _permission("round.freeze", _("Freeze, begin, hand over and decide rounds"), "director"),
        _permission("class.confirm", _("Confirm the class of a borderline community"), "director", "officer"),
        _permission(
            "draw.view",
            _("See draws: what they are made from, commitments, days that have come"),
            *EVERYBODY,
            "supervisor",
        ),
        _permission("conflict.declare", _("Declare conflicts of interest"), "director", "officer", "supervisor"),
        _permission("draw.manage", _("Commit to draws, reveal them and call them off"), "director"),
        _permission(
            "draw.witness", _("Add a seed of one's own to a draw"), "director", "officer", "auditor", "supervisor"
        ),
        _permission("visit.view", _("See visit records"), *EVERYBODY, *PANEL, "supervisor"),
        _permission("visit.record", _("Record visits of one's own team"), "officer", "supervisor"),
        _permission("visit.review", _("Review visit records"), "director", "officer"),
        _permission("filing.file", _("File bonuses and vetoes"), "officer", "director"),
        _permission("filing.decide", _("Approve bonuses and vetoes"), "director", "officer", "panel"),
        _permission("listing.follow", _("Take proposed listings from notice to reply"), "director", "officer"),
        _permission("listing.decide", _("Vote on the panel that decides who is listed"), "director", "panel"),
        _permission("list.prepare", _("Show lists to the public and answer objections"), "director", "officer"),
        _permission("list.sign_centre", _("Sign lists off as head of the centre"), "director"),
        _permission("list.sign_bureau", _("Sign lists off for the housing bureau"), "bureau"),
        _permission("list.publish", _("Publish signed lists and their corrections"), "director"),
        _permission("appeal.receive", _("Record appeals and objections"), "director", "officer"),
        _permission("appeal.decide", _("Decide appeals and objections, uninvolved"), "director", "officer", "panel"),
        _permission("measure.view", _("See what follows published lists"), *EVERYBODY, "legal_reviewer"),
        _permission("measure.take", _("Take measures after a listing, issue their papers"), "director", "officer"),
        _permission("measure.approve", _("Approve recommendations and commendations"), "director"),
        _permission("bar.decide", _("Decide and call off bars from procurement"), "director", "officer"),
        _permission("bar.sign", _("Sign off bars for the law"), "director", "legal_reviewer"),
        _permission("control.confirm", _("Confirm findings of common control"), "director", "legal_reviewer"),
        _permission("what_if.ask", _("Ask what another scheme would have decided"), "director", "officer"),
        _permission("alarm.view", _("See alarms about cut-offs and assessors"), "director", "auditor"),
        _permission("export.request", _("Export results"), "director", "officer", "auditor"),
    ),
    subjects=SUBJECTS,
    fact_kinds=(
        _fact("replay.requested", _("Replay of a file requested")),
        _fact("replay.completed", _("Replay of a file completed")),
        _fact("replay.failed", _("Replay of a file failed")),
        _fact("roster.requested", _("Roster handed in")),
        _fact("roster.read", _("Roster read and previewed")),
        _fact("roster.failed", _("Roster refused")),
        _fact("roster.approved", _("Roster approved")),
        _fact("roster.applied", _("Roster applied to the register")),
        _fact("roster.discarded", _("Roster discarded")),
        _fact("community.removed", _("Community taken off the register")),
        _fact("community.returned", _("Community back on the register")),
        _fact("round.opened", _("Round opened")),
        _fact("round.changed", _("Round changed while a draft")),
        _fact("round.roster_taken", _("Communities taken into the round")),
        _fact("round.handed_over", _("Round handed over")),
        _fact("round.frozen", _("Round frozen")),
        _fact("round.fieldwork_begun", _("Fieldwork begun")),
        _fact("round.review_begun", _("Review begun")),
        _fact("round.decision_requested", _("Decision of the round requested")),
        _fact("round.decided", _("Round decided")),
        _fact("round.decision_failed", _("Decision of the round refused")),
        _fact("list.published", _("List published")),
        _fact("list.corrected", _("List corrected by a new edition")),
        _fact("entry.corrected", _("Finding, filing or listing corrected after an objection or an appeal")),
        _fact("entry.reopened", _("Entry reopened for what was established after the decision")),
        _fact("bar.decided", _("Bar from procurement decided")),
        _fact("bar.signed", _("Bar from procurement signed off for the law")),
        _fact("bar.called_off", _("Bar from procurement called off")),
        _fact("control.found", _("Common control of two companies found")),
        _fact("control.confirmed", _("Common control of two companies confirmed")),
        _fact("control.withdrawn", _("Finding of common control withdrawn")),
        _fact("class.confirmed", _("Class of a community confirmed")),
        _fact("entry.attribute_recorded", _("Value of a community recorded for the round")),
        _fact("entry.not_assessed", _("Community declared not assessed")),
        _fact("entry.grouped", _("Community put into a group that is visited together")),
        _fact("entry.to_assess", _("Community to be assessed after all")),
        _fact("calibration.noted", _("Note on how a check is judged")),
        _fact("calibration.note_withdrawn", _("Note on how a check is judged withdrawn")),
        _fact("reply.given", _("Company replied in public")),
        _fact("reply.withheld", _("Public reply of a company withheld")),
        _fact("filing.filed", _("Bonus or veto filed")),
        _fact("filing.voted", _("Panel vote on a veto")),
        _fact("filing.approved", _("Bonus or veto approved")),
        _fact("filing.rejected", _("Bonus or veto rejected")),
        _fact("expert.listed", _("Supervisor put on the list of a round")),
        _fact("expert.removed", _("Supervisor taken off the list of a round")),
        _fact("conflict.declared", _("Conflict of interest declared")),
        _fact("conflict.withdrawn", _("Conflict of interest withdrawn")),
        _fact("team.staffed", _("Staff assigned to a team")),
        _fact("team.unstaffed", _("Staff taken off a team")),
        _fact("draw.planned", _("Draw planned")),
        _fact("draw.committed", _("Draw committed to")),
        _fact("draw.seed_committed", _("A party's seed committed to a draw")),
        _fact("draw.seed_revealed", _("A party's seed revealed")),
        _fact("draw.revealed", _("All seeds of a draw revealed")),
        _fact("draw.drawn", _("Sites and teams drawn")),
        _fact("draw.failed", _("Draw impossible")),
        _fact("draw.cancelled", _("Draw called off")),
        _fact("team_day.opened", _("Sealed assignment opened")),
        _fact("team_member.replaced", _("Member of a team replaced")),
        _fact("visit.started", _("Visit started")),
        _fact("visit.submitted", _("Visit record submitted")),
        _fact("visit.signed", _("Visit record signed")),
        _fact("visit.refused", _("Signature refused, with two witnesses")),
        _fact("visit.returned", _("Visit record sent back")),
        _fact("visit.reviewed", _("Visit record reviewed")),
        _fact("visit.locked", _("Visit record locked")),
        _fact("visit.voided", _("Visit record voided")),
        _fact("visit.delivered", _("Visit record delivered to the company")),
        _fact("visit.seen", _("Visit record opened by the company")),
        _fact("seconds.committed", _("Lot for second visits committed to")),
        _fact("seconds.drawn", _("Second visits drawn by lot")),
        _fact("seconds.assigned", _("Second visit by another team assigned")),
        _fact("seconds.crew_called", _("Crew called together for a second visit")),
        _fact("seconds.crew_drawn", _("Crew for a second visit drawn")),
        _fact("what_if.requested", _("What-if asked")),
        _fact("what_if.answered", _("What-if answered for a round")),
        _fact("what_if.failed", _("What-if refused for a round")),
        _fact("export.requested", _("Export requested")),
        _fact("export.completed", _("Export completed")),
        _fact("export.failed", _("Export failed")),
        _fact("export.downloaded", _("Export downloaded")),
    ),
    chores=(f"{HERE}.actions.orders.follow_findings",),
    reactions=(
        _reaction("run_replay", "replay.requested", "replays.run_replay", _("Score the records of a file")),
        _reaction("read_roster", "roster.requested", "rosters.read_roster", _("Read a roster")),
        _reaction("apply_roster", "roster.approved", "rosters.apply_roster", _("Bring the register up to date")),
        _reaction("make_draw", "draw.revealed", "draws.make_draw", _("Make the draw")),
        _reaction("decide_round", "round.decision_requested", "decisions.decide_round", _("Decide a round")),
        _reaction("keep_losses", "round.decided", "reports.keep_losses", _("Work out what the report needs")),
        _reaction("follow_corrected", "list.corrected", "measures.follow_list", _("Reverse what a correction undid")),
        _reaction("follow_list", "list.published", "measures.follow_list", _("Open what follows a published list")),
        _reaction("answer_what_if", "what_if.requested", "what_ifs.answer_what_if", _("Work out a what-if")),
        *(
            Reaction(
                code=f"assessments.files_after_{kind.replace('.', '_')}",
                kind=kind,
                handler=f"{HERE}.board.files.{handler}",
                title=_("Write the published pages and data as files"),
            )
            for kind, handler in PUBLISHED_AFTER
        ),
        _reaction("write_export", "export.requested", "exports.write_export", _("Write an export")),
    ),
    rulebooks=(
        RulebookKind(
            code="assessments.scheme", title=_("Assessment scheme"), check=f"{HERE}.policy.soundness.check_scheme"
        ),
    ),
    commands=(
        _command("replay", _("score a file by a scheme, without touching the database")),
        _command("schemes", _("list the schemes that ship and those of this installation")),
        _command("scheme-export", _("write a scheme as a workbook")),
        _command("scheme-check", _("name every mistake of a scheme, a JSON document or a workbook")),
        _command("scheme-diff", _("say what changed between two schemes")),
        Command(
            name="roster-check",
            help=_("say what a roster would change, or every mistake in it, without touching the register"),
            configure=f"{HERE}.cli.rosters.configure_roster_check",
            run=f"{HERE}.cli.rosters.run_roster_check",
        ),
        Command(
            name="check-round",
            help=_("compare a round with the ledger and with itself, and name everything that does not agree"),
            configure=f"{HERE}.cli.round_checks.configure_check_round",
            run=f"{HERE}.cli.round_checks.run_check_round",
        ),
        Command(
            name="publish-files",
            help=_("write the published pages and data as files again"),
            configure=f"{HERE}.board.files.configure_publish_files",
            run=f"{HERE}.board.files.run_publish_files",
        ),
        Command(
            name="draw",
            help=_("draw sites and teams so that anyone can recompute it"),
            configure=f"{HERE}.cli.draw.configure_draw",
            run=f"{HERE}.cli.draw.run_draw",
        ),
    ),
    verifiers=(
        Verifier(format="mingjing.assessments.decision/1", check=f"{HERE}.policy.decisions.check_decision"),
        Verifier(
            format="mingjing.assessments.public_decision/1", check=f"{HERE}.policy.published.check_public_decision"
        ),
        Verifier(format="mingjing.assessments.draw/1", check=f"{HERE}.policy.draws.check_draw"),
        Verifier(format="mingjing.assessments.draw.day/1", check=f"{HERE}.policy.draw_days.check_day"),
        Verifier(format="mingjing.assessments.seconds/1", check=f"{HERE}.policy.seconds.check_seconds"),
        Verifier(format="mingjing.assessments.crew/1", check=f"{HERE}.policy.crews.check_crew"),
    ),
    known=(
        Known(
            code="assessments.households", title=_("Households"), kind="number", read=f"{HERE}.queries.known.households"
        ),
        Known(code="assessments.company", title=_("Company"), kind="text", read=f"{HERE}.queries.known.companies"),
    ),
    case_extension=f"{HERE}.queries.rectifying.latest_extension",
    case_answering=f"{HERE}.queries.answering.answers_for",
    case_kinds={"rectification": _("Order to put a critical finding right")},
    documents=(*PAPERS, *MEASURE_PAPERS),
    processes={
        "listing": (_("Listing that takes rights"), f"{HERE}.policy.procedures.listing"),
        "publication": (_("Publication of a list"), f"{HERE}.policy.procedures.publication"),
        "appeal": (_("Appeal against a listing"), f"{HERE}.policy.procedures.appeal"),
        "objection": (_("Objection to a finding"), f"{HERE}.policy.procedures.objection"),
        "gap": (_("Two visits far apart"), f"{HERE}.policy.procedures.gap"),
        "reopening": (_("Established after the decision"), f"{HERE}.policy.procedures.reopening"),
        "measures": (_("Measures after a listing"), f"{HERE}.policy.measures.measures"),
        "exit": (_("Recommendation to end a service"), f"{HERE}.policy.measures.exit_process"),
        "reward": (_("Commendation"), f"{HERE}.policy.measures.reward"),
    },
    visit_purposes={"first": _("Assessment"), "second": _("Second visit by another team")},
    evidence_door=f"{HERE}.queries.visits.near_evidence",
    evidence_home=f"{HERE}.desk.exhibits.home",
    evidence_doors=f"{HERE}.queries.photos.near_evidence_of",
    evidence_words=f"{HERE}.desk.exhibits.words",
    field_pack=f"{HERE}.field.pack",
    field_commands=f"{HERE}.field.apply",
    field_states=f"{HERE}.field.states",
    field_module="#mj/assessments/field.js",
    due=f"{HERE}.queries.due.waiting",
    demo=f"{HERE}.demo.build",
)
