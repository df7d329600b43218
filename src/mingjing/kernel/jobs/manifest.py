"""What the jobs declare to the house: who sees the background work, and who may start it again."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="jobs",
    title=_("Background work"),
    summary=_("What follows from recorded facts: done, waiting, or failed and to be tried again."),
    permissions=(
        Permission(
            code="jobs.delivery.view",
            title=_("See background work"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(code="jobs.delivery.retry", title=_("Retry failed work"), roles=("administrator",)),
    ),
    subjects={"jobs.delivery": _("Background work"), "jobs.day": _("Day")},
    fact_kinds=(
        FactKind(code="jobs.delivery.retried", title=_("Failed work started again")),
        FactKind(code="jobs.day.begun", title=_("Day begun")),
    ),
)
