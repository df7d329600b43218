"""Entry signs on the desk: issued, printed as a QR code that a phone reads, withdrawn when lost."""

import re
from datetime import datetime

import pytest
from django.urls import reverse
from tests.faces import district
from tests.programmes.assessments import rounds
from tests.programmes.assessments.conftest import SignedIn

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, EntryCode
from mingjing.programmes.assessments.models import Community

pytestmark = pytest.mark.django_db
ROLES = ("officer", "director", "auditor", "administrator")


@pytest.fixture
def community(people: dict[str, Person], at: datetime) -> Community:
    rounds.register(3, at)
    return Community.objects.earliest("number")


def url(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


def test_a_sign_is_issued_printed_and_withdrawn(community: Community, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert "Issue a code" in client.get(url("community-sign", community.pk)).content.decode()
    issued = client.post(url("community-code", community.pk), follow=True).content.decode()
    code = EntryCode.objects.get(site=community.site).code
    assert community.name in issued
    assert code in issued
    assert re.search("<svg[^>]*>.*<path", issued, re.S)
    client.post(url("community-code", community.pk))  # pressed twice: the same sign
    assert EntryCode.objects.count() == 1
    client.post(url("community-code-withdraw", community.pk))
    assert code not in client.get(url("community-sign", community.pk)).content.decode()
    client.post(url("community-code-withdraw", community.pk))  # and again: nothing hangs, nothing happens
    client.post(url("community-code", community.pk))
    assert EntryCode.objects.filter(withdrawn_at=None).get().code != code


def test_the_picture_holds_the_address_with_the_code(
    community: Community, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    module = "mingjing.programmes.assessments.desk.register.signs.qr"
    monkeypatch.setattr(module, lambda text, label: seen.append(text) or "")
    signed_in("officer").post(url("community-code", community.pk), follow=True)
    assert seen == [f"http://testserver/field/#entry={EntryCode.objects.get().code}"]


def test_codes_of_a_whole_register_are_issued_at_once_and_printed(community: Community, signed_in: SignedIn) -> None:
    client = signed_in("director")
    assert "3 communities have no code yet" in client.get(url("signs")).content.decode()
    client.post(url("signs-issue"))
    shown = client.get(url("signs")).content.decode()
    assert all(code in shown for code in EntryCode.objects.values_list("code", flat=True))
    assert "have no code" not in shown
    assert community.name in client.get(url("signs") + f"?q={community.number}").content.decode()
    client.post(url("signs-issue"))
    assert EntryCode.objects.count() == 3


@pytest.mark.parametrize("role", ROLES)
def test_only_who_keeps_the_register_sees_a_code(community: Community, signed_in: SignedIn, role: str) -> None:
    signed_in("director").post(url("signs-issue"))
    code, client = EntryCode.objects.get(site=community.site).code, signed_in(role)
    keeps = role in ("officer", "director")
    for address in (url("community-sign", community.pk), url("signs")):
        answer = client.get(address)
        assert (answer.status_code == 200, code in answer.content.decode()) == (keeps, keeps)
        assert "no-store" in answer.headers.get("Cache-Control", "no-store")
    for address in (url("community-code", community.pk), url("community-code-withdraw", community.pk),
                    url("signs-issue")):  # fmt: skip
        assert (client.post(address).status_code != 403) is keeps
    assert code not in client.get(url("community", community.pk)).content.decode()


def test_another_area_neither_sees_nor_issues(community: Community, at: datetime, signed_in: SignedIn) -> None:
    elsewhere = Area.objects.get(code="430202").children.exclude(pk=community.place_id).last()
    assert elsewhere is not None
    district.staff("director", "别处主任", elsewhere, at, "stranger")
    client = signed_in("officer")
    client.force_login(Person.objects.get(username="stranger"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(url("community-sign", community.pk)).status_code == 403
    assert client.post(url("community-code", community.pk)).status_code == 403
    client.post(url("signs-issue"))
    assert not EntryCode.objects.filter(site=community.site).exists()
