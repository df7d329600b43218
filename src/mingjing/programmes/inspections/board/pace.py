"""How often one address may ask for codes that are nobody's: who guesses is slowed down long before a guess could hit.

Counted in this process and forgotten after a minute; nothing is stored. Not here: what is answered.
"""

from collections import OrderedDict
from time import monotonic

__all__ = ["Pace"]


class Pace:
    """At most `most` misses of one address within `seconds`; of so many `addresses`, the newest."""

    def __init__(self, most: int = 20, seconds: float = 60, addresses: int = 10_000) -> None:
        self.most, self.seconds, self.addresses = most, seconds, addresses
        self._misses: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def exceeded(self, address: str) -> bool:
        """Whether this address has missed too often just now."""
        began, count = self._misses.get(address, (0.0, 0))
        return count >= self.most and monotonic() - began < self.seconds

    def missed(self, address: str) -> None:
        """One more miss."""
        began, count = self._misses.pop(address, (0.0, 0))
        fresh = monotonic() - began >= self.seconds
        self._misses[address] = (monotonic(), 1) if fresh else (began, count + 1)
        while len(self._misses) > self.addresses:
            self._misses.popitem(last=False)
