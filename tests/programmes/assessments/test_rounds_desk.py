"""The pages of rounds: who may open and do what, what they show, how many queries they cost."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments import rounds
from tests.programmes.assessments.conftest import SignedIn

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import entries, filings
from mingjing.programmes.assessments.actions import rounds as actions
from mingjing.programmes.assessments.models import Entry, Filing, Round, VisitRecord

People = dict[str, Person]
ROLES = ("administrator", "director", "officer", "auditor")
STAFF = {"director", "officer"}
EVERYBODY = set(ROLES)


@pytest.fixture
def draft(hetang: Version, people: People, at: datetime) -> Round:
    rounds.register(10, at, rounds.KINDS)
    return rounds.opened(hetang, people["director"], at)


@pytest.fixture
def running(hetang: Version, people: People, at: datetime) -> Round:
    """A round in fieldwork of twelve communities: two days have passed, today one, tomorrow sealed ones."""
    return fieldwork(hetang, people, 12)


def fieldwork(hetang: Version, people: People, count: int, code: str = "2024-1") -> Round:
    now = timezone.now()
    rounds.register(count, now)
    round_ = rounds.opened(hetang, people["director"], now, code)
    actions.freeze_round(round=round_, by=people["director"], at=now)
    area = Area.objects.get(code="430202")
    names = (("officer-2", "陈科员"), ("officer-3", "周科员"), ("officer-4", "吴科员"))
    staff = [people["officer"], *(district.staff("officer", name, area, now, username) for username, name in names)]
    rounds.drawn(round_, staff, now)
    return actions.begin_fieldwork(round=round_, by=people["director"], at=now)


def url(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_every_role_rightly(draft: Round, signed_in: SignedIn, role: str) -> None:
    client, number = signed_in(role), "HT-0003"
    reads = [url("rounds"), url("round", draft.pk), url("round-entries", draft.pk), url("entry", draft.pk, number),
             url("round-classes", draft.pk)]  # fmt: skip
    assert [client.get(address).status_code for address in reads] == [200] * len(reads)
    manages = [url("round-add"), url("round-change", draft.pk), url("round-handover", draft.pk)]
    expected = 200 if role in STAFF else 403
    assert [client.get(address).status_code for address in manages] == [expected] * len(manages)
    posts = {
        url("round-roster", draft.pk): STAFF,
        url("round-step", draft.pk): {"director"},
        url("class-confirm", draft.pk, number): STAFF,
        url("entry-vote", draft.pk, number): STAFF,
        url("entry-value", draft.pk, number): STAFF,
        url("entry-assessed", draft.pk, number): STAFF,
        url("entry-group", draft.pk, number): STAFF,
        url("entry-file", draft.pk, number): STAFF,
    }
    for address, allowed in posts.items():
        assert (client.post(address).status_code != 403) is (role in allowed), address


def test_another_district_never_sees_a_round(draft: Round, people: People, at: datetime) -> None:
    elsewhere = Area.objects.get(code="430202").children.first()
    assert elsewhere is not None
    stranger = district.staff("director", "别处主任", elsewhere, at, "stranger")
    client = Client(headers={"accept-language": "en"})
    client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    assert draft.title not in client.get(url("rounds")).content.decode()
    for address in (url("round", draft.pk), url("round-entries", draft.pk), url("entry", draft.pk, "HT-0001"),
                    url("round-classes", draft.pk), url("round-change", draft.pk)):  # fmt: skip
        assert client.get(address).status_code == 403
    assert Client().get(url("round", draft.pk)).status_code == 302


def test_a_round_is_opened_changed_and_handed_over_on_the_desk(
    hetang: Version, people: People, signed_in: SignedIn, at: datetime
) -> None:
    rounds.register(4, at)
    client, area = signed_in("director"), Area.objects.get(code="430202")
    data = {"area": area.pk, "code": "2024-1", "title": "第一轮", "scheme": hetang.pk, "first_day": "2024-07-01",
            "last_day": "2024-06-01", "lead": people["director"].pk}  # fmt: skip
    wrong = client.post(url("round-add"), data)
    assert wrong.status_code == 422
    assert "last day lies before" in wrong.content.decode()
    assert client.post(url("round-add"), data | {"last_day": "2024-12-31"}).status_code == 302
    round_ = Round.objects.get()
    assert round_.entries.count() == 4
    client.post(
        url("round-change", round_.pk),
        {"title": "改过", "scheme": hetang.pk, "first_day": "2024-07-01", "last_day": "2024-11-30"},
    )
    round_.refresh_from_db()
    assert (round_.title, round_.last_day) == ("改过", date(2024, 11, 30))
    refused = client.post(url("round-handover", round_.pk), {"to": people["auditor"].pk, "reason": "轮岗"})
    assert refused.status_code == 422
    assert (
        client.post(url("round-handover", round_.pk), {"to": people["officer"].pk, "reason": "轮岗"}).status_code == 302
    )
    assert "before: 李主任" in client.get(url("round", round_.pk)).content.decode()


def test_the_overview_says_what_stands_in_the_way_before_anybody_asks(draft: Round, signed_in: SignedIn) -> None:
    client = signed_in("director")
    page = client.get(url("round", draft.pk)).content.decode()
    assert "6 communities have no settled class" in page
    assert url("round-classes", draft.pk) in page
    refused = client.post(url("round-step", draft.pk), {"step": "freeze", "sure": "on"})
    assert refused.status_code == 422
    assert "Nothing was changed" in refused.content.decode()
    assert client.post(url("round-step", draft.pk), {"step": "freeze"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_two_people_settle_a_class_in_the_queue(draft: Round, signed_in: SignedIn, people: People) -> None:
    first, second = signed_in("director"), signed_in("officer")
    page = first.get(url("round-classes", draft.pk)).content.decode()
    assert page.count('class="vote"') == 6
    assert page.count("autofocus") == 1
    answer = first.post(url("class-confirm", draft.pk, "HT-0003"), {"class_code": "A", "reason": "多层老旧"})
    assert answer.status_code == 302
    after = first.get(answer.headers["Location"].partition("#")[0]).content.decode()
    assert ">HT-0003 " not in after
    assert after.count('class="vote"') == 5
    assert "多层老旧" in second.get(url("round-classes", draft.pk)).content.decode()
    second.post(url("class-confirm", draft.pk, "HT-0003"), {"class_code": "A", "reason": "同意"})
    assert Entry.objects.get(round=draft, number="HT-0003").class_code == "A"
    settled = first.get(url("round-classes", draft.pk), {"show": "settled"}).content.decode()
    assert "HT-0003" in settled
    wrong = second.post(url("class-confirm", draft.pk, "HT-0004"), {"class_code": "A", "reason": ""})
    assert wrong.status_code == 422
    assert "HT-0004" in wrong.content.decode()


def test_communities_are_found_by_chinese_pinyin_number_and_state(draft: Round, signed_in: SignedIn) -> None:
    client = signed_in("auditor")

    def found(**params: str) -> int:
        return client.get(url("round-entries", draft.pk), params).content.decode().count('<th scope="row">')

    assert found() == 10
    assert found(q="示例小区0003") == found(q="slxq0003") == found(q="ht-0003") == 1
    assert found(state="unclassed") == 6
    assert found(class_code="B") == 2
    assert found(state="not_assessed") == found(q="没有") == 0
    stratum = Entry.objects.filter(round=draft).values_list("stratum__code", flat=True)[0]
    assert found(stratum=stratum) == Entry.objects.filter(round=draft, stratum__code=stratum).count()
    assert client.get(url("round-entries", draft.pk), {"state": "x", "q": "\0"}).status_code == 200


def test_everything_can_be_done_to_a_community_on_its_page(running: Round, signed_in: SignedIn, people: People) -> None:
    client, other = signed_in("officer"), signed_in("director")
    address = url("entry", running.pk, "HT-0001")
    client.post(url("entry-value", running.pk, "HT-0001"), {"code": "occupancy", "text": "80", "source": "电力数据"})
    frozen = client.post(url("entry-value", running.pk, "HT-0001"), {"code": "fee", "text": "2", "source": "合同"})
    assert frozen.status_code == 422
    asked = {"what": "veto:safety_accident", "document": "荷安〔2024〕3号", "occurred_on": ""}
    assert client.post(url("entry-file", running.pk, "HT-0001"), asked).status_code == 422
    day = {"occurred_on": "2024-08-01"}
    assert client.post(url("entry-file", running.pk, "HT-0001"), asked | day).status_code == 302
    page = client.get(address).content.decode()
    assert "电力数据" in page
    assert "veto of level 1" in page
    assert "You filed it yourself" in page
    filing = Filing.objects.get()
    assert client.post(url("filing-decide", running.pk, filing.pk), {"approved": "yes"}).status_code == 422
    assert other.post(url("filing-decide", running.pk, filing.pk), {"approved": "yes", "reason": ""}).status_code == 302
    client.post(url("entry-assessed", running.pk, "HT-0002"), {"reason": "封闭施工"})
    assert "封闭施工" in client.get(url("entry", running.pk, "HT-0002")).content.decode()
    assert "1</b> of 12 done" in client.get(url("round", running.pk)).content.decode()
    client.post(url("entry-assessed", running.pk, "HT-0002"), {"reason": "可以进入", "to_assess": "yes"})
    assert Entry.objects.get(round=running, number="HT-0002").not_assessed_at is None


@pytest.mark.parametrize("role", ROLES)
def test_no_page_tells_where_a_team_goes_before_the_day(running: Round, signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sealed = VisitRecord.objects.filter(team_day__day=tomorrow).select_related("entry")
    assert len(sealed) == 4
    overview = client.get(url("round", running.pk)).content.decode()
    assert f'datetime="{tomorrow.isoformat()}"' in overview  # how many, by day
    for record in sealed:
        assert record.entry.name not in overview
        page = client.get(url("entry", running.pk, record.entry.number)).content.decode()
        assert "Sealed" in page
        assert tomorrow.isoformat() not in page
    late = VisitRecord.objects.filter(team_day__day__lt=timezone.localdate()).select_related("entry")
    assert late
    assert all(record.entry.name in overview for record in late)
    assert "4 visits are late" in overview
    assert "陈科员" in overview


def test_pages_cost_the_same_for_many(
    hetang: Version, people: People, signed_in: SignedIn, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    few = fieldwork(hetang, people, 6)
    client, addresses = signed_in("director"), ("round", "round-entries", "round-classes")
    counts = {}
    for name in addresses:
        client.get(url(name, few.pk))
        with django_assert_max_num_queries(45) as spent:
            client.get(url(name, few.pk))
        counts[name] = len(spent)
    Round.objects.filter(pk=few.pk).update(lead=people["officer"])
    rounds.register(150, timezone.now(), rounds.CLEAR, start=7)
    many = rounds.opened(hetang, people["director"], timezone.now(), "2024-2")
    actions.freeze_round(round=many, by=people["director"], at=timezone.now())
    rounds.drawn(many, list(Person.objects.filter(username__startswith="officer")), timezone.now(), days=20)
    actions.begin_fieldwork(round=many, by=people["director"], at=timezone.now())
    for name in addresses:
        with django_assert_max_num_queries(counts[name]):
            assert client.get(url(name, many.pk)).status_code == 200


def test_the_list_of_rounds_costs_the_same_for_many(
    hetang: Version, people: People, signed_in: SignedIn, at: datetime, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    rounds.register(3, at)
    rounds.opened(hetang, people["director"], at)
    client = signed_in("auditor")
    client.get(url("rounds"))
    with django_assert_max_num_queries(8) as spent:
        client.get(url("rounds"))
    for number in range(2, 8):
        rounds.opened(hetang, people["director"], at, f"2024-{number}")
    with django_assert_max_num_queries(len(spent)):
        assert client.get(url("rounds")).content.decode().count("0 / 3") == 7


def test_what_people_decided_is_refused_later(draft: Round, people: People, at: datetime) -> None:
    with pytest.raises(Exception, match="draft"):
        filings.file_document(
            entry=draft.entries.all()[0], kind="bonus", code="three_zero", document="函", occurred_on=None,
            by=people["officer"], at=at,
        )  # fmt: skip
    entries.declare_not_assessed(entry=draft.entries.all()[0], reason="拆除", by=people["officer"], at=at)
