"""What proceedings declares to the house."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest

MANIFEST = Manifest(
    code="proceedings",
    title=_("Proceedings"),
    summary=_("Notices, statements, hearings and decisions whose steps cannot be skipped."),
    subjects={"proceedings.proceeding": _("Proceeding")},
    fact_kinds=(
        FactKind(code="proceedings.proceeding.opened", title=_("Proceeding opened")),
        FactKind(code="proceedings.step.taken", title=_("Step of a proceeding taken")),
        FactKind(code="proceedings.step.taken_back", title=_("Step of a proceeding taken back")),
    ),
)
