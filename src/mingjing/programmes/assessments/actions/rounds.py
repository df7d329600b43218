"""Every write to a round: open, change, take the roster, freeze, begin fieldwork, begin review, hand over.

Each step locks the round's row, is refused with everything that stands in its way (policy.rounds), and is whole or not
at all. Not here: its communities one by one (actions.entries), the draw (actions.draws), the decision.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.sync.actions import settle
from mingjing.programmes.assessments.actions.rosters_taken import take
from mingjing.programmes.assessments.models import Handover, Round
from mingjing.programmes.assessments.policy.roster_digest import RosterDigest
from mingjing.programmes.assessments.policy.rounds import (
    STEPS,
    Opening,
    Step,
    obstacles,
    opening_problems,
    wrong_state,
)
from mingjing.programmes.assessments.queries.entries import numbers_twice
from mingjing.programmes.assessments.queries.promised import promising
from mingjing.programmes.assessments.queries.rounds import facts_of, in_force_on, may_lead

__all__ = [
    "begin_fieldwork", "begin_review", "change_round", "freeze_round", "hand_over", "open_round", "take_roster",
]  # fmt: skip

MANAGE, FREEZE = "assessments.round.manage", "assessments.round.freeze"


@transaction.atomic
def open_round(
    *,
    area: Area,
    code: str,
    title: str,
    scheme: Version,
    first_day: date,
    last_day: date,
    lead: Person,
    by: Person | None,
    at: datetime,
) -> Round:
    """A new round with every current community of the area's registers, each with its proposed class.

    Raises Refusal with everything that is wrong with it.
    """
    _require(MANAGE, area, by, at)
    round_ = Round(
        area=area, code=code.strip(), title=title.strip()[:200], scheme=scheme, first_day=first_day, last_day=last_day,
        lead=lead, opened_by=by, opened_at=at,
    )  # fmt: skip
    _check(round_, at, numbers_twice(area))
    round_.save(force_insert=True)
    _append("opened", round_, _described(round_) | {"lead": lead.token}, by, at)
    _append("roster_taken", round_, take(round_, by=by, at=at), by, at)
    return round_


@transaction.atomic
def change_round(
    *, round: Round, title: str, scheme: Version, first_day: date, last_day: date, by: Person | None, at: datetime
) -> Round:
    """A draft with another title, period or scheme version; its roster is taken and its classes proposed anew."""
    found = _locked(round)
    _require(MANAGE, found.area, by, at)
    _draft(found)
    found.title, found.scheme, found.first_day, found.last_day = title.strip()[:200], scheme, first_day, last_day
    _check(found, at, ())
    found.save(update_fields=["title", "scheme", "first_day", "last_day"])
    _append("changed", found, _described(found), by, at)
    _append("roster_taken", found, take(found, by=by, at=at), by, at)
    return found


@transaction.atomic
def take_roster(*, round: Round, by: Person | None, at: datetime) -> Round:
    """Bring the communities of a draft up to date with the register. Taken twice, the second time changes nothing."""
    found = _locked(round)
    _require(MANAGE, found.area, by, at)
    _draft(found)
    if twice := numbers_twice(found.area):
        text = N_("These numbers stand for two communities of the area: {numbers}. Correct the registers first.")
        raise Refusal([Problem("round.number_twice", text, {"numbers": twice}, "communities")])
    _append("roster_taken", found, take(found, by=by, at=at), by, at)
    return found


@transaction.atomic
def freeze_round(*, round: Round, by: Person | None, at: datetime) -> Round:
    """Lock the roster, the classes and the scheme of a draft for good. Raises Refusal with all that is missing."""
    found = _ready(round, STEPS["freeze"], by, at)
    digest, count = _roster_digest(found), found.entries.update(frozen_at=at)
    found.frozen_by, found.frozen_at, found.roster_digest = by, at, digest
    found.save(update_fields=["frozen_by", "frozen_at", "roster_digest"])
    _append("frozen", found, _described(found) | {"entries": count, "roster": digest}, by, at)
    return found


@transaction.atomic
def begin_fieldwork(*, round: Round, by: Person | None, at: datetime) -> Round:
    """Begin the visits of a drawn round. Raises Refusal with all that is missing: the draw, staff of teams."""
    found = _ready(round, STEPS["begin_fieldwork"], by, at)
    found.fieldwork_by, found.fieldwork_at = by, at
    found.save(update_fields=["fieldwork_by", "fieldwork_at"])
    _append("fieldwork_begun", found, {"round": found.pk}, by, at)
    return found


@transaction.atomic
def begin_review(*, round: Round, by: Person | None, at: datetime) -> Round:
    """End fieldwork once every record is submitted or its community declared not assessed, and every photo that a phone
    promised has arrived: those are made exhibits first. Raises Refusal.
    """
    settle(subjects=promising(_locked(round)), at=at)
    found = _ready(round, STEPS["begin_review"], by, at)
    found.review_by, found.review_at = by, at
    found.save(update_fields=["review_by", "review_at"])
    _append("review_begun", found, {"round": found.pk}, by, at)
    return found


@transaction.atomic
def hand_over(*, round: Round, to: Person, reason: str, by: Person | None, at: datetime) -> Handover:
    """Somebody else answers for the round from now on: its lead, or whoever may run rounds there, says so and why."""
    found, reason = _locked(round), reason.strip()
    if by is not None and by.pk != found.lead_id:
        _require(FREEZE, found.area, by, at)
    if problems := tuple(_handover_problems(found, to, reason, at)):
        raise Refusal(problems)
    handover = Handover.objects.create(round=found, from_person=found.lead, to_person=to, reason=reason, by=by, at=at)
    found.lead = to
    found.save(update_fields=["lead"])
    tokens = {"from": handover.from_person.token, "to": to.token}
    _append("handed_over", found, {"handover": handover.pk, **tokens}, by, at)
    return handover


def _handover_problems(round_: Round, to: Person, reason: str, at: datetime) -> Any:
    if round_.decided_at:
        yield Problem("round.over", N_("The round is decided; nobody needs to answer for its next step."), {}, "to")
    if to.pk == round_.lead_id:
        yield Problem("round.same_lead", N_("{name} answers for the round already."), {"name": str(to)}, "to")
    elif to.left_at is not None or not may_lead(to, round_.area, timezone.localdate(at)):
        text = N_("{name} may not manage rounds in {area}; choose somebody who may, or grant the role first.")
        yield Problem("round.lead", text, {"name": str(to), "area": round_.area.name}, "to")
    if not 0 < len(reason) <= 300:
        yield Problem("round.handover_reason", N_("Say in 1 to 300 characters why it is handed over."), {}, "reason")


def _locked(round_: Round) -> Round:
    related = ("area", "scheme__rulebook", "lead")
    return Round.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=round_.pk)


def _require(permission: str, area: Area, by: Person | None, at: datetime) -> None:
    """Refuse somebody who may not do this in `area`; None is the system."""
    if by is not None and not may(by, permission, area=area, on=timezone.localdate(at)):
        text = N_("You may not do this for {area}; the director of the area may.")
        raise Refusal([Problem("round.not_yours", text, {"area": area.name})])


def _draft(round_: Round) -> None:
    if problem := wrong_state(STEPS["freeze"], round_.state):
        raise Refusal([problem])


def _ready(round_: Round, step: Step, by: Person | None, at: datetime) -> Round:
    """The locked round, when nothing stands in the way of `step`; raises Refusal with all that does."""
    found = _locked(round_)
    _require(FREEZE, found.area, by, at)
    if problems := obstacles(step, facts_of(found)):
        raise Refusal(problems)
    return found


def _check(round_: Round, at: datetime, twice: tuple[str, ...]) -> None:
    scheme, rulebook = round_.scheme, round_.scheme.rulebook
    taken = Round.objects.filter(area=round_.area, code=round_.code).exclude(pk=round_.pk).exists()
    asked = Opening(
        code=round_.code, title=round_.title, first_day=round_.first_day, last_day=round_.last_day,
        scheme_title=rulebook.title, version=scheme.number, published=scheme.is_published,
        in_force=in_force_on(scheme, round_.first_day), covers=rulebook.area.contains(round_.area), code_taken=taken,
        lead_may=may_lead(round_.lead, round_.area, timezone.localdate(at)), twice=twice,
    )  # fmt: skip
    if problems := opening_problems(asked):
        raise Refusal(problems)


def _described(round_: Round) -> dict[str, Any]:
    """What a round is, as facts say it."""
    days = {"first_day": round_.first_day.isoformat(), "last_day": round_.last_day.isoformat()}
    scheme = {"scheme_version": round_.scheme_id, "scheme": round_.scheme.digest}
    return {"round": round_.pk, "area": round_.area.code, "code": round_.code, **days, **scheme}


def _roster_digest(round_: Round) -> str:
    columns = ("pk", "number", "community", "class_code", "attributes", "ranges")
    digest = RosterDigest()
    for row in round_.entries.order_by("number").values_list(*columns):
        digest.add(row)
    return digest.hexdigest()


def _append(what: str, round_: Round, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    kind = f"assessments.round.{what}"
    writer.append(kind=kind, subject=round_.subject, data=data, area=round_.area, by=by, at=at)
