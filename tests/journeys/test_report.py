"""The report of a round, its alarms and its papers in a real browser: searched for faults, and the report on paper."""

import io
import re
from datetime import date, datetime

import pytest
from django.urls import reverse
from tests.journeys.conftest import OpenScreen
from tests.programmes.assessments import judged
from tests.programmes.assessments.test_reports import published
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Entry, Round


@pytest.fixture
def round_(people: dict[str, Person], at: datetime) -> Round:
    """The second decided round of 60 communities, published."""
    communities = judged.register(60, at)
    for code, first_day, seed in (("2024-1", date(2024, 1, 1), 1), ("2024-2", date(2024, 7, 1), 2)):
        found = judged.in_review(people, at, communities, code=code, first_day=first_day, seed=seed)
        decided(found, people, at)
    published(found, people, at)
    return found


def addresses(round_: Round) -> list[str]:
    entry = Entry.objects.filter(round=round_).earliest("number")
    names = ("round-report", "round-alarms", "report-listed", "report-orders", "report-disputes", "round-papers")
    every = [reverse(f"assessments:{name}", args=[round_.pk]) for name in names]
    return [*every, reverse("assessments:entry-papers", args=[round_.pk, entry.number]),
            reverse("assessments:report-check", args=[round_.pk, "A", "A1.1"])]  # fmt: skip


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "en")])
def test_its_pages_have_no_faults(round_: Round, screen: OpenScreen, size: str, language: str) -> None:
    shown = screen("director", size, language)
    for address in addresses(round_):
        shown.open(address)
        shown.check()


def test_on_paper_it_is_one_sheet_of_both_sides(round_: Round, screen: OpenScreen) -> None:
    shown = screen("director")
    shown.open(reverse("assessments:round-report", args=[round_.pk]))
    sheet = shown.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", io.BytesIO(sheet).getvalue())) <= 2
