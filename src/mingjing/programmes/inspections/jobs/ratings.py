"""Closes the keys of ratings whose time is over, each day. Not here: what closing does (actions.ratings)."""

from django.utils import timezone

from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions.ratings import close_keys

__all__ = ["close"]


def close(run: Run) -> None:
    """A day has begun."""
    close_keys(at=timezone.now())
