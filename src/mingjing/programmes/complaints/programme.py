"""What complaints declare to the house: routes, navigation, permissions, facts, reactions, commands, what they know."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import (
    Command,
    FactKind,
    Known,
    Manifest,
    NavItem,
    Permission,
    Reaction,
    RulebookKind,
)
from mingjing.programmes.complaints.policy.rules import KIND
from mingjing.programmes.complaints.queries.papers import KINDS as PAPERS

HERE = "mingjing.programmes.complaints"
TOGETHER = f"{HERE}.queries.matched.together"
EVERYBODY = ("administrator", "director", "officer", "auditor")

SUBJECTS = {
    "complaints.intake": _("File of complaints"),
    "complaints.complaint": _("Complaint"),
    "complaints.edition": _("Edition of the complaint ranking"),
    "complaints.objection": _("Objection of a company"),
}


def _fact(code: str, title: str) -> FactKind:
    return FactKind(code=f"complaints.{code}", title=title)


def _reaction(code: str, kind: str, handler: str, title: str) -> Reaction:
    return Reaction(code=f"complaints.{code}", kind=f"complaints.{kind}", handler=f"{HERE}.jobs.{handler}", title=title)


def _permission(code: str, title: str, *roles: str) -> Permission:
    return Permission(code=f"complaints.{code}", title=title, roles=roles)


def _command(name: str, text: str) -> Command:
    return Command(name=name, help=text, configure=f"{HERE}.cli.configure_{name}", run=f"{HERE}.cli.run_{name}")


MANIFEST = Manifest(
    code="complaints",
    title=_("Complaint ranking"),
    summary=_("Hotline complaints, decided by people; communities ranked by what is valid and the company’s."),
    programme=True,
    desk_urls=f"{HERE}.desk.urls",
    navigation=(
        NavItem(
            title=_("Complaints"), url_name="complaints:complaints", permission="complaints.complaint.view", icon="case"
        ),
        NavItem(
            title=_("Complaint ranking"),
            url_name="complaints:editions",
            permission="complaints.edition.view",
            icon="flag",
        ),
    ),
    permissions=(
        _permission("complaint.view", _("See complaints and what was decided on them"), *EVERYBODY),
        _permission("complaint.decide", _("Decide on complaints"), "director", "officer"),
        _permission("intake.manage", _("Take files of complaints in"), "director", "officer"),
        _permission("edition.view", _("See editions of the complaint ranking"), *EVERYBODY),
        _permission("edition.manage", _("Prepare editions and record objections"), "director", "officer"),
        _permission("objection.decide", _("Decide on objections to a ranking"), "director", "officer"),
        _permission("edition.publish", _("Publish and correct editions"), "director"),
        _permission("edition.export", _("Take editions away"), "director", "officer", "auditor"),
    ),
    subjects=SUBJECTS,
    fact_kinds=(
        _fact("intake.requested", _("File of complaints handed in")),
        _fact("intake.read", _("File of complaints read and previewed")),
        _fact("intake.failed", _("File of complaints refused")),
        _fact("intake.approved", _("File of complaints approved")),
        _fact("intake.applied", _("File of complaints taken in")),
        _fact("intake.discarded", _("File of complaints discarded")),
        _fact("complaint.decided", _("Complaint decided on")),
        _fact("edition.opened", _("Edition opened")),
        _fact("edition.ranking_requested", _("Ranking asked for again")),
        _fact("edition.ranked", _("Edition ranked")),
        _fact("edition.check_begun", _("Companies’ check begun")),
        _fact("edition.published", _("Edition published")),
        _fact("edition.discarded", _("Edition discarded")),
        _fact("objection.filed", _("Objection recorded")),
        _fact("objection.decided", _("Objection decided")),
    ),
    reactions=(
        _reaction("read_intake", "intake.requested", "intakes.read_intake", _("Read a file of complaints")),
        _reaction("apply_intake", "intake.approved", "intakes.apply_intake", _("Take a file of complaints in")),
        _reaction("rank_opened", "edition.opened", "editions.rank_edition", _("Rank an edition")),
        _reaction("rank_again", "edition.ranking_requested", "editions.rank_edition", _("Rank an edition again")),
    ),
    rulebooks=(
        RulebookKind(code=KIND, title=_("Rules of the complaint ranking"), check=f"{HERE}.policy.rules.check_rules"),
    ),
    known=(
        Known(
            code="complaints.rate", title=_("Complaints per 1,000 households"), kind="number",
            read=f"{HERE}.queries.known.rates",
        ),
        Known(
            code="complaints.top_share", title=_("In the top share of the complaint ranking"), kind="flag",
            read=f"{HERE}.queries.known.top_shares",
        ),
        Known(
            code="complaints.hotline", title=_("Complaints of the hotline that are the company’s"), kind="number",
            read=f"{HERE}.queries.matched.hotline", together=TOGETHER,
        ),
        Known(
            code="complaints.petitions", title=_("Petitions that are the company’s"), kind="number",
            read=f"{HERE}.queries.matched.petitions", together=TOGETHER,
        ),
        Known(
            code="complaints.lawsuits", title=_("Lawsuits that are the company’s"), kind="number",
            read=f"{HERE}.queries.matched.lawsuits", together=TOGETHER,
        ),
    ),
    documents=PAPERS,
    commands=(
        _command("rank", _("rank the communities of a file of complaints, without touching the database")),
        _command("duplicates", _("compare the repeats that the rules find with those that the source marked")),
    ),
    due=f"{HERE}.queries.due.waiting",
    demo=f"{HERE}.demo.build",
)  # fmt: skip
