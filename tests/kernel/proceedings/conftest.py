"""A proceeding of a process with a notice, an answer and a decision by two, and the people around it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from tests.faces import district

from mingjing.engine.process import Clock, Process, Step
from mingjing.kernel import registry
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.actions import open_proceeding
from mingjing.kernel.proceedings.models import Proceeding


def process(clocks: Mapping[str, Clock]) -> Process:
    return Process(
        "test",
        (
            Step("notice", "Notice", needs=("exhibit",), clock=clocks["notice"], dated=True),
            Step("statement", "Statement", within="notice", optional=True, once=False, dated=True, needs=("reason",)),
            Step("reply", "Reply", after=("statement",), needed_if=("statement",), needs=("reason",), uninvolved=True),
            Step("decision", "Decision", after=("notice", "reply"), waits_for=("notice",), votes=2, needs=("reason",),
                 stances={"yes": "Yes", "no": "No"}, uninvolved=True),
        ),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "processes", lambda: {"test.test": f"{__name__}.process"})


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    people = district.build(at)
    area = Area.objects.get(code="430202")
    for name in ("second", "third"):
        people[name] = district.staff("officer", f"科员{name}", area, at, username=name)
    return people


@pytest.fixture
def opened(people: dict[str, Person], at: datetime) -> Callable[..., Proceeding]:
    """Opens a proceeding whose notice gives five working days, in which the second officer was involved."""

    def open_it(**changes: Any) -> Proceeding:
        usual: dict[str, Any] = {
            "programme": "test", "kind": "test", "subject": "test.thing:1", "title": "拟列入黑榜",
            "by": people["director"],
            "area": Area.objects.get(code="430202"), "organisation": None, "clocks": {"notice": Clock(5)},
            "involved": [people["second"]], "at": at,
        }  # fmt: skip
        return open_proceeding(**usual | changes)

    return open_it
