"""What rulebooks declare to the house: who reads, drafts and publishes rules, and what is recorded of it."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="rulebooks",
    title=_("Rulebooks"),
    summary=_("Rules as dated data: drafted, published once, never edited again."),
    permissions=(
        Permission(
            code="rulebooks.version.view",
            title=_("Read rulebooks"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(code="rulebooks.version.draft", title=_("Draft rulebooks"), roles=("director", "officer")),
        Permission(code="rulebooks.version.publish", title=_("Publish rulebooks"), roles=("director",)),
    ),
    subjects={"rulebooks.rulebook": _("Rulebook"), "rulebooks.version": _("Version of a rulebook")},
    fact_kinds=(
        FactKind(code="rulebooks.rulebook.created", title=_("Rulebook created")),
        FactKind(code="rulebooks.version.drafted", title=_("Draft of a rulebook begun")),
        FactKind(code="rulebooks.version.saved", title=_("Draft of a rulebook saved")),
        FactKind(code="rulebooks.version.published", title=_("Version of a rulebook published")),
        FactKind(code="rulebooks.version.withdrawn", title=_("Draft of a rulebook withdrawn")),
    ),
)
