"""One's own account, other people's, and the link between the two."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from tests.faces.district import PASSWORD, staff

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

SignedIn = Callable[[str], Client]
ACCOUNT = "/account/"
NEW = {"old": PASSWORD, "new": "bridge-over-the-lantern", "again": "bridge-over-the-lantern"}


def sign_in(username: str, password: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    assert client.post("/sign-in/", {"username": username, "password": password}).status_code == 302
    return client


def test_an_account_shows_who_one_is(signed_in: SignedIn) -> None:
    page = signed_in("officer").get(ACCOUNT).content.decode()
    for told in ("王科员", "officer", "Officer", "荷塘区", "荷物指〔2024〕1号", "English"):
        assert told in page
    assert Client().get(ACCOUNT).headers["Location"] == "/sign-in/?next=/account/"


def test_a_new_password_ends_every_session_but_this_one(people: dict[str, Person]) -> None:
    here, elsewhere = sign_in("officer", PASSWORD), sign_in("officer", PASSWORD)
    assert here.post(ACCOUNT, NEW).headers["Location"] == ACCOUNT
    assert "密码已修改" in here.get(ACCOUNT).content.decode()
    assert "/sign-in/" in elsewhere.get(ACCOUNT).headers["Location"]
    assert sign_in("officer", NEW["new"]).get(ACCOUNT).status_code == 200
    assert Fact.objects.get(kind="parties.password.set").by == people["officer"].token


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"old": "wrong"}, "not your present password"),
        ({"old": ""}, "required"),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "1234567890", "again": "1234567890"}, "too common"),
        ({"again": "something-else-entirely"}, "The two passwords differ"),
        ({"new": PASSWORD, "again": PASSWORD}, "the password you have"),
        ({"new": "a\x00bridge-over-water", "again": "a\x00bridge-over-water"}, "Null characters"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told(
    signed_in: SignedIn, people: dict[str, Person], change: dict[str, str], told: str
) -> None:
    answer = signed_in("officer").post(ACCOUNT, NEW | change)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert NEW["new"] not in answer.content.decode()
    assert Person.objects.get(username="officer").password == people["officer"].password


def test_guessing_the_present_password_is_locked_out(signed_in: SignedIn) -> None:
    client = signed_in("officer")
    answers = [client.post(ACCOUNT, NEW | {"old": "wrong"}).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert client.post(ACCOUNT, NEW).status_code == 429


def test_a_demonstration_keeps_its_passwords(signed_in: SignedIn) -> None:
    Person.objects.filter(username="officer").update(is_demo=True)
    client = signed_in("officer")
    assert "its password stays" in client.get(ACCOUNT).content.decode()
    assert client.post(ACCOUNT, NEW).status_code == 422


WHO = {"area": "430202", "display_name": "周新来", "username": "Zhou.X", "preferred_language": "en"}


def test_somebody_is_registered_and_sets_their_password_by_the_link(
    signed_in: SignedIn, people: dict[str, Person]
) -> None:
    administrator = signed_in("administrator")
    assert "/people/new/" in administrator.get("/people/").content.decode()
    shown = administrator.post("/people/new/", WHO)
    link = re.search(r"http://testserver(/password/[^<]+)", shown.content.decode())[1]
    assert "no-store" in shown.headers["Cache-Control"]
    newcomer = Person.objects.get(username="zhou.x")
    assert Fact.objects.get(kind="parties.password.link_issued").by == people["administrator"].token
    visitor = Client(headers={"accept-language": "en"})
    assert "周新来" in visitor.get(link).content.decode()
    assert visitor.post(link, {"new": "short", "again": "short"}).status_code == 422
    assert visitor.post(link, NEW).headers["Location"] == "/sign-in/"
    assert Fact.objects.get(kind="parties.password.set").by == newcomer.token
    assert sign_in("zhou.x", NEW["new"]).get("/").status_code == 200
    for again in (visitor.get(link), visitor.post(link, NEW), visitor.get("/password/999999/a-b/")):
        assert again.status_code == 404
        assert "This link works no more" in again.content.decode()


def test_only_administrators_register_and_every_mistake_is_told(signed_in: SignedIn) -> None:
    for role in ("director", "officer", "auditor"):
        assert signed_in(role).post("/people/new/", WHO).status_code == 403
    answer = signed_in("administrator").post("/people/new/", WHO | {"username": "OFFICER"})
    assert answer.status_code == 422
    assert "is taken" in answer.content.decode()
    assert Person.objects.count() == 4


def test_a_departure_ends_access(signed_in: SignedIn, people: dict[str, Person]) -> None:
    officer, administrator = people["officer"], signed_in("administrator")
    client = sign_in("officer", PASSWORD)
    page = f"/people/{officer.pk}/departure/"
    assert page in administrator.get(f"/people/{officer.pk}/").content.decode()
    assert administrator.post(page, {"reason": ""}).status_code == 422
    assert administrator.post(page, {"reason": "调往市局"}).headers["Location"] == f"/people/{officer.pk}/"
    assert "/sign-in/" in client.get(ACCOUNT).headers["Location"]
    shown = administrator.get(f"/people/{officer.pk}/").content.decode()
    assert "调往市局" in shown
    assert page not in shown
    assert administrator.post(page, {"reason": "again"}).status_code == 422
    told = administrator.post(f"/people/{officer.pk}/link/", follow=True)
    assert "This person has left" in told.content.decode()
    own = people["administrator"].pk
    assert f"/people/{own}/departure/" not in administrator.get(f"/people/{own}/").content.decode()
    assert administrator.post(f"/people/{own}/departure/", {"reason": "x"}).status_code == 422


def test_an_administrator_of_a_part_has_no_hand_in_the_whole(
    people: dict[str, Person], signed_in: SignedIn, at: datetime
) -> None:
    street = Area.objects.get(code="430202001")
    people["street"] = staff("administrator", "街道管理", street, at, "street")
    clerk = staff("officer", "街道科员", street, at, "clerk")
    client = signed_in("street")
    for act in ("link", "departure"):
        assert client.post(f"/people/{people['director'].pk}/{act}/", {"reason": "x"}).status_code == 403
    assert "departure" not in client.get(f"/people/{people['director'].pk}/").content.decode()
    assert client.post(f"/people/{clerk.pk}/link/").status_code == 200
    assert signed_in("officer").post(f"/people/{clerk.pk}/link/").status_code == 403
