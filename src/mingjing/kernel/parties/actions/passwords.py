"""Passwords, and the links with which people set theirs. What proves who somebody is, is asked before: at sign-in.

No fact holds anything of a password. Nobody but its owner ever needs to know one: who is registered, or has forgotten
theirs, gets a link that works once.
"""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person


def set_password(*, person: Person, password: str, by: Person | None, at: datetime) -> None:
    """Give `person` another password; sessions and links that rest on the former one end. Raises Refusal.

    `person` is as it was when their right to do so was proven: of two who do so at once, one succeeds.
    """
    with transaction.atomic():
        current = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if problem := barred(current):
            raise Refusal([problem])
        if current.password != person.password:
            text = N_("The password was changed in the meantime; nothing was changed now. Sign in again.")
            raise Refusal([Problem("parties.password.meanwhile", text)])
        if problems := list(_faults(current, password)):
            raise Refusal(problems)
        current.set_password(password)
        current.save(update_fields=["password"])
        _tell("parties.password.set", current, by, at)
    person.refresh_from_db(fields=["password"])


def issue_link(*, person: Person, by: Person | None, at: datetime) -> str:
    """The secret of a link with which `person` sets a password: once, within the days that the settings allow.

    It ends when they sign in or get another password. It is kept nowhere: whoever asked for it hands it over.
    """
    with transaction.atomic():
        current = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if problem := barred(current):
            raise Refusal([problem])
        _tell("parties.password.link_issued", current, by, at)
    return default_token_generator.make_token(current)


def link_holds(person: Person, secret: str) -> bool:
    """Whether `secret` is of a link that still works."""
    return barred(person) is None and default_token_generator.check_token(person, secret)


def barred(person: Person) -> Problem | None:
    """Why this person's password cannot be set, if so."""
    if not person.is_active:
        return Problem("parties.password.left", N_("This person has left and can be given no password."))
    if person.is_demo:
        text = N_("This is a login of the demonstration: its password stays as the sign-in page shows it.")
        return Problem("parties.password.demo", text)
    return None


def weaknesses(person: Person, password: str) -> Iterator[Problem]:
    """What the rules of this installation have against a password."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        for message in error.messages:
            # Django has translated the message already; braces in it would be taken for fields.
            yield Problem("parties.person.password", "{message}", {"message": message})


def _faults(person: Person, password: str) -> Iterator[Problem]:
    yield from weaknesses(person, password)
    if person.check_password(password):
        yield Problem("parties.password.same", N_("This is the password you have; choose another."))


def _tell(kind: str, person: Person, by: Person | None, at: datetime) -> None:
    data = {"person": person.token}
    writer.append(kind=kind, subject=f"parties.person:{person.pk}", data=data, area=person.home, by=by, at=at)
