"""The pages of a round before it is decided, deciding from them, and that they cost the same however much there is."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided
from tests.programmes.assessments.test_round_pages import PAGES, base

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import (
    Entry,
    Export,
    Round,
)

pytestmark = pytest.mark.django_db
People = dict[str, Person]


def test_before_the_decision_the_same_page_is_marked(people: People, at: datetime, signed_in: SignedIn) -> None:
    round_ = in_review(people, at, register(10, at))
    client = signed_in("officer")
    entry = Entry.objects.filter(round=round_, not_assessed_at=None)[0]
    page = client.get(f"{base(round_)}of/{entry.number}/").content.decode()
    assert "Not decided yet" in page
    assert "rank</dt>" not in page
    assert client.get(base(round_) + "result/").status_code == 200
    below = client.get(base(round_) + "list/A/").content.decode()
    assert f'href="{base(round_)}result/" aria-current="true"' in below
    assert client.get(f"{base(round_)}of/{entry.number}/decision.json").status_code == 404


def test_what_is_missing_is_told_without_the_words_of_the_machine(
    people: People, at: datetime, signed_in: SignedIn
) -> None:
    round_ = in_review(people, at, register(10, at))
    Round.objects.filter(pk=round_.pk).update(review_at=None, review_by=None)
    told = signed_in("director").get(base(round_) + "result/").content.decode()
    assert "for this it would have to be" in told
    assert "overview:" not in told


def test_the_director_decides_from_the_page(people: People, at: datetime, signed_in: SignedIn) -> None:
    round_ = in_review(people, at, register(10, at))
    client = signed_in("director")
    assert "Decide the round" in client.get(base(round_) + "result/").content.decode()
    assert client.post(base(round_) + "decide/").status_code == 302
    assert "Waiting for the background work" in client.get(base(round_) + "result/").content.decode()
    drain()
    assert "The list of this class" in client.get(base(round_) + "result/").content.decode()


def test_queries_do_not_grow_with_communities(people: People, at: datetime, signed_in: SignedIn) -> None:
    counts: list[dict[str, int]] = []
    client = signed_in("officer")
    for size, start in ((12, 0), (90, 12)):
        communities = register(size, at, start=start)
        earlier = in_review(people, at, communities, code=f"e{size}", seed=3, first_day=date(2023, 1, 1 + start))
        decided(earlier, people, at)
        later = in_review(people, at, communities, code=f"l{size}", seed=4, first_day=date(2023, 7, 1 + start))
        decided(later, people, at)
        assert later.area.pk == earlier.area.pk
        entry = Entry.objects.filter(round=later, not_assessed_at=None).latest("number")
        found = {}
        for page in (*PAGES, f"of/{entry.number}/"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(base(later) + page).status_code == 200
            found["of" if page.startswith("of/") else page] = len(captured)
        counts.append(found)
    assert all(counts[1][page] <= counts[0][page] + 1 for page in counts[0]), counts
    assert max(counts[1].values()) <= 32


def test_a_round_that_is_not_decided_is_not_exported(people: People, at: datetime, signed_in: SignedIn) -> None:
    round_ = in_review(people, at, register(5, at))
    client = signed_in("officer")
    assert client.post(base(round_) + "exports/ask/", {"kind": "workbook"}, follow=True).status_code == 200
    assert not Export.objects.exists()
    assert client.get(base(round_) + "exports/results.csv").status_code == 404
