"""People come and leave. Not here: what they may do (roles)."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.passwords import weaknesses
from mingjing.kernel.parties.models import Mandate, Person, RoleGrant
from mingjing.kernel.places.models import Area

USERNAME = re.compile(r"[\w.@-]{2,60}")


def register_person(
    *,
    username: str,
    display_name: str,
    password: str | None = None,
    preferred_language: str = "zh-hans",
    area: Area | None = None,
    is_demo: bool = False,
    by: Person | None,
    at: datetime,
) -> Person:
    """Register someone who may sign in (without a password: not until they set one by a link). Raises Refusal.

    `area` is where: until they are given a role, they are seen only by those whose right covers it, and without it by
    nobody on the desk. Usernames are kept in lower case. Demo logins may have weak passwords; a production start
    refuses them.
    """
    username, display_name = username.strip().lower(), display_name.strip()
    person = Person(username=username, display_name=display_name, preferred_language=preferred_language)
    person.is_demo, person.area, person.registered_by, person.registered_at = is_demo, area, by, at
    with transaction.atomic():
        exclusive("parties.people")
        if problems := [*_faults(person), *_weaknesses(person, password)]:
            raise Refusal(problems)
        person.set_password(password)
        person.save(force_insert=True)
        data = {"person": person.token, "demo": int(is_demo)}
        subject = f"parties.person:{person.pk}"
        writer.append(kind="parties.person.registered", subject=subject, data=data, area=area, by=by, at=at)
    return person


def record_departure(*, person: Person, reason: str, by: Person | None, at: datetime) -> None:
    """`person` leaves: no more signing in, and every role and mandate still held ends, for the `reason` given.

    Raises Refusal if they left before, and when they record it themselves: somebody must stay who can let others in.
    """
    reason = reason.strip()
    with transaction.atomic():
        leaver = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if problems := list(_stays(leaver, reason, by)):
            raise Refusal(problems)
        home = leaver.home
        leaver.left_at, leaver.left_by, leaver.left_reason = at, by, reason
        leaver.save(update_fields=["left_at", "left_by", "left_reason"])
        held = RoleGrant.objects.filter(person=leaver, ended_at=None)
        ended = list(held.values_list("pk", flat=True))
        held.update(ended_at=at, ended_by=by, end_reason=reason)
        acting = Mandate.objects.filter(person=leaver, ended_at=None)
        revoked = list(acting.values_list("pk", flat=True))
        acting.update(ended_at=at, ended_by=by, end_reason=reason)
        data = {"person": leaver.token, "grants": ended} | ({"mandates": revoked} if revoked else {})
        subject = f"parties.person:{leaver.pk}"
        writer.append(kind="parties.person.left", subject=subject, data=data, area=home, by=by, at=at)
    person.refresh_from_db(fields=["left_at", "left_by", "left_reason"])
    person.forget_grants()


def _stays(leaver: Person, reason: str, by: Person | None) -> Iterator[Problem]:
    if leaver.left_at:
        yield Problem("parties.person.left", N_("This person has left already; nothing was changed."))
    if leaver == by:
        text = N_("Nobody records their own departure; ask another administrator.")
        yield Problem("parties.person.left_self", text)
    if not is_line(reason, 300):
        yield Problem("parties.person.left_reason", N_("Say in 1 to 300 characters why the person leaves."))


def is_line(text: str, limit: int) -> bool:
    """Whether `text` is something, in one line of at most `limit` printable characters."""
    return 0 < len(text) <= limit and text.isprintable()


def _faults(person: Person) -> Iterator[Problem]:
    if not USERNAME.fullmatch(person.username):
        text = N_("A username has 2 to 60 letters, digits and the signs . @ - _ ; choose another.")
        yield Problem("parties.person.username", text)
    elif Person.objects.filter(username=person.username).exists():
        text = N_("The username {username} is taken; choose another.")
        yield Problem("parties.person.username_taken", text, {"username": person.username})
    if not is_line(person.display_name, 100):
        yield Problem("parties.person.name", N_("A name has 1 to 100 printable characters; correct it."))
    if person.preferred_language not in dict(settings.LANGUAGES):
        text = N_("“{language}” is no language of this installation; use one of {known}.")
        params = {"language": person.preferred_language, "known": tuple(dict(settings.LANGUAGES))}
        yield Problem("parties.person.language", text, params)


def _weaknesses(person: Person, password: str | None) -> Iterator[Problem]:
    if password is not None and not person.is_demo:
        yield from weaknesses(person, password)
