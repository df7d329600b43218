"""A random draw: inputs and the digest of a seed go to the ledger first; then a witness speaks, and it is drawn.

The seed lies sealed in the row until it is drawn. What was drawn becomes lines of the plan and drafts of tasks.
Not here: what the numbers give (policy.lots).
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from mingjing.engine.drawing.stream import SEED_BYTES, commitment
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.plans import Line, put_lines
from mingjing.programmes.inspections.actions.tasks import draft_task
from mingjing.programmes.inspections.actions.told import check, digest, tell
from mingjing.programmes.inspections.models import Certificate, Firm, Grade, Item, Lot, Plan
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.plans import PlanKind, Purpose
from mingjing.programmes.inspections.policy import lots
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["commit_lot", "draw_lot"]

SEALED = "inspections.lot/1"


@transaction.atomic
def commit_lot(
    *, plan: Plan, firms: Sequence[Firm], wanted: Mapping[str, int], items: Sequence[Item], first_day: date,
    last_day: date, away: Mapping[str, Sequence[str]] | None = None, by: Person | None, at: datetime,
) -> Lot:  # fmt: skip
    """Fix from whom is drawn and bind the seed. `wanted` says how many firms of each grade ("" has none).

    Officers are those of the authority with a certificate on the first day. Raises Refusal with every problem.
    """
    found = Plan.objects.select_for_update(of=("self",)).select_related("authority__area").get(pk=plan.pk)
    _may_be_drawn(found)
    inputs = {
        "format": lots.FORMAT, "plan": found.pk, "days": [first_day.isoformat(), last_day.isoformat()],
        "items": sorted(item.code for item in items), "firms": _graded(firms, first_day),
        "wanted": {grade: count for grade, count in wanted.items() if count}, "team": lots.TEAM,
        "officers": _officers(found, first_day), "away": {code: sorted(who) for code, who in (away or {}).items()},
    }  # fmt: skip
    check(*lots.faults(inputs), *([] if items else [Problem("inspections.task.items", _ITEMS, {}, "items")]))
    seed = secrets.token_bytes(SEED_BYTES)
    made = Lot.objects.create(
        plan=found, inputs=lots.canonical(inputs), inputs_digest=lots.digest_of(inputs),
        sealed=keys.sealed(SEALED, seed), seed_digest=commitment(seed), committed_by=by, committed_at=at,
    )  # fmt: skip
    data = {"lot": made.pk, "inputs": made.inputs_digest, "seed": made.seed_digest}
    tell("lot.committed", found.subject, data, found.authority.area, by, at)
    return made


_ITEMS = N_("Name at least one published item: nothing off the list may be inspected.")


@transaction.atomic
def draw_lot(*, lot: Lot, witness: str, by: Person | None, at: datetime) -> Lot:
    """Draw, with what a witness says after the seed was bound: lines and drafts of tasks follow. Raises Refusal.

    `witness` is any text of theirs, best one that nobody could know before; who bound the seed does not say it.
    """
    witness = said(witness, 100, "witness")
    found = Lot.objects.select_for_update(of=("self",)).select_related("plan__authority__area").get(pk=lot.pk)
    if found.drawn_at:
        raise Refusal([Problem("inspections.lot.drawn", N_("This draw was made already; its result stays."))])
    _may_be_drawn(found.plan)
    if by is not None and by.pk == found.committed_by_id:
        text = N_("Who prepared a draw does not make it: a second person witnesses.")
        raise Refusal([Problem("inspections.lot.two_people", text)])
    inputs = json.loads(found.inputs)
    seed = _unsealed(found)
    result = lots.draw(inputs, seed, witness)
    found.result, found.drawn_at = lots.canonical({"teams": result, "witness": witness}), at
    found.seed, found.sealed = seed.hex(), b""
    found.save(update_fields=["result", "drawn_at", "seed", "sealed"])
    data = {
        "lot": found.pk,
        "seed": found.seed,
        "witness": lots.witness_digest(witness),
        "result": digest(lots.canonical(result)),
    }
    tell("lot.drawn", found.plan.subject, data, found.plan.authority.area, by, at)
    _follow(found.plan, inputs, result, by, at)
    return found


def _unsealed(lot: Lot) -> bytes:
    try:
        return keys.unsealed(SEALED, bytes(lot.sealed))
    except ValueError as error:
        text = N_("The seed was sealed with a secret that this installation has no more; prepare the draw anew.")
        raise Refusal([Problem("inspections.lot.sealed", text)]) from error


def _may_be_drawn(plan: Plan) -> None:
    if plan.kind != PlanKind.LOT or plan.state not in ("approved", "filed"):
        text = N_("A draw is made for a plan of random draws that is approved, and not published yet.")
        raise Refusal([Problem("inspections.lot.plan", text)])
    if plan.lots.filter(drawn_at__isnull=False).exists():
        text = N_("For this plan it was drawn already: nobody draws until they like the result.")
        raise Refusal([Problem("inspections.lot.again", text)])


def _graded(firms: Sequence[Firm], day: date) -> list[list[str]]:
    held = Grade.objects.filter(firm=OuterRef("pk"), first_day__lte=day).order_by("-first_day")
    rows = Firm.objects.filter(pk__in=[firm.pk for firm in firms]).annotate(held=Subquery(held.values("grade")[:1]))
    return sorted([code, grade or ""] for code, grade in rows.values_list("organisation__credit_code", "held"))


def _officers(plan: Plan, day: date) -> list[str]:
    """One valid certificate of each person who works there on that day."""
    rows = Certificate.objects.filter(holding(day), authority=plan.authority).order_by("number")
    posted = set(plan.authority.posts.filter(holding(day)).values_list("person", flat=True))
    numbers = {one.person_id: one.number for one in rows if one.person_id in posted and one.holds(day)}
    return sorted(numbers.values())


def _follow(
    plan: Plan, inputs: Mapping[str, list[str]], result: Mapping[str, Sequence[str]], by: Person | None, at: datetime
) -> None:
    first, last = (date.fromisoformat(day) for day in inputs["days"])
    firms = {one.organisation.credit_code: one for one in _firms(result)}
    items = list(plan.authority.items.filter(holding(first), code__in=inputs["items"]))
    holders = {one.number: one.person for one in Certificate.objects.filter(
        number__in={number for team in result.values() for number in team}).select_related("person")}  # fmt: skip
    put_lines(plan, [Line(firms[code], item, first, last) for code in result for item in items])
    for code, team in result.items():
        draft_task(
            authority=plan.authority, firm=firms[code], plan=plan, purpose=Purpose.RANDOM, items=items,
            officers=[holders[number] for number in team], first_day=first, last_day=last, by=by, at=at,
        )  # fmt: skip


def _firms(result: Mapping[str, object]) -> Sequence[Firm]:
    return list(Firm.objects.filter(organisation__credit_code__in=list(result)).select_related("organisation", "area"))
