"""Where proceedings stand: their steps read by their rules; and once more, from the ledger alone.

Constant query counts, whatever their number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string

from mingjing.engine import workdays
from mingjing.engine.process import Act, Clock, Due, Process, Standing, stand
from mingjing.kernel import registry
from mingjing.kernel.calendar.queries import almanac, zone
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import ACT_COLUMNS, Proceeding, Taken, act_of

__all__ = ["Stands", "StandsTold", "process_of", "reckoning", "retold", "stands", "stands_of", "told", "told_of"]


@dataclass(frozen=True, slots=True)
class Stands:
    """A proceeding, its steps as the rules read them, and where it stands."""

    proceeding: Proceeding
    acts: tuple[Act, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class StandsTold(Stands):
    """The same with its steps as they were recorded: who, with which papers."""

    steps: tuple[Taken, ...]


def process_of(proceeding: Proceeding) -> Process:
    """The rules it goes by, with the days it was opened with. Raises KeyError where its programme is not installed."""
    process: Process = import_string(registry.processes()[proceeding.process])(proceeding.told_clocks)
    return process


def stands(proceeding: Proceeding, now: datetime) -> StandsTold:
    """Where one proceeding stands."""
    return told_of([proceeding], now)[proceeding.pk]


def stands_of(proceedings: Iterable[Proceeding], now: datetime) -> Mapping[int, Stands]:
    """Where each of them stands, by key: one query for the steps, and two for the days of
    each area in which a clock runs. A thousand of them are read without a thousand rows of persons and papers."""
    asked = {one.pk: one for one in proceedings}
    acts: dict[int, list[Act]] = {pk: [] for pk in asked}
    rows = Taken.objects.filter(proceeding__in=asked).order_by("proceeding_id", "number")
    for key, *columns in rows.values_list("proceeding_id", *ACT_COLUMNS):
        acts[key].append(act_of(*columns))
    standing = _standing(asked, acts, now)
    return {pk: Stands(one, tuple(acts[pk]), standing[pk]) for pk, one in asked.items()}


def told_of(proceedings: Iterable[Proceeding], now: datetime) -> Mapping[int, StandsTold]:
    """As `stands_of`, with the steps as they were recorded: for pages and papers that tell them."""
    asked = {one.pk: one for one in proceedings}
    steps = _steps(asked)
    acts = {pk: [taken.act for taken in found] for pk, found in steps.items()}
    standing = _standing(asked, acts, now)
    return {pk: StandsTold(one, tuple(acts[pk]), standing[pk], tuple(steps[pk])) for pk, one in asked.items()}


def told(known: Stands) -> StandsTold:
    """The same with its steps as they were recorded: one query."""
    steps = _steps([known.proceeding.pk])[known.proceeding.pk]
    return StandsTold(known.proceeding, known.acts, known.standing, tuple(steps))


def _steps(keys: Iterable[int]) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = {pk: [] for pk in keys}
    rows = Taken.objects.filter(proceeding__in=found).select_related("by", "service")
    for taken in rows.order_by("proceeding_id", "number"):
        found[taken.proceeding_id].append(taken)
    return found


def _standing(asked: Mapping[int, Proceeding], acts: Mapping[int, Sequence[Act]], now: datetime) -> dict[int, Standing]:
    due = {pk: reckoning(area) for pk, area in {one.area_id: one.area for one in asked.values()}.items()}
    rules: dict[str, Process] = {}  # a round's cases were opened with the same days: their rules are made once
    found = {}
    for pk, one in asked.items():
        key = f"{one.process} {sorted(one.clocks.items())}"
        if (process := rules.get(key)) is None:
            process = rules[key] = process_of(one)
        found[pk] = stand(process, acts[pk], now, due[one.area_id], involved=frozenset(one.involved))
    return found


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
