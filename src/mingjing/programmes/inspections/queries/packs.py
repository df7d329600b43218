"""Which rules hold in an area, and on which days: published rulebooks, or the pack that ships where there are none.

Not here: what rules mean (policy), publishing (kernel.rulebooks).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.inspections.policy.packs import joined
from mingjing.programmes.inspections.policy.rules import KIND, Pack, read_rules
from mingjing.programmes.inspections.queries.files import load_rules

__all__ = ["InForce", "pack_of", "rules_in"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules of an area over time: `pack` joins them all; `spans` are the days of each version, without gaps."""

    pack: Pack
    spans: tuple["Span", ...]

    def version_on(self, day: date) -> int | None:
        """The key of the version in force that day; None where the pack that ships stands in."""
        return next((span.version for span in self.spans if span.first <= day <= span.last), None)

    def on(self, day: date) -> Pack:
        """The pack of that day alone: what a stored decision names, so that it can be made again."""
        span = next((span for span in self.spans if span.first <= day <= span.last), None)
        return _pack(span.version, span.digest) if span else _shipped()


@dataclass(frozen=True, slots=True)
class Span:
    """A version (its key and the digest of its document), and the days from first to last on which it holds."""

    first: date
    last: date
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Published:
    since: date
    version: int
    digest: str
    rulebook: int
    depth: int


_PUBLISHED = Prepared(
    lambda kind: (
        Version.objects.published()
        .filter(rulebook__kind=kind)
        .select_related("rulebook__area")
        .order_by("effective_from", "pk")
        .defer("document")
    )
)


def rules_in(area: Area) -> InForce:
    """The rules that hold in `area`: of its own rulebook, else of the nearest area above. One statement.

    Days before the first version are judged by it: its rules carry the days from which they hold.
    """
    found = [one for one in _PUBLISHED.ask(kind=KIND) if one.rulebook.area.contains(area)]
    return _over_time(
        tuple(
            _Published(one.effective_from, one.pk, one.digest, one.rulebook_id, len(one.rulebook.area.path))
            for one in found
            if one.effective_from
        )
    )


def pack_of(version: Version | None) -> Pack:
    """The pack of a published version; the one that ships for None."""
    return _pack(version.pk, version.digest) if version else _shipped()


@lru_cache(maxsize=200)
def _over_time(published: tuple[_Published, ...]) -> InForce:
    if not published:
        return InForce(_shipped(), ())
    days = sorted({one.since for one in published})
    spans = []
    for at, day in enumerate(days):
        newest = {one.rulebook: one for one in published if one.since <= day}
        held = max(newest.values(), key=lambda one: (one.depth, one.version))
        last = days[at + 1] - timedelta(days=1) if at + 1 < len(days) else date.max
        spans.append(Span(date.min if at == 0 else day, last, held.version, held.digest))
    return InForce(joined((one.first, one.last, _pack(one.version, one.digest)) for one in spans), tuple(spans))


@lru_cache(maxsize=100)
def _pack(version: int, digest: str) -> Pack:
    """Read once: a published version never changes, and its digest says which it is."""
    return read_rules(Version.objects.get(pk=version, digest=digest).content)


@lru_cache(maxsize=1)
def _shipped() -> Pack:
    return load_rules("default")
