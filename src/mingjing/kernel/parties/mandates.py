"""For whom somebody acts: asked here for every object that a page of companies shows or changes.

A mandate is for everything of an organisation, or for one matter of it. Whoever holds a role of the house has none, so
nobody stands on both sides. Not here: what the house's own people may do (guard), how mandates are given (actions).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from mingjing.kernel.parties.models import Capacity, Person, Standing

__all__ = ["Acting", "acting_for"]


@dataclass(frozen=True, slots=True)
class Acting:
    """What somebody's mandates of a day come to. False where there are none."""

    held: tuple[Standing, ...]

    def __bool__(self) -> bool:
        return bool(self.held)

    @property
    def everything_of(self) -> frozenset[int]:
        """The organisations in whose every affair they act, by key."""
        return frozenset(one.organisation for one in self.held if not one.matter)

    @property
    def headed(self) -> frozenset[int]:
        """Those of them for whom they let others act."""
        return frozenset(one.organisation for one in self.held if one.capacity == Capacity.HEAD)

    @property
    def matters(self) -> frozenset[str]:
        """The single matters that they act in, as facts name them."""
        return frozenset(one.matter for one in self.held if one.matter)

    @property
    def organisations(self) -> frozenset[int]:
        """Every organisation for which they do anything."""
        return frozenset(one.organisation for one in self.held)

    def covers(self, organisation: int | None, matters: Iterable[str] = ()) -> bool:
        """Whether they act for `organisation` in general, or in one of these matters of it."""
        asked = set(matters)
        return any(one.organisation == organisation and (not one.matter or one.matter in asked) for one in self.held)


def acting_for(person: Person | AnonymousUser, *, on: date) -> Acting:
    """For whom `person` acts on that day. One query per person object, whatever is asked of it."""
    if not isinstance(person, Person) or not person.is_active:
        return Acting(())
    return Acting(tuple(one for one in person.mandates if one.holds(on)))
