"""A district with somebody who records evidence, and originals in a folder of the test's own."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.faces import district

from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

from .photographs import photo

SUBJECT = "parties.organisation:7"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def people(db: None, at: datetime) -> dict[str, Person]:
    return district.build(at)


@pytest.fixture
def officer(people: dict[str, Person]) -> Person:
    return people["officer"]


@pytest.fixture
def record(officer: Person, at: datetime) -> Callable[..., Exhibit]:
    """Records a photo as the officer, unless told otherwise."""

    def record_it(content: bytes | None = None, **changes: object) -> Exhibit:
        usual = {
            "file": io.BytesIO(photo() if content is None else content),
            "file_name": "IMG_0001.JPG",
            "subject": SUBJECT,
            "area": Area.objects.get(code="430202"),
            "origin": "camera",
            "by": officer,
            "at": at,
        }
        return record_exhibit(**usual | changes)

    return record_it
