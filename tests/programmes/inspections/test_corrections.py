"""An entry is corrected by two people: asked for by its authority, decided on by who watches; warnings follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime
from tests.faces import district
from tests.programmes.inspections import doors

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.actions.corrections import agree_correction, ask_correction, decline_correction
from mingjing.programmes.inspections.models import Correction, Entry, Warning
from mingjing.programmes.inspections.queries.corrections import changes_of, now_of

NOW = datetime(2026, 3, 10, 9, 30, 20, tzinfo=doors.CHINA)
TOLD = {"reason": "系统记错了时间", "at": NOW + timedelta(days=2)}


Build = Callable[[], tuple[doors.Scene, Person, Entry]]


@pytest.fixture(scope="module")
def build_started(once: Callable[[str, Build], Build]) -> Build:
    return once("started", begun)


def begun() -> tuple[doors.Scene, Person, Entry]:
    """An entry of a task, in order but for a second visit to the same item within ninety days, which raised B5."""
    scene = doors.build()
    supervisor = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
    scene.enter(NOW - timedelta(days=80), task=scene.task((NOW - timedelta(days=81)).date()))
    found = scene.enter(NOW, task=scene.task((NOW - timedelta(days=1)).date()))
    drain()
    return scene, supervisor, found


@pytest.fixture
def started(db: None, build_started: Build) -> tuple[doors.Scene, Person, Entry]:
    return build_started()


@pytest.fixture
def scene(started: tuple[doors.Scene, Person, Entry]) -> doors.Scene:
    return started[0]


@pytest.fixture
def supervisor(started: tuple[doors.Scene, Person, Entry]) -> Person:
    return started[1]


@pytest.fixture
def entry(started: tuple[doors.Scene, Person, Entry]) -> Entry:
    return started[2]


def asked(entry: Entry, by: Person, **changes: Any) -> Correction:
    return ask_correction(entry=entry, after={**now_of(entry), **changes}, by=by, **TOLD)


def codes(call: Any, **named: Any) -> list[str]:
    with pytest.raises(Refusal) as found:
        call(**named)
    return [one.code for one in found.value.problems]


def test_a_warning_follows_the_corrected_record_and_says_so(
    scene: doors.Scene, entry: Entry, supervisor: Person, client: Client
) -> None:
    (warning,) = Warning.objects.filter(rule="B5", lapsed_at=None)
    officer, later = scene.officers[scene.body.pk][0], NOW + timedelta(days=2)
    after = (NOW + timedelta(days=1, hours=12)).isoformat()
    made = asked(entry, officer, entered_at=after, left_at=(NOW + timedelta(days=1, hours=13)).isoformat())
    drain()
    assert not Warning.objects.filter(pk=warning.pk, lapsed_at__isnull=False), "asking changes nothing"
    agree_correction(correction=made, by=supervisor, at=later)
    drain()
    made.refresh_from_db()
    assert (made.made.corrects, made.made.task, made.made.colour) == (entry, entry.task, entry.colour)  # type: ignore[union-attr]
    assert [row.result for row in made.made.items.all()] == ["pass"]  # type: ignore[union-attr]
    warning.refresh_from_db()
    assert warning.lapsed_at is None, "still the same item within ninety days: of another record, the same warning"
    client.force_login(supervisor)
    page = client.get(reverse("inspections:warning", args=[warning.pk])).content.decode()
    assert "系统记错了时间" in page
    assert reverse("inspections:entry", args=[made.made_id]) in page


def test_a_warning_that_the_right_record_does_not_bear_lapses(
    scene: doors.Scene, entry: Entry, supervisor: Person, client: Client
) -> None:
    (warning,) = Warning.objects.filter(rule="B5", lapsed_at=None)
    made = asked(entry, scene.officers[scene.body.pk][0], task=None, purpose="service", trigger="firm_request")
    agree_correction(correction=made, by=supervisor, at=NOW + timedelta(days=2))
    drain()
    warning.refresh_from_db()
    assert warning.lapsed_at is not None
    client.force_login(supervisor)
    said = client.get(reverse("inspections:warning", args=[warning.pk]), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "a record that it counted was corrected" in said
    old = client.get(reverse("inspections:entry", args=[entry.pk])).content.decode()
    assert reverse("inspections:correction", args=[entry.pk, made.pk]) in old


def test_two_people_and_one_at_a_time(scene: doors.Scene, entry: Entry, supervisor: Person) -> None:
    officer, other = scene.officers[scene.body.pk]
    assert codes(asked, entry=entry, by=officer) == ["inspections.correction.same"]
    made = asked(entry, officer, helpers=3)
    assert [(one.before, one.after) for one in changes_of(made) if one.changed] == [("0", "3")]
    assert codes(asked, entry=entry, by=other, helpers=4) == ["inspections.correction.asked"]
    told: dict[str, Any] = {"correction": made, "at": NOW + timedelta(days=2)}
    assert codes(agree_correction, by=officer, **told) == ["inspections.correction.two_people"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(decided_by=officer, decided_at=NOW, answer="同意了")
    assert codes(decline_correction, by=supervisor, reason="", **told) == ["inspections.text"]
    decline_correction(by=supervisor, reason="现场记录不支持", **told)
    assert codes(agree_correction, by=supervisor, **told) == ["inspections.correction.decided"]
    assert not Entry.objects.filter(corrects=entry).exists()
    agree_correction(correction=asked(entry, officer, helpers=4), by=supervisor, at=NOW + timedelta(days=2))
    assert Entry.objects.get(corrects=entry).helpers == 4
    assert codes(asked, entry=entry, by=officer, helpers=5) == ["inspections.entry.voided"]
    for change in ("DELETE FROM inspections_correction", "UPDATE inspections_correction SET reason = 'x'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_what_was_voided_meanwhile_is_not_corrected(scene: doors.Scene, entry: Entry, supervisor: Person) -> None:
    made = asked(entry, scene.officers[scene.body.pk][0], helpers=3)
    entries.void(entry=entry, reason="从未发生", by=supervisor, at=NOW + timedelta(days=2))
    at = NOW + timedelta(days=3)
    assert codes(agree_correction, correction=made, by=supervisor, at=at) == ["inspections.entry.voided"]
    decline_correction(correction=made, reason="记录已作废", by=supervisor, at=at)


def test_the_pages(scene: doors.Scene, entry: Entry, supervisor: Person, client: Client) -> None:
    page = reverse("inspections:entry-correct", args=[entry.pk])
    client.force_login(scene.officers[scene.bodies[1].pk][0])
    assert client.get(page).status_code == 404, "another authority’s"
    client.force_login(supervisor)
    assert client.get(page).status_code == 403
    client.force_login(scene.officers[scene.body.pk][0])
    form = client.get(page).context["form"]
    filled = {name: value for name, value in form.initial.items() if name in form.fields and value is not None}
    filled |= {"entered_at": f"{localtime(entry.visit.entered_at):%Y-%m-%dT%H:%M}", "reason": "人数有误"}
    filled["left_at"] = f"{localtime(entry.visit.left_at):%Y-%m-%dT%H:%M}"
    same = client.post(page, filled)
    assert same.status_code == 422, "a browser says no seconds: that is no change"
    assert client.post(page, {**filled, "task": "nobody-has-this"}).status_code == 422
    answer = client.post(page, {**filled, "helpers": 2})
    (made,) = entry.corrections.all()
    assert answer["Location"] == reverse("inspections:correction", args=[entry.pk, made.pk])
    assert now_of(entry) | {"helpers": 2} == made.after
    assert client.post(answer["Location"], {"decision": "agree"}).status_code == 200, "nothing to decide for them"
    assert not Entry.objects.filter(corrects=entry).exists()
    client.force_login(supervisor)
    listed = client.get(reverse("inspections:entries") + "?open=correction")
    assert [row.pk for row, _tone in listed.context["rows"]] == [entry.pk]
    assert client.post(answer["Location"], {"decision": "decline"}).status_code == 422
    assert client.post(answer["Location"], {"decision": "agree"}).status_code == 302
    assert client.get(reverse("inspections:entries") + "?open=correction").context["rows"] == []
    assert Entry.objects.get(corrects=entry).visit.entered_at == entry.visit.entered_at
