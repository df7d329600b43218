"""A veto established only after the decision corrects the list after a proceeding of its own, or not at all."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.contested import ANSWER, codes, decided_and_published, exhibit, known

from mingjing.kernel.documents.actions import record_service, void_service
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.evidence.actions import withdraw_exhibit
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.queries import retold, stands
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.reopenings import issue_reopening_notice, take_reopening_step
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Listed, Reopening
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.queries.checks import check_round
from mingjing.programmes.assessments.queries.editions import due
from mingjing.programmes.assessments.queries.reopenings import reopened_of

pytestmark = pytest.mark.django_db
People = dict[str, Person]
SHOWN = timedelta(days=21)
"""Longer than seven working days around National Day."""
GRAVE, MILD = "serious_safety_accident", "safety_accident"


@pytest.fixture
def staff(people: People, at: datetime) -> People:
    area = Area.objects.get(code="430202")
    more = {name: district.staff("director", name, area, at, username=name) for name in ("bureau", "other")}
    return people | more


@pytest.fixture
def edition(staff: People, at: datetime) -> Edition:
    """A published list of twelve of which nobody is on the black list."""
    return decided_and_published(staff, staff["bureau"], at, 12, 0)


def entry_in(edition: Edition, tier: str, at: datetime) -> Entry:
    """One that stands in this tier, of a company that is known and was there."""
    row = edition.rows.filter(tier=tier).order_by("index")[0]
    return known(row.entry, at)


def filed(entry: Entry, staff: People, at: datetime, code: str = GRAVE, day: date | None = None) -> Filing:
    """The veto with its paper on record."""
    filing = file_document(
        entry=entry, kind="veto", code=code, document="（2024）湘0202民初123号判决书",
        occurred_on=day or entry.round.first_day, responsibility="未维护消防设施", by=staff["officer"], at=at,
    )  # fmt: skip
    exhibit(filing.subject, entry.round.area, at)
    return filing


def approved(filing: Filing, staff: People, at: datetime) -> Reopening:
    for who in ("director", "bureau"):
        if not Filing.objects.get(pk=filing.pk).decided_at:
            decide_filing(filing=filing, approved=True, reason="判决已生效", by=staff[who], at=at)
    return Reopening.objects.select_related("proceeding__area", "filing", "entry__round").get(filing=filing)


def noticed(one: Reopening, staff: People, at: datetime) -> Service:
    document = issue_reopening_notice(reopening=one, by=staff["officer"], at=at)
    assert one.proceeding.organisation
    shown = exhibit(document.ledger_subject, one.proceeding.area, at)
    service = record_service(
        document=document, credit_code=one.proceeding.organisation.credit_code, method="direct", served_at=at,
        received_by="前台", exhibits=[shown.pk], by=staff["officer"], at=at,
    )  # fmt: skip
    take_reopening_step(reopening=one, step="notice", service=service, by=staff["officer"], at=at)
    return service


def through(one: Reopening, staff: People, at: datetime, stance: str = "uphold") -> datetime:
    """The whole way after the notice; returns when it was over."""

    def take(step: str, who: str, when: datetime, **brought: Any) -> None:
        take_reopening_step(reopening=one, step=step, note="同意", by=staff[who], at=when, **brought)

    heard = at + ANSWER
    for who in ("director", "bureau"):
        take("decision", who, heard, stance=stance)
    if stance == "uphold":
        take("public_notice", "director", heard)
        take("signed_centre", "director", heard + SHOWN)
        take("signed_bureau", "bureau", heard + SHOWN)
    return heard + SHOWN


def corrected(edition: Edition, staff: People, at: datetime) -> Edition:
    newest = Edition.objects.filter(round=edition.round).order_by("-number")[0]
    return correct_list(round=edition.round, number=newest.number, reason="事后查实", by=staff["director"], at=at)


def faults(edition: Edition) -> Counter[str]:
    """What of the round does not hold: rounds of tests are made as rows."""
    return Counter(fault.code for fault in check_round(edition.round, Counter()))


def tiers(edition: Edition) -> dict[int, str]:
    return dict(edition.rows.values_list("entry", "tier"))


def test_one_community_is_added_after_a_proceeding_of_its_own_and_nobody_else_moves(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "ORDINARY", at)
    before = faults(edition)
    one = approved(filed(entry, staff, after), staff, after)
    assert (one.tier, stands(one.proceeding, after).standing.open) == ("BLACK", ("notice", "withdrawn"))
    nothing = {"round": edition.round, "number": 1, "reason": "查实", "by": staff["director"]}
    assert codes(lambda: correct_list(**nothing, at=after)) == ["edition.nothing_due"]  # type: ignore[arg-type]
    noticed(one, staff, after)
    paper = Document.objects.get(kind="assessments.reopening_notice")
    assert {paper.values()[name] for name in ("was", "tier", "paper")} >= {"普通", "黑榜"}
    assert codes(lambda: correct_list(**nothing, at=after + ANSWER)) == ["edition.nothing_due"]  # type: ignore[arg-type]
    over = through(one, staff, after)
    assert [problem.code for problem in due(edition.round, over)] == ["edition.reopened"]
    new = corrected(edition, staff, over)
    row = new.rows.get(entry=entry)
    assert (row.tier, row.adverse, row.proceeding_id, row.company_id) == ("BLACK", True, one.proceeding_id,
                                                                        one.proceeding.organisation_id)  # fmt: skip
    assert row.told_reasons[0].code == "correction.heard"
    assert tiers(new) == tiers(edition) | {entry.pk: "BLACK"}
    assert not due(edition.round, over)
    assert stands(one.proceeding, over).standing.done == retold(one.proceeding, over).done
    assert faults(edition) == before
    assert verify().whole


def test_the_page_of_editions_shows_so_much_of_what_is_due_and_of_what_changed_and_leads_to_the_rest(
    edition: Edition, staff: People, at: datetime, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    monkeypatch.setattr("mingjing.programmes.assessments.desk.publishing.editions.PAGE_SIZE", 2)
    over = edition.published_at + timedelta(days=3)
    rows = list(edition.rows.filter(tier__in=("RED", "ORDINARY", "WATCH")).select_related("entry").order_by("index"))[
        :3
    ]
    for row in rows:
        after = over
        one = approved(filed(known(row.entry, at), staff, after), staff, after)
        noticed(one, staff, after)
        over = max(over, through(one, staff, after))
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    here = f"/assessments/rounds/{edition.round_id}/editions/"
    page = signed_in("director").get(here).content.decode()
    named = [row.entry.name for row in rows]
    assert sum(f"established later about {name}" in page for name in named) == 2
    assert "and 1 more" in page
    new = corrected(edition, staff, over)
    page = signed_in("auditor").get(here).content.decode()
    assert "Nothing is due" in page
    assert sum(f">{name}</a></th>" in page for name in named) == 2
    rest = f"{here}{new.number}/?moved"
    assert f'<a href="{rest}">Show all 3 communities that changed</a>' in page
    changed = signed_in("auditor").get(rest)
    assert {row.entry_id for row in changed.context["page"].rows} == {row.entry_id for row in rows}


def test_what_the_panel_does_not_uphold_or_two_withdraw_leaves_the_list(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    one = approved(filed(entry_in(edition, "ORDINARY", at), staff, after), staff, after)
    noticed(one, staff, after)
    over = through(one, staff, after, stance="drop")
    assert codes(lambda: take_reopening_step(reopening=one, step="public_notice", note="x", by=staff["director"],
                                             at=over)) == ["process.ended"]  # fmt: skip
    assert not due(edition.round, over)
    assert codes(lambda: corrected(edition, staff, over)) == ["edition.nothing_due"]


def test_whoever_filed_it_neither_hears_nor_decides_and_one_vote_is_not_enough(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    one = approved(filed(entry_in(edition, "ORDINARY", at), staff, after), staff, after)
    noticed(one, staff, after)
    late = after + ANSWER
    vote = {"reopening": one, "step": "decision", "stance": "uphold", "note": "属实", "at": late}
    assert "process.involved" in codes(lambda: take_reopening_step(**vote, by=staff["officer"]))  # type: ignore[arg-type]
    take_reopening_step(**vote, by=staff["director"])  # type: ignore[arg-type]
    sign = {"reopening": one, "step": "public_notice", "note": "公示", "by": staff["director"], "at": late}
    assert "process.missing" in codes(lambda: take_reopening_step(**sign))  # type: ignore[arg-type]
    assert not due(edition.round, late)


def test_it_falls_with_its_service_and_the_next_edition_gives_back(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "ORDINARY", at)
    one = approved(filed(entry, staff, after), staff, after)
    service = noticed(one, staff, after)
    over = through(one, staff, after)
    corrected(edition, staff, over)
    void_service(service=service, reason="回证不实", by=staff["officer"], at=over)
    assert [problem.code for problem in due(edition.round, over)] == ["edition.unfounded"]
    again = corrected(edition, staff, over)
    row = again.rows.get(entry=entry)
    assert (row.adverse, row.told_reasons[0].code) == (False, "correction.undone")
    assert tiers(again) == tiers(edition)
    assert not due(edition.round, over)


def test_an_appeal_against_it_that_is_upheld_gives_back(edition: Edition, staff: People, at: datetime) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "ORDINARY", at)
    one = approved(filed(entry, staff, after), staff, after)
    noticed(one, staff, after)
    over = through(one, staff, after)
    listed = corrected(edition, staff, over).rows.get(entry=entry)
    appeal = file_appeal(row=listed, grounds="判决已撤销", by=staff["officer"], at=over)
    upheld = {"proceeding": appeal, "stance": "upheld", "note": "判决已撤销", "at": over, "by": staff["other"]}
    struck = Remedy(filings=frozenset([one.filing_id]))
    _, new = decide_appeal(**upheld, remedy=struck)  # type: ignore[arg-type]
    assert new is not None
    row = new.rows.get(entry=entry)
    assert (row.tier, row.told_reasons[0].code) == (tiers(edition)[entry.pk], "correction.undone")
    assert reopened_of([entry.pk], over)[0].counts
    assert not due(edition.round, over)


def test_a_red_entry_loses_its_place_by_a_veto_of_the_first_level_and_gets_it_back_with_its_ground(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "RED", at)
    one = approved(filed(entry, staff, after, MILD), staff, after)
    assert one.tier not in {"RED", "BLACK"}
    service = noticed(one, staff, after)
    over = through(one, staff, after)
    new = corrected(edition, staff, over)
    assert tiers(new) == tiers(edition) | {entry.pk: one.tier}
    void_service(service=service, reason="回证不实", by=staff["officer"], at=over)
    assert [problem.code for problem in due(edition.round, over)] == ["edition.unfounded"]
    assert tiers(corrected(edition, staff, over)) == tiers(edition)


def test_nothing_else_is_filed_after_the_decision_and_nobody_answers_for_what_was_before_them(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "ORDINARY", at)
    bonus = {"entry": entry, "kind": "bonus", "code": "party_branch", "document": "文", "occurred_on": None}
    assert codes(lambda: file_document(**bonus, by=staff["officer"], at=after)) == ["filing.round_state"]  # type: ignore[arg-type]
    assert codes(lambda: filed(entry, staff, entry.round.deciding_at or at)) == ["filing.clock"]
    assert codes(lambda: filed(entry, staff, after, MILD)) == ["reopening.moves_nothing"]
    assert entry.engagement
    with guards_lifted():
        entry.engagement.first_day = entry.round.first_day + timedelta(days=30)
        entry.engagement.save()
    assert codes(lambda: filed(entry, staff, after)) == ["reopening.engagement"]
    assert not Filing.objects.filter(entry=entry, filed_at=after).exists()


def test_without_its_paper_it_is_not_approved_and_no_notice_goes_out(
    edition: Edition, staff: People, at: datetime
) -> None:
    after = edition.published_at + timedelta(days=3)
    entry = entry_in(edition, "RED", at)
    filing = file_document(entry=entry, kind="veto", code=MILD, document="通报", occurred_on=entry.round.first_day,
                           by=staff["officer"], at=after)  # fmt: skip
    decide = {"filing": filing, "approved": True, "reason": "属实", "by": staff["director"], "at": after}
    assert codes(lambda: decide_filing(**decide)) == ["filing.no_paper"]  # type: ignore[arg-type]
    shown = exhibit(filing.subject, entry.round.area, after)
    one = approved(filing, staff, after)
    withdraw_exhibit(exhibit=shown, reason="调错案卷", by=staff["director"], at=after)
    refused = codes(lambda: issue_reopening_notice(reopening=one, by=staff["officer"], at=after))
    assert refused == ["filing.no_paper"]
    assert not Listed.objects.filter(proceeding=one.proceeding).exists()
