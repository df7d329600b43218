"""Reactions that exist in these tests only, and the manifest that declares them."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from mingjing.kernel import registry
from mingjing.kernel.jobs.worker import Run, together
from mingjing.kernel.registry import FactKind, Manifest, Reaction

calls: list[tuple[str, int, int]] = []  # (what ran, for which fact, in which attempt)
tidied: list[str] = []  # what chores did
untidy: list[str] = []  # what they have to do; at "broken" they fail


def note(run: Run) -> None:
    calls.append(("note", run.fact.seq, run.attempt))


def fail(run: Run) -> None:
    calls.append(("fail", run.fact.seq, run.attempt))
    raise ValueError("the printer is on fire")


def in_steps(run: Run) -> None:
    """Ten steps; the first attempt falls over after the fourth, the next goes on from there."""
    for step in range(run.kept.get("step", 0), 10):
        if step == 4 and run.attempt == 1:
            raise RuntimeError("tired")
        calls.append(("step", step, run.attempt))
        run.progress(step + 1, 10, kept={"step": step + 1})


def die(run: Run) -> None:
    run.progress(2, 5)
    os.kill(os.getpid(), signal.SIGKILL)


def tidy(*, at: datetime) -> bool:
    """A chore: two pieces at a time."""
    return together(untidy[:2], _tidy)


def sweep(*, at: datetime) -> bool:
    """Another, which never has anything to do."""
    tidied.append("swept")
    return False


def _tidy(names: Sequence[str]) -> int:
    if "broken" in names:
        raise ValueError("a fault of ours")
    for name in names:
        untidy.remove(name)
        tidied.append(name)
    return len(names)


TESTED = Manifest(
    code="tested",
    title="Tested",
    chores=("tests.kernel.jobs.handlers.tidy", "tests.kernel.jobs.handlers.sweep"),
    fact_kinds=tuple(
        FactKind(code=f"tested.{name}.asked", title=name) for name in ("note", "fail", "in_steps", "die", "both")
    ),
    reactions=(
        *(
            Reaction(code=f"tested.{name}", kind=f"tested.{name}.asked", handler=f"tests.kernel.jobs.handlers.{name}")
            for name in ("note", "fail", "in_steps", "die")
        ),
        Reaction(code="tested.both.note", kind="tested.both.asked", handler="tests.kernel.jobs.handlers.note"),
        Reaction(code="tested.both.fail", kind="tested.both.asked", handler="tests.kernel.jobs.handlers.fail"),
    ),
)


@contextmanager
def declared() -> Iterator[None]:
    """The registry knows TESTED inside."""
    registry._registry.frozen = False
    registry.register(TESTED)
    registry.freeze()
    try:
        yield
    finally:
        del registry._registry.manifests[TESTED.code]
