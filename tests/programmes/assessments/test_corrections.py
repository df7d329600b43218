"""What a correction makes of a row: it gives back; ranks free, and put nobody where rights are taken unheard."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.lists import Decision
from mingjing.engine.outcome import Reason, Titled
from mingjing.engine.scoring import score
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Edition, Listed, Replay, Result
from mingjing.programmes.assessments.policy.corrections import Placed, place
from mingjing.programmes.assessments.queries import relisted as relisting
from mingjing.programmes.assessments.queries.relisted import relisted
from mingjing.programmes.assessments.queries.restated import Restated
from mingjing.programmes.assessments.queries.results import sheet_of
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, scheme_of, shipped_schemes

ORDER = ("RED", "ORDINARY", "WATCH", "BLACK", "WORSE")
TITLES = {code: Titled({"en": code}) for code in ORDER}
ADVERSE = {"BLACK", "WORSE"}
TIERS = st.sampled_from(ORDER)


@given(TIERS, st.none() | TIERS, st.booleans(), st.booleans(), st.sampled_from(["", *ORDER]))
def test_nobody_comes_where_rights_are_taken_but_who_was_told_of_that_very_tier(
    was: str, found: str | None, own: bool, stands: bool, heard: str
) -> None:
    rules = None if found is None else Decision(found, (Reason("x", "x"),), (), None)
    spared = Decision("WATCH", (Reason("y", "y"),), (), None)
    after = place(Placed(was), rules, spared, ADVERSE, TITLES, own=own, stands=stands, heard=heard)
    if after.tier in ADVERSE and after.tier != was:
        assert (after.tier in {found, heard}) or was in ADVERSE
        assert after.tier == heard
    if was in ADVERSE and not stands:
        assert after.tier == "WATCH"
    if not own and was not in ADVERSE and not heard:
        assert after.tier == was
    assert after.tier == was or after.reasons


@pytest.fixture
def by_rank(people: dict[str, Person], at: datetime) -> Version:
    """The scheme of Hetang with the last two of each class on the black list, whatever they came to."""
    path = shipped_schemes()["hetang-2024"]
    with path.open("rb") as file:
        document = read_scheme(file, path.name)
    later = {"3": "4", "4": "5"}
    rules = [{**row, "step": later.get(row["step"], row["step"])} for row in document["list_rules"]]
    last = {"tier": "BLACK", "step": "3", "when": {"bottom_rank": "<=2"}, "title": {"zh-Hans": "末两名", "en": "Last"}}
    document = json.loads(json.dumps({**document, "list_rules": [*rules, last]}))
    area, who = Area.objects.get(code="430202"), {"by": people["director"], "at": at}
    draft = create_rulebook(kind=KIND, code="r", titles=document["title"], area=area, document=document, **who)  # type: ignore[arg-type]
    return publish_version(version=draft, effective_from=date(2024, 7, 1), expected_digest=draft.digest, **who)  # type: ignore[arg-type]


@pytest.fixture
def decision(by_rank: Version, people: dict[str, Person], at: datetime) -> Replay:
    return decided(in_review(people, at, register(40, at), scheme=by_rank, seed=3), people, at)


def edition_of(decision: Replay, at: datetime) -> tuple[Edition, Mapping[int, Any]]:
    """The first edition as decided, not stored, with everybody proposed as upheld."""
    assert decision.round
    upheld = SimpleNamespace(settled="uphold", stands=None)
    black = decision.results.filter(tier="BLACK").values_list("entry", flat=True)
    proposed: dict[int, Any] = dict.fromkeys(black, upheld)
    rows = relisted(decision.round, decision, proposed, None, at)
    before = SimpleNamespace(rows=SimpleNamespace(all=lambda: rows))
    return before, proposed  # type: ignore[return-value]


def corrected(
    decision: Replay, row: Listed, points: int, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> dict[int, Listed]:
    """The next edition after so many hundredths more of one community, by its entry."""
    before, proposed = edition_of(decision, at)
    result, scheme = Result.objects.get(replay=decision, entry=row.entry_id), scheme_of(decision.scheme)
    sheet = sheet_of(scheme, result)
    numbers = score(scheme.rubrics[result.class_code], sheet)
    assert numbers.total is not None
    better = replace(numbers, total=numbers.total + points)
    found = {row.entry_id: Restated(sheet, better, fallen=False)}
    monkeypatch.setattr(relisting, "restated_of", lambda *args, **kwargs: found)
    assert decision.round
    return {one.entry_id: one for one in relisted(decision.round, decision, proposed, before, at)}


@pytest.mark.django_db
def test_whoever_becomes_last_by_a_correction_of_another_stays_and_the_row_says_why(
    decision: Replay, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = [row for row in edition_of(decision, at)[0].rows.all() if row.class_code == "A" and row.total is not None]
    ranked = sorted((row for row in ranked if row.standing < 10**6), key=lambda row: row.total or 0)
    last, next_one = ranked[0], next(row for row in ranked if row.tier != "BLACK")
    after = corrected(decision, last, 5000, at, monkeypatch)
    assert after[last.entry_id].tier != "BLACK"
    mine = after[next_one.entry_id]
    assert (mine.tier, [one.code for one in mine.told_reasons]) == (next_one.tier, ["correction.unheard"])
    others = {row.entry_id: row.tier for row in ranked} | {last.entry_id: after[last.entry_id].tier}
    assert {key: after[key].tier for key in others} == others


@pytest.mark.django_db
def test_whoever_is_last_no_longer_is_freed_and_nobody_takes_the_place(
    decision: Replay, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row for row in edition_of(decision, at)[0].rows.all() if row.class_code == "A" and row.standing < 10**6]
    ranked = sorted(rows, key=lambda row: row.total or 0)
    black = [row for row in ranked if row.tier == "BLACK"]
    best = ranked[-1]
    after = corrected(decision, best, -9000, at, monkeypatch)
    freed = [row for row in black if after[row.entry_id].tier != "BLACK"]
    assert freed
    assert all("correction.moved" in [one.code for one in after[row.entry_id].told_reasons] for row in freed)
    assert after[best.entry_id].tier == best.tier, "a bonus that fell lists nobody unheard"
    assert "correction.unheard" in [one.code for one in after[best.entry_id].told_reasons]
    assert {key for key, row in after.items() if row.adverse} < {row.entry_id for row in rows if row.adverse} | {
        one.entry_id for one in edition_of(decision, at)[0].rows.all() if one.adverse
    }
