"""A kind of rulebook of the tests' own, so that the kernel is tested without any programme."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from mingjing.engine.outcome import Problem
from mingjing.kernel import registry
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import Manifest, RulebookKind
from mingjing.kernel.rulebooks import actions
from mingjing.kernel.rulebooks.models import Version


def check_sums(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The check of the tests' kind: every number of `parts` is positive."""
    text = "{found} is not positive"
    return tuple(
        Problem("sums.negative", text, {"found": part}, f"parts/{index}")
        for index, part in enumerate(document.get("parts", []))
        if part <= 0
    )


@pytest.fixture(autouse=True)
def kind() -> Iterator[str]:
    known = registry._registry.manifests
    check = f"{__name__}.check_sums"
    known["sums"] = Manifest(code="sums", title="", rulebooks=(RulebookKind(code="sums.rule", title="", check=check),))
    yield "sums.rule"
    del known["sums"]


@pytest.fixture
def area(db: None) -> Area:
    return Area.objects.create(code="43", name="湖南省", level=1, source="test", version="1")


@pytest.fixture
def director(at: datetime, db: None) -> Person:
    return Person.objects.create(username="director", display_name="Liu Director", registered_at=at)


@pytest.fixture
def officer(at: datetime, db: None) -> Person:
    return Person.objects.create(username="officer", display_name="Ma Officer", registered_at=at)


@pytest.fixture
def draft(kind: str, area: Area, officer: Person, at: datetime) -> Version:
    return actions.create_rulebook(
        kind=kind, code="sums-1", titles={"en": "Sums"}, area=area, document={"parts": [1, 2]}, by=officer, at=at
    )
