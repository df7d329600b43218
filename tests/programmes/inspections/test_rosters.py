"""Files for the register: read by mapping, every mistake by row, taken in whole; twice changes nothing."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook  # type: ignore[import-untyped]
from tests.programmes.inspections import scenes
from tests.programmes.inspections.filed import code, firm, read, table, take, undisturbed
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import firms, rosters
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Item, Roster
from mingjing.programmes.inspections.policy.rosters import parse_roster_mapping
from mingjing.programmes.inspections.queries.rosters import load_roster_mapping, shipped_rosters


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return undisturbed(settings, tmp_path, monkeypatch)


def test_firms_are_taken_in_once_and_the_same_file_changes_nothing(scene: Scene) -> None:
    rows = [firm(1), firm(2, 高危="高危", 风险等级="未评级")]
    assert take(scene, "firms", rows) == {"added": 2, "changed": 0, "same": 0}
    facts = Fact.objects.filter(kind="inspections.firm.registered")
    assert facts.count() == 3
    told = facts.order_by("pk")[1].values
    assert (told["grade"], told["first"], told["roster"]) == ("B", "2026-01-01", Roster.objects.get().pk)
    again = read(scene, "firms", rows)
    assert (again.counts["same"], again.lines.count(), facts.count()) == (2, 0, 3)
    found = Firm.objects.get(organisation__credit_code=code(1))
    assert (found.above_scale, found.hazard, found.grades.get().grade) == (True, False, "B")
    assert EntryCode.objects.filter(site=found.site).count() == 1
    assert not Firm.objects.get(organisation__credit_code=code(2)).grades.exists()


def test_what_a_file_does_not_say_stays(scene: Scene) -> None:
    take(scene, "firms", [firm(1)])
    changed = firm(1, 规模以上="", 行业="物流", 风险等级="C级", 评定日期="2026年7月1日")
    assert take(scene, "firms", [changed])["changed"] == 1
    found = Firm.objects.get(organisation__credit_code=code(1))
    assert (found.above_scale, found.industry) == (True, "物流")
    assert [one.grade for one in found.grades.all()] == ["C", "B"]


def test_every_mistake_is_told_by_row_and_nothing_is_taken(scene: Scene) -> None:
    rows = [
        firm(1), firm(1), firm(2, 统一社会信用代码="91430202MB00000020"), firm(3, 规模以上="大概"),
        firm(4, 评定日期="某日"), firm(5, 企业名称=""),
    ]  # fmt: skip
    with pytest.raises(Refusal) as caught:
        take(scene, "firms", rows)
    told = {(problem.row, problem.code) for problem in caught.value.problems}
    assert {row for row, _code in told} == {3, 4, 5, 6, 7}
    assert (3, "inspections.roster.twice") in told
    assert Firm.objects.count() == 1, "the one of the scene"


def test_a_mistake_that_shows_only_when_it_is_taken_in_takes_everything_back(scene: Scene) -> None:
    own = scene.bodies[0]
    told = {"实施主体信用代码": own.authority.organisation.credit_code, "检查依据": "《示例法》第1条", "检查对象": ""}
    told |= {"检查方式": "现场检查", "检查内容": "资料；现场", "公布日期": "2024-01-01"}
    rows = [told | {"事项编码": "X-1", "检查事项名称": "新事项"}, told | {"事项编码": "00-00", "检查事项名称": "改名"}]
    with pytest.raises(Refusal) as caught:
        take(scene, "items", rows)
    assert [(one.row, one.code) for one in caught.value.problems] == [(3, "inspections.item.later")]
    assert not Item.objects.filter(code="X-1").exists()
    rows[1] |= {"公布日期": "2026-07-01"}
    assert take(scene, "items", rows) == {"added": 1, "changed": 1, "same": 0}
    assert Item.objects.get(code="X-1").checklist == ["资料", "现场"]
    assert take(scene, "items", rows)["same"] == 2


def test_authorities_and_their_officers_come_one_after_the_other(scene: Scene) -> None:
    body = {"统一社会信用代码": code(1, "11"), "执法主体名称": "导入监管局", "层级": "区级", "执法领域": "城管"}
    body |= {
        "委托机关信用代码": "",
        "公告日期": "2025-01-01",
        "终止日期": "",
        "主体资格依据": "授权",
        "公告载体": "公告",
    }
    officer = {"执法证号": "湘C0001", "姓名": "演示员", "所属单位信用代码": code(1, "11"), "登录名": "yanshi01"}
    officer |= {"执法领域": "城管、市容".replace("、", "；"), "发证日期": "2025-01-01", "有效期至": "2029-12-31"}
    with pytest.raises(Refusal) as caught:
        take(scene, "officers", [officer | {"证件状态": "有效"}])
    assert {one.code for one in caught.value.problems} == {"inspections.roster.authority"}
    take(scene, "authorities", [body])
    take(scene, "officers", [officer | {"证件状态": "有效"}])
    held = Certificate.objects.get(number="湘C0001")
    assert (held.scope, held.person.username) == (["城管", "市容"], "yanshi01")
    assert take(scene, "officers", [officer | {"证件状态": "有效"}])["same"] == 1
    assert take(scene, "officers", [officer | {"证件状态": "已注销"}])["changed"] == 1
    held.refresh_from_db()
    assert held.revoked_on
    take(scene, "authorities", [body | {"终止日期": "2026-12-31"}])
    assert Authority.objects.get(field="城管").listings.get().last_day


def test_what_was_looked_at_must_still_stand(scene: Scene) -> None:
    looked, first = read(scene, "firms", [firm(1)]), read(scene, "firms", [firm(2)])
    rosters.approve_roster(roster=first, by=scene.supervisor, at=timezone.now())
    with pytest.raises(Refusal) as caught:
        rosters.approve_roster(roster=looked, by=scene.supervisor, at=timezone.now())
    assert [one.code for one in caught.value.problems] == ["intake.another"]
    drain()
    with pytest.raises(Refusal) as caught:
        rosters.approve_roster(roster=looked, by=scene.supervisor, at=timezone.now())
    assert [one.code for one in caught.value.problems] == ["inspections.roster.stale"]
    rosters.discard_roster(roster=looked, by=scene.supervisor, at=timezone.now())
    assert not looked.lines.exists()


def test_a_line_that_would_do_something_else_by_now_stops_the_whole_file(scene: Scene) -> None:
    take(scene, "firms", [firm(1)])
    made = read(scene, "firms", [firm(1, 行业="物流"), firm(2), firm(3)])
    known = Firm.objects.get(organisation__credit_code=code(1))
    told = {"industry": "餐饮", "above_scale": True, "hazard": False, "site": known.site}
    firms.correct_firm(firm=known, **told, by=scene.supervisor, at=SINCE)
    register = scenes.organisation("92", 1, "另一家", scene.area)
    firms.register_firm(organisation=register, area=scene.area, by=scene.supervisor, at=SINCE)
    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    drain()
    made.refresh_from_db()
    assert (made.state, [(one.row, one.code) for one in made.told_problems]) == (
        "failed", [(2, "inspections.roster.stale")],
    )  # fmt: skip
    assert not Firm.objects.filter(organisation__credit_code__in=[code(2), code(3)]).exists()
    known.refresh_from_db()
    assert known.industry == "餐饮"


@pytest.mark.parametrize("name", sorted(shipped_rosters()))
def test_what_ships_is_a_mapping(name: str) -> None:
    assert load_roster_mapping(name).kind == name


def test_a_mapping_tells_all_its_mistakes() -> None:
    text = 'format = "other"\nkind = "firms"\nextra = 1\n[columns]\nname = "名"\n'
    with pytest.raises(Refusal) as caught:
        parse_roster_mapping(text)
    assert len(caught.value.problems) >= 3


def test_a_workbook_goes_the_whole_way_on_the_desk(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.supervisor, "django.contrib.auth.backends.ModelBackend")
    rows = [firm(1), firm(2)]
    book, out = Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(out)
    upload = SimpleUploadedFile("企业名录.xlsx", out.getvalue())
    told = {"area": scene.area.pk, "mapping": "firms", "file": upload}
    shown = client.post(reverse("inspections:file-add"), told)["Location"]
    assert client.get(shown).context["state"] == "reading"
    drain()
    page = client.get(shown)
    assert (page.context["state"], [line.row for line, *_ in page.context["rows"]]) == ("previewed", [2, 3])
    assert Firm.objects.count() == 1, "nothing yet"
    assert client.get(shown + "approval/").status_code == 405
    assert client.post(shown + "approval/").status_code == 302
    assert client.get(shown).context["state"] == "applying"
    drain()
    assert Firm.objects.count() == 3
    assert client.get(shown).context["state"] == "applied"
    told |= {"file": SimpleUploadedFile("b.csv", table([firm(1, 规模以上="大概")]).getvalue())}
    wrong = client.post(reverse("inspections:file-add"), told)["Location"]
    drain()
    assert "大概" in client.get(wrong).content.decode()
    assert client.get(reverse("inspections:files")).status_code == 200
    other = Client()
    other.force_login(scene.bodies[0].head, "django.contrib.auth.backends.ModelBackend")
    for path in (shown, reverse("inspections:files"), reverse("inspections:file-add")):
        assert other.get(path).status_code == 403
