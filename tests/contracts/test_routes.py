"""Every address says who may use it, and stays inside its programme's part of the tree."""

import pytest
from tools.routes import Route, routes

from mingjing.kernel import registry
from mingjing.kernel.parties.guard import mark_of

ROUTES = routes()
ELSEWHERE = {"portal", "board", "api"}
"""The faces in which a programme's pages lie below the face's own part of the tree."""


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"/{route.pattern}")
def test_every_route_is_guarded_or_public_for_a_reason(route: Route) -> None:
    mark = mark_of(route.view)
    assert mark is not None, f"{route.view.__module__}.{route.view.__name__} wears neither @guarded nor @public"
    assert bool(mark.permission) != bool(mark.public_because.strip())
    if mark.permission:
        assert mark.permission in registry.permissions()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"/{route.pattern}")
def test_every_route_has_a_name(route: Route) -> None:
    assert route.name.split(":")[-1], f"/{route.pattern} has no name"


def test_a_programme_serves_below_its_own_code_only() -> None:
    for route in ROUTES:
        module = route.view.__module__
        if module.startswith("mingjing.programmes."):
            code, face = module.split(".")[2:4]
            below, names = (f"{face}/{code}/", f"{code}_{face}:") if face in ELSEWHERE else (f"{code}/", f"{code}:")
            assert route.pattern.startswith(below), f"/{route.pattern} is of {code}"
            assert route.name.startswith(names), f"{route.name} is of {code}"


def test_navigation_leads_somewhere() -> None:
    names = {route.name for route in ROUTES}
    for manifest in registry.manifests().values():
        for item in manifest.navigation:
            assert item.url_name in names
