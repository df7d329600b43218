"""Plans and tasks go step by step, each by another person; no code without approval but in an emergency; draws hold."""

import json
from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import SINCE, Scene

from mingjing.config.commands import main
from mingjing.engine.drawing.stream import commitment
from mingjing.engine.outcome import Problem, Refusal
from mingjing.programmes.inspections.actions import lots, plans, tasks
from mingjing.programmes.inspections.models import Firm, Lot, Plan, Task, TaskOfficer
from mingjing.programmes.inspections.policy import lots as drawing
from mingjing.programmes.inspections.queries.lots import document_of

DAY = date(2026, 6, 1)


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.build(bodies=2, firms=6)


def codes(caught: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


STEPS: dict[str, Callable[[Scene, Task], object]] = {
    "approve": lambda scene, task: tasks.approve_task(task=task, reference="批1", by=scene.bodies[0].head, at=SINCE),
    "notice": lambda scene, task: tasks.notice_task(task=task, by=scene.bodies[0].staff, at=SINCE),
    "code": lambda scene, task: tasks.issue_code(task=task, by=scene.bodies[0].staff, at=SINCE),
    "cancel": lambda scene, task: tasks.cancel_task(task=task, reason="取消", by=scene.bodies[0].staff, at=SINCE),
}


@pytest.mark.parametrize("emergency", [False, True])
def test_whatever_is_tried_no_task_has_a_code_without_approval_unless_it_is_an_emergency(
    scene: Scene, emergency: bool
) -> None:
    for tried in product(STEPS, repeat=3):
        task = scene.drafted(DAY, emergency=emergency)
        done = []
        for step in tried:
            try:
                STEPS[step](scene, task)
                done.append(step)
            except Refusal:
                pass
        task.refresh_from_db()
        if task.code:
            assert emergency or done.index("approve") < done.index("code"), tried
        if "cancel" in done:
            assert done[-1] == "cancel", "nothing follows"
        assert len(done) == len(set(done)), "nothing is done twice"


def test_the_database_itself_refuses_a_code_without_approval(scene: Scene) -> None:
    task = scene.drafted(DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(code="x" * 22)


def test_codes_are_of_their_own_and_long(scene: Scene) -> None:
    found = [scene.coded(DAY, firm=at).code for at in range(3)]
    assert len(set(found)) == 3
    assert all(code and len(code) == 22 for code in found)


def test_who_drafts_does_not_approve_and_who_approves_does_not_file(scene: Scene) -> None:
    own = scene.bodies[0]
    task = scene.drafted(DAY)
    with pytest.raises(Refusal) as caught:
        tasks.approve_task(task=task, reference="批1", by=own.staff, at=SINCE)
    assert codes(caught) == {"inspections.task.two_people"}
    line = plans.Line(scene.firms[0], own.items[0], DAY, DAY)
    plan = plans.draft_plan(
        authority=own.authority, kind="annual", title="年度计划", first_day=DAY, last_day=DAY, lines=[line],
        by=own.staff, at=SINCE,
    )  # fmt: skip
    with pytest.raises(Refusal) as caught:
        plans.approve_plan(plan=plan, reference="批1", by=own.staff, at=SINCE)
    assert codes(caught) == {"inspections.plan.two_people"}
    plans.approve_plan(plan=plan, reference="批1", by=own.head, at=SINCE)
    with pytest.raises(Refusal) as caught:
        plans.file_plan(plan=plan, number="备1", by=own.head, at=SINCE)
    assert codes(caught) == {"inspections.plan.two_people"}


def test_a_task_tells_everything_that_is_wrong_with_it(scene: Scene) -> None:
    own, other = scene.bodies
    with pytest.raises(Refusal) as caught:
        scene.drafted(DAY, items=other.items, officers=[own.officers[0]], purpose="campaign", trigger="whim")
    assert codes(caught) == {
        "inspections.plan.item", "inspections.task.officers", "inspections.task.campaign", "inspections.task.word",
    }  # fmt: skip
    with pytest.raises(Refusal) as caught:
        scene.drafted(DAY, officers=other.officers)
    assert codes(caught) == {"inspections.task.uncertified"}


def test_notice_holds_what_the_door_compares(scene: Scene) -> None:
    task = scene.coded(DAY)
    told = task.notice
    assert told["firm"] == scene.firms[0].organisation.credit_code
    assert told["team"] == 2
    assert told["officers"] == ["湘B0000", "湘B0001"]
    assert told["items"] == ["00-00"]
    assert told["days"] == ["2026-06-01", "2026-06-07"]


def test_a_campaign_says_why_and_a_plan_keeps_to_its_days_and_items(scene: Scene) -> None:
    own = scene.bodies[0]
    told: dict[str, Any] = {"authority": own.authority, "title": "专项检查", "by": own.staff, "at": SINCE}
    told |= {"first_day": DAY, "last_day": date(2026, 6, 30)}
    with pytest.raises(Refusal) as caught:
        plans.draft_plan(kind="campaign", **told)
    assert codes(caught) == {"inspections.plan.need"}
    lines = [plans.Line(scene.firms[0], scene.bodies[1].items[0], DAY, date(2026, 7, 1))]
    with pytest.raises(Refusal) as caught:
        plans.draft_plan(kind="campaign", need="近期投诉集中，风险上升", lines=lines, **told)
    assert codes(caught) == {"inspections.plan.item", "inspections.plan.outside"}
    assert not Plan.objects.exists(), "nothing of a refused plan stays"


def test_a_plan_that_replaces_another_withdraws_it_when_it_is_filed(scene: Scene) -> None:
    old = scene.planned(firms=[0])
    new = scene.planned(firms=[0, 1], replaces=old)
    old.refresh_from_db()
    assert (old.state, new.state) == ("withdrawn", "published")


def _drawn(scene: Scene, count: int = 3) -> Lot:
    own = scene.bodies[0]
    plan = plans.draft_plan(
        authority=own.authority, kind="lot", title="双随机抽查", first_day=DAY, last_day=date(2026, 6, 30),
        by=own.staff, at=SINCE,
    )  # fmt: skip
    plans.approve_plan(plan=plan, reference="批1", by=own.head, at=SINCE)
    return lots.commit_lot(
        plan=plan, firms=scene.firms, wanted={"": count}, items=own.items, first_day=DAY, last_day=date(2026, 6, 30),
        by=own.staff, at=SINCE,
    )  # fmt: skip


def test_a_draw_is_made_once_by_a_second_person_and_anyone_can_make_it_again(scene: Scene) -> None:
    lot, own = _drawn(scene), scene.bodies[0]
    with pytest.raises(Refusal) as caught:
        lots.draw_lot(lot=lot, witness="见证人的话", by=own.staff, at=SINCE)
    assert codes(caught) == {"inspections.lot.two_people"}
    lots.draw_lot(lot=lot, witness="见证人的话", by=own.head, at=SINCE)
    with pytest.raises(Refusal) as caught:
        lots.draw_lot(lot=lot, witness="换一句话", by=own.head, at=SINCE)
    assert codes(caught) == {"inspections.lot.drawn"}
    lot.refresh_from_db()
    told = json.loads(json.dumps(document_of(lot)))
    assert not [one for one in drawing.check(told) if isinstance(one, Problem)]
    assert Task.objects.filter(plan=lot.plan, purpose="random").count() == len(told["result"]) == 3
    assert TaskOfficer.objects.filter(task__plan=lot.plan).count() == 6
    assert lot.plan.lines.count() == 3


def test_the_seed_lies_sealed_until_it_is_drawn_and_is_shown_then(scene: Scene, client: Client) -> None:
    lot, own = _drawn(scene), scene.bodies[0]
    lot.refresh_from_db()
    assert (lot.seed, "seed" in document_of(lot)) == ("", False)
    row = str(Lot.objects.filter(pk=lot.pk).values_list().get())
    with override_settings(SECRET_KEY="another secret, and no fallback"), pytest.raises(Refusal) as caught:
        lots.draw_lot(lot=lot, witness="见证人的话", by=own.head, at=SINCE)
    assert codes(caught) == {"inspections.lot.sealed"}
    lots.draw_lot(lot=lot, witness="见证人的话", by=own.head, at=SINCE)
    lot.refresh_from_db()
    assert commitment(bytes.fromhex(lot.seed)) == lot.seed_digest
    assert lot.seed not in row
    assert bytes(lot.sealed) == b""
    client.force_login(own.head)
    page = client.get(reverse("inspections:plan", args=[lot.plan_id])).content.decode()
    assert "见证人的话" in page
    assert f"mingjing inspections draw verify lot-{lot.pk}.json" in page
    file = client.get(reverse("inspections:lot", args=[lot.plan_id, lot.pk]))
    assert f"lot-{lot.pk}.json" in file["Content-Disposition"]
    assert not [one for one in drawing.check(file.json()) if isinstance(one, Problem)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Lot.objects.create(plan=lot.plan, inputs="{}", seed="00" * 32, committed_at=SINCE)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(witness="别的话"), lambda told: told.update(seed="00" * 32),
        lambda told: told["result"].popitem(), lambda told: told["inputs"]["firms"].pop(),
        lambda told: told.pop("seed"),
    ],
)  # fmt: skip
def test_a_draw_that_was_tampered_with_is_found_out(scene: Scene, change: Callable[[dict[str, Any]], Any]) -> None:
    lot = lots.draw_lot(lot=_drawn(scene), witness="见证人的话", by=scene.bodies[0].head, at=SINCE)
    told = json.loads(json.dumps(document_of(lot)))
    change(told)
    assert [one for one in drawing.check(told) if isinstance(one, Problem)]


def test_nobody_draws_again_until_they_like_it(scene: Scene) -> None:
    lot = lots.draw_lot(lot=_drawn(scene), witness="见证人的话", by=scene.bodies[0].head, at=SINCE)
    with pytest.raises(Refusal) as caught:
        lots.commit_lot(
            plan=lot.plan, firms=list(Firm.objects.all()), wanted={"": 1}, items=scene.bodies[0].items, first_day=DAY,
            last_day=DAY, by=None, at=SINCE,
        )  # fmt: skip
    assert codes(caught) == {"inspections.lot.again"}


@given(
    st.lists(st.sampled_from(["A", "B", ""]), min_size=1, max_size=12), st.integers(2, 6),
    st.binary(min_size=32, max_size=32), st.text(min_size=2, max_size=8), st.data(),
)  # fmt: skip
def test_a_draw_gives_each_grade_its_number_and_shares_the_work(
    grades: list[str], officers: int, seed: bytes, witness: str, data: st.DataObject
) -> None:
    firms = [[f"F{at}", grade] for at, grade in enumerate(grades)]
    wanted = {grade: data.draw(st.integers(0, grades.count(grade))) for grade in set(grades)}
    inputs: dict[str, Any] = {
        "firms": firms, "wanted": wanted, "officers": [f"O{at}" for at in range(officers)], "team": 2, "away": {},
    }  # fmt: skip
    result = drawing.draw(inputs, seed, witness)
    assert drawing.draw(inputs, seed, witness) == result
    for grade, count in wanted.items():
        assert sum(1 for code in result if grades[int(code[1:])] == grade) == count
    load = [sum(one in team for team in result.values()) for one in inputs["officers"]]
    assert all(len(set(team)) == 2 for team in result.values())
    assert max(load) - min(load) <= 1


def test_at_is_not_read_from_a_clock(scene: Scene) -> None:
    task = scene.drafted(DAY, at=datetime(2026, 5, 1, tzinfo=scenes.CHINA))
    assert task.drafted_at == datetime(2026, 5, 1, tzinfo=scenes.CHINA)


def test_the_command_makes_a_draw_again(scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lot = lots.draw_lot(lot=_drawn(scene), witness="见证人的话", by=scene.bodies[0].head, at=SINCE)
    file = tmp_path / "lot.json"
    file.write_text(json.dumps(document_of(lot)), "utf-8")
    assert main(["inspections", "draw", "verify", str(file)]) == 0
    assert lot.seed_digest in capsys.readouterr().out
    told = document_of(lot)
    kept = next(iter(told["result"]))
    others = {code: team for code, team in told["result"].items() if code != kept}
    for forged in ({"witness": "别的话"}, {"seed": "00" * 32}, {"result": others}):
        file.write_text(json.dumps(told | forged), "utf-8")
        assert main(["inspections", "draw", "verify", str(file)]) == 1, forged
