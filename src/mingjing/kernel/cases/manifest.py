"""What cases declares to the house."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="cases",
    title=_("Cases"),
    summary=_("What must be put right by a day, whose it is, and who confirmed it."),
    permissions=(
        Permission(
            code="cases.case.view", title=_("See cases"), roles=("administrator", "director", "officer", "auditor")
        ),
        Permission(code="cases.case.follow", title=_("Follow cases"), roles=("director", "officer")),
        Permission(
            code="cases.case.confirm", title=_("Confirm, send back and cancel cases"), roles=("director", "officer")
        ),
    ),
    evidence_door="mingjing.kernel.cases.queries.near_evidence",
    evidence_home="mingjing.faces.desk.cases.home",  # the page is the desk's; a path imports nothing
    subjects={"cases.case": _("Case")},
    fact_kinds=(
        FactKind(code="cases.case.opened", title=_("Case opened")),
        FactKind(code="cases.case.assigned", title=_("Case given to somebody")),
        FactKind(code="cases.case.noted", title=_("Case noted on")),
        FactKind(code="cases.case.extended", title=_("Case extended")),
        FactKind(code="cases.case.claimed", title=_("Case reported as done")),
        FactKind(code="cases.case.returned", title=_("Case sent back")),
        FactKind(code="cases.case.confirmed", title=_("Case confirmed")),
        FactKind(code="cases.case.cancelled", title=_("Case cancelled")),
        FactKind(code="cases.case.reopened", title=_("Case opened again")),
    ),
)
