"""The decision of a round: right, whole or not at all, checkable by anyone, and never without what it needs."""

import copy
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import children
from tests.programmes.assessments import second_reader
from tests.programmes.assessments.judged import in_review, register

from mingjing.engine.chain import inclusion_proof, merkle_root
from mingjing.engine.outcome import Refusal
from mingjing.kernel.cases.models import Case
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.actions import publish_version, save_draft, start_draft
from mingjing.programmes.assessments.actions.decisions import request_decision
from mingjing.programmes.assessments.jobs import judging as jobs
from mingjing.programmes.assessments.models import Entry, Filing, Replay, Result, Round, VisitRecord
from mingjing.programmes.assessments.policy.decisions import check_decision, result_row
from mingjing.programmes.assessments.queries.checks import check_round
from mingjing.programmes.assessments.queries.decisions import _Paths, decision_file
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import row_of, scheme_behind, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import CHUNK, order_subject, sheets_of

pytestmark = pytest.mark.django_db
People = dict[str, Person]


@pytest.fixture
def round_(people: People, at: datetime) -> Round:
    return in_review(people, at, register(40, at))


def decided(round_: Round, people: Mapping[str, Person], at: datetime) -> Replay:
    request_decision(round=round_, by=people["director"], at=at)
    drain()
    round_.refresh_from_db()
    found = decision_of(round_)
    assert found is not None
    return found


def test_a_round_is_decided_whole(round_: Round, people: People, at: datetime) -> None:
    replay = decided(round_, people, at)
    assert (round_.state, replay.result_count) == ("decided", 40)
    results = list(replay.results.order_by("index").select_related("replay__scheme", "entry"))
    assert [result.key for result in results] == sorted(result.entry.number for result in results)
    scheme = scheme_of(round_.scheme)
    for result in results:
        assert row_of(scheme, result) == result_row(scheme, worked_out(result))
    fact = Fact.objects.get(kind="assessments.round.decided", subject=round_.subject)
    leaves = [bytes.fromhex(result.leaf) for result in results]
    assert fact.values["results_root"] == merkle_root(leaves).hex() == replay.results_root
    assert sum(sum(counts.values()) for counts in fact.values["tiers"].values()) == 40
    assert fact.scope == round_.area.path
    assert verify().whole


def test_who_was_not_assessed_is_never_a_zero(round_: Round, people: People, at: datetime) -> None:
    replay = decided(round_, people, at)
    absent = Entry.objects.filter(round=round_, not_assessed_at__isnull=False)
    found = replay.results.filter(entry__in=absent)
    assert absent.exists()
    assert set(found.values_list("total", "tier")) <= {(None, "NOT_ASSESSED"), (None, "BLACK")}


def test_every_decision_file_is_right_by_us_and_by_a_second_reader(round_: Round, people: People, at: datetime) -> None:
    replay = decided(round_, people, at)
    for result in replay.results.select_related("replay__scheme").order_by("index"):
        document = json.loads(json.dumps(decision_file(result)))
        assert check_decision(document) == ()
        assert second_reader.work_out(document) == document["result"]
        assert second_reader.recorded(document) == document["record"]["proof"]["checkpoint"]["hash"]
        assert "某经理" not in json.dumps(document, ensure_ascii=False)
        document["sheet"]["attributes"] = {"occupancy": "99"}
        assert check_decision(document)


def test_nothing_missing_or_no_decision(round_: Round, people: People, at: datetime) -> None:
    record = VisitRecord.objects.filter(round=round_).order_by("id")[0]
    VisitRecord.objects.create(round=round_, entry=record.entry, team_day=record.team_day, purpose="second", visit=None)
    Filing.objects.create(
        entry=record.entry, kind="bonus", code="party_branch", filed_by=people["officer"], filed_at=at
    )
    with pytest.raises(Refusal) as caught:
        request_decision(round=round_, by=people["director"], at=at)
    assert {problem.code for problem in caught.value.problems} >= {"round.filings_open", "round.not_submitted"}
    assert not Replay.objects.exists()


