"""The demonstration's people of a company and its lawyer, who sign in at the door for companies.

The company is the one that was listed after it had contested, so that everything can be seen: a notice, a statement, a
hearing, a published entry to reply to or to appeal against. Not here: the office's own people (people).
"""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _

from mingjing.kernel.parties.actions import give_mandate, register_person
from mingjing.kernel.parties.demo import PASSWORD
from mingjing.kernel.parties.models import Capacity, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding

__all__ = ["PEOPLE", "build"]

PEOPLE = {
    "company": (Capacity.HEAD, "演示·企业负责人"),
    "company02": (Capacity.STAFF, "演示·企业经办人"),
    "lawyer": (Capacity.COUNSEL, "演示·代理律师"),
}


def build(area: Area, at: datetime, say: Callable[[str], None]) -> None:
    """Register those who are not there yet, and let them act."""
    case = Proceeding.objects.filter(programme="assessments", kind="listing", organisation__isnull=False).first()
    if case is None or case.organisation is None:
        return
    for username, (capacity, name) in PEOPLE.items():
        if Person.objects.filter(username=username).exists():
            continue
        person = register_person(
            username=username, display_name=name, password=PASSWORD, area=area, is_demo=True, by=None, at=at
        )
        give_mandate(
            person=person, organisation=case.organisation, capacity=capacity, act="演示·授权委托书",
            matter=case.ledger_subject if capacity == Capacity.COUNSEL else "", first_day=date(2024, 1, 1),
            act_reference="演示〔2024〕2号", by=None, at=at,
        )  # fmt: skip
    say(_("at the door for companies (/portal/): {names}").format(names=", ".join(PEOPLE)))
