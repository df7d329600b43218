"""Where proceedings stand: their steps read by their rules; and once more, from the ledger alone.

Constant query counts, whatever their number.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string

from mingjing.engine import workdays
from mingjing.engine.process import Act, Clock, Due, Process, Standing, stand
from mingjing.kernel import registry
from mingjing.kernel.calendar.queries import almanac, zone
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding, Taken

__all__ = ["Stands", "process_of", "reckoning", "retold", "stands", "stands_of"]


@dataclass(frozen=True, slots=True)
class Stands:
    """A proceeding with its steps and where it stands."""

    proceeding: Proceeding
    steps: tuple[Taken, ...]
    standing: Standing


def process_of(proceeding: Proceeding) -> Process:
    """The rules it goes by, with the days it was opened with. Raises KeyError where its programme is not installed."""
    process: Process = import_string(registry.processes()[proceeding.process])(proceeding.told_clocks)
    return process


def stands(proceeding: Proceeding, now: datetime) -> Stands:
    """Where one proceeding stands."""
    return stands_of([proceeding], now)[proceeding.pk]


def stands_of(proceedings: Iterable[Proceeding], now: datetime) -> Mapping[int, Stands]:
    """Where each of them stands, by key: one query for the steps, and two for the days of
    each area in which a clock runs."""
    asked = {one.pk: one for one in proceedings}
    steps: dict[int, list[Taken]] = {pk: [] for pk in asked}
    rows = Taken.objects.filter(proceeding__in=asked).select_related("by", "service")
    for taken in rows.order_by("proceeding_id", "number"):
        steps[taken.proceeding_id].append(taken)
    reckonings = {one.area_id: one.area for one in asked.values()}
    due = {pk: reckoning(area) for pk, area in reckonings.items()}
    return {
        pk: Stands(one, tuple(steps[pk]), _stand(one, steps[pk], now, due[one.area_id])) for pk, one in asked.items()
    }


def _stand(one: Proceeding, steps: Iterable[Taken], now: datetime, due: Due) -> Standing:
    acts = [taken.act for taken in steps]
    return stand(process_of(one), acts, now, due, involved=frozenset(one.involved))


def retold(proceeding: Proceeding, now: datetime) -> Standing:
    """Where a proceeding stands by what the ledger says of it and nothing else: its opening, its steps, voided proofs.

    The same as `stands` finds from its rows, or one of the two was changed. Raises KeyError where it was never opened.
    """
    facts = list(Fact.objects.filter(subject=proceeding.ledger_subject).order_by("seq"))
    opened = next((fact.values for fact in facts if fact.kind == "proceedings.proceeding.opened"), None)
    if opened is None:
        raise KeyError(proceeding.ledger_subject)
    clocks = {step: Clock(days, calendar) for step, (days, calendar) in opened["clocks"].items()}
    process: Process = import_string(registry.processes()[opened["process"]])(clocks)
    steps = [fact for fact in facts if fact.kind.startswith("proceedings.step.")]
    proofs = {f"documents.service:{fact.values['service']}" for fact in steps if "service" in fact.values}
    fallen = set(
        Fact.objects.filter(kind="documents.service.voided", subject__in=proofs).values_list("subject", flat=True)
    )
    acts = [_retold_act(fact, fallen) for fact in steps]
    return stand(process, acts, now, reckoning(proceeding.area), involved=frozenset(opened["involved"]))


def _retold_act(fact: Fact, fallen: Collection[str]) -> Act:
    said = fact.values
    gone = {"service"} if f"documents.service:{said.get('service')}" in fallen else set[str]()
    happened = datetime.fromisoformat(said["happened"]) if "happened" in said else None
    return Act(
        said["number"], said.get("step", ""), fact.at, fact.by, said.get("stance", ""),
        frozenset(said["brought"]) - gone, said.get("takes_back"), happened,
    )  # fmt: skip


def reckoning(area: Area) -> Due:
    """When clocks in `area` run out, as was known at an instant."""
    known = almanac(area)

    def due(start: datetime, clock: Clock, as_of: datetime) -> datetime:
        kind: workdays.Kind = "working" if clock.calendar == "working" else "calendar"
        return workdays.deadline(known(as_of), start, clock.days, kind, zone()).at

    return due