def test_a_round_is_asked_for_once(round_: Round, people: People, at: datetime) -> None:
    request_decision(round=round_, by=people["director"], at=at)
    with pytest.raises(Refusal):
        request_decision(round=round_, by=people["director"], at=at)
    assert Replay.objects.count() == 1


def test_a_value_that_cannot_be_read_fails_with_its_place_and_the_round_is_in_review_again(
    round_: Round, people: People, at: datetime
) -> None:
    entry = Entry.objects.filter(round=round_)[3]
    entry.attributes = {**entry.attributes, "occupancy": "viel"}
    entry.save(update_fields=["attributes"])
    request_decision(round=round_, by=people["director"], at=at)
    drain()
    round_.refresh_from_db()
    replay = Replay.objects.get()
    assert (round_.state, decision_of(round_)) == ("review", None)
    assert [problem.place for problem in replay.told_problems] == [entry.number]
    assert not Result.objects.exists()
    assert Fact.objects.filter(kind="assessments.round.decision_failed").count() == 1
    entry.attributes = {**entry.attributes, "occupancy": "70"}
    entry.save(update_fields=["attributes"])
    assert decided(round_, people, at).result_count == 40


def test_a_confirmed_order_closes_a_critical_finding(round_: Round, people: People, at: datetime) -> None:
    scheme = scheme_of(round_.scheme)
    sheet, record, check = next(
        (sheet, VisitRecord.objects.get(entry=entry), finding.check)
        for entry, sheet in sheets_of(round_)
        for finding in sheet.findings
        if scheme.checks[finding.check].critical
    )
    assert not any(finding.resolved for finding in sheet.findings)

    def order(outcome: str) -> None:
        Case.objects.create(
            programme="assessments", kind="rectification", subject=order_subject(record, check), title="整改",
            area=round_.area, register="2024-430202", serial=Case.objects.count() + 1, opened_at=at, due_at=at,
            outcome=outcome, **({"closed_at": at + timedelta(days=2), "claimed_at": at} if outcome else {}),
            closed_by=people["director"] if outcome else None,
        )  # fmt: skip

    def resolved() -> set[str]:
        found = {entry.pk: sheet for entry, sheet in sheets_of(round_)}[record.entry_id]
        return {finding.resolved for finding in found.findings if finding.check == check}

    order("confirmed")
    assert resolved() == {"2024-09-06"}
    order("cancelled")
    assert resolved() == {"2024-09-06"}
    order("")
    assert resolved() == {""}


def test_sheets_cost_the_same_queries_whatever_is_in_a_chunk(people: People, at: datetime) -> None:
    small = in_review(people, at, register(20, at), code="small")
    large = in_review(people, at, register(CHUNK - 1, at, start=20), code="large")
    counts = []
    for round_ in (small, large):
        round_ = Round.objects.select_related("scheme").get(pk=round_.pk)
        with CaptureQueriesContext(connection) as captured:
            assert len(list(sheets_of(round_))) in (20, CHUNK - 1)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 11  # corrections of findings and what other programmes know among them


def test_running_again_changes_nothing(round_: Round, people: People, at: datetime) -> None:
    decided(round_, people, at)
    before = list(Result.objects.values_list()), Fact.objects.count()
    Delivery.objects.update(done_at=None, due_at="2024-01-01T00:00:00Z")
    assert drain() == 2, "the decision, and what its report needs"
    assert (list(Result.objects.values_list()), Fact.objects.count()) == before


