"""Sites keep what was given and stand in WGS-84."""

from datetime import datetime
from decimal import Decimal

import pytest

from mingjing.engine.geo import Datum, Position, distance
from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.actions import NewSite, correct_sites, import_areas, record_site, record_sites
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def street(at: datetime) -> Area:
    import_areas(file=DATA / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    return Area.objects.get(code="430202001")


@pytest.mark.parametrize(
    ("datum", "lat", "lon"),
    [
        (Datum.WGS84, 27.7, 113.0),
        (Datum.GCJ02, 27.69671512, 113.00560218),
        (Datum.BD09, 27.70263327, 113.0121029),
    ],
)
def test_one_place_from_three_datums(street: Area, at: datetime, datum: Datum, lat: float, lon: float) -> None:
    given = Position(lat, lon)
    record_site(name="桂花苑", area=street, position=given, datum=datum, by=None, at=at)
    site = Site.objects.get()
    assert site.position is not None
    assert distance(site.position, Position(27.7, 113.0)) < 0.5
    assert (site.given_datum, float(site.given_latitude), float(site.given_longitude)) == (datum.value, lat, lon)


def test_site_without_position(street: Area, at: datetime) -> None:
    site = record_site(name=" 桂花苑 ", address="新华东路1号", area=street, by=None, at=at)
    assert (site.name, site.position) == ("桂花苑", None)
    assert Site.objects.search("新华").get() == site
    assert Site.objects.under(Area.objects.get(code="4302")).get() == site
    assert not Site.objects.under(Area.objects.get(code="430203")).exists()


def test_fact_of_a_site_says_where_in_the_tree_and_nothing_else(street: Area, at: datetime) -> None:
    site = record_site(name="桂花苑", area=street, position=Position(27.7, 113.0), by=None, at=at)
    fact = Fact.objects.get(kind="places.site.recorded")
    assert fact.values == {"site": site.pk, "area": "430202001", "positioned": 1}


def test_stored_position_is_exact_to_a_centimetre(street: Area, at: datetime) -> None:
    record_site(name="x", area=street, position=Position(27.123456789, 113.1), by=None, at=at)
    assert Site.objects.get().latitude == Decimal("27.1234568")


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "名" * 201])
def test_site_without_a_usable_name_is_refused(street: Area, at: datetime, name: str) -> None:
    with pytest.raises(Refusal):
        record_site(name=name, area=street, by=None, at=at)
    assert not Site.objects.exists()


class TestManyAtOnce:
    @pytest.fixture
    def district(self, street: Area) -> Area:
        return Area.objects.get(code="430202")

    def test_they_are_recorded_in_order_with_one_fact(self, street: Area, district: Area, at: datetime) -> None:
        there = Position(27.7, 113.0)
        new = [NewSite(name=f"小区{n}", area=street.pk, position=there if n % 2 else None) for n in range(450)]
        keys = record_sites(sites=iter(new), within=district, by=None, at=at)
        names = dict(Site.objects.values_list("pk", "name"))
        assert [names[key] for key in keys] == [site.name for site in new]
        fact = Fact.objects.get(kind="places.sites.recorded")
        assert (fact.values["sites"], fact.values["area"], fact.scope) == (450, "430202", district.path)

    def test_nothing_is_told_of_nothing(self, district: Area, at: datetime) -> None:
        assert record_sites(sites=[], within=district, by=None, at=at) == []
        assert correct_sites(sites=[], within=district, by=None, at=at) == 0
        assert not Fact.objects.filter(kind__startswith="places.sites.").exists()

    def test_one_that_will_not_do_takes_the_others_with_it(self, street: Area, district: Area, at: datetime) -> None:
        with pytest.raises(Refusal):
            record_sites(
                sites=[NewSite(name="好", area=street.pk), NewSite(name="", area=street.pk)],
                within=district, by=None, at=at,
            )  # fmt: skip
        assert not Site.objects.exists()

    def test_a_correction_may_take_a_position_away(self, street: Area, district: Area, at: datetime) -> None:
        kept = record_site(name="旧名", area=street, position=Position(27.7, 113.0), by=None, at=at)
        changed = NewSite(name="新名", area=street.pk, address="新华路1号")
        assert correct_sites(sites=[(kept.pk, changed)], within=district, by=None, at=at) == 1
        found = Site.objects.get()
        assert (found.name, found.address, found.position, found.given_datum) == ("新名", "新华路1号", None, "")
        assert Fact.objects.get(kind="places.sites.corrected").values["sites"] == 1
