"""What sync declares to the house: who may enrol and revoke phones, and what is told of phones and their photos."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="sync",
    title=_("Phones"),
    summary=_("Phones of people at work, what they sent, and the photos they promised."),
    permissions=(
        Permission(
            code="sync.device.view", title=_("See phones"), roles=("administrator", "director", "officer", "auditor")
        ),
        Permission(
            code="sync.device.manage",
            title=_("Enrol and revoke phones"),
            roles=("administrator", "director", "officer"),
        ),
        Permission(code="sync.capture.release", title=_("Release a photo that was lost"), roles=("director",)),
    ),
    chores=("mingjing.kernel.sync.actions.settle_arrived",),
    subjects={"sync.device": _("Phone"), "sync.capture": _("Promised photo")},
    fact_kinds=(
        FactKind(code="sync.device.enrolled", title=_("Phone enrolled")),
        FactKind(code="sync.device.revoked", title=_("Phone revoked")),
        FactKind(code="sync.capture.released", title=_("Promised photo given up")),
    ),
)
