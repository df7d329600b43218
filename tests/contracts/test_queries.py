"""No page of the desk asks the database more often because there is more in it: every route, at two sizes.

Pages come from tests/crowds.py; their times are a benchmark (bench/scenario_pages.py).
"""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from tests.crowds import Cost, build, costs

SIZES = 24, 72
GROWS: dict[str, str] = {}
"""Pages whose statements may grow, with the reason; by route, state and reader."""


@pytest.fixture
def aside(settings, tmp_path: Path, caplog) -> None:  # type: ignore[no-untyped-def]
    """Originals of a test go with it; a page that is not for a reader is no news here."""
    settings.DATA_DIR = tmp_path
    caplog.set_level("CRITICAL", "django.request")


def measured(size: int, times: int = 0, known: dict[str, Cost] | None = None) -> tuple[dict[str, Cost], set[str]]:
    """The costs of every page in a district of `size` communities, gone afterwards; and what showed nothing."""
    with transaction.atomic():
        people, pages = build(size, now())
        found, unseen = costs(people, pages, times, known)
        transaction.set_rollback(True)
    return found, set(unseen)


def now() -> datetime:
    """Pages ask the clock what day it is, so the crowd lives today."""
    return timezone.now()


@pytest.mark.one_database
def test_no_page_asks_more_often_in_a_larger_district(db: None, aside: None) -> None:
    few, lost = measured(SIZES[0], times=1)  # the first time caches are cold
    many, _ = measured(SIZES[1], times=1, known=few)
    assert not lost, f"give these routes a state in which they show something: {sorted(lost)}"
    assert set(few) == set(many)
    grown = {
        page: (few[page].queries, many[page].queries)
        for page in few
        if few[page].queries != many[page].queries and page not in GROWS
    }
    assert not grown, f"statements at {SIZES[0]} and at {SIZES[1]} communities: {grown}"
    assert len(few) > 250  # the pages of the desk, in the states that matter


@pytest.mark.other_database
def test_every_page_opens(db: None, aside: None) -> None:
    """A page may ask what SQLite answers and PostgreSQL does not; that its statements do not grow is told by one."""
    found, lost = measured(SIZES[0])
    assert not lost
    assert len(found) > 250
