"""What the calendar declares to the house: who may see it, close an office, and record the notice of a year."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="calendar",
    title=_("Working days"),
    summary=_("The State Council's notice of each year, and the days on which an office was closed."),
    permissions=(
        Permission(
            code="calendar.day.view",
            title=_("See the calendar of working days"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(
            code="calendar.closure.record",
            title=_("Record and withdraw days on which the office is closed"),
            roles=("director",),
        ),
        Permission(
            code="calendar.notice.record",
            title=_("Record the State Council's notice of holidays"),
            roles=("administrator",),
        ),
    ),
    subjects={"calendar.closure": _("Closure"), "calendar.notice": _("Notice of holidays")},
    fact_kinds=(
        FactKind(code="calendar.closure.recorded", title=_("Closure recorded")),
        FactKind(code="calendar.closure.withdrawn", title=_("Closure withdrawn")),
        FactKind(code="calendar.notice.recorded", title=_("Notice of holidays recorded")),
    ),
)
