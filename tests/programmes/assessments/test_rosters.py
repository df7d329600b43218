"""Rosters from file to register: previewed, approved, applied whole or not at all."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments.rostering import HEADER, ROWS, apply, codes, hand_in, registered, table, warnings

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.assessments.actions import rosters as actions
from mingjing.programmes.assessments.actions.communities import remove_community
from mingjing.programmes.assessments.models import Community, Engagement

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people: dict[str, Person], at: datetime) -> Person:
    district.companies(2, at)
    return people["officer"]


class TestPreview:
    def test_it_says_what_every_line_would_do_and_touches_nothing(self, officer: Person, at: datetime) -> None:
        roster = hand_in(table(*ROWS), officer, at)
        assert roster.state == "previewed"
        assert {name: roster.counts[name] for name in ("added", "changed", "same", "absent")} == {
            "added": 3, "changed": 0, "same": 0, "absent": 0,
        }  # fmt: skip
        assert not Community.objects.exists()
        first = roster.lines.get(number="HT-001").values
        company = Organisation.objects.get(name="示例物业服务有限公司000")
        place = Area.objects.get(code="430202001001")
        assert (first["company"], first["management"], first["place"]) == (company.pk, "company", place.pk)
        assert (first["fee_low"], first["fee_high"], first["floor_area"]) == ("0.3", "0.5", "62000")
        assert (first["completed_year"], first["buildings"], first["households"]) == (2008, 12, 860)
        assert warnings(roster) == {"HT-002": ["roster.company.unknown", "roster.approximate"]}

    def test_every_mistake_is_named_at_once_and_nothing_is_kept(self, officer: Person, at: datetime) -> None:
        bad = (
            "HT-001,桂花苑,月塘街道,东湖社区居委,,,2008年6月,18元/户·月,12栋,很多,6.2万㎡",
            "HT-001,又一个,,文化路社区,某物业,91430202MA4Q0000X0,08年,,,,",
            ",没有编号,,文化路社区,,,,,,,",
            "HT-009,外面,,110101001001,,,,,,,",
            "HT-010,,,文化路社区,,,,,,,",
        )
        roster = hand_in(table(*bad), officer, at)
        assert roster.state == "failed"
        assert not roster.lines.exists()
        assert {
            ("row 2, column 收费标准", "roster.fee.unit"),
            ("row 2, column 户数", "roster.count"),
            ("row 3, column 竣工年份", "roster.year"),
            ("row 4, column 小区编号", "roster.number"),
            ("row 5, column 社区", "roster.place.outside"),
            ("row 6, column 小区名称", "roster.name"),
        } <= codes(roster)
        assert any(place == "row 3, column 统一社会信用代码" for place, _ in codes(roster))
        assert all(problem.say() for problem in roster.told_problems)

    def test_numbers_that_stand_twice_name_both_rows(self, officer: Person, at: datetime) -> None:
        roster = hand_in(table(ROWS[0], ROWS[1], ROWS[0]), officer, at)
        (problem,) = roster.told_problems
        assert (problem.place, problem.params["first"]) == ("row 4, column 小区编号", 2)

    def test_a_refused_row_still_holds_its_number_and_the_wrong_cell_is_named(
        self, officer: Person, at: datetime
    ) -> None:
        rows = (
            "HT-1,桂花苑,月塘街道,文化路社区,,,2008,1.2,许多,860,62000",
            "HT-1,银桂苑,月塘街道,文化路社区,,,2008,1.2,1,860,62000",
            "HT-2,金桂苑,无此街道,文化路社区,,,2008,1.2,1,860,62000",
        )
        roster = hand_in(table(*rows), officer, at)
        assert codes(roster) == {
            ("row 2, column 楼栋数", "roster.count"),
            ("row 3, column 小区编号", "roster.number_repeated"),
            ("row 4, column 街道", "roster.place.unknown"),
        }

    def test_the_digit_of_a_credit_code_that_was_mistyped_is_found(self, officer: Person, at: datetime) -> None:
        code = district.credit_code(1)
        wrong = code[:5] + ("9" if code[5] != "9" else "8") + code[6:]
        roster = hand_in(table(f"HT-1,桂花苑,,文化路社区,示例物业服务有限公司001,{wrong},,,,,"), officer, at)
        (problem,) = roster.told_problems
        assert (problem.code, problem.params["position"]) == ("roster.credit_code.digit", 6)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_any_text_table_is_read(self, officer: Person, at: datetime, encoding: str, delimiter: str) -> None:
        name = f"桂花苑{delimiter}一期"  # what parts the cells stands in one of them, within quotes
        row = ("HT-1", name, "月塘街道", "文化路社区", "", "", "2008", "0.3至0.5元/平米/月", "65栋", "3005户", "3")
        text = StringIO()
        csv.writer(text, delimiter=delimiter).writerows([HEADER.split(","), row])
        roster = hand_in(text.getvalue(), officer, at, encoding=encoding)
        assert roster.state == "previewed", [problem.say() for problem in roster.told_problems]
        values = roster.lines.get().values
        assert values["name"] == " ".join(name.split())
        assert (values["fee_low"], values["fee_high"]) == ("0.3", "0.5")
        assert (values["buildings"], values["households"]) == (65, 3005)

    def test_commas_within_quotes_stay(self, officer: Person, at: datetime) -> None:
        roster = hand_in(table('HT-1,"桂花苑,一期",,文化路社区,,,,"0.6,1.8",,"3,005户",'), officer, at)
        values = roster.lines.get().values
        assert (values["name"], values["fee_low"], values["households"]) == ("桂花苑,一期", "0.6", 3005)

    def test_a_title_above_the_header_sums_and_examples_are_passed_over(self, officer: Person, at: datetime) -> None:
        title = "荷塘区小区名册" + "," * 10
        sums = "合计,,,,,,,,79,3867,"
        example = "示例-0001,示例花园,月塘街道,文化路社区,,,2008,1.2,12,860,62000"
        roster = hand_in("\n".join((title, HEADER, example, ROWS[0], sums)) + "\n", officer, at)
        assert roster.lines.get().number == "HT-001"
        assert roster.lines.get().row == 4

    def test_columns_that_nobody_knows_are_listed(self, officer: Person, at: datetime) -> None:
        text = table("HT-1,桂花苑,文化路社区,张三,85%", header="编号,项目名称,社区,项目经理电话,入住率")
        roster = hand_in(text, officer, at)
        assert roster.counts["unread"] == ["项目经理电话", "入住率"]
        assert "项目经理电话" not in Fact.objects.get(kind="assessments.roster.read").data

    def test_attributes_of_the_districts_schemes_are_columns_by_title_or_code(
        self, officer: Person, hetang: object, at: datetime
    ) -> None:
        text = table("HT-1,桂花苑,文化路社区,85%,12", header="编号,项目名称,社区,入住率,service_months")
        roster = hand_in(text, officer, at)
        values = roster.lines.get().values
        assert (values["attribute.occupancy"], values["attribute.service_months"]) == ("85", "12")
        apply(roster, officer, at)
        assert Community.objects.get().attributes == {"occupancy": "85", "service_months": "12"}

    @pytest.mark.parametrize("text", ["", "x", "小区名称\n桂花苑\n", HEADER + "\n", "PK\x03\x04 nothing"])
    def test_what_is_no_roster_is_refused_in_words(self, officer: Person, at: datetime, text: str) -> None:
        if not text:
            return
        roster = hand_in(text, officer, at)
        assert roster.state == "failed"
        assert all(problem.say() for problem in roster.told_problems)


class TestApplying:
    def test_sites_communities_and_engagements_come_about(self, officer: Person, at: datetime) -> None:
        first, second, third = registered(officer, at)
        assert (first.name, first.place.name, first.site.name) == ("桂花苑", "文化路社区居委会", "桂花苑")
        assert (first.fee_low, first.fee_high, first.floor_area) == (Decimal("0.3"), Decimal("0.5"), Decimal(62000))
        assert first.company
        assert first.company.name == first.company_name == "示例物业服务有限公司000"
        assert (second.company, second.company_name, second.fee_high) == (None, "无名物业有限公司", 0)
        assert (third.management, third.company_name, third.place.name) == ("self", "", "茨菇塘街道")
        assert "ghy" in first.words
        held = {one.community_id: (one.company_id, one.first_day, one.last_day) for one in Engagement.objects.all()}
        assert held == {first.pk: (first.company_id, None, None), second.pk: (None, None, None)}
        fact = Fact.objects.get(kind="assessments.roster.applied")
        assert {name: fact.values[name] for name in ("added", "begun", "ended")} == {"added": 3, "begun": 2, "ended": 0}
        assert Fact.objects.get(kind="places.sites.recorded").values["sites"] == 3
        assert verify().whole

    def test_the_same_file_twice_changes_nothing(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        models = (Community, Engagement, Site, Organisation)
        before = [list(model.objects.order_by("pk").values()) for model in models]
        again = hand_in(table(*ROWS), officer, at)
        assert (again.counts["added"], again.counts["changed"], again.counts["same"]) == (0, 0, 3)
        apply(again, officer, at + timedelta(days=1))
        assert [list(model.objects.order_by("pk").values()) for model in models] == before
        told = Fact.objects.filter(kind="assessments.roster.applied").latest("seq").values
        assert {name: told[name] for name in ("added", "changed", "begun", "ended")} == dict.fromkeys(
            ("added", "changed", "begun", "ended"), 0
        )

    def test_a_change_shows_what_stood_there_and_blank_cells_say_nothing(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        roster = hand_in(table("HT-001,桂花苑,,,,,,0.6,/,,"), officer, at)
        line = roster.lines.get()
        assert line.before == {"fee_low": "0.3", "fee_high": "0.5", "buildings": 12}
        assert roster.counts["absent"] == 2
        apply(roster, officer, at)
        found = Community.objects.get(number="HT-001")
        assert (found.fee_low, found.buildings, found.households) == (Decimal("0.6"), None, 860)
        assert Community.objects.current().count() == 3

    def test_a_new_name_must_be_confirmed(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        roster = hand_in(table("HT-001,桂花新苑,,,,,,,,,"), officer, at)
        assert warnings(roster) == {"HT-001": ["roster.renamed"]}
        with pytest.raises(Refusal) as refused:
            actions.approve_roster(roster=roster, by=officer, at=at)
        assert refused.value.problems[0].place == "renames_confirmed"
        apply(roster, officer, at, renames_confirmed=True)
        found = Community.objects.select_related("site").get(number="HT-001")
        assert (found.name, found.site.name) == ("桂花新苑", "桂花新苑")
        assert "ghxy" in found.words
        assert Site.objects.count() == 3

    def test_another_neighbourhood_moves_the_site_with_a_warning(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        roster = hand_in(table("HT-001,桂花苑,,东湖社区,,,,,,,"), officer, at)
        assert warnings(roster) == {"HT-001": ["roster.moved"]}
        apply(roster, officer, at)
        found = Community.objects.select_related("site").get(number="HT-001")
        assert found.site.area_id == found.place_id == Area.objects.get(name="东湖社区居委会").pk

    def test_two_of_one_name_in_one_place_are_doubted(self, officer: Person, at: datetime) -> None:
        registered(officer, at)
        rows = (
            "HT-101,桂花苑,,文化路社区,,,,,,,",
            "HT-102,月季苑,,文化路社区,,,,,,,",
            "HT-103,月季苑,,文化路社区,,,,,,,",
        )
        found = warnings(hand_in(table(*rows), officer, at))
        assert "roster.namesake" in found["HT-101"]
        assert "roster.namesake" not in found["HT-102"]
        assert "roster.namesake" in found["HT-103"]

    def test_a_removed_community_comes_back_with_a_warning(self, officer: Person, at: datetime) -> None:
        first, *_ = registered(officer, at)
        remove_community(community=first, reason="拆迁", by=officer, at=timezone.now())
        roster = hand_in(table(*ROWS), officer, at)
        assert warnings(roster)["HT-001"] == ["roster.returns"]
        apply(roster, officer, at)
        assert Community.objects.current().count() == 3
        assert Fact.objects.filter(kind="assessments.roster.applied").latest("seq").values["returned"] == 1

    def test_positions_are_kept_as_given_and_need_their_datum(self, officer: Person, at: datetime) -> None:
        header = "编号,名称,社区,纬度,经度,坐标系"
        where = "27.8334000000000012,113.1601,"
        failed = hand_in(table(f"1,桂花苑,文化路社区,{where}", header=header), officer, at)
        assert [problem.code for problem in failed.told_problems] == ["roster.datum.missing"]
        text = table(f"1,桂花苑,文化路社区,{where}百度", header=header)
        apply(hand_in(text, officer, at), officer, at)
        site = Site.objects.get()
        assert (site.given_datum, site.given_latitude) == ("BD-09", Decimal("27.8334"))
        assert hand_in(text, officer, at).counts["same"] == 1


class TestEngagements:
    header = "编号,名称,社区,物业公司,信用代码,进驻日期"

    def line(self, company: str, code: str = "", since: str = "") -> str:
        return table(f"1,桂花苑,文化路社区,{company},{code},{since}", header=self.header)

    def held(self) -> list[tuple[str, date | None, date | None]]:
        return [(one.company_name, one.first_day, one.last_day) for one in Engagement.objects.order_by("id")]

    def test_another_company_ends_the_one_before_it(self, officer: Person, at: datetime) -> None:
        apply(hand_in(self.line("甲物业", since="2020-01-01"), officer, at), officer, at)
        apply(hand_in(self.line("乙物业", since="2024年7月1日"), officer, at), officer, at)
        assert self.held() == [
            ("甲物业", date(2020, 1, 1), date(2024, 6, 30)),
            ("乙物业", date(2024, 7, 1), None),
        ]
        assert Community.objects.get().company_name == "乙物业"

    def test_without_a_day_the_approval_counts_and_the_preview_says_so(self, officer: Person, at: datetime) -> None:
        apply(hand_in(self.line("甲物业"), officer, at), officer, at)
        roster = hand_in(self.line("乙物业"), officer, at)
        assert "roster.company.undated" in warnings(roster)["1"]
        apply(roster, officer, at)
        assert self.held() == [("甲物业", None, date(2024, 9, 3)), ("乙物业", date(2024, 9, 4), None)]

    def test_a_company_cannot_follow_before_the_other_came(self, officer: Person, at: datetime) -> None:
        apply(hand_in(self.line("甲物业", since="2020-01-01"), officer, at), officer, at)
        roster = hand_in(self.line("乙物业", since="2019-01-01"), officer, at)
        assert codes(roster) == {("row 2, column 进驻日期", "roster.since.early")}

    def test_naming_the_legal_entity_is_no_change_of_engagement(self, officer: Person, at: datetime) -> None:
        known = Organisation.objects.get(credit_code=district.credit_code(1))
        apply(hand_in(self.line("示例物业一公司", since="2020-01-01"), officer, at), officer, at)
        apply(hand_in(self.line("示例物业一公司", known.credit_code), officer, at), officer, at)
        (held,) = Engagement.objects.all()
        assert (held.company_id, held.last_day) == (known.pk, None)
        assert Community.objects.get().company_id == known.pk
        assert hand_in(self.line("示例物业一公司"), officer, at).counts["same"] == 1

    def test_whoever_manages_themselves_have_no_engagement(self, officer: Person, at: datetime) -> None:
        apply(hand_in(self.line("甲物业"), officer, at), officer, at)
        apply(hand_in(self.line("业主自治"), officer, at), officer, at)
        assert Community.objects.get().management == "self"
        assert not Engagement.objects.filter(last_day=None).exists()
