"""What evidence declares to the house: who may see, open and handle exhibits, and what is recorded of it."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, FactKind, Manifest, Permission, Reaction

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
        FactKind(code="evidence.exhibit.masked", title=_("Faces and plates covered for the public")),
    ),
    reactions=(
        Reaction(
            code="evidence.fingerprint",
            kind="evidence.exhibit.recorded",
            handler="mingjing.kernel.evidence.fingerprints.fingerprint_of_subject",
            title=_("Look for photos that look alike"),
            once_for="of",
        ),
    ),
    commands=(
        Command(
            name="fingerprints",
            help=_("compare the pictures that have no fingerprint yet with all others"),
            configure="mingjing.kernel.evidence.cli.configure_fingerprints",
            run="mingjing.kernel.evidence.cli.run_fingerprints",
        ),
    ),
)
