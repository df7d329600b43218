"""What people do about warnings: explain, verify, find justified, order a correction, close; take several together.

An act is only added; where a warning stands follows from the last. Nothing here raises, changes or removes a warning:
the engine is its author. Not here: which act may follow (policy.supervision).
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.models import Warning, WarningAct
from mingjing.programmes.inspections.policy.supervision import DAYS, problems_of
from mingjing.programmes.inspections.policy.texts import said
from mingjing.programmes.inspections.queries.posts import authorities_of

__all__ = ["EXPLAIN", "SUPERVISE", "act_on", "take_together"]

EXPLAIN, SUPERVISE = "inspections.warning.explain", "inspections.warning.supervise"


@transaction.atomic
def act_on(
    *, warning: Warning, act: str, text: str, reason_code: str = "", evidence: Sequence[str] = (), seen: int,
    by: Person, at: datetime,
) -> Warning:  # fmt: skip
    """Take an act on a warning and on those taken together with it; the next is due in working days.

    `seen` is how many acts the person has read: who acts on what has changed is told. Raises Refusal.
    """
    text = said(text, 1000, "text")
    found = _locked(warning.pk)
    if found.merged_into_id and not found.lapsed_at:
        note = N_("This warning is handled together with another one; go there.")
        raise Refusal([Problem("inspections.warning.part", note)])
    before = list(found.acts.all())
    if len(before) != seen:
        note = N_("Somebody acted on this warning since you opened it. Read it, then decide again.")
        raise Refusal([Problem("inspections.warning.seen", note)])
    kept = _known(found, evidence)
    if problems := list(_problems(found, act, reason_code, len(kept), before, by, at)):
        raise Refusal(problems)
    WarningAct.objects.create(
        warning=found, number=len(before) + 1, act=act, reason_code=reason_code if act == "justified" else "",
        text=text, evidence=kept, by=by, at=at,
    )  # fmt: skip
    found.state = act
    found.due = deadline(found.area, at, days=DAYS[act]).at if act in DAYS and not found.lapsed_at else None
    found.save(update_fields=["state", "due"])
    found.parts.filter(lapsed_at=None).update(state=found.state, due=found.due)
    data = {
        "warning": found.pk, "number": len(before) + 1, "act": act, "reason": reason_code, "exhibits": kept,
        "text": sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    _tell(found, "acted", data, by, at)
    return found


@transaction.atomic
def take_together(*, warning: Warning, parts: Sequence[Warning], by: Person, at: datetime) -> Warning:
    """Handle several warnings about one authority as one; each keeps its records and reasons. Raises Refusal."""
    head = _locked(warning.pk)
    rows = [_locked(key) for key in sorted({part.pk for part in parts} - {head.pk})]
    problems = []
    if not rows or any(row.authority_id != head.authority_id or row.area_id != head.area_id for row in rows):
        text = N_("Choose warnings about the same authority.")
        problems.append(Problem("inspections.warning.apart", text))
    if any(row.merged_into_id or row.lapsed_at or row.state != head.state for row in (head, *rows)):
        text = N_("Only warnings that stand at the same step, and are not taken together yet, can be handled as one.")
        problems.append(Problem("inspections.warning.steps", text))
    if not _supervises(head, by, at) or head.authority_id in authorities_of(by, localdate(at)):
        problems.append(Problem("inspections.warning.supervisor", N_("This is for the supervisor.")))
    if problems:
        raise Refusal(problems)
    for row in rows:
        row.parts.update(merged_into=head)
        row.merged_into = head
        row.save(update_fields=["merged_into"])
    _tell(head, "merged", {"warning": head.pk, "parts": [row.pk for row in rows]}, by, at)
    return head


def _problems(
    found: Warning, act: str, reason_code: str, evidence: int, before: Sequence[WarningAct], by: Person, at: datetime
) -> Sequence[Problem]:
    today = localdate(at)
    explained = any(one.by_id == by.pk and one.act in ("explained", "corrected") for one in before)
    works_there = found.authority_id in authorities_of(by, today)
    # mingjing's own visits have no authority on the register: whoever answers here, and does not supervise, explains
    theirs = works_there or (found.authority_id is None and not _supervises(found, by, at))
    of_authority = theirs and may(by, EXPLAIN, area=found.area, on=today)
    return list(
        problems_of(
            found.state, act, overdue=found.due is not None and found.due <= at,
            of_authority=of_authority or works_there,
            may_supervise=_supervises(found, by, at), explained_it=explained, reason_code=reason_code,
            evidence=evidence,
        )
    )  # fmt: skip


def _supervises(found: Warning, by: Person, at: datetime) -> bool:
    return may(by, SUPERVISE, area=found.area, on=localdate(at))


def _known(found: Warning, evidence: Sequence[str]) -> list[str]:
    """The ids of exhibits of this warning, every one on record and not withdrawn."""
    ids = list(dict.fromkeys(map(str, evidence)))
    if ids and Exhibit.objects.filter(pk__in=ids, subject=found.subject, withdrawn_at=None).count() != len(ids):
        raise Refusal([Problem("inspections.warning.exhibits", N_("A file is not on record here; attach it again."))])
    return ids


def _locked(key: int) -> Warning:
    return Warning.objects.select_for_update(of=("self",)).select_related("area").get(pk=key)


def _tell(found: Warning, what: str, data: dict[str, object], by: Person, at: datetime) -> None:
    kind = f"inspections.warning.{what}"
    writer.append(kind=kind, subject=found.subject, data=data, area=found.area, by=by, at=at)
