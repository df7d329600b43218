"""What evidence declares to the house: who may see, open and handle exhibits, and what is recorded of it."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

# The supervisors of assessments carry the first two besides: see their RoleKind.
MANIFEST = Manifest(
    code="evidence",
    title=_("Evidence"),
    summary=_("Originals as they came, who may see them, and who ever held them."),
    permissions=(
        Permission(
            code="evidence.exhibit.view",
            title=_("See evidence"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(
            code="evidence.exhibit.view_restricted",
            title=_("See restricted evidence"),
            roles=("director", "officer", "auditor"),
        ),
        Permission(code="evidence.exhibit.open_sealed", title=_("Open sealed evidence"), roles=("director", "auditor")),
        Permission(
            code="evidence.exhibit.manage",
            title=_("Withdraw evidence and change who may see it"),
            roles=("director", "officer"),
        ),
    ),
    subjects={"evidence.exhibit": _("Exhibit")},
    fact_kinds=(
        FactKind(code="evidence.exhibit.recorded", title=_("Evidence recorded")),
        FactKind(code="evidence.exhibit.withdrawn", title=_("Evidence withdrawn")),
        FactKind(code="evidence.exhibit.reclassed", title=_("Access to evidence changed")),
        FactKind(code="evidence.exhibit.handled", title=_("Evidence downloaded, exported or opened")),
        FactKind(code="evidence.exhibit.verified", title=_("Evidence verified")),
        FactKind(code="evidence.exhibit.damaged", title=_("Evidence found damaged")),
    ),
)
