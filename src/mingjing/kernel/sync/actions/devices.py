"""Phones: a code is made for a person, one phone takes it, and a phone that is lost is revoked."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import choice

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.mandates import acting_for
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.models import Device, Enrolment
from mingjing.kernel.sync.sessions import enrolment_message

__all__ = ["CODE_LASTS", "enrol_device", "make_enrolment", "revoke_device"]

CODE_LASTS = timedelta(minutes=10)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else
LENGTH = 16  # characters, 79 bits: nobody guesses one in ten minutes


def make_enrolment(*, person: Person, by: Person | None, at: datetime) -> tuple[Enrolment, str]:
    """A code by which one phone may be bound to `person`; only its digest is kept.

    Raises Refusal for who has left, and for who acts for a company: the phones' app is the office's.
    """
    if not person.is_active:
        text = N_("{name} has left; no phone is bound to them any more.")
        raise Refusal([Problem("sync.person_left", text, {"name": str(person)})])
    if acting_for(person, on=timezone.localdate(at)):
        text = N_("{name} acts for a company; the phones' app is for people of the office.")
        raise Refusal([Problem("sync.outsider", text, {"name": str(person)})])
    code = "".join(choice(ALPHABET) for _ in range(LENGTH))
    kept = {"person": person, "code_digest": _digest(code), "made_by": by, "made_at": at, "expires_at": at + CODE_LASTS}
    return Enrolment.objects.create(**kept), code


def enrol_device(*, code: str, public_key: str, label: str, signature: str, at: datetime) -> Device:
    """Bind a phone to the person the code was made for. Raises Refusal; a code works once, and not for long."""
    label = " ".join(label.split())
    if problems := list(_unfit(code, public_key, label, signature)):
        raise Refusal(problems)
    with transaction.atomic():
        found = Enrolment.objects.select_for_update(of=("self",)).select_related("person__area").filter(
            code_digest=_digest(code.strip().upper())
        ).first()  # fmt: skip
        if found is None or found.used_at or found.expires_at <= at or not found.person.is_active:
            text = N_("This code does not work (any more). Make a new one on the desk and scan it within ten minutes.")
            raise Refusal([Problem("sync.code", text, {}, "code")])
        if Device.objects.filter(public_key=public_key).exists():
            text = N_("This phone has been bound before; let the app make a new key and scan a new code.")
            raise Refusal([Problem("sync.key_known", text, {}, "public_key")])
        device = Device.objects.create(person=found.person, label=label, public_key=public_key, enrolled_at=at)
        found.used_at, found.device = at, device
        found.save(update_fields=["used_at", "device"])
        data = {"device": str(device.pk), "person": found.person.token, "key": sha256(public_key.encode()).hexdigest()}
        writer.append(
            kind="sync.device.enrolled", subject=device.ledger_subject, data=data, area=found.person.home,
            by=found.person, at=at,
        )  # fmt: skip
    return device


def revoke_device(*, device: Device, reason: str, by: Person | None, at: datetime) -> Device:
    """A phone is lost or handed on: nothing it sends is taken from now on. Raises Refusal."""
    reason = reason.strip()
    if not is_line(reason, 300):
        text = N_("Say in 1 to 300 characters why the phone is revoked.")
        raise Refusal([Problem("sync.revoke_reason", text, {}, "reason")])
    with transaction.atomic():
        found = Device.objects.select_for_update(of=("self",)).select_related("person").get(pk=device.pk)
        if found.revoked_at:
            raise Refusal([Problem("sync.revoked", N_("This phone was revoked already; it stays so."))])
        found.revoked_by, found.revoked_at, found.revoke_reason = by, at, reason
        found.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
        data = {"device": str(found.pk), "person": found.person.token}
        area = found.person.home
        writer.append(kind="sync.device.revoked", subject=found.ledger_subject, data=data, area=area, by=by, at=at)
    return found


def _unfit(code: str, public_key: str, label: str, signature: str) -> "list[Problem]":
    problems = []
    if not is_line(label, 100):
        text = N_("Give the phone a name of 1 to 100 characters, so that it can be told from others.")
        problems.append(Problem("sync.label", text, {}, "label"))
    if not keys.is_device_key(public_key):
        text = N_("The phone's key is no point of the curve P-256; update the app and try again.")
        problems.append(Problem("sync.key", text, {}, "public_key"))
    elif not keys.signed_by_device(enrolment_message(code), signature, public_key):
        text = N_("The phone did not show that it holds its key; update the app and try again.")
        problems.append(Problem("sync.signature", text, {}, "signature"))
    return problems


def _digest(code: str) -> str:
    return sha256(f"mingjing.enrolment/1 {code}".encode()).hexdigest()
