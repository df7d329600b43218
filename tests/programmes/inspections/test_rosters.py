"""Files for the register: read by mapping, every mistake by row, taken in whole; twice changes nothing."""

import csv
import io
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook  # type: ignore[import-untyped]
from stdnum.cn import uscc
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.engine.outcome import Refusal
from mingjing.kernel.intakes import actions as way
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger import verify
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import firms, rosters
from mingjing.programmes.inspections.models import Authority, Certificate, Firm, Grade, Item, Roster
from mingjing.programmes.inspections.policy.rosters import parse_roster_mapping
from mingjing.programmes.inspections.queries.codes import firm_of
from mingjing.programmes.inspections.queries.rosters import load_roster_mapping, shipped_rosters

Row = Mapping[str, str]


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("mingjing.programmes.inspections.jobs.rosters.REST_SECONDS", 0)
    return scenes.build(bodies=1, firms=1)


def code(number: int, stem: str = "91") -> str:
    text = f"{stem}430202MB{number:07d}"
    return text + str(uscc.calc_check_digit(text))


def table(rows: Sequence[Row], encoding: str = "gb18030") -> io.BytesIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def firm(number: int, **more: str) -> dict[str, str]:
    row = {
        "统一社会信用代码": code(number),
        "企业名称": f"导入企业{number}",
        "住所": f"示例路{number}号",
        "行业": "制造",
    }
    row |= {"规模以上": "是", "高危": "", "风险等级": "B级", "评定日期": "2026/1/1", "评定依据": "年度评价"}
    return row | more


def read(scene: Scene, kind: str, rows: Sequence[Row]) -> Roster:
    """A file that was handed in, once the background work has read it."""
    text = shipped_rosters()[kind].read_text("utf-8")
    made = rosters.request_roster(
        area=scene.area, file=table(rows), file_name="名册.csv", mapping_text=text, by=scene.supervisor, at=SINCE
    )
    drain()
    made.refresh_from_db()
    return made


def take(scene: Scene, kind: str, rows: Sequence[Row]) -> dict[str, int]:
    """Hand a file in, approve it, let it be taken in: how many lines of which kind. Raises Refusal where it failed."""
    made = read(scene, kind, rows)
    if made.state == "previewed" and (made.counts["added"] or made.counts["changed"]):
        rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
        drain()
        made.refresh_from_db()
    if made.state == "failed":
        raise Refusal(made.told_problems)
    return {name: made.counts[name] for name in ("added", "changed", "same")}


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


def test_of_many_new_firms_the_one_that_is_refused_is_named(scene: Scene) -> None:
    with pytest.raises(Refusal) as caught:
        take(scene, "firms", [firm(1), firm(2, 企业名称="名" * 250), firm(3)])
    assert [one.row for one in caught.value.problems] == [3]
    assert Firm.objects.count() == 1


def begun(scene: Scene, monkeypatch: pytest.MonkeyPatch, rows: Sequence[Row], dies: int) -> Roster:
    """An approved file that is taken in two rows at a time; in the part of this number its worker was killed."""
    monkeypatch.setattr("mingjing.programmes.inspections.queries.rosters.BATCH", 2)
    monkeypatch.setattr(rosters, "BATCH", 2)
    made, plain, calls = read(scene, "firms", rows), firms.register_firms, list[int]()

    def killed(**told: Any) -> Any:
        calls.append(len(told["told"]))
        found = plain(**told)
        if len(calls) == dies:
            raise KeyboardInterrupt
        return found

    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(firms, "register_firms", killed)
        with pytest.raises(KeyboardInterrupt):
            drain()
    Delivery.objects.unfinished().update(worker="", due_at=timezone.now())
    made.refresh_from_db()
    return made


def test_a_reading_that_is_done_is_not_begun_again(scene: Scene) -> None:
    with pytest.raises(way.Superseded):
        way.begin_reading(intake=read(scene, "firms", [firm(1)]), by=None, at=SINCE)


