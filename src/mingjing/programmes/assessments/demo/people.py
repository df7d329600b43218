"""The demonstration's staff and supervisors, beside the logins of kernel.parties.demo. All of them are made up."""

from collections.abc import Iterable
from datetime import date, datetime

from mingjing.kernel.parties.actions import grant_role, register_person
from mingjing.kernel.parties.demo import PASSWORD
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["STAFF", "SUPERVISORS", "build"]

STAFF = 9
"""Officers besides the login `officer`: seven who go out with it, two who review."""
SUPERVISORS = 36
FIRST_DAY = date(2024, 1, 1)
SIGN_IN = ("supervisor", "panel", "panel02", "bureau")
"""Who of them has a login: the panel is two."""


def build(area: Area, at: datetime) -> None:
    """Register whoever is not there yet. The first of each kind can sign in; the others are only on the lists."""
    known = set(Person.objects.values_list("username", flat=True))
    for username, role, name in _invented():
        if username not in known:
            password = PASSWORD if username in SIGN_IN else None
            someone = register_person(
                username=username, display_name=name, password=password, area=area, is_demo=True, by=None, at=at
            )
            grant_role(
                person=someone, role=role, area=area, first_day=FIRST_DAY, act="演示任命",
                act_reference="演示〔2024〕1号", by=None, at=at,
            )  # fmt: skip


def _invented() -> Iterable[tuple[str, str, str]]:
    for number in range(2, STAFF + 2):
        yield f"officer{number:02}", "officer", f"演示·考核专员{number:02}"
    yield "panel", "panel", "演示·评审组01"
    yield "panel02", "panel", "演示·评审组02"
    yield "bureau", "bureau", "演示·住建局签发人"
    yield "supervisor", "supervisor", "演示·督导员01"
    for number in range(2, SUPERVISORS + 1):
        yield f"supervisor{number:02}", "supervisor", f"演示·督导员{number:02}"
