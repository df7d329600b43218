"""People come and leave. Not here: what they may do (roles)."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person, RoleGrant

USERNAME = re.compile(r"[\w.@-]{2,60}")


def register_person(
    *,
    username: str,
    display_name: str,
    password: str | None = None,
    preferred_language: str = "zh-hans",
    is_demo: bool = False,
    by: Person | None,
    at: datetime,
) -> Person:
    """Register someone who may sign in (without a password: not until they have one). Raises Refusal.

    Usernames are kept in lower case. Demo logins may have weak passwords; a production start refuses them.
    """
    username, display_name = username.strip().lower(), display_name.strip()
    person = Person(username=username, display_name=display_name, preferred_language=preferred_language)
    person.is_demo, person.registered_by, person.registered_at = is_demo, by, at
    with transaction.atomic():
        exclusive("parties.people")
        if problems := [*_faults(person), *_weaknesses(person, password)]:
            raise Refusal(problems)
        person.set_password(password)
        person.save(force_insert=True)
        data = {"person": person.token, "demo": int(is_demo)}
        writer.append(kind="parties.person.registered", subject=f"parties.person:{person.pk}", data=data, by=by, at=at)
    return person


def record_departure(*, person: Person, by: Person | None, at: datetime) -> None:
    """`person` leaves: no more signing in, and every role still held ends. Raises Refusal if they left before."""
    with transaction.atomic():
        leaver = Person.objects.select_for_update().get(pk=person.pk)
        if leaver.left_at:
            raise Refusal([Problem("parties.person.left", N_("This person has left already; nothing was changed."))])
        leaver.left_at, leaver.left_by = at, by
        leaver.save(update_fields=["left_at", "left_by"])
        held = RoleGrant.objects.filter(person=leaver, ended_at=None)
        ended = list(held.values_list("pk", flat=True))
        held.update(ended_at=at, ended_by=by, end_reason="left")
        data = {"person": leaver.token, "grants": ended}
        writer.append(kind="parties.person.left", subject=f"parties.person:{leaver.pk}", data=data, by=by, at=at)
    person.refresh_from_db(fields=["left_at", "left_by"])
    person.forget_grants()


def _faults(person: Person) -> Iterator[Problem]:
    if not USERNAME.fullmatch(person.username):
        text = N_("A username has 2 to 60 letters, digits and the signs . @ - _ ; choose another.")
        yield Problem("parties.person.username", text)
    elif Person.objects.filter(username=person.username).exists():
        text = N_("The username {username} is taken; choose another.")
        yield Problem("parties.person.username_taken", text, {"username": person.username})
    if not person.display_name or len(person.display_name) > 100 or not person.display_name.isprintable():
        yield Problem("parties.person.name", N_("A name has 1 to 100 printable characters; correct it."))
    if person.preferred_language not in dict(settings.LANGUAGES):
        text = N_("“{language}” is no language of this installation; use one of {known}.")
        params = {"language": person.preferred_language, "known": tuple(dict(settings.LANGUAGES))}
        yield Problem("parties.person.language", text, params)


def _weaknesses(person: Person, password: str | None) -> Iterator[Problem]:
    if password is None or person.is_demo:
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        for message in error.messages:
            # Django has translated the message already; braces in it would be taken for fields.
            yield Problem("parties.person.password", "{message}", {"message": message})
