"""The view of findings says what the sheets say, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count, Sum
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register

from mingjing.engine.chain import canonical
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Finding, Round, VisitRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(hetang: Version, people: dict[str, Person], at: datetime) -> Round:
    return in_review(people, at, register(12, at), code="review")


def as_told(record: VisitRecord) -> list[tuple[Any, ...]]:
    return [
        (f"{record.pk}/{one['id']}", record.entry_id, record.round_id, one["n"], one["version"], one["check"],
         one["steps"], one["fact"], one["place"], one["note"], one["by"], datetime.fromisoformat(one["at"]))
        for one in record.sheet_document.get("findings", ())
    ]  # fmt: skip


def as_shown(record: VisitRecord) -> list[tuple[Any, ...]]:
    columns = ("id", "entry", "round", "n", "version", "check_code", "steps", "fact", "place", "note", "by_token", "at")
    return list(Finding.objects.filter(record=record).values_list(*columns))


def test_the_view_says_what_the_sheets_say(round_: Round) -> None:
    records = list(VisitRecord.objects.filter(round=round_))
    assert sum(len(as_told(record)) for record in records) > 10
    for record in records:
        assert as_shown(record) == as_told(record)


def test_questions_across_sheets_are_one_statement(round_: Round, django_assert_num_queries: Any) -> None:
    told: dict[str, int] = {}
    for record in VisitRecord.objects.filter(round=round_):
        for one in record.sheet_document.get("findings", ()):
            told[one["check"]] = told.get(one["check"], 0) + one["steps"]
    rows = Finding.objects.filter(round=round_, record__voided_at=None).order_by().values("check_code")
    with django_assert_num_queries(1):
        shown = dict(rows.annotate(sum=Sum("steps"), count=Count("id")).values_list("check_code", "sum"))
    assert shown == told
    day = Finding.objects.filter(round=round_).latest("at").at
    assert Finding.objects.filter(at__gte=day, at__lt=day + timedelta(seconds=1)).exists()


WORDS = (
    "",
    "3栋1单元",
    'he said "x" \\ and \\u0000',
    "行一\n行二\t",
    "😀 é",
    "'; DROP TABLE x; --",
    "x" * 200,
    "null",
    "12",
)


def test_any_words_come_through(round_: Round) -> None:
    record = VisitRecord.objects.filter(round=round_).earliest("pk")
    sheet = record.sheet_document
    (first, *_) = VisitRecord.objects.filter(round=round_).exclude(sheet="{}")
    one = first.sheet_document["findings"][0]
    sheet["findings"] = [
        one | {"id": f"f{n}", "n": n, "place": words, "note": words[::-1], "steps": 10**n}
        for n, words in enumerate(WORDS)
    ]
    record.sheet = canonical(sheet).decode()
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=record.sheet)
    assert as_shown(record) == as_told(record)
