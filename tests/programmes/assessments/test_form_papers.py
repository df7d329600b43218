"""The papers that others fill in and sign are handed out when it is time, numbered, with what is on record."""

from datetime import datetime, timedelta

import pytest
from tests.faces import district
from tests.programmes.assessments import contested
from tests.programmes.assessments.judged import register
from tests.programmes.assessments.listed import engaged, published
from tests.programmes.assessments.test_measures import FIRST, entry_of, take
from tests.programmes.assessments.test_papers import words
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.cases.actions import cancel_case, open_case
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.listings import take_listing_step
from mingjing.programmes.assessments.actions.measures import follow_list
from mingjing.programmes.assessments.actions.papers import issue_entry_paper
from mingjing.programmes.assessments.models import Edition, Entry
from mingjing.programmes.assessments.queries.entry_papers import ready_of
from mingjing.programmes.assessments.queries.form_papers import FORM_PAPERS

pytestmark = pytest.mark.django_db
People = dict[str, Person]
DAY = timedelta(days=1)


@pytest.fixture
def edition(people: People, at: datetime) -> Edition:
    """A list published long ago: one on the black list, whose measures are opened."""
    communities, companies = register(2, at), district.companies(1, at)
    for community in communities:
        engaged(community, companies[0], at)
    found = published(communities, {FIRST: "BLACK"}, people, at)
    follow_list(edition=found, by=people["director"], at=at)
    return found


def forms_of(entry: Entry) -> frozenset[str]:
    return ready_of(Entry.objects.select_related("round__scheme", "company").get(pk=entry.pk)) & FORM_PAPERS.keys()


def issued(entry: Entry, kind: str, people: People, at: datetime) -> tuple[Document, str]:
    paper = issue_entry_paper(entry=entry, kind=kind, by=people["officer"], at=at)
    text = words(paper)
    assert all(part in text for part in (paper.number, entry.name, paper.printed_code))
    assert "{{" not in text
    return paper, text


def test_an_interview_is_asked_what_the_scheme_asks_for(edition: Edition, people: People, at: datetime) -> None:
    entry = entry_of(edition)
    assert "interview_record" in forms_of(entry)
    _paper, text = issued(entry, "interview_record", people, at)
    assert "A2.3 随访住户认可率" in text
    assert "A1.1" not in text
    assert "不记录姓名" in text


def test_an_appeal_form_names_the_list_and_its_days(edition: Edition, people: People, at: datetime) -> None:
    entry = entry_of(edition)
    paper, text = issued(entry, "appeal_form", people, at)
    assert paper.addressee == entry.company
    assert all(part in text for part in ("黑榜", "第1版", "15个工作日", paper.addressee.credit_code))


def test_minutes_of_a_talk_wait_for_its_notice(edition: Edition, people: People, at: datetime) -> None:
    entry = entry_of(edition)
    take(edition, "reminder", people["officer"], at + DAY)
    assert "talk_minutes" not in forms_of(entry)
    take(edition, "talk_notice", people["officer"], at + 2 * DAY)
    assert "talk_minutes" in forms_of(entry)
    _paper, text = issued(entry, "talk_minutes", people, at + 3 * DAY)
    notice = Document.objects.get(kind="assessments.talk_notice")
    assert all(part in text for part in (notice.number, "黑榜", edition.round.title))


def test_plan_and_completion_name_the_orders_that_are_open(edition: Edition, people: People, at: datetime) -> None:
    entry = entry_of(edition)
    both = {"rectification_plan", "completion_report"}
    assert not both & forms_of(entry)
    record = entry.records.get()
    case = open_case(
        programme="assessments", kind="rectification", subject=f"{record.subject}/A5.2", title="3栋主管无水", by=None,
        at=at, area=entry.round.area, site=None, organisation=entry.company, owner=None, due_at=at + 9 * DAY,
    )  # fmt: skip
    assert both <= forms_of(entry)
    for kind in sorted(both):
        paper, text = issued(entry, kind, people, at)
        assert paper.addressee == entry.company
        assert all(part in text for part in (case.number, "3栋主管无水"))
    cancel_case(case=case, note="重复立案", by=people["officer"], at=at)
    assert not both & forms_of(entry)


def test_a_statement_is_recorded_between_notice_and_decision(people: People, at: datetime) -> None:
    bureau = district.staff("bureau", "局领导", Area.objects.get(code="430202"), at, username="bureau")
    round_ = contested.reviewed(people, at, 4, 1)
    decided(round_, people, at)
    entry = Entry.objects.select_related("round__scheme", "round__area", "company").get(
        round=round_, company__isnull=False
    )
    assert "statement_record" not in forms_of(entry)
    contested.served(round_, entry, people["officer"], at)
    assert "statement_record" in forms_of(entry)
    paper, text = issued(entry, "statement_record", people, at)
    notice = Document.objects.get(kind="assessments.pre_listing_notice")
    assert all(part in text for part in (notice.number, entry.company_name, *notice.values()["reasons"]))
    assert paper.addressee is None
    for person in (people["director"], bureau):
        step = {"round": round_, "entry": entry, "step": "decision", "stance": "uphold", "note": "事实清楚"}
        take_listing_step(**step, by=person, at=at + contested.ANSWER)  # type: ignore[arg-type]
    assert "statement_record" not in forms_of(entry)