def test_work_that_was_killed_goes_on_after_its_last_part(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun(scene, monkeypatch, [firm(number) for number in range(5)], dies=2)
    registered = Fact.objects.filter(kind="inspections.firm.registered")
    assert (made.state, made.taken, registered.count()) == ("applying", 3, 3)
    assert Firm.objects.count() == 1, "nobody sees those that are recorded: the file is not taken in"
    drain()
    made.refresh_from_db()
    assert (made.state, Firm.objects.count(), registered.count()) == ("applied", 6, 6)
    assert Fact.objects.get(kind="inspections.roster.applied").values["added"] == 5
    assert not verify.verify().problems
    with pytest.raises(way.Superseded):
        rosters.apply_roster(roster=made, by=None, at=SINCE)
    with pytest.raises(way.Superseded):
        rosters.take_part(roster=made, by=None, at=SINCE)
    assert read(scene, "firms", [firm(number) for number in range(5)]).counts["same"] == 5


def test_a_firm_that_is_only_coming_is_asked_for_in_vain(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gate, wall, draws and pages ask for firms of the register; recording it by hand waits for the file."""
    begun(scene, monkeypatch, [firm(number) for number in range(5)], dies=2)
    coming = Firm.every.select_related("organisation", "site").get(organisation__credit_code=code(1))
    assert coming.site is not None
    assert firm_of(coming.site.entry_codes.get().code) is None
    told = {"area": scene.area, "by": scene.supervisor, "at": timezone.now()}
    with pytest.raises(Refusal) as caught:
        firms.register_firm(organisation=coming.organisation, **told)
    assert [one.code for one in caught.value.problems] == ["inspections.firm.coming"]
    drain()
    assert firm_of(coming.site.entry_codes.get().code) == coming


def test_what_comes_between_two_parts_leaves_nothing_on_the_register(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody records by hand what the last part would bring: the file fails, and may be handed in again."""
    rows = [firm(number) for number in range(5)]
    made = begun(scene, monkeypatch, rows, dies=3)
    assert Firm.every.count() == 5
    told = {"area": scene.area, "by": scene.supervisor, "at": timezone.now()}
    own = record_organisation(credit_code=code(4), name="手工登记", **told)
    firms.register_firm(organisation=own, **told)
    drain()
    made.refresh_from_db()
    assert (made.state, {(one.row, one.code) for one in made.told_problems}) == (
        "failed", {(6, "inspections.roster.stale")},
    )  # fmt: skip
    assert Firm.every.count() == 2, "the one of the scene, and the one by hand"
    assert not Grade.objects.exists()
    assert not verify.verify().problems
    changed = {"added": 4, "changed": 1, "same": 0}
    assert take(scene, "firms", rows) == changed
    assert Firm.objects.count() == 6


def test_every_line_is_looked_at_before_the_first_is_recorded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    take(scene, "firms", [firm(1), firm(2)])
    monkeypatch.setattr(rosters, "BATCH", 2)
    facts = Fact.objects.filter(kind="parties.organisation.recorded")
    before = facts.count()
    again = [firm(number, 风险等级="C级") for number in (1, 2)]
    with pytest.raises(Refusal) as caught:
        take(scene, "firms", [firm(8), again[0], firm(9), again[1]])
    assert [(one.row, one.code) for one in caught.value.problems] == [
        (3, "inspections.grade.held"), (5, "inspections.grade.held"),
    ]  # fmt: skip
    assert (facts.count(), Firm.every.count()) == (before, 3), "no body, no firm of this file"


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_file_is_taken_in(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two parts another writer need not wait at all, and does not see the firms that are recorded."""
    settings.DATA_DIR = tmp_path
    scene = scenes.build(bodies=1, firms=1)
    monkeypatch.setattr(rosters, "BATCH", 2)
    made, seen = read(scene, "firms", [firm(number) for number in range(5)]), list[tuple[str, int, int]]()

    def written() -> None:
        try:
            if connection.vendor == "sqlite":
                connection.cursor().execute("PRAGMA busy_timeout = 0")
            number = 20 + len(seen)
            scenes.organisation("92", number, f"另一家{number}", scene.area)
            state = Roster.objects.get(pk=made.pk).state
            seen.append((state, Firm.objects.count(), Firm.every.count()))
        finally:
            connection.close()

    def rested(_seconds: float) -> None:
        other = Thread(target=written)
        other.start()
        other.join()

    monkeypatch.setattr("mingjing.programmes.inspections.jobs.rosters.time.sleep", rested)
    rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
    drain()
    made.refresh_from_db()
    assert made.state == "applied"
    assert seen[-3:] == [("applying", 1, 3), ("applying", 1, 5), ("applying", 1, 6)]
    assert Firm.objects.count() == 6


def test_a_part_of_new_firms_costs_as_many_statements_as_one(scene: Scene) -> None:
    counts = []
    for first, many in ((100, 1), (200, 40)):
        made = read(scene, "firms", [firm(number) for number in range(first, first + many)])
        rosters.approve_roster(roster=made, by=scene.supervisor, at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert rosters.take_part(roster=made, by=None, at=SINCE)
            rosters.apply_roster(roster=made, by=None, at=SINCE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


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
