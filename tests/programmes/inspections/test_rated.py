"""Warnings of ratings that nobody can trace (C8): of an authority, by those that are shown together."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.programmes.inspections import doors
from tests.programmes.inspections.packs import pack

from mingjing.kernel.db.rows import insert_objects
from mingjing.programmes.inspections.actions.warnings import judge_ratings
from mingjing.programmes.inspections.models import Rating, RatingKey, Warning
from mingjing.programmes.inspections.policy.rated import about_ratings, rated_warnings
from mingjing.programmes.inspections.policy.ratings import LEAST, Group, accepted_until, quarter
from mingjing.programmes.inspections.policy.rules import Level
from mingjing.programmes.inspections.queries import brief

RATED = [rule for rule in about_ratings(pack()) if rule.code == "C8"]


@pytest.mark.django_db
def test_ratings_shown_together_warn_of_an_authority_and_stand_in_the_brief(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    """Red for a box that was ticked, once, with nobody's visit; nothing before the group is shown."""
    scene = doors.build(bodies=2)
    body, now = scene.bodies[0], timezone.now()
    scene.enter(now - timedelta(hours=3))
    first, last = quarter(now.date())
    key = RatingKey.objects.create(authority=body, first_day=first, last_day=last, modulus="1", secret=b"")
    for at in range(LEAST):
        Rating.objects.create(digest=str(at), key=key, stars=1 + at // 2, conduct=["favours"] if at == 0 else [])
    day = accepted_until(last) + timedelta(days=1)
    after = datetime(day.year, day.month, day.day, 12, tzinfo=doors.CHINA)
    assert judge_ratings(authority=body, at=after - timedelta(days=1)) == 0
    assert judge_ratings(authority=body, at=after) == 1
    assert judge_ratings(authority=body, at=after + timedelta(days=1)) == 0, "what is shown never changes"
    warning = Warning.objects.get(rule="C8")
    assert (warning.level, warning.count, warning.firm, warning.authority) == (Level.RED, 1, None, body)
    assert (warning.first_day, warning.last_day) == (first, last)
    assert [one.record for one in warning.records.all()] == [f"ratings:{first}"]
    month = now.date().replace(day=1)
    assert not [line for line in brief.brief_of(scene.area, month).lines if line.ratings]
    monkeypatch.setattr(brief, "localdate", lambda at=None: day)
    (group,) = (line.ratings for line in brief.brief_of(scene.area, month).lines if line.ratings)
    assert (group.count, group.mean) == (5, Fraction(9, 5))
    client.force_login(district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch"))
    assert f"5 · {first} – {last}" in client.get(reverse("inspections:brief")).content.decode()
    assert f",5,1.8,{first},{last}" in client.get(reverse("inspections:brief-export")).getvalue().decode()
    page = client.get(reverse("inspections:warning", args=[warning.pk])).content.decode()
    assert reverse("inspections_board:ratings", args=["zh"]) in page


@pytest.mark.django_db
def test_sealed_keys_written_together_are_kept_byte_for_byte() -> None:
    body, secret = doors.build(bodies=1).bodies[0], bytes(range(256)) + b"\\x00"
    days = [quarter(date(year, 1, 1)) for year in (2024, 2025)]
    insert_objects([RatingKey(authority=body, first_day=a, last_day=b, modulus="1", secret=secret) for a, b in days])
    assert [bytes(one.secret) for one in RatingKey.objects.all()] == [secret] * 2


@pytest.mark.parametrize(
    ("stars", "ticked", "said"),
    [
        ((0, 0, 5, 0, 0), {}, None),
        ((0, 1, 4, 0, 0), {"late": 3}, (Level.YELLOW, 1)),
        ((2, 1, 2, 0, 0), {"rude": 1}, (Level.YELLOW, 3)),
        ((0, 0, 0, 0, 9), {"stopped": 2, "favours": 1}, (Level.RED, 2)),
    ],
)
def test_what_a_group_is_warned_of(stars: tuple[int, ...], ticked: dict[str, int], said: Any) -> None:
    assert len(RATED) == 1
    group = Group(date(2026, 1, 1), date(2026, 3, 31), stars, ticked)
    found = [(one.level, one.count) for one in rated_warnings(RATED, "a", [group])]
    assert found == ([said] if said else [])
    early = Group(date(2020, 1, 1), date(2020, 3, 31), stars, ticked)
    assert not list(rated_warnings(RATED, "a", [early])), "ratings of before the rule are not judged by it"
