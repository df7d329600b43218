"""Where evidence of this programme is at home: the page of the warning that it was attached to."""

from django.urls import reverse

from mingjing.programmes.inspections.models import Warning

__all__ = ["home"]


def home(subject: str) -> tuple[str, str] | None:
    """The rule and the page: for the manifest's `evidence_home`."""
    kind, _, key = subject.partition(":")
    if kind != "inspections.warning" or not (key.isascii() and key.isdecimal() and len(key) < 18):
        return None
    found = Warning.objects.filter(pk=int(key)).first()
    return (found.rule, reverse("inspections:warning", args=[found.pk])) if found else None
