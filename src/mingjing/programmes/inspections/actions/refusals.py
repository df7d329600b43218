"""What firms say of entries: they refused, they complain, they report a visit; and penalties that cite one.

A refusal and a complaint always open a supervision case. Not here: what a report without a scan leads to (C1).
"""

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.cases.actions import open_case
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections import models
from mingjing.programmes.inspections.models import Authority, Entry, Firm, Report, Task
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["DAYS", "record_report", "refuse"]

DAYS = 5
"""Working days that the supervisor has for a refusal or a complaint (a proposal of this project)."""
TITLES = {"refusal": N_("{firm} refused an inspection"), "complaint": N_("{firm} complains of an inspection")}


@transaction.atomic
def refuse(
    *, firm: Firm, kind: str = "refusal", task: Task | None = None, authority: Authority | None = None,
    entry: Entry | None = None, text: str = "", by: Person | None, at: datetime,
) -> models.Refusal:  # fmt: skip
    """Record that a firm refused to let somebody in (`refusal`) or complains of a visit (`complaint`); open a case.

    The firm needs no reason to refuse; a complaint says something. `by` is None for a firm without an account.
    Raises Refusal.
    """
    if kind not in TITLES:
        raise Refusal([Problem("inspections.refusal.kind", N_("Say whether it is a refusal or a complaint."))])
    text = said(text, 1000, "text") if kind == "complaint" or text.strip() else ""
    told = authority or (task.authority if task else None) or (entry.authority if entry else None)
    subject = entry.subject if entry else task.subject if task else firm.subject
    case = open_case(
        programme="inspections", kind=kind, subject=subject, title=_title(kind, firm),
        area=firm.area, site=firm.site, organisation=firm.organisation, owner=None,
        due_at=deadline(firm.area, at, days=DAYS).at, note=text, by=by, at=at,
    )  # fmt: skip
    made = models.Refusal.objects.create(
        firm=firm, authority=told, task=task, entry=entry, kind=kind, text=text, case=f"cases.case:{case.pk}", at=at,
        recorded_by=by,
    )  # fmt: skip
    data = {
        "firm": firm.pk, "authority": told.pk if told else None, "kind": kind, "case": case.pk,
        "task": str(task.pk) if task else None, "entry": entry.pk if entry else None,
        "text": sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    writer.append(
        kind="inspections.refusal.recorded", subject=f"inspections.refusal:{made.pk}", data=data, area=firm.area,
        by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def record_report(
    *, firm: Firm, day: date, kind: str = "firm", authority: Authority | None = None, reference: str = "",
    by: Person | None, at: datetime,
) -> Report:  # fmt: skip
    """Record that the firm reports a visit, or that a `penalty` cites one. Raises Refusal."""
    if kind not in ("firm", "penalty"):
        raise Refusal([Problem("inspections.report.kind", N_("Say who reports the visit."), {}, "kind")])
    if day > localdate(at):
        raise Refusal([Problem("inspections.report.future", N_("This day lies in the future."), {}, "day")])
    made = Report.objects.create(
        firm=firm, authority=authority, day=day, kind=kind, reference=reference.strip()[:200], recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    data = {
        "firm": firm.pk, "authority": authority.pk if authority else None, "kind": kind, "day": day.isoformat(),
        "reference": sha256(made.reference.encode()).hexdigest(),
    }  # fmt: skip
    writer.append(
        kind="inspections.report.recorded", subject=f"inspections.report:{made.pk}", data=data, area=firm.area, by=by,
        at=at,
    )  # fmt: skip
    return made


def _title(kind: str, firm: Firm) -> str:
    """In the language of the district's files: a case is read by whoever opens it."""
    with translation.override("zh-hans"):
        return translation.gettext(TITLES[kind]).format(firm=firm.organisation.name)[:300]
