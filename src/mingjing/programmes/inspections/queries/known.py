"""The catalogue as the gate asks it: keys, authorities, certificates, items, lists, quiet days and rules.

A process remembers them until a fact of the catalogue comes (kernel.ledger.memory): a certificate or a key that is
revoked is worth nothing from the next question on. Not here: what belongs to one firm, which is asked each time.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q

from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.ledger.memory import Memory
from mingjing.kernel.places.models import Area, within_subtrees
from mingjing.programmes.inspections.models import Authority, Certificate, Item, Key, QuietDays
from mingjing.programmes.inspections.models.catalogue import holding
from mingjing.programmes.inspections.models.outside import digest_of
from mingjing.programmes.inspections.queries.packs import InForce, rules_in

__all__ = ["Known", "Outdated", "catalogue", "remembered"]

Found = TypeVar("Found")

OF_THE_CATALOGUE = (
    "inspections.authority.", "inspections.certificate.", "inspections.item.", "inspections.quiet_days.",
    "inspections.roster.", "inspections.key.issued", "inspections.key.revoked", "rulebooks.", "parties.", "places.",
)  # fmt: skip
"""How facts begin that tell of what is remembered here, or of rows that it refers to."""
_MEMORY = Memory(lambda kind: kind.startswith(OF_THE_CATALOGUE))
_CERTIFICATES = Prepared(lambda people: Certificate.objects.filter(person__in=people))
_QUIET = Prepared(lambda day: QuietDays.objects.filter(holding(day)).select_related("area").order_by("pk"))


class Outdated(Exception):
    """What was remembered may not hold any more: ask the catalogue, and then all of it again."""


class Known:
    """What has been looked up; without `kept` nothing is remembered after it.

    With `unless` it is `sure` only when that turns out to be the newest fact: nobody is answered before.
    """

    def __init__(self, kept: dict[Hashable, Any] | None = None, unless: str = "") -> None:
        self._kept = {} if kept is None else kept
        self._unless = unless

    @property
    def sure(self) -> bool:
        """Whether all of it holds."""
        return not self._unless

    def heed(self, newest: str) -> None:
        """Somebody asked for the newest fact. Raises Outdated where it is another than the one that was heeded."""
        if self._unless and newest != self._unless:
            raise Outdated
        self._unless = ""

    def _of(self, name: Hashable, ask: Callable[[], Found]) -> Found:
        """What is called `name`; what is not there is asked for again, so that guesses fill no memory."""
        found: Found | None = self._kept.get(name)
        if found is None:
            found = ask()
            if found is not None:
                self._kept[name] = found
        return found

    def key(self, secret: str) -> Key | None:
        """The key that somebody shows, whether it still opens anything or not."""
        if not 20 <= len(secret) <= 100:
            return None
        digest = digest_of(secret)
        return self._of(
            ("key", digest), lambda: Key.objects.select_related("area", "authority").filter(digest=digest).first()
        )

    def authority(self, key: Key, code: str) -> Authority | None:
        """The authority with this credit code, if the key may speak for it."""

        def ask() -> Authority | None:
            found = Authority.objects.select_related("organisation", "area").filter(organisation__credit_code=code)
            mine = Q(pk=key.authority_id) if key.authority_id else within_subtrees([key.area.path], "area")
            return found.filter(mine).first()

        return self._of(("authority", key.pk, code), ask)

    def holders(self, authority: Authority, numbers: tuple[str, ...]) -> dict[str, Any]:
        """The officers by the numbers of their certificates, those that this authority or the one above it issued."""

        def ask() -> dict[str, Any]:
            held = Certificate.objects.select_related("person").filter(
                number__in=numbers, authority__in=_owners(authority)
            )
            return {one.number: one.person for one in held}

        return self._of(("holders", authority.pk, numbers), ask)

    def items(self, authority: Authority, codes: tuple[str, ...], day: date) -> dict[str, Item]:
        """The items with these codes as published on that day, or else as published last: A3 says what follows."""

        def ask() -> dict[str, Item]:
            named = Item.objects.filter(code__in=codes, authority__in=_owners(authority))
            every = [*named.order_by("first_day"), *named.filter(holding(day)).order_by("first_day")]
            return {item.code: item for item in every}

        return self._of(("items", authority.pk, codes, day), ask)

    def certificates(self, people: Sequence[int]) -> list[Certificate]:
        """Every certificate of these people."""
        return self._of(("certificates", *people), lambda: _CERTIFICATES.ask(people=list(people))) if people else []

    def quiet(self, day: date) -> list[QuietDays]:
        """The quiet days that hold on that day, anywhere."""
        return self._of(("quiet", day), lambda: _QUIET.ask(day=day))

    def area(self, key: int) -> Area:
        """The area with this key."""
        return self._of(("area", key), lambda: Area.objects.get(pk=key))

    def rules(self, area: Area) -> InForce:
        """The rules of an area over time."""
        return self._of(("rules", area.path), lambda: rules_in(area))


def catalogue() -> Known:
    """What the process remembers and what still holds. One statement; in a transaction nothing is remembered."""
    return Known(_MEMORY.now())


def remembered() -> Known:
    """What the process remembers, whether it holds or not: see `Known.heed`. No statement if it remembers anything."""
    held = _MEMORY.held()
    return Known(held.kept, held.hash) if held.hash else catalogue()


def _owners(authority: Authority) -> set[int]:
    return {one for one in (authority.pk, authority.delegated_by_id) if one is not None}
