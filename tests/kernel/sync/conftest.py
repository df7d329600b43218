"""An office with phones, and its originals in a folder of the test's own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from tests.faces import district
from tests.kernel.sync import office
from tests.phones import Phone, bound

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Person

SUBJECT = "parties.organisation:7"


@pytest.fixture
def at() -> datetime:
    """Now: tokens and uploads grow old by the clock of the machine."""
    return timezone.now()


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    return district.build(at)


@pytest.fixture(autouse=True)
def programme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Parties take commands for the length of a test."""
    known = registry._registry.manifests
    manifest = replace(
        known["parties"],
        field_commands="tests.kernel.sync.office.apply",
        field_states="tests.kernel.sync.office.states",
    )
    monkeypatch.setitem(known, "parties", manifest)
    yield
    office.DONE.clear()


@pytest.fixture
def phone(people: dict[str, Person], at: datetime) -> Phone:
    return bound(people["officer"], at)


@pytest.fixture
def other(people: dict[str, Person], at: datetime) -> Phone:
    """A phone of somebody else."""
    return bound(people["director"], at)
