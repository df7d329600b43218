"""Background work after a list was published or corrected: what follows it is opened, or reversed."""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions.measures import follow_list as follow
from mingjing.programmes.assessments.models import Edition

__all__ = ["follow_list"]


def follow_list(run: Run) -> None:
    """Bring what follows a list into line with its newest edition, in the name of who published it."""
    edition = Edition.objects.select_related("published_by").get(pk=run.fact.values["edition"])
    if edition.published_by is not None:
        follow(edition=edition, by=edition.published_by, at=timezone.now())
