"""Where evidence of this programme is at home: the visit record or the community's entry that it was recorded for."""

from django.urls import reverse
from django.utils.translation import gettext

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


def words(subject: str, about: str) -> list[str]:
    """Where, what for and by which team: for the manifest's `evidence_words`. No name of a person."""
    kind, _, name = subject.partition(":")
    key = name.partition("/")[0]
    found = home(subject)
    if found is None:
        return []
    record = VisitRecord.objects.select_related("team_day").filter(pk=int(key)).first()
    if kind != "assessments.visit" or record is None:
        return [found[0]]
    team = gettext("team {number}").format(number=record.team_day.team)
    return [found[0], " · ".join(part for part in (about, team) if part)]


def _page(filing: Filing) -> str:
    return reverse("assessments:entry", args=[filing.entry.round_id, filing.entry.number])
