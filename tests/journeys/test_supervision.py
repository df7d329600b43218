"""A warning on the desk: the authority explains, the supervisor finds it justified; each page is looked at."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.faces import district
from tests.journeys.conftest import Screen
from tests.kernel.evidence.photographs import photo
from tests.programmes.inspections import doors

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Post, Warning

OpenScreen = Callable[..., Screen]


@pytest.fixture
def scene(transactional_db: None) -> doors.Scene:
    return doors.build(2, 2)


@pytest.fixture
def people(scene: doors.Scene) -> dict[str, Person]:
    watch = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
    head = district.staff("authority_head", "局长", scene.area, doors.LONG_AGO, "head")
    Post.objects.create(authority=scene.body, person=head, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
    now = timezone.now()
    for number in range(5):
        scene.enter(now - timedelta(days=20 - 3 * number), body=number % 2)
    drain()
    inspector = district.staff("inspector", "执法人员", scene.area, doors.LONG_AGO, "inspector")
    Post.objects.create(authority=scene.body, person=inspector, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
    return {**scene.people, "watch": watch, "head": head, "inspector": inspector}


def looked_at(shown: Screen, name: str) -> None:
    """The page without a fault; kept as a picture where somebody wants to see it."""
    shown.check()
    if folder := os.environ.get("PICTURES"):
        shown.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "language"), [("desk", "zh"), ("phone", "en")])
def test_a_warning_from_hand_to_hand(
    screen: OpenScreen, scene: doors.Scene, tmp_path: Path, size: str, language: str
) -> None:
    warning = Warning.objects.filter(rule="B7", authority=scene.body).order_by("pk")[0]
    there = f"/inspections/warnings/{warning.pk}/"
    head, watch = screen("head", size, language), screen("watch", size, language)
    head.open("/inspections/warnings/")
    looked_at(head, f"warnings-{size}-{language}")
    head.open(there)
    looked_at(head, f"warning-{size}-{language}")
    head.page.fill("[name=text]", "接到投诉举报，线索在案。")
    head.page.locator("form[enctype] button.primary").click()
    expect(head.page.locator("form[enctype]")).to_have_count(0)
    for act in ("verified", "justified"):
        watch.open(there)
        watch.page.check(f"[name=act][value={act}]")
        watch.page.fill("[name=text]", "已调阅线索台账核实。")
        if act == "justified":
            shown = tmp_path / "线索.jpg"
            shown.write_bytes(photo())
            watch.page.select_option("[name=reason_code]", "clue")
            watch.page.set_input_files("[name=exhibits]", shown)
            looked_at(watch, f"deciding-{size}-{language}")
        watch.page.locator("form[enctype] button.primary").click()
        watch.page.wait_for_load_state()
    looked_at(watch, f"justified-{size}-{language}")
    warning.refresh_from_db()
    assert warning.state == "justified"


@pytest.mark.parametrize(("size", "language"), [("desk", "en"), ("phone", "zh")])
def test_entries_and_the_brief(screen: OpenScreen, scene: doors.Scene, size: str, language: str) -> None:
    watch = screen("watch", size, language)
    entry = scene.firm.entries.order_by("pk")[0]
    for name, path in (
        ("entries", "entries/"), ("entry", f"entries/{entry.pk}/"), ("brief", "brief/"), ("queue", "warnings/"),
    ):  # fmt: skip
        watch.open(f"/inspections/{path}")
        looked_at(watch, f"{name}-{size}-{language}")
    watch.page.set_viewport_size({"width": 360, "height": 740})
    watch.open("/inspections/brief/")
    hidden = watch.page.locator(".table").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert hidden
    assert max(hidden) <= 0, "on a small phone a table of the brief is wider than the screen"
    officer = screen("inspector", size, language)
    officer.open("/inspections/record-entry/")
    expect(officer.page.locator("[name=reason]")).to_be_visible()
    looked_at(officer, f"record-{size}-{language}")
