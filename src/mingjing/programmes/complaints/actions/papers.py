"""Issuing the bulletin of a published ranking; one that stands is replaced, also that of the edition it corrects.

Not here: what it says (queries.papers), numbers and files (kernel.documents).
"""

from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Person
from mingjing.programmes.complaints.actions.editions import edition_lock
from mingjing.programmes.complaints.models import Edition
from mingjing.programmes.complaints.queries.papers import BULLETIN, bulletin_of, bulletin_title

__all__ = ["issue_bulletin"]


@transaction.atomic
def issue_bulletin(*, edition: Edition, by: Person, at: datetime) -> Document:
    """Issue the bulletin of an edition that is published and counts. Raises Refusal."""
    exclusive(edition_lock(edition.area_id))
    found = Edition.objects.select_related("area", "rules__rulebook", "corrects").get(pk=edition.pk)
    if found.state != "published":
        raise Refusal([Problem("bulletin.unpublished", N_("A bulletin is issued once the ranking is published."))])
    if found.corrections.filter(published_at__isnull=False).exists():
        text = N_("Another edition took the place of this one; its bulletin is issued there.")
        raise Refusal([Problem("bulletin.corrected", text)])
    before = _standing(found)
    return issue_document(
        kind=BULLETIN, area=found.area, subject=found.subject, title=bulletin_title(found), context=bulletin_of(found),
        replaces=before, reason=_reason(found, before) if before else "", by=by, at=at,
    )  # fmt: skip


def _standing(edition: Edition) -> Document | None:
    """The bulletin of this period that stands: of this edition, or of one that it corrects."""
    subjects, one = [edition.subject], edition
    while one.corrects is not None:
        one = one.corrects
        subjects.append(one.subject)
    found = Document.objects.standing().filter(kind=BULLETIN, subject__in=subjects)
    return found.select_for_update(of=("self",)).order_by("-pk").first()


def _reason(edition: Edition, before: Document) -> str:
    if before.subject == edition.subject:
        return "以新制发的文书替代"
    return f"排名已更正：{edition.correction_reason}"[:300]
