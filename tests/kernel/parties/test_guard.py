"""The one door: a role reaches its subtree on its days and nothing beyond; every view says how it is guarded."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import registry
from mingjing.kernel.parties.actions import end_role, record_departure, register_person
from mingjing.kernel.parties.checks import permissions_make_sense
from mingjing.kernel.parties.guard import Mark, areas_where, guarded, mark_of, may, public, require
from mingjing.kernel.parties.models import Grant, Person, RoleGrant
from mingjing.kernel.places.models import Area

VIEW, RECORD, MANAGE = "parties.organisation.view", "parties.organisation.record", "parties.person.manage"
TODAY = date(2024, 9, 4)
DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 1))
Find = Callable[[str], Area]
Give = Callable[..., RoleGrant]


@given(DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_a_role_is_held_on_its_days_only(first: date, last: date | None, ended: date | None, on: date) -> None:
    grant = Grant("officer", "1", first, last, ended)
    days = {first + timedelta(days=day) for day in range(100)}
    days = {day for day in days if (last is None or day <= last) and (ended is None or day < ended)}
    assert grant.holds(on) == (on in days)


def test_no_scope_leaks_out_of_its_subtree(area: Find, at: datetime, give_to: Callable[[Person, Area], None]) -> None:
    """Every area as a scope against every area asked for: allowed exactly when parents lead up to the scope."""
    everywhere = list(Area.objects.select_related("parent__parent__parent__parent"))

    def lies_in(one: Area | None, scope: Area) -> bool:
        return one is not None and (one == scope or lies_in(one.parent, scope))

    for number, scope in enumerate(everywhere):
        someone = register_person(username=f"p{number}", display_name="x", by=None, at=at)
        give_to(someone, scope)
        allowed = {one.code for one in everywhere if may(someone, VIEW, area=one, on=TODAY)}
        assert allowed == {one.code for one in everywhere if lies_in(one, scope)}
        held = areas_where(someone, VIEW, on=TODAY)
        assert set(held.within(Area.objects.all(), "").values_list("code", flat=True)) == allowed


@pytest.fixture
def give_to(at: datetime) -> Callable[[Person, Area], None]:
    def give(person: Person, scope: Area) -> None:
        grant = RoleGrant(person=person, role="officer", area=scope, first_day=TODAY, act="a", act_reference="r")
        grant.granted_at = at
        grant.save()

    return give


@pytest.mark.parametrize(
    ("on", "allowed"),
    [(date(2024, 8, 31), False), (date(2024, 9, 1), True), (date(2024, 9, 30), True), (date(2024, 10, 1), False)],
)
def test_days_of_a_role_include_both_ends(grant: Give, person: Person, on: date, allowed: bool) -> None:
    grant(last_day=date(2024, 9, 30))
    assert may(person, VIEW, on=on) is allowed


def test_an_ended_role_allows_nothing_from_that_day_and_the_past_stays(
    grant: Give, person: Person, at: datetime
) -> None:
    given_role = grant()
    end_role(grant=given_role, reason="调离", by=None, at=at)
    assert not may(Person.objects.get(), VIEW, on=TODAY)
    assert not may(person, VIEW, on=TODAY + timedelta(days=1))
    assert may(person, VIEW, on=TODAY - timedelta(days=1))


def test_the_end_of_a_role_is_dated_in_china(grant: Give, person: Person, at: datetime) -> None:
    """At 23:30 in Beijing it is still the day before in London's calendar of 16:30; the desk's day counts."""
    late = at.replace(hour=23, minute=30)
    end_role(grant=grant(), reason="调离", by=None, at=late)
    assert may(person, VIEW, on=late.date() - timedelta(days=1))
    assert not may(person, VIEW, on=late.date())


def test_a_role_carries_its_own_permissions_only(grant: Give, person: Person) -> None:
    grant(role="officer")
    assert may(person, RECORD, on=TODAY)
    assert not may(person, MANAGE, on=TODAY)


def test_a_right_that_a_programmes_role_carries_reaches_that_programme_only() -> None:
    """Of every permission that roles of programmes carry: theirs, and nobody else's; its own roles reach them all."""
    carried = {code: one for code, one in registry.permissions().items() if one.carried}
    assert "cases.case.view" in carried
    programmes = [one.code for one in registry.programmes()]
    for permission in carried.values():
        for role, programme in permission.carried:
            reached = [one for one in programmes if role in permission.roles_for(one)]
            assert reached == [one for one in programmes if one == programme], (permission.code, role)
        own = set(permission.roles) - {role for role, _programme in permission.carried}
        assert all(own <= set(permission.roles_for(one)) for one in programmes)


def test_an_auditor_changes_nothing(grant: Give, person: Person) -> None:
    grant(role="auditor")
    assert may(person, VIEW, on=TODAY)
    assert not may(person, RECORD, on=TODAY)


