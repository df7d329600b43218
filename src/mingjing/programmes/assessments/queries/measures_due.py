"""What waits for a person of what follows published lists: steps whose day is past, approvals, sign-offs, findings.

A fixed number of queries, whatever there is. Not here: the other work of the programme (queries.due).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.guard import areas_where
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.kernel.registry import Due
from mingjing.programmes.assessments.models import Bar, CommonControl
from mingjing.programmes.assessments.policy.measures import MEASURES
from mingjing.programmes.assessments.queries.measures import unfinished
from mingjing.programmes.assessments.queries.standing import BAR_DECISION

__all__ = ["LEADS", "measures_waiting"]

LEADS = {"reminder": "listed", "talk_notice": "listed", "talk": "listed", "plan": "admonition", "reinspection": "plan"}
"""Whose clock says until when a step of the measures should be taken."""


def measures_waiting(person: Person, today: date) -> Iterator[Due]:
    """Late steps and open ones, then what somebody else must approve, sign or confirm."""
    yield from _steps(person, today)
    yield from _papers(person, today)


def _steps(person: Person, today: date) -> Iterator[Due]:
    takes = areas_where(person, "assessments.measure.take", on=today)
    approves = areas_where(person, "assessments.measure.approve", on=today)
    if not takes:
        return
    rows = unfinished(takes.within(Proceeding.objects.select_related("area")))
    standing = list(stands_of(rows, timezone.now()).values())
    late = sum(_is_late(one) for one in standing)
    url = reverse("assessments:measures")
    yield Due(title=_("Measures whose day is past"), url=url, count=late, late=True,
              detail=_("The step should have been taken by then."))  # fmt: skip
    yield Due(title=_("Measures under way after lists"), url=url, count=len(standing) - late)
    waits = [one for one in standing if "approved" in one.standing.open and approves.covers(one.proceeding.area)]
    others = [one for one in waits if person.token not in one.standing.actors.get("proposed", ())]
    yield Due(title=_("Recommendations and commendations to approve"), url=url, count=len(others))


def _is_late(one: Stands) -> bool:
    standing = one.standing
    if one.proceeding.kind != MEASURES:
        return False
    due = [standing.due(LEADS[code]) for code in standing.open if code in LEADS]
    return any(moment is not None and moment <= standing.now for moment in due)


def _papers(person: Person, today: date) -> Iterator[Due]:
    """Bars to sign off or to serve, findings to confirm: one query, and one more where a bar is signed off."""
    found: dict[str, list[str]] = {"sign": [], "serve": [], "control": []}
    rows = _waiting_rows(person, today)
    for what, key in rows[0].union(*rows[1:], all=True) if rows else ():
        found[what].append(f"assessments.bar:{key}")
    told = Document.objects.standing().filter(kind=BAR_DECISION, subject__in=found["serve"])
    served = told.filter(services__isnull=False, services__voided_at=None).values("subject").distinct()
    unserved = len(found["serve"]) - (served.count() if found["serve"] else 0)
    bars, controls = reverse("assessments:bars"), reverse("assessments:controls")
    yield Due(title=_("Bars to sign off for the law"), url=bars, count=len(found["sign"]))
    yield Due(title=_("Bars to serve on the company"), url=bars, count=unserved)
    yield Due(title=_("Findings of common control to confirm"), url=controls, count=len(found["control"]))


def _waiting_rows(person: Person, today: date) -> list[QuerySet[Any, Any]]:
    """What waits, by kind of work, as far as the person may do it."""
    current = Bar.objects.filter(called_off_at=None, last_day__gte=today)
    sources: tuple[tuple[str, str, QuerySet[Any]], ...] = (
        ("sign", "bar.sign", current.filter(signed_at=None).exclude(decided_by=person)),
        ("serve", "bar.decide", current.filter(signed_at__isnull=False)),
        ("control", "control.confirm",
         CommonControl.objects.filter(confirmed_at=None, withdrawn_at=None).exclude(found_by=person)),
    )  # fmt: skip
    found: list[QuerySet[Any, Any]] = []
    for what, permission, rows in sources:
        if scope := areas_where(person, f"assessments.{permission}", on=today):
            named = scope.within(rows).order_by().annotate(what=Value(what, output_field=CharField()))
            found.append(named.values_list("what", "pk"))
    return found
