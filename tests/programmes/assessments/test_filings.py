"""Bonuses that nobody declares of themselves, and vetoes on which a panel votes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from tests.faces import district
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.replaying import HETANG

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.entries import record_attribute
from mingjing.programmes.assessments.actions.filings import add_papers, decide_filing, file_document
from mingjing.programmes.assessments.models import Entry, Filing, FilingVote
from mingjing.programmes.assessments.policy.filings import claimable, grave, settled, unmatched
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import known_of, sheet_of_entry

pytestmark = pytest.mark.django_db
People = dict[str, Person]
RUBRIC = HETANG.rubrics["A"]
ZERO = {"petitions": "0", "complaints": "0", "lawsuits": "0"}


@pytest.fixture
def entry(people: People, at: datetime) -> Entry:
    found = in_review(people, at, register(3, at))
    return Entry.objects.filter(round=found).select_related("round").order_by("number")[1]


@pytest.fixture
def second(people: People, at: datetime) -> Person:
    return district.staff("officer", "第二人", Area.objects.get(code="430202"), at, username="second")


def codes(step: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        step()
    return [problem.code for problem in refused.value.problems]


def file(entry: Entry, people: People, at: datetime, **changes: Any) -> Filing:
    usual: dict[str, Any] = {
        "kind": "veto", "code": "serious_safety_accident", "document": "荷应急〔2024〕1号事故认定书",
        "occurred_on": entry.round.first_day, "responsibility": "维护保养由企业负责", "by": people["officer"], "at": at,
        "files": [SimpleUploadedFile("认定书.jpg", photo(colour=(1, 2, 3)))],
    }  # fmt: skip
    return file_document(entry=entry, **usual | changes)


@pytest.mark.parametrize(
    ("known", "declared", "told"),
    [
        ({}, False, ["filing.unmatched"] * 3),
        ({}, True, ["filing.self_declared"]),
        (ZERO, True, ["filing.self_declared"]),
        (ZERO, False, []),
        (ZERO | {"lawsuits": ""}, False, ["filing.unmatched"]),
        (ZERO | {"petitions": "1"}, False, ["filing.not_zero"]),
        (ZERO | {"complaints": "0.01"}, False, ["filing.not_zero"]),
        (ZERO | {"complaints": "none"}, False, ["filing.not_zero"]),
    ],
)
def test_three_zeros_rest_on_the_records_of_others(known: dict[str, str], declared: bool, told: list[str]) -> None:
    assert [one.code for one in unmatched(RUBRIC, "three_zero", known, declared=declared)] == told
    assert not list(unmatched(RUBRIC, "party_branch", known, declared=declared))


def test_what_rests_on_others_is_not_offered_to_companies() -> None:
    assert [item.code for item in claimable(RUBRIC)] == ["party_branch", "red_property_demonstration"]


@pytest.mark.parametrize(
    ("votes", "said"),
    [([], None), ([True], None), ([False], None), ([True, False], None), ([True, True], True),
     ([True, False, False], False), ([False, True, True], True)],
)  # fmt: skip
def test_a_panel_says_what_two_of_it_say(votes: list[bool], said: bool | None) -> None:
    assert settled(votes) is said


def test_only_what_would_list_somebody_is_grave() -> None:
    levels = {code: grave(RUBRIC, "veto", code) for code in RUBRIC.veto_levels}
    assert levels == {code: level == 2 for code, level in RUBRIC.veto_levels.items()}
    assert not grave(RUBRIC, "bonus", "three_zero")


def test_three_zeros_are_filed_once_those_who_know_have_said_none(entry: Entry, people: People, at: datetime) -> None:
    by = people["officer"]
    asked: dict[str, Any] = {"kind": "bonus", "code": "three_zero", "occurred_on": None, "responsibility": ""}
    Filing.objects.filter(entry=entry).exists()
    assert codes(lambda: file(entry, people, at, **asked)) == ["filing.unmatched"] * 3
    for code in ("petitions", "complaints", "lawsuits"):
        record_attribute(entry=entry, code=code, text="0", source="比对函〔2024〕1号", by=by, at=at)
    filing = file(entry, people, at, **asked)
    record_attribute(entry=entry, code="petitions", text="1", source="区信访局更正函", by=by, at=at)
    refused = codes(lambda: decide_filing(filing=filing, approved=True, reason="", by=people["director"], at=at))
    assert refused == ["filing.not_zero"]
    record_attribute(entry=entry, code="petitions", text="0", source="区信访局再次更正", by=by, at=at)
    assert decide_filing(filing=filing, approved=True, reason="", by=people["director"], at=at).approved


def test_a_petition_that_is_recorded_after_the_approval_takes_the_three_zeros_away(
    entry: Entry, people: People, at: datetime
) -> None:
    for code in ("petitions", "complaints", "lawsuits"):
        record_attribute(entry=entry, code=code, text="0", source="比对函〔2024〕1号", by=people["officer"], at=at)
    filing = file(entry, people, at, kind="bonus", code="three_zero", occurred_on=None, responsibility="")
    decide_filing(filing=filing, approved=True, reason="", by=people["director"], at=at)
    for petitions, proof in (("0", True), ("1", False), ("0", True)):
        record_attribute(
            entry=entry, code="petitions", text=petitions, source="区信访局函", by=people["officer"], at=at
        )
        entry.refresh_from_db()
        scheme = scheme_of(entry.round.scheme)
        known = known_of([entry], entry.round, scheme, locked_only=True)[entry.pk]
        claims = [one for one in sheet_of_entry(entry, known, scheme, entry.round).claims if one.bonus == "three_zero"]
        assert [bool(one.proof) for one in claims] == [proof]


def test_a_grave_veto_needs_its_paper_its_blame_and_two_votes(
    entry: Entry, people: People, second: Person, at: datetime
) -> None:
    assert codes(lambda: file(entry, people, at, responsibility=" ")) == ["filing.responsibility"]
    bare = file(entry, people, at, files=())

    def vote(by: Person, approved: bool = True, reason: str = "因果关系明确", filing: Filing = bare) -> Filing:
        return decide_filing(filing=filing, approved=approved, reason=reason, by=by, at=at)

    assert codes(lambda: vote(people["director"])) == ["filing.no_paper"]
    assert vote(people["director"], approved=False).approved is None
    assert vote(second, approved=False).approved is False
    filing = file(entry, people, at)
    assert codes(lambda: vote(people["officer"], filing=filing)) == ["filing.own"]
    assert codes(lambda: vote(second, reason="", filing=filing)) == ["filing.reason"]
    assert vote(second, filing=filing).approved is None
    assert codes(lambda: vote(second, filing=filing)) == ["filing.voted"]
    decided = vote(people["director"], filing=filing)
    assert (decided.approved, decided.decided_by) == (True, people["director"])
    assert FilingVote.objects.filter(filing=filing, approve=True).count() == 2
    told = Fact.objects.filter(subject=filing.subject).order_by("seq").values_list("kind", flat=True)
    assert [kind.rpartition(".")[2] for kind in told] == ["filed", "voted", "voted", "approved"]
    with pytest.raises(IntegrityError), transaction.atomic():
        FilingVote.objects.update(approve=False)


def test_a_veto_of_level_1_is_decided_by_one(entry: Entry, people: People, at: datetime) -> None:
    filing = file(entry, people, at, code="safety_accident", responsibility="", files=())
    assert decide_filing(filing=filing, approved=True, reason="", by=people["director"], at=at).approved


def test_a_paper_comes_before_the_decision(entry: Entry, people: People, second: Person, at: datetime) -> None:
    filing = file(entry, people, at, files=())
    scan = SimpleUploadedFile("认定书.jpg", photo(colour=(7, 7, 7)))
    add_papers(filing=filing, files=[scan], by=people["officer"], at=at)
    for by in (people["director"], second):
        decide_filing(filing=filing, approved=True, reason="因果关系明确", by=by, at=at)
    more = SimpleUploadedFile("补充.jpg", photo(colour=(8, 8, 8)))
    assert codes(lambda: add_papers(filing=filing, files=[more], by=people["officer"], at=at)) == ["filing.closed"]
