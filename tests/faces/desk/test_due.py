"""What is due for somebody stands first on their start page: late work first, with its count and its link."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.faces.district import staff

from mingjing.kernel import registry
from mingjing.kernel.calendar.models import Notice
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions import grant_role
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.registry import Due, Manifest

SignedIn = Callable[[str], Client]


def parts_of(person: Person, today: date) -> Iterator[Due]:
    """What an invented part of the house asks of anybody."""
    yield Due(title="Early work", url="/early/", count=2, detail=f"for {person.username}")
    yield Due(title="Late work", url="/late/", count=3, late=True)
    yield Due(title="No work", url="/none/", count=0)


def fails(person: Person, today: date) -> Iterator[Due]:
    raise LookupError("the part is broken")


@pytest.fixture(autouse=True)
def notices(db: None) -> None:
    """The holidays of this year and the next are on record, whatever day it is."""
    year = timezone.localdate().year
    for one in (year, year + 1):
        notice = Notice(year=one, reference="tested", published_on=date(one, 1, 1), off=[], working=[])
        notice.known_from = timezone.now()
        notice.save()


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def declare(name: str) -> None:
        invented = Manifest(code="invented", title="Invented", due=f"{__name__}.{name}")
        monkeypatch.setitem(registry._registry.manifests, "invented", invented)

    return declare


def test_late_work_comes_first_and_nothing_is_left_out_unless_there_is_none(
    signed_in: SignedIn, declared: Callable[[str], None]
) -> None:
    declared("parts_of")
    text = signed_in("officer").get("/").content.decode()
    assert 0 < text.index("Due for me") < text.index("Late work") < text.index("Early work") < text.index("figures")
    assert 'href="/late/"' in text
    assert "for officer" in text
    assert "No work" not in text


def test_who_has_nothing_to_do_is_told_so(signed_in: SignedIn) -> None:
    assert "Nothing is due for you" in signed_in("officer").get("/").content.decode()


def test_a_part_that_cannot_say_what_is_due_is_not_passed_over(
    signed_in: SignedIn, declared: Callable[[str], None]
) -> None:
    declared("fails")
    with pytest.raises(LookupError, match="the part is broken"):
        signed_in("officer").get("/")


def failed_work(area: Area, at: datetime) -> None:
    with transaction.atomic():
        subject = f"places.site:{area.pk}"
        fact = writer.append(kind="places.site.recorded", subject=subject, data={}, area=area, by=None, at=at)
        Delivery.objects.create(fact=fact, reaction="tested", attempts=8, error="broken", failed_at=at)


def test_failed_work_waits_for_those_who_may_start_it_again_there(signed_in: SignedIn, at: datetime) -> None:
    failed_work(Area.objects.get(code="430202"), at)
    failed_work(Area.objects.get(code="430203"), at)
    (due,) = signed_in("administrator").get("/").context["due"]
    assert (due.title, due.count, due.late, due.url) == ("Failed background work", 1, True, "/jobs/?state=failed")
    assert not signed_in("director").get("/").context["due"]
    Delivery.objects.update(failed_at=timezone.now())
    assert not signed_in("administrator").get("/").context["due"][0].late, "it failed today"


def test_roles_that_end_within_two_weeks_wait_for_those_who_manage_them(signed_in: SignedIn, at: datetime) -> None:
    today = timezone.localdate()
    for code, days in (("430202", 14), ("430202", 15), ("430203", 3)):
        area = Area.objects.get(code=code)
        someone = staff("officer", "某人", area, at, f"staff{code}{days}")
        grant_role(
            person=someone, role="auditor", area=area, first_day=date(2024, 1, 1),
            last_day=today + timedelta(days=days), act="关于任职的通知", act_reference="2024-2", by=None, at=at,
        )  # fmt: skip
    client = signed_in("administrator")
    (due,) = client.get("/").context["due"]
    assert (due.title, due.count, due.late) == ("Roles that end soon", 1, False)
    assert (today + timedelta(days=14)).isoformat() in str(due.detail)
    text = client.get(due.url).content.decode()
    assert "staff43020214" in text
    assert "staff43020215" not in text
    assert "staff4302033" not in text