def test_progress_is_true(round_: Round, people: People, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BATCH", 7)
    decided(round_, people, at)
    delivery = Delivery.objects.get(reaction="assessments.decide_round")
    assert (delivery.steps_done, delivery.steps_total) == (80, 80)


def test_a_scheme_corrected_after_the_decision_leaves_the_round_as_it_was(
    round_: Round, people: People, at: datetime
) -> None:
    replay, by = decided(round_, people, at), people["director"]
    before = {row.key: decision_file(row) for row in whole(replay)}
    faults = Counter(fault.code for fault in check_round(round_, Counter()))
    draft = start_draft(base=round_.scheme, by=by, at=at)
    document = copy.deepcopy(draft.content)
    for row in document["list_rules"]:
        row["when"] = {name: text.replace("90", "99") for name, text in row["when"].items()}
    save_draft(version=draft, document=document, expected_revision=draft.revision, by=by, at=at)
    draft.refresh_from_db()
    newer = publish_version(version=draft, effective_from=date(2025, 1, 1), expected_digest=draft.digest, by=by, at=at)
    assert newer.digest != round_.scheme.digest
    found = Round.objects.get(pk=round_.pk)
    assert (found.scheme_id, found.state) == (round_.scheme_id, "decided")
    after = decision_of(found)
    assert after == replay
    files = {row.key: decision_file(row) for row in whole(replay)}
    assert {key: without_proof(file) for key, file in files.items()} == {
        key: without_proof(file) for key, file in before.items()
    }
    assert not any(check_decision(file) for file in files.values())
    assert not any(check_decision(document) for document in before.values())
    assert all(worked_out(row).decision.tier == row.tier for row in whole(replay))
    assert Counter(fault.code for fault in check_round(round_, Counter())) == faults
    again = in_review(people, at, register(6, at, start=90), code="2025-1", scheme=newer, first_day=date(2025, 1, 1))
    assert scheme_behind(decided(again, people, at)).digest == newer.digest


def without_proof(file: dict[str, Any]) -> dict[str, Any]:
    """A decision file but for the proof, which grows with the ledger."""
    return {**file, "record": {name: kept for name, kept in file["record"].items() if name != "proof"}}


def whole(replay: Replay) -> list[Result]:
    return list(replay.results.select_related("replay__scheme", "entry__round").order_by("index"))


class TestKilled:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.mark.parametrize("moment", ["stored", "completing"])
    def test_a_killed_worker_leaves_nothing_that_counts(
        self, people: People, at: datetime, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        round_ = in_review(people, at, register(12, at))
        monkeypatch.setattr(jobs, "BATCH", 5)
        request_decision(round=round_, by=people["director"], at=at)
        children.killed(lambda: kill_when(moment))
        assert Result.objects.count() == (5 if moment == "stored" else 12)
        round_.refresh_from_db()
        assert (round_.state, decision_of(round_)) == ("deciding", None)
        assert verify().whole
        Delivery.objects.update(due_at=Delivery.objects.get().due_at - timedelta(hours=1))  # its lease runs out
        assert drain() == 2, "the decision, and what its report needs"
        round_.refresh_from_db()
        replay = decision_of(round_)
        assert replay is not None
        assert (round_.state, replay.attempt, replay.result_count) == ("decided", 2, 12)
        assert Fact.objects.filter(kind="assessments.round.decided").count() == 1
        assert verify().whole


def kill_when(moment: str) -> None:
    """Run the work and be killed: after the first batch was stored, or with the completion in an open transaction."""

    if moment == "completing":
        from mingjing.kernel.ledger.signals import fact_appended

        fact_appended.connect(children.die, weak=False)
    else:
        store = jobs.keep_results

        def once(**given: object) -> None:
            store(**given)  # type: ignore[arg-type]
            children.die()

        jobs.keep_results = once  # type: ignore[assignment]  # in this process only
    drain()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100])
def test_all_paths_at_once_are_those_of_the_chain(size: int) -> None:
    leaves = [sha256(bytes([number])).digest() for number in range(size)]
    paths = _Paths(leaves)
    assert [paths.of(index) for index in range(size)] == [inclusion_proof(leaves, index) for index in range(size)]