def test_two_roles_in_two_places_do_not_add_up(grant: Give, area: Find, person: Person) -> None:
    """Administrator of one street and officer of another: neither role reaches the other's street."""
    grant(role="administrator", area=area("430202001"))
    grant(role="officer", area=area("430202002"))
    assert not may(person, MANAGE, area=area("430202002"), on=TODAY)
    assert not may(person, RECORD, area=area("430202001"), on=TODAY)
    assert may(person, VIEW, area=area("430202001"), on=TODAY)


def test_visitors_and_those_who_left_may_nothing(grant: Give, person: Person, at: datetime) -> None:
    grant()
    record_departure(person=person, reason="moved away", by=None, at=at)
    assert not may(person, VIEW, on=TODAY - timedelta(days=1))
    assert not may(AnonymousUser(), VIEW, on=TODAY)
    assert not areas_where(AnonymousUser(), VIEW, on=TODAY).within(Area.objects.all(), "").exists()


def test_unknown_permissions_are_mistakes_not_refusals(person: Person) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"no\.such"):
        may(person, "no.such", on=TODAY)
    with pytest.raises(ImproperlyConfigured, match=r"no\.such"):
        guarded("no.such")


def test_one_query_for_all_questions_of_a_request(
    grant: Give, area: Find, django_assert_num_queries: Callable[[int], object]
) -> None:
    for code in ("430202", "430202001", "430203"):
        grant(area=area(code))
    street, someone = area("430202002"), Person.objects.get()
    with django_assert_num_queries(1):
        for permission in (VIEW, RECORD, MANAGE):
            may(someone, permission, area=street, on=TODAY)
            areas_where(someone, permission, on=TODAY)


def test_nested_scopes_collapse(grant: Give, area: Find, person: Person) -> None:
    for code in ("430202001", "430202", "430203"):
        grant(area=area(code))
    assert areas_where(person, VIEW, on=TODAY).paths == (area("430202").path, area("430203").path)


def test_require_names_what_is_lacking(person: Person) -> None:
    with pytest.raises(PermissionDenied) as denied:
        require(person, VIEW, on=TODAY)
    assert str(denied.value)


def request_by(user: Person | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/areas/?q=1", headers=headers)
    request.user = user
    return request


def view(request: HttpRequest, code: str = "") -> HttpResponse:
    return HttpResponse("shown")


def test_visitors_are_sent_to_sign_in_and_come_back(settings: object) -> None:
    settings.LOGIN_URL = "/sign-in/"
    response = guarded(VIEW)(view)(request_by(AnonymousUser()))
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/areas/%3Fq%3D1")


def test_visitors_with_htmx_get_401_and_the_address(settings: object) -> None:
    settings.LOGIN_URL = "/sign-in/"
    response = guarded(VIEW)(view)(request_by(AnonymousUser(), HX_Request="true", HX_Current_URL="/people/"))
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/?next=/people/")


def test_guarded_view_asks_for_the_area_of_its_arguments(grant: Give, area: Find, person: Person) -> None:
    grant(area=area("430202001"), first_day=timezone.localdate() - timedelta(days=1))
    shown = guarded(VIEW, area=lambda request, code: area(code))(view)
    assert shown(request_by(person), code="430202001003").content == b"shown"
    with pytest.raises(PermissionDenied):
        shown(request_by(person), code="430202002")


def test_marks_say_how_a_view_is_guarded() -> None:
    assert mark_of(view) is None
    assert mark_of(guarded(VIEW)(view)) == Mark(permission=VIEW)
    assert mark_of(guarded(VIEW, area=lambda request: Area())(view)) == Mark(permission=VIEW, scoped=True)
    assert mark_of(public("anyone may sign in")(lambda request: HttpResponse())) == Mark(
        public_because="anyone may sign in"
    )


def test_a_role_of_a_programme_carries_permissions_of_the_kernel(
    area: Find, grant: Give, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = registry.RoleKind(code="expert", title="Expert", carries=("places.area.view", "evidence.exhibit.view"))
    guest = registry.Manifest(code="guests", title="Guests", roles=(role,))
    monkeypatch.setitem(registry._registry.manifests, "guests", guest)
    assert permissions_make_sense() == []
    grant(role="expert")
    assert may(person, "evidence.exhibit.view", area=area("430202"), on=TODAY)
    assert not may(person, "evidence.exhibit.view_restricted", area=area("430202"), on=TODAY)


def test_a_role_that_carries_what_nobody_declares_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    role = registry.RoleKind(code="expert", title="Expert", carries=("guests.door.open",))
    guest = registry.Manifest(code="guests", title="Guests", roles=(role,))
    monkeypatch.setitem(registry._registry.manifests, "guests", guest)
    (fault,) = permissions_make_sense()
    assert "'guests.door.open'" in fault.msg
