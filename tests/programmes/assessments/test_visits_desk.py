"""The pages of visit records: who sees what, a visit by plain forms and by htmx, sealed days, constant queries."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments import drawn_rounds
from tests.programmes.assessments.test_visits import photo

from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions import signatures, visits
from mingjing.programmes.assessments.models import TeamDay, VisitRecord
from mingjing.programmes.assessments.queries.schemes import scheme_of

SignedIn = Callable[[str], Client]
HTMX = {"HX-Request": "true"}
PAGES = ("", "signatures/", "sheet/", "history/", "since/0/")


@pytest.fixture
def drawn(people: dict[str, Person]) -> drawn_rounds.Drawn:
    return drawn_rounds.build(people, drawn_rounds.earlier(30))


@pytest.fixture
def begun(drawn: drawn_rounds.Drawn) -> drawn_rounds.Drawn:
    now = timezone.now()
    for record in drawn.records:
        visits.begin_visit(record=record, entered_at=drawn_rounds.earlier(10), by=drawn.people["officer"], at=now)
    return drawn


def address(record: VisitRecord, rest: str = "") -> str:
    return f"/assessments/visits/{record.pk}/{rest}"


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_supervisor_sees_the_records_of_their_own_days_only(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client = signed_in("supervisor")
    for page in PAGES:
        assert client.get(address(begun.records[0], page)).status_code == 200, page
        assert client.get(address(begun.others[0], page)).status_code == 404, page
    assert client.get(f"/assessments/rounds/{begun.round.pk}/visits/").status_code == 403
    told = client.get("/assessments/visits/").content.decode()
    assert begun.records[0].entry.name in told
    assert begun.others[0].entry.name not in told


@pytest.mark.parametrize("role", ["administrator", "director", "officer", "auditor", "supervisor"])
def test_what_is_sealed_is_there_for_nobody(begun: drawn_rounds.Drawn, signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    for page in PAGES:
        assert client.get(address(begun.later[0], page)).status_code == 404
    name = begun.later[0].entry.name
    for url in ("/assessments/visits/", f"/assessments/rounds/{begun.round.pk}/visits/"):
        assert name not in client.get(url).content.decode()


def test_pressing_begin_twice_leads_to_the_record_and_says_so(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    data = {"entered_at": timezone.localtime().isoformat(timespec="minutes")[:16], "people": begun.people["officer"].pk}
    again = signed_in("officer").post(address(begun.records[0], "begin/"), data, follow=True)
    assert again.redirect_chain == [(address(begun.records[0]), 302)]
    assert "begun already" in again.content.decode()


def test_a_sealed_day_shows_as_a_day_and_nothing_else(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    told = signed_in("officer").get("/assessments/visits/").content.decode()
    assert "Day 2 of 2" in told
    assert "sealed until" in told


def test_another_district_reads_none_of_it(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    elsewhere = Area.objects.get(code="430203")
    stranger = district.staff("director", "钱主任", elsewhere, timezone.now(), username="stranger")
    client = Client()
    client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    for page in (*PAGES, "review/"):
        assert client.get(address(begun.records[0], page)).status_code == 403


def test_who_only_reads_cannot_record(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    for role in ("administrator", "director", "auditor"):
        answer = signed_in(role).post(address(begun.records[0], "edit/"), {"kind": "looked", "check": "A1.1"})
        assert answer.status_code == 403
    answer = signed_in("officer3").post(
        address(begun.records[0], "edit/"), {"kind": "looked", "check": "A1.1"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "王科员" in answer.content.decode(), "it says who records it"


def test_a_finding_by_a_plain_form_with_its_photos(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client, record = signed_in("officer"), begun.records[0]
    sent = {
        "kind": "find", "check": "A5.1", "finding": str(uuid.uuid4()), "command": str(uuid.uuid4()), "count": "2",
        "place": "3 栋", "access": "restricted",
    }  # fmt: skip
    for _again in range(2):
        answer = client.post(address(record, "edit/"), sent | {"photos": [photo(), photo("#a00")]})
        assert answer.status_code == 302
        assert answer["location"].endswith("#check-A5.1")
    sheet = VisitRecord.objects.get(pk=record.pk).sheet_document
    assert len(sheet["findings"]) == 1
    assert len(sheet["findings"][0]["evidence"]) == 2
    assert {exhibit.access for exhibit in Exhibit.objects.all()} == {"restricted"}
    told = client.get(address(record)).content.decode()
    assert "3 栋" in told
    assert "Order given" in told


def test_htmx_gets_the_check_that_changed_with_rail_and_score(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client, record = signed_in("officer"), begun.records[0]
    answer = client.post(address(record, "edit/"), {"kind": "looked", "check": "A1.1"}, headers=HTMX).content.decode()
    assert 'id="check-A1.1"' in answer
    assert 'id="check-A1.2"' not in answer
    assert 'id="rail"' in answer
    assert 'id="score"' in answer
    section = client.post(
        address(record, "edit/"), {"kind": "looked_rest", "item": "A1"}, headers=HTMX
    ).content.decode()
    assert 'id="item-A1"' in section
    assert 'id="item-A2"' not in section


def test_a_conflict_shows_both_versions_and_lets_the_later_choose(
    begun: drawn_rounds.Drawn, signed_in: SignedIn
) -> None:
    client, record, finding = signed_in("officer"), begun.records[0], str(uuid.uuid4())
    client.post(address(record, "edit/"), {"kind": "find", "check": "A3.1", "finding": finding, "place": "南门"})
    usual = {"kind": "change", "check": "A3.1", "finding": finding, "expected": "1"}
    signed_in("officer2").post(address(record, "edit/"), usual | {"place": "北门", "count": "2"})
    answer = client.post(address(record, "edit/"), usual | {"place": "东门", "count": "5"}, headers=HTMX)
    told = answer.content.decode()
    assert answer.status_code == 409
    assert "北门" in told
    assert "东门" in told
    assert "Take mine instead" in told
    assert 'name="expected" value="2"' in told
    plain = client.post(address(record, "edit/"), usual | {"place": "东门", "count": "5"})
    assert plain.status_code == 409
    assert "东门" in plain.content.decode(), "without JavaScript too; nothing typed is lost"
    client.post(address(record, "edit/"), usual | {"place": "东门", "count": "5", "expected": "2"})
    assert VisitRecord.objects.get(pk=record.pk).sheet_document["findings"][0]["place"] == "东门"


def test_a_whole_record_by_forms_to_the_lock(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client, record = signed_in("officer"), begun.records[0]
    told = client.get(address(record, "signatures/")).content.decode()
    assert "checks are not answered" in told
    for item in range(1, 10):
        client.post(address(record, "edit/"), {"kind": "looked_rest", "item": f"A{item}"})
    for check in ("A2.2", "A2.3", "A4.3"):
        sent = {"kind": "find", "check": check, "finding": str(uuid.uuid4()), "good": "5", "of": "5"}
        client.post(address(record, "edit/"), sent)
    left = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    left_at = {"left_at": left}
    assert "The record is handed in." in client.post(address(record, "submit/"), left_at, follow=True).content.decode()
    again = signed_in("officer2").post(address(record, "submit/"), left_at, follow=True)
    assert "The record was handed in before; nothing was changed." in again.content.decode()
    assert Fact.objects.filter(kind="assessments.visit.submitted").count() == 1
    assert VisitRecord.objects.get(pk=record.pk).submitted_by == begun.people["officer"]
    client.post(address(record, "sign/"))
    signed_in("officer2").post(address(record, "sign/"))
    asked = client.get(address(record, "signatures/")).content.decode()
    assert not re.search(r'name="stance"[^>]*checked', asked)
    assert "signed after all" not in asked
    assert client.post(address(record, "manager/"), {"name": "刘经理"}).status_code == 422
    sent = {"name": "刘经理", "stance": "refused"}
    assert client.post(address(record, "manager/"), sent).status_code == 302
    waits = client.get(address(record, "signatures/")).content.decode()
    left, right = waits.index("Still to confirm it"), waits.index("signed after all")
    assert str(begun.people["supervisor"]) in waits[left:right]
    assert str(begun.people["officer"]) not in waits[left:right]
    assert "second member" in signed_in("supervisor").get(address(record, "signatures/")).content.decode()
    signed_in("supervisor").post(address(record, "witness/"))
    reviewer = signed_in("officer3")
    queue = f"/assessments/rounds/{begun.round.pk}/review/"
    assert record.entry.name in reviewer.get(queue).content.decode()
    assert client.post(address(record, "lock/")).status_code == 422, "not by a member of the team"
    assert reviewer.post(address(record, "return/"), {"back-reason": ""}).status_code == 422
    assert reviewer.post(address(record, "lock/"), follow=True).status_code == 200
    assert VisitRecord.objects.get(pk=record.pk).locked_at
    assert record.entry.name not in reviewer.get(queue).content.decode()
    assert signed_in("officer").post(address(record, "void/"), {"void-reason": "x"}).status_code == 403


def test_a_late_record_says_so_everywhere_and_is_taken_of_its_own_team_only(
    begun: drawn_rounds.Drawn, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, later = begun.records[0], timezone.now() + timedelta(days=3)
    left_at = {"left_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client, lists = signed_in("officer"), (f"/assessments/rounds/{begun.round.pk}/visits/", "/assessments/visits/")
    for page in (address(record), address(record, "signatures/"), *lists):
        assert "3 days late" in client.get(page).content.decode(), page
    for item in range(1, 10):
        client.post(address(record, "edit/"), {"kind": "looked_rest", "item": f"A{item}"})
    for check in ("A2.2", "A2.3", "A4.3"):
        sent = {"kind": "find", "check": check, "finding": str(uuid.uuid4()), "good": "5", "of": "5"}
        client.post(address(record, "edit/"), sent)
    stranger = signed_in("officer3").post(address(record, "submit/"), left_at)
    assert stranger.status_code == 422
    assert "王科员" in stranger.content.decode(), "it says who records it"
    assert not VisitRecord.objects.get(pk=record.pk).submitted_at
    assert client.post(address(record, "submit/"), left_at).status_code == 302
    assert "3 days late" in client.get(address(record)).content.decode()
    assert Fact.objects.get(kind="assessments.visit.submitted").values["late_days"] == 3


def test_the_form_asks_the_same_whatever_it_holds(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client, now, officer = signed_in("officer"), timezone.now(), begun.people["officer"]
    before = [queries(client, address(begun.records[1], page)) for page in ("", "signatures/", "review/")]
    for check in scheme_of(begun.scheme).rubrics["B"].checks.values():
        answer = {"PI": {"count": 2}, "TIER": {"grade": "absent"}, "RATIO": {"good": 20, "of": 20}}.get(
            check.rule.kind, {}
        )
        payload = {"check": check.code, "finding": str(uuid.uuid4()), "place": "3 栋", **answer}
        visits.edit_sheet(record=begun.records[1], kind="find", payload=payload, by=officer, at=now)
    finding = begun.records[1].sheet_document["findings"][0]["id"]
    lot = [photo(f"#{shade:03}") for shade in range(100, 110)]
    visits.attach_files(record=begun.records[1], files=lot, holder={"finding": finding}, by=officer, at=now)
    signatures.sign_record(record=begun.records[1], by=officer, at=now)
    after = [queries(client, address(begun.records[1], page)) for page in ("", "signatures/", "review/")]
    assert all(late - early <= 2 for early, late in zip(before, after, strict=True)), (before, after)


def test_lists_ask_the_same_whatever_their_length(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    urls = ("/assessments/visits/", f"/assessments/rounds/{begun.round.pk}/visits/")
    client = signed_in("officer")
    few = [queries(client, url) for url in urls]
    VisitRecord.objects.filter(pk__in=[record.pk for record in begun.later]).update(team_day=begun.team)
    assert begun.later[0].entry.name in client.get(urls[0]).content.decode()
    assert [queries(client, url) for url in urls] == few


def test_what_lies_behind_stands_once_by_what_is_to_be_done(
    begun: drawn_rounds.Drawn, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, officer = timezone.now(), begun.people["officer"]
    elsewhere = VisitRecord.objects.filter(pk__in=[record.pk for record in (*begun.others, *begun.later)])
    elsewhere.update(team_day=begun.team)
    for record in elsewhere.order_by("pk")[:1]:
        visits.begin_visit(record=record, entered_at=drawn_rounds.earlier(10), by=officer, at=now)
    returned, to_sign, signed, *late = VisitRecord.objects.filter(team_day=begun.team).order_by("pk")
    VisitRecord.objects.filter(pk=returned.pk).update(returned_at=now)
    VisitRecord.objects.filter(pk__in=[to_sign.pk, signed.pk]).update(submitted_at=now, submitted_by=officer)
    signatures.sign_record(record=VisitRecord.objects.get(pk=signed.pk), by=officer, at=now)
    monkeypatch.setattr("mingjing.programmes.assessments.desk.visits.mine.OF_A_SORT", 2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=3))
    shown: dict[str, list[int]] = {}
    client, asked = signed_in("officer"), ""
    while asked is not None:
        context = client.get(f"/assessments/visits/{asked}").context
        behind = {sort.name: sort for sort in (*context["behind"], context["handed"])}
        for name in behind if not asked else ["late"]:
            shown.setdefault(name, []).extend(line.record.pk for line in behind[name].lines)
        asked = f"?{behind['late'].page.after}" if behind["late"].page.after else None
    assert not context["today"]
    expected = {"returned": [returned.pk], "sign": [to_sign.pk], "handed": [signed.pk]}
    assert shown == {**expected, "late": [record.pk for record in late]}
    assert len(late) == 3, "more than one page"


def test_the_teams_of_a_day_are_shown_by_fifty(drawn: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    first, day = drawn.team, drawn.team.day.isoformat()
    TeamDay.objects.bulk_create(TeamDay(draw=first.draw, day=first.day, team=number) for number in range(101, 161))
    client, url = signed_in("officer"), f"/assessments/rounds/{drawn.round.pk}/team-days/"
    shown: list[int] = []
    asked = f"?day={day}"
    while asked:
        context = client.get(f"{url}{asked}").context
        shown += [one.team for one in context["page"].rows]
        asked = f"?{after}" if (after := context["page"].after) else ""
    expected = TeamDay.objects.filter(draw=first.draw, day=first.day).order_by("team").values_list("team", flat=True)
    assert shown == list(expected)
    assert len(shown) == 62


def test_lists_are_narrowed_by_state_team_place_class_and_words(begun: drawn_rounds.Drawn, signed_in: SignedIn) -> None:
    client, url = signed_in("officer3"), f"/assessments/rounds/{begun.round.pk}/visits/"
    first, other = begun.records[0].entry, begun.others[1].entry

    def names(query: str) -> tuple[bool, bool]:
        told = client.get(f"{url}?{query}").content.decode()
        return first.name in told, other.name in told

    assert names("") == (True, True)
    assert names("state=started") == (True, False)
    assert names("state=planned") == (False, True)
    assert names("team=2") == (False, True)
    assert names("class_code=A") == (True, False)
    assert names(f"q={first.number}") == (True, False)
    assert names("state=late") == (False, False)
