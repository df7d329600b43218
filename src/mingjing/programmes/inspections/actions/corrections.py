"""A correction of an entry: asked for by its authority, decided on by somebody else who watches over it.

Agreed, the entry is replaced and its warnings are judged anew by what follows from that; declined, nothing changes.
Either way both stay on record. Not here: who may (adapters), replacing an entry (actions.entries).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import Person
from mingjing.programmes.inspections.actions.entries import correct
from mingjing.programmes.inspections.actions.told import digest, tell
from mingjing.programmes.inspections.models import Correction, Entry
from mingjing.programmes.inspections.policy.texts import said
from mingjing.programmes.inspections.queries.corrections import arrival_of, names_of_changes, now_of

__all__ = ["agree_correction", "ask_correction", "decline_correction"]


@transaction.atomic
def ask_correction(
    *, entry: Entry, after: Mapping[str, Any], reason: str, by: Person | None, at: datetime
) -> Correction:
    """Say what an entry should say (`Correction.after`), and why. Raises Refusal: nothing differs, one is asked for."""
    reason = said(reason, 300, "reason")
    held = Entry.objects.select_for_update(of=("self",)).select_related("visit", "firm__area").get(pk=entry.pk)
    if held.visit.voided_at:
        text = N_("This entry was voided or corrected; nothing was changed.")
        raise Refusal([Problem("inspections.entry.voided", text)])
    if held.corrections.filter(decided_at=None).exists():
        text = N_("A correction of this entry was asked for already; it is decided on first.")
        raise Refusal([Problem("inspections.correction.asked", text)])
    changed = names_of_changes(now_of(held), after)
    if not changed:
        text = N_("Nothing differs from what stands there; change what is wrong.")
        raise Refusal([Problem("inspections.correction.same", text)])
    made = Correction.objects.create(entry=held, after=dict(after), reason=reason, asked_by=by, asked_at=at)
    data = {"correction": made.pk, "entry": held.pk, "changed": changed, "reason": digest(reason)}
    tell("correction.asked", held.subject, data, held.firm.area, by, at)
    return made


@transaction.atomic
def agree_correction(*, correction: Correction, by: Person | None, at: datetime) -> Correction:
    """Let the entry be replaced as it was asked for; raises Refusal, by whoever asked too."""
    held = _open(correction, by)
    arrival, left_at = arrival_of(held)
    held.made = correct(entry=held.entry, arrival=arrival, reason=held.reason, left_at=left_at, by=by, at=at)
    held.decided_by, held.decided_at = by, at
    held.save(update_fields=["made", "decided_by", "decided_at"])
    data = {"correction": held.pk, "entry": held.entry_id, "made": held.made.pk}
    tell("correction.agreed", held.entry.subject, data, held.entry.firm.area, by, at)
    return held


@transaction.atomic
def decline_correction(*, correction: Correction, reason: str, by: Person | None, at: datetime) -> Correction:
    """Leave the entry as it is, and say why. Raises Refusal."""
    held, reason = _open(correction, by), said(reason, 300, "reason")
    held.answer, held.decided_by, held.decided_at = reason, by, at
    held.save(update_fields=["answer", "decided_by", "decided_at"])
    data = {"correction": held.pk, "entry": held.entry_id, "reason": digest(reason)}
    tell("correction.declined", held.entry.subject, data, held.entry.firm.area, by, at)
    return held


def _open(correction: Correction, by: Person | None) -> Correction:
    related = ("entry__visit", "entry__authority", "entry__firm__area")
    held = Correction.objects.select_for_update(of=("self",)).select_related(*related).get(pk=correction.pk)
    if held.decided_at:
        text = N_("This correction was decided on already; nothing was changed.")
        raise Refusal([Problem("inspections.correction.decided", text)])
    if by is not None and by.pk == held.asked_by_id:
        text = N_("Who asked for a correction does not decide on it; a second person does.")
        raise Refusal([Problem("inspections.correction.two_people", text)])
    return held
