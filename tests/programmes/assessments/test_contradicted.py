"""A bonus whose proof is contradicted after the decision is taken back by a proceeding of its own, never silently."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.programmes.assessments import test_reopenings
from tests.programmes.assessments.contested import ANSWER, codes, exhibit, known, published
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_reopenings import approved, corrected, faults, noticed, through, tiers
from tests.programmes.assessments.test_round_decisions import decided
from tests.programmes.complaints.conftest import COLUMNS as HOTLINE
from tests.programmes.complaints.test_matched import LAWSUIT, PETITION, lawsuit, one_is, petition, taken, written

from mingjing.engine.outcome import Reason
from mingjing.kernel import registry
from mingjing.kernel.documents.actions import void_service
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.entries import record_attribute
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Reopening, Result
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.policy.decisions import check_decision
from mingjing.programmes.assessments.queries import sourced
from mingjing.programmes.assessments.queries.contradicted import contradicted_in
from mingjing.programmes.assessments.queries.decisions import decision_file
from mingjing.programmes.assessments.queries.editions import due
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, scheme_of, shipped_schemes
from mingjing.programmes.assessments.queries.sheets import known_of, sheet_of_entry
from mingjing.programmes.complaints.models import Complaint

pytestmark = pytest.mark.django_db
People = dict[str, Person]
staff = test_reopenings.staff
LIFTED = "HT-00010"
"""Class A, base 92.00: with one point of bonus it is red by the scheme of these tests."""


@pytest.fixture
def scheme(people: People, at: datetime) -> Version:
    """The scheme of Hetang with the red list from 92.50 on."""
    return published_by(people, at, "ORDINARY")


def published_by(people: People, at: datetime, just_below: str) -> Version:
    """Who is just below the red list stands in this tier."""
    path = shipped_schemes()["hetang-2024"]
    with path.open("rb") as file:
        document = read_scheme(file, path.name)
    rules = json.loads(json.dumps(document["list_rules"]).replace(">=90", ">=92.50"))
    for rule in rules:
        if rule["when"] == {"total": ">=75 <90"}:
            rule["when"]["total"] = ">=75 <91.90"
            rules = [*rules, {**rule, "tier": just_below, "when": {"total": ">=91.90 <92.50"}}]
    document = json.loads(json.dumps({**document, "list_rules": rules}))
    area, who = Area.objects.get(code="430202"), {"by": people["director"], "at": at}
    draft = create_rulebook(kind=KIND, code="r", titles=document["title"], area=area, document=document, **who)  # type: ignore[arg-type]
    return publish_version(version=draft, effective_from=date(2024, 7, 1), expected_digest=draft.digest, **who)  # type: ignore[arg-type]


def lifted(staff: People, at: datetime, scheme: Version) -> Entry:
    """In a round that is still reviewed: a community of a known company with a bonus that lifts it into the red."""
    round_ = in_review(staff, at, register(12, at), scheme=scheme)
    entry = known(Entry.objects.select_related("round__area", "community").get(round=round_, number=LIFTED), at)
    bonus = {"kind": "bonus", "code": "party_branch", "document": "荷委发〔2024〕8号", "occurred_on": None}
    filing = file_document(entry=entry, **bonus, by=staff["officer"], at=at)  # type: ignore[arg-type]
    decide_filing(filing=filing, approved=True, reason="", by=staff["director"], at=at)
    return entry


def shown(entry: Entry, staff: People, at: datetime) -> Edition:
    decided(entry.round, staff, at)
    return published(entry.round, staff["director"], staff["bureau"], at)


def refuted(entry: Entry, staff: People, at: datetime, **changes: Any) -> Filing:
    """Somebody files that the paper was forged, with a paper that says so."""
    usual = {"kind": "refuted", "code": "party_branch", "document": "区委组织部〔2024〕函3号", "occurred_on": None,
             "responsibility": "该党支部并未成立，原件系伪造"}  # fmt: skip
    filing = file_document(entry=entry, **usual | changes, by=staff["officer"], at=at)  # type: ignore[arg-type]
    exhibit(filing.subject, entry.round.area, at)
    return filing


def test_it_is_taken_back_after_a_notice_a_hearing_and_two_signatures_and_the_file_proves_it(
    scheme: Version, staff: People, at: datetime
) -> None:
    entry = lifted(staff, at, scheme)
    edition = shown(entry, staff, at)
    before, after = faults(edition), edition.published_at + timedelta(days=3)
    assert tiers(edition)[entry.pk] == "RED"
    one = approved(refuted(entry, staff, after), staff, after)
    assert (one.tier, one.proceeding.organisation) == ("ORDINARY", entry.company)
    assert not due(edition.round, after)
    service = noticed(one, staff, after)
    paper = Document.objects.get(kind="assessments.bonus_notice").values()
    assert (paper["was"], paper["tier"], paper["points"], paper["proof"]) == ("红榜", "普通", "1", "荷委发〔2024〕8号")
    assert codes(lambda: corrected(edition, staff, after + ANSWER)) == ["edition.nothing_due"]
    over = through(one, staff, after)
    assert [problem.code for problem in due(edition.round, over)] == ["edition.reopened"]
    new = corrected(edition, staff, over)
    row = new.rows.get(entry=entry)
    assert (row.tier, row.bonus, row.total, row.proceeding_id) == ("ORDINARY", 0, 9200, one.proceeding_id)
    assert [reason.code for reason in row.told_reasons][:2] == ["correction.figures", "correction.heard"]
    assert tiers(new) == tiers(edition) | {entry.pk: "ORDINARY"}
    assert not due(edition.round, over)
    assert faults(edition) == before
    document = decision_file(Result.objects.select_related("replay__scheme", "entry").get(entry=entry))
    assert check_decision(json.loads(json.dumps(document))) == ()
    assert not document["correction"]["sheet"].get("claims")
    void_service(service=service, reason="回证不实", by=staff["officer"], at=over)
    assert [problem.code for problem in due(edition.round, over)] == ["edition.unfounded"]
    assert tiers(corrected(edition, staff, over)) == tiers(edition)


def test_it_lists_nobody_who_was_not_told_of_that_very_list(staff: People, at: datetime) -> None:
    entry = lifted(staff, at, published_by(staff, at, "BLACK"))
    edition = shown(entry, staff, at)
    after = edition.published_at + timedelta(days=3)
    one = approved(refuted(entry, staff, after), staff, after)
    assert one.tier == "BLACK"
    noticed(one, staff, after)
    assert Document.objects.get(kind="assessments.bonus_notice").values()["tier"] == "黑榜"
    over = through(one, staff, after)
    row = corrected(edition, staff, over).rows.get(entry=entry)
    assert (row.tier, row.adverse, row.company_id, row.proceeding_id) == (
        "BLACK", True, entry.company_id, one.proceeding_id,
    )  # fmt: skip
    appeal = file_appeal(row=row, grounds="党支部确已成立", by=staff["officer"], at=over)
    remedy = Remedy(filings=frozenset([one.filing_id]))
    upheld = {"proceeding": appeal, "stance": "upheld", "note": "查明属实", "at": over, "by": staff["other"]}
    _, new = decide_appeal(**upheld, remedy=remedy)  # type: ignore[arg-type]
    assert new is not None
    assert tiers(new) == tiers(edition)


def test_what_the_panel_drops_leaves_the_bonus(scheme: Version, staff: People, at: datetime) -> None:
    entry = lifted(staff, at, scheme)
    edition = shown(entry, staff, at)
    one = approved(refuted(entry, staff, edition.published_at), staff, edition.published_at)
    noticed(one, staff, edition.published_at)
    over = through(one, staff, edition.published_at, stance="drop")
    assert not due(edition.round, over)
    assert codes(lambda: corrected(edition, staff, over)) == ["edition.nothing_due"]


def test_only_a_bonus_that_was_granted_is_contradicted_with_a_paper_and_a_reason(
    scheme: Version, staff: People, at: datetime
) -> None:
    entry = lifted(staff, at, scheme)
    assert codes(lambda: refuted(entry, staff, at, code="three_zero")) == ["filing.not_granted"]
    assert codes(lambda: refuted(entry, staff, at, responsibility=" ")) == ["filing.contradiction"]
    edition = shown(entry, staff, at)
    after = edition.published_at
    file = {"kind": "refuted", "code": "party_branch", "document": "函", "responsibility": "伪造", "occurred_on": None}
    bare = file_document(entry=entry, **file, by=staff["officer"], at=after)  # type: ignore[arg-type]
    assert codes(lambda: approved(bare, staff, after)) == ["filing.no_paper"]
    assert codes(lambda: refuted(entry, staff, after)) == ["filing.repeated"]
    assert not Reopening.objects.exists()


def test_before_the_decision_it_simply_counts_no_longer(scheme: Version, staff: People, at: datetime) -> None:
    entry = lifted(staff, at, scheme)
    filing = refuted(entry, staff, at)

    def proof() -> str:
        rules = scheme_of(scheme)
        found = known_of([entry], entry.round, rules, locked_only=True)[entry.pk]
        claims = {claim.bonus: claim.proof for claim in sheet_of_entry(entry, found, rules, entry.round).claims}
        return claims["party_branch"]

    assert proof()
    assert codes(lambda: decide_filing(filing=filing, approved=True, reason="", by=staff["officer"], at=at)) == [
        "filing.own"
    ]
    decide_filing(filing=filing, approved=True, reason="", by=staff["director"], at=at)
    assert not proof()
    assert tiers(shown(entry, staff, at))[entry.pk] == "ORDINARY"


def test_a_late_veto_stands_beside_it_and_each_falls_by_itself(scheme: Version, staff: People, at: datetime) -> None:
    entry = lifted(staff, at, scheme)
    edition = shown(entry, staff, at)
    after = edition.published_at + timedelta(days=3)
    mild = approved(test_reopenings.filed(entry, staff, after, "safety_accident"), staff, after)
    service = noticed(mild, staff, after)
    over = through(mild, staff, after)
    assert tiers(corrected(edition, staff, over))[entry.pk] == "ORDINARY"
    one = approved(refuted(entry, staff, over), staff, over)
    noticed(one, staff, over)
    late = through(one, staff, over)
    assert corrected(edition, staff, late).rows.get(entry=entry).total == 9200
    assert not due(edition.round, late)
    void_service(service=service, reason="回证不实", by=staff["officer"], at=late)
    assert not due(edition.round, late)  # without its bonus it is no red one anyway


def test_records_of_others_that_speak_against_it_are_seen_at_once(
    scheme: Version, staff: People, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = lifted(staff, at, scheme)
    for code in ("petitions", "complaints", "lawsuits"):
        record_attribute(entry=entry, code=code, text="0", source="比对函〔2024〕1号", by=staff["officer"], at=at)
    three = {"kind": "bonus", "code": "three_zero", "document": "比对函〔2024〕1号", "occurred_on": None}
    filing = file_document(entry=entry, **three, by=staff["officer"], at=at)  # type: ignore[arg-type]
    decide_filing(filing=filing, approved=True, reason="", by=staff["director"], at=at)
    edition = shown(entry, staff, at)
    now = edition.published_at
    said = {"text": "0"}

    def answers(
        codes: Any, sites: Any, first: date, last: date, when: datetime
    ) -> dict[str, dict[int, registry.Answer]]:
        texts = {code: said["text"] if code == "complaints.hotline" else "0" for code in codes}
        return {code: {site: registry.Answer(text, Reason("x", "x")) for site in sites} for code, text in texts.items()}

    monkeypatch.setattr(sourced, "answers_to", answers)
    assert not contradicted_in(edition.round, now)
    said["text"] = "0.42"
    assert [(one.filing, one.problem.params["found"]) for one in contradicted_in(edition.round, now)] == [
        (filing, "0.42")
    ]
    assert not due(edition.round, now)
    refuted(entry, staff, now, code="three_zero", responsibility="12345 热线记录有效投诉1件")
    assert not contradicted_in(edition.round, now)


def test_what_is_established_before_the_first_publication_stands_in_it_once_it_went_its_whole_way(
    scheme: Version, staff: People, at: datetime
) -> None:
    entry = lifted(staff, at, scheme)
    decided(entry.round, staff, at)
    after = at + timedelta(days=1)
    one = approved(test_reopenings.filed(entry, staff, after), staff, after)
    other = Entry.objects.filter(round=entry.round, number="HT-00005").first()
    assert other
    pending = approved(test_reopenings.filed(known(other, at), staff, after), staff, after)
    noticed(one, staff, after)
    over = through(one, staff, after)
    first = published(entry.round, staff["director"], staff["bureau"], over)
    row = first.rows.get(entry=entry)
    assert (first.number, row.tier, row.decided_tier, row.proceeding_id) == (1, "BLACK", "RED", one.proceeding_id)
    assert row.told_reasons[0].code == "correction.heard"
    assert not first.rows.get(entry=pending.entry).adverse
    document = decision_file(Result.objects.select_related("replay__scheme", "entry").get(entry=entry))
    assert check_decision(json.loads(json.dumps(document))) == ()
    assert document["correction"]["row"]["tier"] == "BLACK"
    noticed(pending, staff, first.published_at)
    late = through(pending, staff, first.published_at)
    assert corrected(first, staff, late).rows.get(entry=pending.entry).tier == "BLACK"


def test_files_of_those_who_keep_the_records_prove_three_zeros_and_contradict_them_before_and_after(
    scheme: Version, staff: People, at: datetime
) -> None:
    entry = lifted(staff, at, scheme)
    three = {"kind": "bonus", "code": "three_zero", "document": "比对结果", "occurred_on": None}

    def filed() -> Filing:
        return file_document(entry=entry, **three, by=staff["officer"], at=at)  # type: ignore[arg-type]

    days, name = entry.round.period, entry.name
    for mapping, columns in (("hotline-12345", HOTLINE), ("petitions", PETITION)):
        taken(entry.round.area, mapping, written(columns, []), days)
    assert codes(filed) == ["filing.unmatched"]
    taken(entry.round.area, "lawsuits", written(LAWSUIT, [lawsuit(1, name, days[0].isoformat())]), days)
    sued = Complaint.objects.get()
    one_is(sued, staff["officer"], "valid", "company")
    record_attribute(entry=entry, code="lawsuits", text="0", source="企业自报", by=staff["officer"], at=at)
    assert codes(filed) == ["filing.not_zero"]  # a none by hand does not outweigh what the court has
    one_is(sued, staff["director"], "invalid")
    decide_filing(filing=filed(), approved=True, reason="", by=staff["director"], at=at)
    edition = shown(entry, staff, at)
    assert edition.rows.get(entry=entry).bonus == 400
    assert not contradicted_in(edition.round, timezone.now())
    late = [petition(7, name, days[1].isoformat())]
    taken(entry.round.area, "petitions", written(PETITION, late), days)
    assert not contradicted_in(edition.round, timezone.now())
    one_is(Complaint.objects.get(number="X7"), staff["officer"], "valid", "company")
    (found,) = contradicted_in(edition.round, timezone.now())
    assert (found.filing.code, found.problem.params) == ("three_zero", {"name": "petitions", "found": "1"})
    assert edition.rows.get(entry=entry).bonus == 400  # nothing follows by itself
    after = edition.published_at + timedelta(days=3)
    one = approved(refuted(entry, staff, after, code="three_zero", responsibility="信访件X7属实"), staff, after)
    assert one.filing.code == "three_zero"
    assert not contradicted_in(edition.round, timezone.now())
