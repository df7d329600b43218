"""A team whose day is today, and phones that are bound to its people by codes of the desk."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from tests.journeys.field.handset import Phone
from tests.journeys.field.teams import team_of_today

from mingjing.kernel.sync.actions import make_enrolment


@pytest.fixture
def team(db: None, at: datetime, settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A team whose day is today, still sealed: to the first two communities, or to those of a test's `TOGETHER`."""
    settings.DATA_DIR = tmp_path
    return team_of_today(at, getattr(request.module, "TOGETHER", ()))


@pytest.fixture
def phones(browser: Browser, live_server: Any) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def new(person: Any, **more: Any) -> Phone:
        phone = Phone(browser, live_server.url, **more)
        made.append(phone)
        phone.bind(make_enrolment(person=person, by=person, at=timezone.now())[1])
        return phone

    yield new
    for phone in made:
        phone.context.close()
