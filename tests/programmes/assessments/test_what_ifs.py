"""What-ifs: another scheme judges rounds and touches nothing; what it does not know is said, never dropped silently."""

import copy
import json
from datetime import date, datetime, timedelta

import pytest
from django.utils.html import escape
from tests import children
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided, kill_when

from mingjing.engine.chain import canonical, content_digest
from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.what_ifs import ask_what_if
from mingjing.programmes.assessments.jobs import judging as jobs
from mingjing.programmes.assessments.models import Replay, Result, Round
from mingjing.programmes.assessments.queries.results import row_of, scheme_behind, worked_out
from mingjing.programmes.assessments.queries.what_ifs import answers, changed

pytestmark = pytest.mark.django_db
People = dict[str, Person]


def draft(round_: Round, people: People, at: datetime, change=lambda document: None) -> Version:
    document = copy.deepcopy(round_.scheme.content)
    change(document)
    return Version.objects.create(
        rulebook=round_.scheme.rulebook, number=Version.objects.count() + 1, document=canonical(document).decode(),
        digest=content_digest(document), created_by=people["director"], created_at=at, changed_by=people["director"],
        changed_at=at,
    )  # fmt: skip


def stricter(document) -> None:
    """Red only from 98, and one check gone: its points go to its neighbour."""
    for row in document["list_rules"]:
        for measure in ("total",):
            if measure in row["when"]:
                row["when"][measure] = row["when"][measure].replace("90", "98")
    item = next(item for item in document["items"] if item["class"] == "A" and len(item["checks"]) > 1)
    gone = item["checks"].pop()
    item["checks"][0]["points"] = str(float(item["checks"][0]["points"]) + float(gone["points"]))
    document["aggregation"]["omit"] = [c for c in document["aggregation"].get("omit", []) if c != gone["code"]]


@pytest.fixture
def rounds(people: People, at: datetime) -> list[Round]:
    """A decided round, and one in review."""
    communities = register(30, at)
    first = in_review(people, at, communities, code="2024-1", seed=1, first_day=date(2024, 1, 1))
    decided(first, people, at)
    return [first, in_review(people, at, communities, code="2024-2", seed=2)]


def asked(rounds: list[Round], scheme: Version, people: People, at: datetime) -> list[Replay]:
    question = ask_what_if(scheme=scheme, rounds=rounds, by=people["officer"], at=at)
    drain()
    return answers(question)[0]


def test_the_same_scheme_changes_nothing(rounds: list[Round], people: People, at: datetime) -> None:
    for replay in asked(rounds, rounds[0].scheme, people, at):
        assert replay.completed_at
        assert changed(replay).count() == 0
        assert set(replay.results.values_list("agrees", flat=True)) == {True}


def test_a_stricter_draft_says_who_would_move_and_touches_nothing(
    rounds: list[Round], people: People, at: datetime
) -> None:
    before = list(Result.objects.values_list()), list(Round.objects.values_list())
    other = draft(rounds[0], people, at, stricter)
    for replay in asked(rounds, other, people, at):
        scheme = scheme_behind(replay)
        assert scheme.digest == other.digest
        moved = changed(replay)
        assert moved.count() > 0
        for row in replay.results.select_related("replay__scheme"):
            assert row_of(scheme, row)["tier"] == worked_out(row).decision.tier
            if row.expected_tier == "RED" and row.total is not None and row.total < 9800:
                assert row in moved
    assert (
        list(Result.objects.exclude(replay__purpose="what_if").values_list()),
        list(Round.objects.values_list()),
    ) == before
    assert verify().whole


def test_what_the_draft_dropped_is_counted_and_named(rounds: list[Round], people: People, at: datetime) -> None:
    kept = {c["code"] for i in rounds[0].scheme.content["items"] for c in i["checks"]}
    other = draft(rounds[0], people, at, stricter)
    gone = kept - {c["code"] for i in other.content["items"] for c in i["checks"]}
    (replay,) = asked(rounds[:1], other, people, at)
    fact = Fact.objects.get(kind="assessments.what_if.answered")
    stored = Result.objects.filter(replay__purpose="decision").values_list("sheet", flat=True)
    lost = sum(finding["check"] in gone for text in stored for finding in json.loads(text).get("findings", []))
    assert fact.values["lost"]["findings"] == ({next(iter(gone)): lost} if lost else {})
    assert fact.values["replay"] == replay.pk


