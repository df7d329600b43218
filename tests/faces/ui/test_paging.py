"""Pages by key: every row once, both ways, whatever arrives meanwhile and whatever the address says."""

import base64
import json
from datetime import datetime

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.district import companies

from mingjing.faces.ui.paging import Page, page_of
from mingjing.kernel.parties.models import Organisation, Person

ORDER = ("name", "id")


def turn(link: str, size: int = 3, order: tuple[str, ...] = ORDER) -> Page[Organisation]:
    return page_of(Organisation.objects.all(), QueryDict(link), order=order, size=size)


@pytest.fixture
def rows(people: dict[str, Person], at: datetime) -> list[Organisation]:
    """Eight organisations, two of them of the same name."""
    made = companies(8, at)
    Organisation.objects.filter(pk=made[4].pk).update(name=made[3].name)
    return list(Organisation.objects.order_by(*ORDER))


@pytest.mark.parametrize("order", [ORDER, ("-name", "-id"), ("-id",), ("-area__name", "area", "name", "id")])
def test_every_row_is_shown_once_forwards_and_back(rows: list[Organisation], order: tuple[str, ...]) -> None:
    expected = list(Organisation.objects.order_by(*order))
    page, seen = turn("", order=order), []
    assert not page.before
    while True:
        seen += page.rows
        if not page.after:
            break
        page = turn(page.after, order=order)
    assert seen == expected
    back = list(page.rows)
    while page.before:
        page = turn(page.before, order=order)
        back[:0] = page.rows
    assert back == expected


def test_a_row_that_arrives_moves_nothing(rows: list[Organisation], at: datetime) -> None:
    first = turn("")
    Organisation.objects.create(name="a first one", credit_code="0" * 18, kind="other", recorded_at=at)
    assert list(turn(first.after).rows) == rows[3:6]


def test_two_lists_of_a_page_turn_each_for_itself(rows: list[Organisation]) -> None:
    def both(link: str) -> tuple[Page[Organisation], Page[Organisation]]:
        asked, found = QueryDict(link), Organisation.objects.all()
        return page_of(found, asked, order=ORDER, size=3), page_of(found, asked, order=ORDER, size=2, of="other-")

    one, other = both("")
    one, other = both(other.after)
    assert (list(one.rows), list(other.rows)) == (rows[:3], rows[2:4])
    one, other = both(one.after)
    assert (list(one.rows), list(other.rows)) == (rows[3:6], rows[2:4])
    one, other = both(other.before)
    assert (list(one.rows), list(other.rows)) == (rows[3:6], rows[:2])


def test_the_search_stays_in_the_links(rows: list[Organisation]) -> None:
    assert "q=%E7%89%A9" in turn("q=物").after


def test_a_page_costs_one_query(rows: list[Organisation], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        turn("")


def test_a_cursor_beyond_the_end_shows_the_first_page(rows: list[Organisation]) -> None:
    beyond = base64.urlsafe_b64encode(json.dumps(["龥", "9"]).encode()).decode()
    assert list(turn(f"after={beyond}").rows) == rows[:3]


@given(st.text(max_size=60))
def test_an_invented_cursor_never_fails(text: str) -> None:
    nothing = Organisation.objects.none()
    assert page_of(nothing, {"after": text}, order=ORDER) == page_of(nothing, {"before": text}, order=ORDER)


@pytest.mark.parametrize(
    "values", [["x"], ["x", "y"], ["\x00", "1"], ["x", "1" * 400], [1, 2], {"a": 1}, ["x", "NaN"], ["\ud800", "1"]]
)
def test_a_forged_cursor_shows_a_page(rows: list[Organisation], values: object) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    assert turn(f"after={forged}").rows
    assert turn(f"before={forged}").rows
