"""What people do about warnings: who may do what after what, by when; and the pages on which they do it."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.faces import district
from tests.kernel.evidence.photographs import photo
from tests.programmes.inspections import doors

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.actions.supervision import act_on, take_together
from mingjing.programmes.inspections.actions.warnings import judge_firm
from mingjing.programmes.inspections.models import Post, Warning
from mingjing.programmes.inspections.policy.supervision import ACTS, STATES, moves_from
from mingjing.programmes.inspections.queries.posts import entries_seen

NOW = datetime(2026, 3, 10, 9, tzinfo=doors.CHINA)  # a Tuesday


class People:
    """The heads of both authorities, and who supervises."""

    def __init__(self, scene: doors.Scene) -> None:
        self.supervisor = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
        self.heads = []
        for number, body in enumerate(scene.bodies):
            head = district.staff("authority_head", f"局长{number}", scene.area, doors.LONG_AGO, f"head{number}")
            Post.objects.create(authority=body, person=head, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
            self.heads.append(head)


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any) -> doors.Scene:
    settings.DATA_DIR = tmp_path
    return doors.build()


@pytest.fixture
def people(scene: doors.Scene) -> People:
    return People(scene)


@pytest.fixture
def warning(scene: doors.Scene) -> Warning:
    scene.enter(NOW)
    judge_firm(firm=scene.firm, at=NOW)
    return Warning.objects.get(rule="B7")


def act(warning: Warning, what: str, by: Person, at: datetime = NOW, **more: Any) -> Warning:
    return act_on(warning=warning, act=what, text="情况说明", seen=warning.acts.count(), by=by, at=at, **more)


def codes(call: Any, *given: Any, **named: Any) -> list[str]:
    with pytest.raises(Refusal) as found:
        call(*given, **named)
    return [one.code for one in found.value.problems]


def shown(warning: Warning, by: Person) -> str:
    made = record_exhibit(
        file=BytesIO(photo(colour=(warning.pk, 1, 1))), file_name="线索.jpg", subject=warning.subject,
        area=warning.area, origin="upload", by=by, at=NOW,
    )  # fmt: skip
    return str(made.pk)


def test_the_way_of_a_warning(warning: Warning, people: People) -> None:
    head, supervisor = people.heads[0], people.supervisor
    assert (warning.state, warning.due) == ("raised", datetime(2026, 3, 14, tzinfo=doors.CHINA)), "3 working days"
    found = act(warning, "explained", head)
    assert found.due == datetime(2026, 3, 18, tzinfo=doors.CHINA), "5 working days"
    act(warning, "verified", supervisor)
    assert codes(act, warning, "justified", supervisor) == [
        "inspections.warning.reason_code", "inspections.warning.evidence",
    ]  # fmt: skip
    kept = [shown(warning, supervisor)]
    found = act(warning, "justified", supervisor, reason_code="clue", evidence=kept)
    assert (found.state, found.due) == ("justified", None)
    assert act(warning, "closed", supervisor).state == "closed"
    assert [one.act for one in warning.acts.all()] == ["explained", "verified", "justified", "closed"]


def test_a_correction_has_fifteen_working_days(warning: Warning, people: People) -> None:
    act(warning, "explained", people.heads[0])
    act(warning, "verified", people.supervisor)
    found = act(warning, "to_correct", people.supervisor)
    assert found.due == datetime(2026, 4, 1, tzinfo=doors.CHINA)
    assert act(warning, "corrected", people.heads[0]).state == "corrected"
    assert act(warning, "closed", people.supervisor).state == "closed"


def test_silence_ends_in_an_interview_and_at_the_government(warning: Warning, people: People) -> None:
    assert codes(act, warning, "interview", people.supervisor) == ["inspections.warning.not_overdue"]
    late = NOW + timedelta(days=7)
    assert act(warning, "interview", people.supervisor, late).state == "interview"
    assert codes(act, warning, "reported_to_government", people.supervisor, late) == ["inspections.warning.not_overdue"]
    later = late + timedelta(days=14)
    found = act(warning, "reported_to_government", people.supervisor, later)
    assert (found.state, found.due) == ("reported_to_government", None)


def test_nobody_acts_for_another_or_supervises_their_own(warning: Warning, people: People, scene: doors.Scene) -> None:
    head, other = people.heads
    assert codes(act, warning, "explained", other) == ["inspections.warning.authority"]
    assert codes(act, warning, "explained", people.supervisor) == ["inspections.warning.authority"]
    act(warning, "explained", head)
    assert codes(act, warning, "verified", other) == ["inspections.warning.supervisor"]
    Post.objects.create(
        authority=scene.body, person=people.supervisor, first_day=doors.FIRST, recorded_at=doors.LONG_AGO
    )
    assert codes(act, warning, "verified", people.supervisor) == ["inspections.warning.own"]


def test_who_acts_on_what_has_changed_is_told(warning: Warning, people: People) -> None:
    act(warning, "explained", people.heads[0])
    given = {"warning": warning, "act": "verified", "text": "核查", "seen": 0, "by": people.supervisor, "at": NOW}
    assert codes(act_on, **given) == ["inspections.warning.seen"]


def test_one_that_got_worse_after_it_was_closed_asks_again(
    warning: Warning, people: People, scene: doors.Scene
) -> None:
    for day in (1, 2):
        scene.enter(NOW + timedelta(days=day), trigger="plan", purpose="immediate", body=0)
    judge_firm(firm=scene.firm, at=NOW + timedelta(days=2))
    often = Warning.objects.get(rule="B4")
    act(often, "explained", people.heads[0])
    act(often, "verified", people.supervisor)
    act(often, "referred", people.supervisor)
    act(often, "closed", people.supervisor)
    for day in (3, 4):
        scene.enter(NOW + timedelta(days=day), purpose="immediate", trigger="plan")
    judge_firm(firm=scene.firm, at=NOW + timedelta(days=4))
    often.refresh_from_db()
    assert (often.state, often.level, often.count) == ("raised", 3, 5)
    assert often.acts.count() == 4, "what was done before stays"


def test_several_are_handled_as_one_and_keep_their_parts(scene: doors.Scene, people: People) -> None:
    for day in range(2):
        scene.enter(NOW + timedelta(days=day))
    judge_firm(firm=scene.firm, at=NOW)
    head, part = Warning.objects.filter(rule="B7").order_by("pk")
    take_together(warning=head, parts=[part], by=people.supervisor, at=NOW)
    assert codes(act, part, "explained", people.heads[0]) == ["inspections.warning.part"]
    act(head, "explained", people.heads[0])
    part.refresh_from_db()
    assert (part.state, part.merged_into_id, part.records.count()) == ("explained", head.pk, 1)
    assert codes(take_together, warning=head, parts=[part], by=people.supervisor, at=NOW) == [
        "inspections.warning.steps"
    ]
    assert judge_firm(firm=scene.firm, at=NOW) == 0


def test_an_officer_sees_nothing_of_another_authority(
    warning: Warning, people: People, scene: doors.Scene, client: Client
) -> None:
    entry = warning.firm.entries.get()  # type: ignore[union-attr]
    pages = [reverse("inspections:warning", args=[warning.pk]), reverse("inspections:entry", args=[entry.pk])]
    lists = [reverse(f"inspections:{name}") for name in ("warnings", "warnings-export", "entries")]
    lists += [reverse(f"inspections:{name}") + "?month=2026-03" for name in ("brief", "brief-export")]
    for person, seen in ((people.heads[0], True), (people.heads[1], False), (people.supervisor, True)):
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [200 if seen else 404] * 2
        for page in lists:
            answer = client.get(page)
            body = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code == 200
            told = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)  # chance may write B7 there
            assert (b"B7" in told or scene.body.organisation.name.encode() in told) is seen, page


def test_the_pages_take_acts(warning: Warning, people: People, client: Client) -> None:
    page = reverse("inspections:warning", args=[warning.pk])
    client.force_login(people.heads[0])
    assert client.post(page, {"seen": 0, "act": "verified", "text": "核查"}).status_code == 422
    assert client.post(page, {"seen": 0, "act": "explained", "text": "情况说明在案"}).status_code == 302
    client.force_login(people.supervisor)
    assert "情况说明在案" in client.get(page).content.decode()
    warning.refresh_from_db()
    assert warning.state == "explained"


def test_pages_ask_the_same_whatever_there_is(
    scene: doors.Scene, people: People, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(people.supervisor)
    names = ["warnings", "entries", "brief", "warnings-export", "brief-export"]

    def asked(page: str) -> int:
        with django_assert_max_num_queries(60) as found:
            answer = client.get(page)
            assert b"".join(answer) if answer.streaming else answer.content
        return len(found)

    def count() -> list[int]:
        scene.enter(NOW + timedelta(days=Warning.objects.count()), body=1)
        drain()
        warning = Warning.objects.filter(rule="B7").order_by("pk").first()
        assert warning is not None
        entry = scene.firm.entries.order_by("pk")[0]
        pages = [reverse(f"inspections:{name}") for name in names]
        pages += [reverse("inspections:warning", args=[warning.pk]), reverse("inspections:entry", args=[entry.pk])]
        return [asked(page) for page in pages]

    count()
    before = count()
    for _ in range(4):
        after = count()
    assert after == before


def test_the_latest_entries_are_found_without_sorting_them_all(people: People) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL sorts where there are few")
    rows = entries_seen(people.supervisor, timezone.localdate(NOW)).order_by("-recorded_at", "-id")[:51]
    assert "TEMP B-TREE" not in rows.explain()


STEPS = st.lists(
    st.tuples(st.sampled_from(["enter", "void", "judge", "lapse", *ACTS]), st.integers(0, 1), st.integers(0, 9)),
    max_size=12,
)


class NobodyHidesAWarning(TestCase):
    scene: doors.Scene
    people: People

    @classmethod
    def setUpTestData(cls) -> None:
        cls.scene = doors.build()
        cls.people = People(cls.scene)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_no_sequence_of_acts_deletes_or_hides_one(self, steps: Any) -> None:
        at, made, ever = NOW, [self.scene.enter(NOW)], dict[int, tuple[str, int]]()
        everybody = [*self.people.heads, self.people.supervisor]
        judge_firm(firm=self.scene.firm, at=at)
        for what, which, days in steps:
            at += timedelta(days=days)
            try:
                match what:
                    case "enter":
                        made.append(self.scene.enter(at, body=which))
                    case "void" | "lapse":
                        entries.void(entry=made[which % len(made)], reason="误录", by=None, at=at)
                    case "judge":
                        judge_firm(firm=self.scene.firm, at=at)
                    case _:
                        chosen = Warning.objects.order_by("pk")[which % Warning.objects.count()]
                        by = everybody[days % 3]
                        act(chosen, what, by, at, reason_code="clue", evidence=())
            except Refusal:
                pass
            now = {one.pk: (one.identity, one.acts.count()) for one in Warning.objects.all()}
            assert all(now.get(key, ("", -1)) >= before for key, before in ever.items()), "gone, or acts are"
            ever = now
        listed = self.client_of(self.people.supervisor)
        assert set(ever) <= listed

    def client_of(self, person: Person) -> set[int]:
        client = Client()
        client.force_login(person)
        rows = b"".join(client.get(reverse("inspections:warnings-export") + "?state=all")).decode().splitlines()[1:]
        return {int(row.split(",")[0]) for row in rows}


def test_every_state_is_left_by_some_act_but_the_last() -> None:
    for state in STATES:
        assert bool(moves_from(state, overdue=True)) is (state != "closed")
        assert all(move.act in STATES for move in moves_from(state, overdue=True))
