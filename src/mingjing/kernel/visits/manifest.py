"""What visits declares to the house."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="visits",
    title=_("Visits"),
    summary=_("Who went where, why, in and out, for every programme."),
    permissions=(
        Permission(
            code="visits.visit.view", title=_("See visits"), roles=("administrator", "director", "officer", "auditor")
        ),
    ),
    subjects={"visits.visit": _("Visit")},
    fact_kinds=(
        FactKind(code="visits.visit.started", title=_("Visit begun")),
        FactKind(code="visits.visit.ended", title=_("Visit ended")),
        FactKind(code="visits.visit.voided", title=_("Visit voided")),
    ),
)
