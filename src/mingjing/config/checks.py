"""What a production installation must have before it may answer: Django system checks mingjing.E001… and W001….

`mingjing check` and `mingjing serve` print all that is missing at once. Not here: checks of one app's own tables.
"""

import os
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from mingjing.config.environment import DEMO_SECRET
from mingjing.config.upkeep import pending_migrations
from mingjing.kernel.evidence import store

SECRET_LENGTH = 50  # characters; Django generates as many
SHOWN = 10  # demo logins named in the message


@register(Tags.security)
def production_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse settings in production that are made for a demonstration."""
    return list(_settings()) if settings.ENV.production else []


def _settings() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error(_("DEBUG is on. Switch it off: its pages show secrets."), id="mingjing.E001")
    if settings.SECRET_KEY == DEMO_SECRET:
        text = _("There is no signing secret. Set MINGJING_SECRET_KEY_FILE to a file with {length} random characters.")
        yield Error(text.format(length=SECRET_LENGTH), id="mingjing.E002")
    elif len(settings.SECRET_KEY) < SECRET_LENGTH or len(set(settings.SECRET_KEY)) < 10:
        text = _("The signing secret is too easy to guess. Use {length} random characters or more.")
        yield Error(text.format(length=SECRET_LENGTH), id="mingjing.E003")
    if not settings.ALLOWED_HOSTS:
        yield Error(
            _("MINGJING_HOSTS is not set. List the host names people use, separated by commas."), id="mingjing.E004"
        )
    elif any("*" in host for host in settings.ALLOWED_HOSTS):
        yield Error(_("MINGJING_HOSTS has a *. List the host names people use instead."), id="mingjing.E005")
    if not _writable():
        text = _("MINGJING_DATA ({folder}) cannot be written. Create it, and give it to the user that runs mingjing.")
        yield Error(text.format(folder=settings.DATA_DIR), id="mingjing.E006")
    yield from _originals()
    if connections["default"].vendor == "sqlite":
        text = _(
            "The database is SQLite, which suits a trial on one machine. Set DATABASE_URL to a PostgreSQL database."
        )
        yield Warning(text, id="mingjing.W001")


def _originals() -> Iterator[CheckMessage]:
    """What keeps originals from being kept in the S3 store, where one is set."""
    if not settings.ORIGINALS:
        return
    if not _installed("boto3"):
        text = _("MINGJING_ORIGINALS is set, but the program that speaks S3 is not installed. Run: script/setup s3")
        yield Error(text, id="mingjing.E010")
        return
    if urlsplit(settings.S3_ENDPOINT).scheme == "http":
        text = _("MINGJING_S3_ENDPOINT is not encrypted: originals can be read on the way. Use https://.")
        yield Warning(text, id="mingjing.W002")
    if fault := store.chosen().fault():
        text = _(
            "The store of originals does not answer: {detail}. Check MINGJING_ORIGINALS, MINGJING_S3_ENDPOINT and the "
            "AWS variables."
        )
        yield Error(text.format(detail=fault), id="mingjing.E011")


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # another program has said that it must not be found
        return False


def _writable() -> bool:
    folder = settings.DATA_DIR
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


@register(Tags.database)
def production_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse, in production, a database that does not answer, is of another version or holds demo logins."""
    return list(_database()) if settings.ENV.production and databases else []


def _database() -> Iterator[CheckMessage]:
    try:
        pending = pending_migrations()
    except DatabaseError as error:
        detail = str(error).strip().partition("\n")[0]
        text = _("The database cannot be used: {detail}. Check DATABASE_URL, and that it is running and has room.")
        yield Error(text.format(detail=detail), id="mingjing.E007")
        return
    if pending:
        yield Error(_("The database is not of this version. Run: mingjing migrate"), id="mingjing.E008")
    elif logins := _demo_logins():
        text = _("Demo logins can sign in: {logins}. Start production on a new database.")
        yield Error(text.format(logins=", ".join(logins)), id="mingjing.E009")


def _demo_logins() -> list[str]:
    from mingjing.kernel.parties.models import Person

    demo = Person.objects.filter(is_demo=True, left_at=None).order_by("username")
    return list(demo.values_list("username", flat=True)[:SHOWN])
