"""Where evidence of this programme is at home: the page of the warning, or of the entry, that it belongs to."""

from django.urls import reverse

from mingjing.programmes.inspections.models import Entry, Task, Warning
from mingjing.programmes.inspections.queries.evidence import task_key

__all__ = ["home", "words"]


def home(subject: str) -> tuple[str, str] | None:
    """The rule or the firm, and the page: for the manifest's `evidence_home`."""
    if key := task_key(subject):
        entry = Entry.objects.filter(task=key).select_related("firm__organisation").order_by("-pk").first()
        return (str(entry.firm), reverse("inspections:entry", args=[entry.pk])) if entry else None
    kind, _, name = subject.partition(":")
    if kind not in ("inspections.warning", "inspections.entry") or not _is_key(name):
        return None
    if kind == "inspections.entry":
        of_firm = Entry.objects.filter(pk=int(name)).select_related("firm__organisation").first()
        return (str(of_firm.firm), reverse("inspections:entry", args=[of_firm.pk])) if of_firm else None
    found = Warning.objects.filter(pk=int(name)).first()
    return (found.rule, reverse("inspections:warning", args=[found.pk])) if found else None


def _is_key(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < 18


def words(subject: str, about: str) -> list[str]:
    """Where and for which item: for the manifest's `evidence_words`. No name of a person."""
    if (key := task_key(subject)) is None:
        return []
    task = Task.objects.select_related("firm__organisation", "authority__organisation").filter(pk=key).first()
    return [str(task.firm), " · ".join(part for part in (about, str(task.authority)) if part)] if task else []
