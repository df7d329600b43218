"""`mingjing parties …`: the first administrator, a forgotten password, roles, and organisations from a table."""

import argparse
import getpass
import sys
from datetime import date
from pathlib import Path

from axes.utils import reset as forgive_attempts
from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.actions import grant_role, import_organisations, register_person, set_password
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area


def configure_add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME", help=_("what the person signs in with"))
    parser.add_argument("--name", required=True, help=_("the person's name as others see it"))
    parser.add_argument("--area", metavar="AREA", help=_("the code of the area they belong to until they get a role"))
    parser.add_argument("--language", default="zh-hans", help=_("zh-hans or en"))


def run_add_person(args: argparse.Namespace) -> int:
    area = Area.objects.filter(code=args.area).first() if args.area else None
    if args.area and area is None:
        raise Refusal([_no_area(args.area)])
    person = register_person(
        username=args.username,
        area=area,
        display_name=args.name,
        password=_password(),
        preferred_language=args.language,
        by=None,
        at=timezone.now(),
    )
    print(_("{username} is registered. Give a role with: mingjing parties grant").format(username=person.username))
    return 0


def configure_set_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME", help=_("whose password is set"))


def run_set_password(args: argparse.Namespace) -> int:
    person = _found(args.username)
    if person is None:
        raise Refusal([_nobody(args.username)])
    set_password(person=person, password=_password(), by=None, at=timezone.now())
    forgive_attempts(username=person.username)
    print(_("{username} signs in with the new password from now on.").format(username=person.username))
    return 0


def configure_grant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME", help=_("who gets the role"))
    parser.add_argument("role", metavar="ROLE", help=_("administrator, director, officer or auditor"))
    parser.add_argument("area", metavar="AREA", help=_("the code of the area; the role covers all below it"))
    parser.add_argument("--act", required=True, help=_("title of the appointing act"))
    parser.add_argument("--reference", required=True, help=_("reference of the appointing act"))
    parser.add_argument("--from", dest="first_day", type=date.fromisoformat, help=_("first day, 2024-09-01 (today)"))
    parser.add_argument("--until", dest="last_day", type=date.fromisoformat, help=_("last day (until ended)"))


def run_grant(args: argparse.Namespace) -> int:
    person = _found(args.username)
    area = Area.objects.filter(code=args.area).first()
    if person is None or area is None:
        raise Refusal(_unknown(args.username, person, args.area, area))
    now = timezone.now()
    grant = grant_role(
        person=person,
        role=args.role,
        area=area,
        first_day=args.first_day or timezone.localdate(now),
        last_day=args.last_day,
        act=args.act,
        act_reference=args.reference,
        by=None,
        at=now,
    )
    text = _("{username} is {role} of {area} from {day}.")
    print(text.format(username=person.username, role=grant.role, area=area.name, day=grant.first_day.isoformat()))
    return 0


def configure_import_organisations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_("a .csv, .csv.gz or .xlsx file"))


def run_import_organisations(args: argparse.Namespace) -> int:
    imported = import_organisations(file=args.file, by=None, at=timezone.now())
    if imported.nothing_changed:
        print(_("Nothing changed: all {count} organisations are here already.").format(count=imported.unchanged))
        return 0
    text = _("Organisations: {added} added, {changed} changed, {unchanged} as they were.")
    print(text.format(added=imported.added, changed=imported.changed, unchanged=imported.unchanged))
    return 0


def _unknown(username: str, person: Person | None, code: str, area: Area | None) -> list[Problem]:
    problems = []
    if person is None:
        problems.append(_nobody(username))
    if area is None:
        problems.append(_no_area(code))
    return problems


def _no_area(code: str) -> Problem:
    text = N_("No area has the code {code}; import it with: mingjing places import FILE")
    return Problem("places.area.unknown", text, {"code": code})


def _found(username: str) -> Person | None:
    return Person.objects.filter(username=username.strip().lower()).first()


def _nobody(username: str) -> Problem:
    text = N_("Nobody has the username {username}; register them with: mingjing parties add-person")
    return Problem("parties.person.unknown", text, {"username": username})


def _password() -> str:
    """Asked for twice at a terminal; a pipe gives one line, so that a password never stands on a command line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass.getpass(_("Password: ")), getpass.getpass(_("Once more: "))
    if first != second:
        raise Refusal(
            [Problem("parties.person.password_differs", N_("The two passwords differ; run the command again."))]
        )
    return first
