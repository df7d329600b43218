"""What submissions declares to the house."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import FactKind, Manifest

MANIFEST = Manifest(
    code="submissions",
    title=_("Submissions"),
    summary=_("What companies hand in: taken once, each with a receipt."),
    subjects={"submissions.submission": _("Submission")},
    fact_kinds=(FactKind(code="submissions.submission.received", title=_("Submission of a company received")),),
)
