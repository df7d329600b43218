"""Background work of editions: working out a ranking. At least once: a ranking of the same record is the same."""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.complaints.actions.editions import keep_ranking
from mingjing.programmes.complaints.models import Edition
from mingjing.programmes.complaints.queries.editions import rank

__all__ = ["rank_edition"]


def rank_edition(run: Run) -> None:
    """Rank an edition from what is on record now, and keep that unless the edition is settled."""
    edition = Edition.objects.select_related("area", "rules", "before").get(pk=run.fact.values["edition"])
    taken_at = timezone.now()
    ranked = rank(edition, taken_at, lambda done, count: run.progress(min(done, count), count))
    keep_ranking(edition=edition, ranked=ranked, taken_at=taken_at, by=None, at=timezone.now())
