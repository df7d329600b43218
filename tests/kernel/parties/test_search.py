"""Rows are found by what people type, and keep their words in step however they are written."""

import io
from datetime import datetime

import pytest
from stdnum.cn import uscc

from mingjing.kernel.db.search import SearchWords, search_words
from mingjing.kernel.parties.actions import import_organisations, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import import_areas, record_site
from mingjing.kernel.places.models import Area, Site

pytestmark = pytest.mark.django_db

AREAS = "code,name,level,parent_code\n430202,{name},区县,4302\n430203,芦淞区,区县,4302\n"


def code(number: int) -> str:
    stem = f"91430202MA4Q{number:05d}"
    return stem + str(uscc.calc_check_digit(stem))


@pytest.fixture
def area(at: datetime) -> Area:
    imported(at)
    return Area.objects.get(code="430202")


def imported(at: datetime, name: str = "荷塘区", version: str = "1") -> None:
    file = io.BytesIO(AREAS.format(name=name).encode())
    import_areas(file=file, name="areas.csv", source="tested", version=version, by=None, at=at)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("桂花", ["桂花花园", "桂花新村"]),
        ("ghhy", ["桂花花园"]),
        ("GHHY", ["桂花花园"]),
        ("ｇｈｈｙ", ["桂花花园"]),
        ("guihua", ["桂花花园", "桂花新村"]),
        ("gui hua hua", ["桂花花园", "桂花新村"]),
        ("桂花hy", ["桂花花园"]),
        ("桂花 新村", ["桂花新村"]),
        ("桂花 chongqing", []),
        ("cq", ["重庆小区"]),
        ("shanjia", ["单家大院"]),
        ("danjia", ["单家大院"]),
        ("新华路", ["桂花新村"]),
        ("新华路 1 号", ["桂花新村"]),
        ("%", []),
        ("_", []),
        ("", ["单家大院", "桂花新村", "桂花花园", "重庆小区"]),
    ],
)
def test_sites_are_found_by_characters_pinyin_initials_and_address(
    area: Area, at: datetime, typed: str, found: list[str]
) -> None:
    for name, address in (("桂花花园", ""), ("桂花新村", "新华路1号"), ("重庆小区", ""), ("单家大院", "")):
        record_site(name=name, address=address, area=area, by=None, at=at)
    assert sorted(site.name for site in Site.objects.search(typed)) == sorted(found)


def test_organisations_are_found_by_code_and_keep_their_words(area: Area, at: datetime) -> None:
    record_organisation(credit_code=code(1), name="安居物业", area=area, by=None, at=at)
    table = f"credit_code,name,area_code\n{code(1)},乐居物业,430202\n{code(2)},百合物业,430202\n"
    import_organisations(file=io.BytesIO(table.encode()), name="table.csv", by=None, at=at)
    assert [one.name for one in Organisation.objects.search("yuejuwuye")] == ["乐居物业"], "renamed by the import"
    assert [one.name for one in Organisation.objects.search("bhwy")] == ["百合物业"], "added by the import"
    assert not Organisation.objects.search("ajwy").exists()
    assert {one.credit_code for one in Organisation.objects.search("91430202ma4q0000")} == {code(1), code(2)}
    assert [one.credit_code for one in Organisation.objects.search(code(2).lower())] == [code(2)]


def test_people_are_found_by_name_and_username(area: Area, at: datetime) -> None:
    register_person(username="zhou.x", display_name="周新来", by=None, at=at)
    for typed in ("周新", "zhouxinlai", "zxl", "zhou.x", "ZHOU"):
        assert Person.objects.search(typed).exists(), typed
    assert not Person.objects.search("wang").exists()


def test_areas_are_found_by_their_new_name_and_by_code(area: Area, at: datetime) -> None:
    assert [one.code for one in Area.objects.search("htq")] == ["430202"]
    imported(at, name="新荷区", version="2")
    assert [one.code for one in Area.objects.search("xinhe")] == ["430202"]
    assert not Area.objects.search("htq").exists()
    assert {one.code for one in Area.objects.search("43020")} == {"430202", "430203"}


def test_every_row_has_the_words_of_its_name(area: Area, at: datetime) -> None:
    register_person(username="zhou.x", display_name="周新来", by=None, at=at)
    imported(at, name="新荷区", version="2")
    for model in (Area, Site, Person, Organisation):
        field = model._meta.get_field("words")
        assert isinstance(field, SearchWords)
        for row in model.objects.all():
            sources = (getattr(row, name) for name in (field.name_from, *field.also_from))
            assert row.words == search_words(*sources)