def test_a_class_rule_that_differs_is_asked_anew(rounds: list[Round], people: People, at: datetime) -> None:
    def all_b(document) -> None:
        document["class_rule"] = [
            {"class": "B", "when": {"completed_year": ">=1900"}}, {"class": "A", "when": {"completed_year": "<1900"}},
        ]  # fmt: skip

    (replay,) = asked(rounds[:1], draft(rounds[0], people, at, all_b), people, at)
    assert set(replay.results.values_list("class_code", flat=True)) == {"B"}
    values = Fact.objects.get(kind="assessments.what_if.answered").values
    assert values["reclassed"] == 20
    assert sum(values["lost"]["findings"].values()) > 0


def test_a_draft_with_mistakes_is_refused_with_them(rounds: list[Round], people: People, at: datetime) -> None:
    def wrong(document) -> None:
        document["rounding"]["decimals"] = "7"
        document["items"][0]["points"] = "1"

    with pytest.raises(Refusal) as caught:
        ask_what_if(scheme=draft(rounds[0], people, at, wrong), rounds=rounds, by=people["officer"], at=at)
    assert {"rounding/decimals", "items/0/points"} <= {problem.place for problem in caught.value.problems}
    assert not Replay.objects.filter(purpose="what_if").exists()


def test_a_draft_goes_on_changing_and_the_answer_does_not(rounds: list[Round], people: People, at: datetime) -> None:
    other = draft(rounds[0], people, at, stricter)
    question = ask_what_if(scheme=other, rounds=rounds[:1], by=people["officer"], at=at)
    digest = other.digest
    document = {**other.content, "note": {"en": "later"}}
    Version.objects.filter(pk=other.pk).update(document=canonical(document).decode(), digest=content_digest(document))
    drain()
    (replay,), _ = answers(question)
    assert scheme_behind(Replay.objects.select_related("scheme").get(pk=replay.pk)).digest == digest


def test_the_pages_show_it_to_those_who_may(
    rounds: list[Round], people: People, at: datetime, signed_in: SignedIn
) -> None:
    other = draft(rounds[0], people, at, stricter)
    client = signed_in("officer")
    page = client.get(f"/assessments/schemes/hetang-2024/{other.number}/")
    assert "What would this version have changed?" in page.content.decode()
    form = f"/assessments/schemes/hetang-2024/{other.number}/what-if/"
    assert client.get(form).status_code == 200
    sent = client.post(form, {"scheme": other.pk, "rounds": [r.pk for r in rounds]})
    assert sent.status_code == 302
    assert client.get(sent.url).status_code == 200
    drain()
    assert "would change tier" in client.get(sent.url).content.decode()
    was = dict(Result.objects.filter(replay__purpose="decision").values_list("key", "tier"))
    then = dict(Result.objects.filter(replay__purpose="what_if", entry__round=rounds[0]).values_list("key", "tier"))
    moved = client.get(f"{sent.url}rounds/{rounds[0].pk}/")
    expected = {key for key in was if was[key] != then[key]}
    assert expected
    assert {entry["row"].key for entry in moved.context["rows"]} == expected
    for entry in moved.context["rows"]:
        key, why = entry["row"].key, entry["why"] or entry["reasons"]
        assert (entry["row"].expected_tier, entry["row"].tier) == (was[key], then[key])
        assert why, "everybody who would move is told why"
        assert all(escape(reason.say()) in moved.content.decode() for reason in why)
        one = client.get(f"{sent.url}rounds/{rounds[0].pk}/{key}/")
        told = one.content.decode()
        assert all(escape(reason.say()) in told for reason in one.context["then"].decision.reasons)
        assert one.context["first"].decision.tier == was[key]
        assert one.context["then"].decision.tier == then[key]
    for entry in client.get(f"{sent.url}rounds/{rounds[1].pk}/").context["rows"]:
        assert client.get(f"{sent.url}rounds/{rounds[1].pk}/{entry['row'].key}/").status_code == 200
    assert client.get("/assessments/what-ifs/").status_code == 200
    assert client.post(form, {"scheme": other.pk}).status_code == 422
    assert signed_in("auditor").get(sent.url).status_code == 200
    assert signed_in("auditor").get(form).status_code == 403


class TestKilled:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.mark.parametrize("moment", ["stored", "completing"])
    def test_a_killed_worker_goes_on_with_what_is_unanswered(
        self, people: People, at: datetime, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        communities = register(12, at)
        round_ = in_review(people, at, communities)
        monkeypatch.setattr(jobs, "BATCH", 5)
        question = ask_what_if(scheme=round_.scheme, rounds=[round_], by=people["officer"], at=at)
        children.killed(lambda: kill_when(moment))
        assert not Replay.objects.get().finished
        Delivery.objects.update(due_at=Delivery.objects.get().due_at - timedelta(hours=1))
        drain()
        (replay,), facts = answers(question)
        assert (replay.result_count, len(facts)) == (12, 1)
        assert verify().whole
