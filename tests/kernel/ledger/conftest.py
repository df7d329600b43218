"""How the ledger's tests append: a declared kind, an actor that is only a token, one transaction per fact."""

import os
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from mingjing.kernel.ledger import writer

KIND = "jobs.delivery.retried"  # any declared kind will do
TOKEN = "u5Zx0dKJm3w8"


@pytest.fixture
def append(at: datetime):
    """Append a fact as an action would; every argument has a default."""

    def append(**changes):
        given = {"kind": KIND, "subject": "jobs.delivery:1", "data": {"attempts": 3}, "area": None, "at": at}
        with transaction.atomic():
            return writer.append(**{**given, "by": SimpleNamespace(token=TOKEN), **changes})

    return append


@pytest.fixture
def child_environment():
    """The environment of a child process that works on this very test database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite://{settings['NAME']}"
    else:
        host = settings["HOST"]
        url = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={host}"
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(["src", "."]), "MINGJING_MODE": "test"}
