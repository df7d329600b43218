"""How often a key asked within the last minute, as far as a process can know without asking for each question.

A process counts its own questions itself, and reads those of others when records are taken in (kernel.jobs.journals),
twice a second: within a process the limit holds at once, across processes within about a second. Not here: records.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db.models import Count
from django.utils import timezone

from mingjing.programmes.inspections.models import Key, KeyUse

__all__ = ["Meter", "asked_lately"]

MINUTE = timedelta(minutes=1)


def asked_lately(keys: Iterable[int], now: datetime) -> dict[int, int]:
    """How often each of these keys asked within the last minute, as recorded. One statement."""
    uses = KeyUse.objects.filter(key__in=keys, at__gt=now - MINUTE, at__lte=now).order_by()
    return dict(uses.values_list("key").annotate(Count("pk")))


@dataclass(slots=True)
class _Asked:
    """Questions with a key: those on record at the last look, and when those were that are not on record yet."""

    recorded: int
    own: deque[datetime] = field(default_factory=deque)


class Meter:
    """Counts the questions that this process lets through."""

    def __init__(self) -> None:
        self._keys: dict[int, _Asked] = {}
        self._lock = Lock()

    def admits(self, key: Key, now: datetime) -> bool:
        """Whether the key may ask once more; if so it did."""
        asked = self._keys.get(key.pk)
        if asked is None:
            recorded = asked_lately([key.pk], now).get(key.pk, 0)
            asked = self._keys.setdefault(key.pk, _Asked(recorded))
        with self._lock:
            if asked.recorded + len(asked.own) >= key.per_minute:
                return False
            asked.own.append(now)
        return True

    def take_back(self, key: Key, now: datetime) -> None:
        """The key did not ask then."""
        with self._lock:
            if (asked := self._keys.get(key.pk)) and now in asked.own:
                asked.own.remove(now)

    def taken(self, records: Iterable[Mapping[str, Any]]) -> None:
        """These questions of its own are on record now: read how many there are of all processes."""
        own = Counter(one["key"] for one in records)
        if not self._keys:
            return
        recorded = asked_lately(list(self._keys), timezone.now())
        with self._lock:
            for key, asked in list(self._keys.items()):
                asked.recorded = recorded.get(key, 0)
                for _ in range(min(own[key], len(asked.own))):
                    asked.own.popleft()
                if not asked.recorded and not asked.own:
                    del self._keys[key]
