"""Photos of what was found and of its repair, as far as the public may see them: three queries, however many orders.

Not here: the copies themselves (kernel.evidence), how they look (the board).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.evidence.models import Access, Exhibit

__all__ = ["Proofs", "proofs_of"]

BEFORE = (StepKind.OPENED, StepKind.REOPENED)
AFTER = (StepKind.CLAIMED, StepKind.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Pictures beside an order that was met: of the finding, and of the repair."""

    before: tuple[Exhibit, ...] = ()
    after: tuple[Exhibit, ...] = ()


def proofs_of(cases: Iterable[Case]) -> Mapping[int, Proofs]:
    """By case that was confirmed: the pictures of its steps on which somebody has looked for faces.

    A picture without that decision is left out, however open it is to the office, and so is a sealed or withdrawn one.
    Without a picture of the repair none of the finding is shown: the public sees that something was put right.
    """
    confirmed = [case.pk for case in cases if case.outcome == "confirmed"]
    if not confirmed:
        return {}
    cited: dict[int, dict[bool, list[UUID]]] = {}
    rows = Step.objects.filter(case__in=confirmed, kind__in=(*BEFORE, *AFTER)).order_by("case", "number")
    for case, kind, exhibits in rows.values_list("case", "kind", "exhibits"):
        keys = cited.setdefault(case, {True: [], False: []})[kind in AFTER]
        keys.extend(UUID(str(key)) for key in exhibits)
    named = {key for found in cited.values() for keys in found.values() for key in keys}
    looked_at = Exhibit.objects.standing().filter(pk__in=named, masks__isnull=False).exclude(access=Access.SEALED)
    shown = {exhibit.pk: exhibit for exhibit in looked_at.distinct() if exhibit.is_picture}
    found = {}
    for case, keys_of in cited.items():
        before, after = (
            tuple(shown[key] for key in dict.fromkeys(keys_of[now]) if key in shown) for now in (False, True)
        )
        found[case] = Proofs(before if after else (), after)
    return found
