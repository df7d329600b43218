"""How far a round is: every number on the page beside one that is counted here, of a round of 136 with 122 done."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Entry, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.queries.progress import Counts, progress_of

pytestmark = pytest.mark.django_db
LEFT = ("submitted",) * 5 + ("started",) * 4 + ("ahead",) * 4 + ("void",)
NOT_YET: dict[str, dict[str, Any]] = {
    "submitted": {"reviewed_by": None, "reviewed_at": None, "locked_by": None, "locked_at": None},
}
NOT_YET["started"] = {**NOT_YET["submitted"], "company_stance": "", "company_at": None, "submitted_by": None,
                      "submitted_at": None}  # fmt: skip
NOT_YET["ahead"] = {**NOT_YET["started"], "visit": None, "started_by": None, "started_at": None, "sheet": "",
                    "revision": 0}  # fmt: skip


@pytest.fixture
def midway(people: dict[str, Person], at: datetime) -> Round:
    """136 communities in fieldwork: some not assessed, every ninth record on its way until 122 are done, one void."""
    round_ = in_review(people, at, register(136, at))
    records = list(VisitRecord.objects.filter(round=round_).order_by("pk"))[::9][: len(LEFT)]
    with guards_lifted():
        Round.objects.filter(pk=round_.pk).update(review_at=None)
        for record, state in zip(records, LEFT, strict=True):
            changes = NOT_YET.get(state, {"voided_at": at, "voided_by": people["director"], "void_reason": "非本小区"})
            VisitRecord.objects.filter(pk=record.pk).update(**changes)
    for team_day in round_.draws.get().team_days.all():
        TeamMember.objects.create(team_day=team_day, person=people["officer"], part="staff", added_at=at)
    round_.refresh_from_db()
    return round_


def counted(round_: Round, today: date) -> dict[str, dict[str, Counter[str]]]:
    """By subdistrict, class and team how many are how far: one community after the other, by hand."""
    found: dict[str, dict[str, Counter[str]]] = {"stratum": {}, "class": {}, "team": {}}
    for entry in Entry.objects.filter(round=round_).select_related("stratum"):
        record = entry.records.select_related("team_day").first()
        late = False
        if entry.not_assessed_at or record is None:
            state = "not_assessed"
        elif record.voided_at:
            state = "void"
        elif record.locked_at:
            state = "locked"
        else:
            state = "submitted" if record.submitted_at else "started" if record.started_at else "ahead"
            late = state != "submitted" and record.team_day.day < today
        parts = {"stratum": entry.stratum.name, "class": entry.class_code}
        if record is not None and not record.voided_at:
            parts["team"] = str(record.team_day.team)
        for kind, key in parts.items():
            count = found[kind].setdefault(key, Counter())
            count[state] += 1
            count["late"] += late
    return found


def as_counts(count: Counter[str]) -> Counts:
    return Counts(**{name: count[name] for name in Counts.__dataclass_fields__})


def test_every_count_is_what_is_there(midway: Round) -> None:
    days = sorted(set(midway.draws.get().team_days.values_list("day", flat=True)))
    for today in (days[0], days[len(days) // 2], days[-1] + timedelta(days=1)):
        found, expected = progress_of(midway, today), counted(midway, today)
        assert (found.whole.done, found.whole.total, found.whole.left) == (122, 136, 14)
        assert {part.title: part.counts for part in found.strata} == {
            name: as_counts(count) for name, count in expected["stratum"].items()
        }
        assert {part.key: part.counts for part in found.classes} == {
            name: as_counts(count) for name, count in expected["class"].items()
        }
        assert {part.key: part.counts for part in found.teams} == {
            name: as_counts(count) for name, count in expected["team"].items()
        }
        late = [(one.record.entry.number, one.days) for one in found.late]
        waiting = VisitRecord.objects.filter(round=midway, submitted_at=None, voided_at=None).select_related("team_day")
        due = [record for record in waiting if record.team_day.day < today]
        assert Counter(late) == Counter((one.entry.number, (today - one.team_day.day).days) for one in due)
        assert found.whole.late == len(due)
        standing = VisitRecord.objects.filter(round=midway, voided_at=None).values_list("team_day__day", flat=True)
        assert dict(found.sealed) == Counter(day for day in standing if day > today)
    assert found.whole.late == LEFT.count("started") + LEFT.count("ahead")


def test_the_page_says_the_same_numbers(
    midway: Round, people: dict[str, Person], at: datetime, signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    days = sorted(set(midway.draws.get().team_days.values_list("day", flat=True)))
    today = days[len(days) // 2]
    noon = at.replace(year=today.year, month=today.month, day=today.day)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    shown = signed_in("director").get(f"/assessments/rounds/{midway.pk}/").content.decode()
    told = " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())
    assert "122 of 136 done" in told
    expected = counted(midway, today)
    late = sum(count["late"] for count in expected["class"].values())
    assert 0 < late < 8
    assert f"{late} are late" in told
    titles = {code: f"Class {code}" for code in "AB"}
    for kind, name in (("stratum", "{}"), ("team", "Team {}")):
        for key, count in expected[kind].items():
            assert f"{name.format(key)} {line(count)}" in told, (kind, key)
    for code, count in expected["class"].items():
        assert re.search(rf"{titles[code]}\S* {line(count)}|\b{code}\b.{{0,40}} {line(count)}", told), code
    for record in VisitRecord.objects.filter(round=midway, submitted_at=None, team_day__day__lt=today):
        entry, team_day = record.entry, record.team_day
        row = rf"{entry.name} \S+ · {entry.number} \S+ {(today - team_day.day).days} Team {team_day.team} 王科员"
        assert re.search(row, told), row


def line(count: Counter[str]) -> str:
    """A row of the page: done of all, submitted, on site, late."""
    counts = as_counts(count)
    return f"{counts.done} / {counts.total} {counts.submitted} {counts.started} {counts.late}"
