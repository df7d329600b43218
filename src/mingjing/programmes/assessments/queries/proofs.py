"""Photos that show an order was met, as far as the public may see them: three queries, whatever the number of orders.

Not here: the copies themselves (kernel.evidence), how they look (the board).
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.evidence.models import Access, Exhibit

__all__ = ["proofs_of"]


def proofs_of(cases: Iterable[Case]) -> Mapping[int, tuple[Exhibit, ...]]:
    """By case that was confirmed: the pictures of its report and confirmation on which somebody has looked for faces.

    A picture without that decision is left out, however open it is to the office, and so is a sealed or withdrawn one.
    """
    confirmed = [case.pk for case in cases if case.outcome == "confirmed"]
    if not confirmed:
        return {}
    kinds = (StepKind.CLAIMED, StepKind.CONFIRMED)
    cited: dict[int, list[UUID]] = {}
    for case, exhibits in Step.objects.filter(case__in=confirmed, kind__in=kinds).values_list("case", "exhibits"):
        cited.setdefault(case, []).extend(UUID(str(key)) for key in exhibits)
    keys = {key for found in cited.values() for key in found}
    looked_at = Exhibit.objects.standing().filter(pk__in=keys, masks__isnull=False).exclude(access=Access.SEALED)
    shown = {exhibit.pk: exhibit for exhibit in looked_at.distinct() if exhibit.is_picture}
    return {case: tuple(shown[key] for key in found if key in shown) for case, found in cited.items()}
