"""Where evidence of this programme is at home: the visit record or the community's entry that it was recorded for."""

from django.urls import reverse

from mingjing.programmes.assessments.models import Filing, VisitRecord


def home(subject: str) -> tuple[str, str] | None:
    """The name of the community, and the page of the record or entry: for the manifest's `evidence_home`."""
    kind, _, name = subject.partition(":")
    key = name.partition("/")[0]
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        return None
    if kind == "assessments.visit":
        record = VisitRecord.objects.select_related("entry").filter(pk=int(key)).first()
        return (record.entry.name, reverse("assessments:visit", args=[record.pk])) if record else None
    if kind == "assessments.filing":
        filing = Filing.objects.select_related("entry__community").filter(pk=int(key)).first()
        return (filing.entry.name, _page(filing)) if filing else None
    return None


def _page(filing: Filing) -> str:
    return reverse("assessments:entry", args=[filing.entry.round_id, filing.entry.number])
