"""Every decision of people on complaints: valid or not and whose duty, a repeat or not; each with its reason.

A decision is only added; who revises one is somebody else. Not here: what may be decided (policy.decisions).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Max

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Site
from mingjing.programmes.complaints.models import Complaint, Decision, Matter
from mingjing.programmes.complaints.policy.decisions import Wanted, problems_of
from mingjing.programmes.complaints.queries.complaints import standing_of
from mingjing.programmes.complaints.queries.rulebooks import rules_for

__all__ = ["decide", "decide_many", "note", "set_apart"]


@transaction.atomic
def decide(*, complaint: Complaint, wanted: Wanted, by: Person | None, at: datetime) -> Complaint:
    """Decide whether a complaint is valid, and whose duty in which community. Raises Refusal with every problem."""
    found = _locked(complaint.pk)
    _decide(found, wanted, _duties(found, at), by, at)
    return found


@transaction.atomic
def decide_many(
    *, complaints: Iterable[Complaint], wanted: Wanted, by: Person | None, at: datetime
) -> int:  # fmt: skip
    """The same decision on several complaints, on all or on none; returns on how many.

    Those that stand so already are passed over. Raises Refusal, naming each complaint that stands in the way.
    """
    problems, done = [], 0
    for key in sorted(complaint.pk for complaint in complaints):
        found = _locked(key)
        try:
            _decide(found, wanted, _duties(found, at), by, at)
            done += 1
        except Refusal as refusal:
            told = [problem for problem in refusal.problems if problem.code != "decision.same"]
            problems += [Problem(one.code, one.text, one.params, one.place or found.number) for one in told]
    if problems:
        raise Refusal(problems)
    return done


@transaction.atomic
def set_apart(*, complaint: Complaint, apart: bool, reason: str, by: Person | None, at: datetime) -> Complaint:
    """Say that a complaint repeats nothing, or take that back: then the rules decide again. Raises Refusal."""
    found = _locked(complaint.pk)
    if found.apart == apart:
        raise Refusal([Problem("decision.same", N_("That is how it stands already; nothing was changed."))])
    if len(reason.strip()) < 2:
        raise Refusal([Problem("decision.reason", N_("Give the reason."), {}, "reason")])
    found.apart = apart
    found.save(update_fields=["apart"])
    note(found, Matter.REPEAT, "apart" if apart else "merged", None, reason, by, at)
    return found


def _decide(found: Complaint, wanted: Wanted, duties: Collection[str], by: Person | None, at: datetime) -> None:
    standing = standing_of(found)
    problems, (validity, duty) = problems_of(standing, wanted, by.pk if by else None, duties)
    if wanted.site and not problems and not _lies_in(wanted.site, found):
        text = N_("This community lies outside the district of the complaint.")
        problems = [Problem("decision.outside", text, {}, "site")]
    if problems:
        raise Refusal(problems)
    if validity:
        found.validity, found.duty = wanted.validity, ""
        note(found, Matter.VALIDITY, wanted.validity, None, wanted.reason, by, at)
    if duty:
        found.duty, found.site_id = wanted.duty, wanted.site or found.site_id
        note(found, Matter.DUTY, wanted.duty, found.site_id, wanted.reason, by, at)
    found.save(update_fields=["validity", "duty", "site"])


def note(
    found: Complaint, matter: Matter, verdict: str, site: int | None, reason: str, by: Person | None, at: datetime
) -> None:
    """Add a decision and its fact to the caller's transaction; the complaint is locked by it."""
    number = (found.decisions.aggregate(last=Max("number"))["last"] or 0) + 1
    reason = reason.strip()[:500]
    Decision.objects.create(
        complaint=found, number=number, matter=matter, verdict=verdict, site_id=site, reason=reason, by=by, at=at
    )
    data = {
        "complaint": found.pk, "number": number, "matter": str(matter), "verdict": verdict, "site": site,
        "reason": sha256(reason.encode()).hexdigest(),
    }  # fmt: skip
    writer.append(
        kind="complaints.complaint.decided", subject=found.subject, data=data, area=found.area, by=by, at=at
    )  # fmt: skip


def _lies_in(site: int, found: Complaint) -> bool:
    return Site.objects.under(found.area).filter(pk=site).exists()


def _duties(found: Complaint, at: datetime) -> Collection[str]:
    rules = rules_for(found.area, at.date())
    return rules.duties if rules else ()


def _locked(key: int) -> Complaint:
    return Complaint.objects.select_for_update(of=("self",)).select_related("area").get(pk=key)
