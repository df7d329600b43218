"""Orders to put findings right by a day, given after the visit: a case for each check, one paper for the company.

What is critical was ordered on site (actions.orders). How a case goes on, and that nobody confirms what they own or
claimed, is for kernel.cases; the longest extension is the scheme's (queries.rectifying). Not here: pages.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.cases.actions import Opening, open_cases
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.programmes.assessments.actions.orders import RECTIFICATION, due_at
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.queries.measure_papers import order_context
from mingjing.programmes.assessments.queries.rectifying import Wanting, due_by, wanting
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import company_on

__all__ = ["order_findings"]

ORDER = "assessments.rectification_order"


@transaction.atomic
def order_findings(*, entry: Entry, findings: Collection[str], by: Person, at: datetime) -> tuple[list[Case], Document]:
    """Order that checks of a locked record are put right: cases, and the paper for the company, together.

    `findings` are keys of queries.rectifying.wanting. Critical ones are due at once, others as the scheme says.
    Raises Refusal.
    """
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.round_id)
    related = ("round__scheme", "round__area", "round__lead", "company", "community__site")
    found = Entry.objects.select_related(*related).get(pk=entry.pk)
    open_ones = {one.key: one for one in wanting(found)}
    chosen = [open_ones[key] for key in findings if key in open_ones]
    if not chosen or len(chosen) < len(findings):
        text = N_("Choose findings of a locked record that no order is about yet.")
        raise Refusal([Problem("order.none", text, {}, "findings")])
    company = _company(found, chosen, at)
    cases = _cases(found, company, chosen, by, at)
    told = [(case, f"{one.check} {one.title}", one.what) for case, one in zip(cases, chosen, strict=True)]
    document = issue_document(
        kind=ORDER, area=found.round.area, subject=found.subject, addressee=company,
        context=order_context(found, told), by=by, at=at,
    )  # fmt: skip
    return cases, document


def _company(entry: Entry, chosen: Sequence[Wanting], at: datetime) -> Organisation:
    """Who was there on the days of these findings; raises Refusal where nobody is known, or more than one company."""
    known = entry.round.deciding_at or at
    there = [company_on(entry, day, known) for day in sorted({one.day for one in chosen})]
    companies = list(dict.fromkeys(there))
    if len(companies) > 1:
        text = N_(
            "Different companies were there on the days of these findings; order those of each day by themselves."
        )
        raise Refusal([Problem("order.companies", text, {}, "findings")])
    if (company := companies[0]) is None:
        text = N_("No legal entity is known as the company; name it in the register first.")
        raise Refusal([Problem("order.entity", text)])
    return company


def _cases(entry: Entry, company: Organisation, chosen: Sequence[Wanting], by: Person, at: datetime) -> list[Case]:
    """A case for each check, in the order chosen; those of one deadline are opened together."""
    scheme, lead = scheme_of(entry.round.scheme), entry.round.lead
    opened: dict[str, Case] = {}
    for critical in (True, False):
        some = [one for one in chosen if one.critical is critical]
        due = due_at(scheme, at, entry.round.area) if critical else due_by(scheme, entry.round.area, at)
        made = open_cases(
            openings=[_opening(entry, company, one) for one in some], programme="assessments", kind=RECTIFICATION,
            area=entry.round.area, owner=lead if lead.is_active else None, due_at=due, by=by, at=at,
        )  # fmt: skip
        opened |= {one.key: case for one, case in zip(some, made, strict=True)}
    return [opened[one.key] for one in chosen]


def _opening(entry: Entry, company: Organisation, one: Wanting) -> Opening:
    return Opening(
        subject=one.subject, title=f"{entry.name} {one.check} {one.title}"[:300], site=entry.community.site_id,
        organisation=company.pk, note=one.what[:2000], exhibits=one.exhibits,
    )  # fmt: skip
