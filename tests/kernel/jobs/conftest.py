"""Facts that somebody reacts to, and a clock that can be moved on."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from tests.kernel.jobs import handlers
from tests.kernel.ledger.conftest import child_environment

from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger import writer

__all__ = ["child_environment"]


@pytest.fixture(autouse=True)
def aside(settings, tmp_path):
    """What workers leave in the folder of an installation goes with the test."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def declared_reactions():
    """The tested reactions exist, and none has run yet."""
    for told in (handlers.calls, handlers.tidied, handlers.untidy):
        told.clear()
    with handlers.declared():
        yield


@pytest.fixture
def ask(at: datetime):
    """Append the fact that asks for `name` to be done; returns its first delivery."""

    def ask(name: str) -> Delivery:
        with transaction.atomic():
            kind, subject = f"tested.{name}.asked", f"tested.{name}:1"
            fact = writer.append(kind=kind, subject=subject, data={}, area=None, by=None, at=at)
        return Delivery.objects.filter(fact=fact).earliest("id")

    return ask


@pytest.fixture
def later():
    """Time passes: whatever was to wait is due."""

    def later() -> None:
        for delivery in Delivery.objects.unfinished():
            Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.due_at - timedelta(days=1))

    return later
