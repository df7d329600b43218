"""Subtrees are exact, served by an index, and paths follow parents."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mingjing.kernel.places.actions import import_areas
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area, Level, Retirement, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(at: datetime) -> Area:
    import_areas(file=DATA / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    return Area.objects.get(code="430202")


def test_subtree_of_every_area_is_what_its_parents_say(district: Area) -> None:
    parent_of = dict(Area.objects.values_list("code", "parent__code"))

    def lies_in(code: str | None, top: str) -> bool:
        return code is not None and (code == top or lies_in(parent_of[code], top))

    for area in Area.objects.all():
        found = set(Area.objects.under(area).values_list("code", flat=True))
        assert found == {code for code in parent_of if lies_in(code, area.code)}


def test_a_town_directly_below_a_city_does_not_leak_into_a_county_with_a_like_code(district: Area) -> None:
    city = Area.objects.get(code="4302")
    town = Area(code="430202999", name="直管镇", level=Level.TOWN, parent=city, source="test", version="1")
    town.save()
    assert town not in Area.objects.under(district)
    assert not district.contains(town)
    assert city.contains(town)


def test_subtree_uses_the_index_of_paths(district: Area) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL scans a table this small; its plan says nothing")
    assert "USING INDEX" in Area.objects.under(district).order_by().explain()


def test_search_by_name_or_beginning_of_code(district: Area) -> None:
    def found(text: str) -> set[str]:
        return set(Area.objects.search(text).values_list("code", flat=True))

    assert found("桂花街") == {"430202004"}
    assert found(" 43021 ") == {"430211", "430212"}
    assert found("无此") == set()
    assert len(found("")) == Area.objects.count()


def test_database_refuses_half_filled_rows(district: Area, at: datetime) -> None:
    half = [
        Area(code="44", name="x", level=Level.CITY, source="s", version="1"),
        Retirement(area=district, version="2", at=at, returned_version="3"),
        Retirement(area=district, version="2", at=at, returned_at=at),
        Site(name="x", area=district, recorded_at=at, latitude="27.8"),
        Site(name="x", area=district, recorded_at=at, given_datum="WGS-84"),
    ]
    for row in half:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_code_is_retired_once_at_a_time(district: Area) -> None:
    Retirement.objects.create(area=district, version="2", at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Retirement.objects.create(area=district, version="3", at=timezone.now())
