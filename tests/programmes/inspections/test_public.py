"""The public figures of a year: exact, the same in every form, and none that could tell of one firm."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.programmes.inspections import doors

from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.models import Rating, RatingKey
from mingjing.programmes.inspections.queries.public import LEAST, figures_of

pytestmark = pytest.mark.django_db

DAY = datetime(2025, 3, 3, 9, tzinfo=doors.CHINA)
TODAY = date(2025, 6, 30)
PAGE = "/board/inspections/430202/{}/2025/"


def told(bodies: int, *visits: tuple[int, int]) -> doors.Scene:
    """A scene in which body and firm met so, day after day."""
    scene = doors.build(bodies=bodies, firms=6)
    for step, (body, firm) in enumerate(visits):
        scene.enter(DAY + timedelta(days=step), body=body, firm=firm)
    return scene


def met(body: int, firms: int) -> list[tuple[int, int]]:
    return [(body, firm) for firm in range(firms)]


def test_figures_are_those_of_the_records() -> None:
    scene = told(1, *met(0, 6), (0, 0))
    scene.enter(DAY.replace(year=2024), firm=1)
    scene.enter(DAY.replace(year=2024, month=12), firm=1)
    last = scene.enter(DAY + timedelta(days=40), firm=2, leave=False)
    item = last.items.get().item_id
    found = entries.Result(item=item, result="finding", findings=[("消火栓无水", None)])
    entries.scan_out(entry=last, left_at=DAY + timedelta(days=40, hours=1), results=[found],
                     by=scene.officers[scene.body.pk][0], at=DAY + timedelta(days=40, hours=1))  # fmt: skip
    figures = figures_of(scene.area, 2025, TODAY)
    row = figures.rows[0]
    assert (row.visits, row.firms, row.before, row.found) == (8, 6, 1, 1)  # December is not among these days
    assert (row.change, row.finding_rate) == (Fraction(700), Fraction(100, 8))
    assert (figures.joint_once, figures.median, figures.upper) == (8, 1, 2)
    assert figures_of(scene.area, 2024, TODAY).total.hidden, "one firm"


def test_what_was_voided_or_replaced_is_not_counted() -> None:
    scene = told(1, *met(0, 6))
    entry = scene.enter(DAY + timedelta(days=30), firm=5)
    entries.void(entry=entry, reason="误录", by=scene.people["director"], at=DAY + timedelta(days=31))
    assert figures_of(scene.area, 2025, TODAY).rows[0].visits == 6


def test_a_row_of_few_firms_is_hidden_and_cannot_be_told_from_the_sum() -> None:
    scene = told(3, *met(0, 6), *met(1, 5), *met(2, LEAST - 1))
    figures = figures_of(scene.area, 2025, TODAY)
    assert [row.hidden for row in figures.rows].count(True) == 2
    assert not figures.total.hidden
    shown = next(row for row in figures.rows if not row.hidden)
    assert shown.firms == 6
    hidden = [row for row in figures.rows if row.hidden]
    assert all((row.visits, row.firms, row.warnings, row.found) == (0, 0, 0, 0) for row in hidden)


def test_the_page_reads_without_script_or_cookie_in_both_languages() -> None:
    told(1, *met(0, 6))
    for variant, word in (
        ("zh", "涉企行政检查"),
        ("en", "Finding rate"),
        ("zh-elder", "涉企行政检查"),
        ("en-elder", "Finding rate"),
    ):
        answer = Client().get(PAGE.format(variant))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert word in text
        assert "<script" not in text
        assert not answer.cookies
        assert "public" in answer["Cache-Control"]


def test_page_and_files_say_the_same() -> None:
    told(2, *met(0, 6), *met(1, 2))
    base = "/board/inspections/430202/figures-2025."
    answer = Client().get(base + "json").json()
    rows = list(csv.DictReader(io.StringIO(Client().get(base + "csv").content.decode("utf-8-sig"))))
    assert [row["shown"] for row in rows] == [row["shown"] for row in answer["rows"]] == ["no", "no", "yes"]
    assert rows[2]["visits_on_site"] == str(answer["rows"][2]["visits_on_site"]) == "8"
    assert rows[0]["visits_on_site"] == ""
    assert answer["rows"][0]["warnings"] is None
    assert Client().get(base + "xlsx").status_code == 404
    assert Client().get(PAGE.format("en").replace("430202", "430203")).status_code == 404
    assert Client().get(PAGE.format("en").replace("2025", "1999")).status_code == 404


def test_ratings_stand_beside_the_figures_five_together_or_not_at_all() -> None:
    scene = told(2, *met(0, 6), *met(1, 6))
    for body, count in ((0, LEAST), (1, LEAST - 1)):
        key = RatingKey.objects.create(
            authority=scene.bodies[body], first_day=date(2025, 1, 1), last_day=date(2025, 3, 31), modulus="c",
            secret=b"", closed_on=date(2025, 6, 1),
        )  # fmt: skip
        for number in range(count):
            Rating.objects.create(digest=f"{body}{number:063d}", key=key, stars=4, conduct=[])
    text = Client().get(PAGE.format("en")).content.decode()
    first, second = (one.organisation.name for one in scene.bodies)
    assert f"{first}</th><td>2025-01-01 – 2025-03-31</td>" in re.sub(r"</?time[^>]*>", "", text)
    assert '<td class="num">5</td><td class="num">4.0</td>' in text
    assert f'{second}</th><td colspan="4" class="soft">Not enough ratings to show any' in text
    assert "4.0" not in Client().get(PAGE.format("en").replace("2025", "2024")).content.decode()


def test_statements_do_not_grow_with_visits() -> None:
    counts = []
    scene = told(2, *met(0, 6))
    for step in range(2):
        Client().get(PAGE.format("en"))
        with CaptureQueriesContext(connection) as captured:
            Client().get(PAGE.format("en"))
        counts.append(len(captured))
        for firm in range(6):
            scene.enter(DAY + timedelta(days=60 + 10 * step), body=1, firm=firm)
    assert counts[0] == counts[1], counts
