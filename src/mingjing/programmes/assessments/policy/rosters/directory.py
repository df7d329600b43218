"""What a district knows that a roster refers to: its subdistricts and neighbourhoods, and its companies.

Names are compared as people write them: 桂花街道 is 桂花, 长征社区居委会 is 长征社区.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from mingjing.engine.mappings.texts import Unreadable, normal, quoted
from mingjing.engine.outcome import N_, Reason

__all__ = ["Companies", "Company", "Place", "Places", "expected_check"]

_SUFFIX = re.compile(
    r"(?:街道办事处|街道办|街道|办事处|社区居民委员会|社区居委会|居民委员会|居委会|村民委员会|村委会|社区|镇|乡|村)$"
)
_CODE = re.compile(r"\d{6,12}\Z", re.ASCII)
TOWN, NEIGHBOURHOOD = 4, 5
"""Levels of areas, as kernel.places counts them."""
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the district (or the district itself)."""

    key: int
    code: str
    name: str
    level: int
    path: str


class Places:
    """The areas below a district, found by code and by name."""

    def __init__(self, district: Place, areas: Iterable[Place]) -> None:
        self.district = district
        self.by_key = {area.key: area for area in areas}
        self.by_code = {area.code: area for area in self.by_key.values()}
        self._named: dict[tuple[int, str], list[Place]] = {}
        for area in self.by_key.values():
            for name in {_whole(area.name), _short(area.name)}:
                self._named.setdefault((area.level, name), []).append(area)
        self._found: dict[tuple[str, str], Place] = {}

    def find(self, street: str, neighbourhood: str) -> Place | None:
        """Where a community lies by the texts of two cells; None where both are empty. Raises Unreadable."""
        if not street.strip() and not neighbourhood.strip():
            return None
        key = (street, neighbourhood)
        if key not in self._found:
            self._found[key] = self._look_up(normal(street), normal(neighbourhood))
        return self._found[key]

    def _look_up(self, street: str, neighbourhood: str) -> Place:
        above = self._one(TOWN, street, None) if street else None
        if not neighbourhood:
            assert above is not None
            return above
        place = self._one(NEIGHBOURHOOD, neighbourhood, above)
        if above and not place.path.startswith(above.path):
            said = N_("{place} does not lie in {above}; correct one of the two.")
            raise Unreadable("roster.place.contradiction", said, place=place.name, above=above.name)
        return place

    def _one(self, level: int, text: str, above: Place | None) -> Place:
        """The one area of `level` (or any, by its code) that `text` means."""
        if _CODE.match(text):
            return self._coded(text)
        exact, alike = (self._named.get((level, name), []) for name in (_whole(text), _short(text)))
        found = _below(above, exact) or _below(above, alike) or exact or alike
        if len(found) == 1:
            return found[0]
        if found:
            said = N_("{name} stands for several areas: {codes}; write the code of the one that is meant.")
            codes = tuple(f"{area.name} {area.code}" for area in found)
            raise Unreadable("roster.place.ambiguous", said, name=quoted(text), codes=codes)
        names = [area.name for area in self.by_key.values() if area.level == level]
        near = next(iter(get_close_matches(text, names, 1, 0.4)), "")
        said = N_("{district} has no area called {name}; write it as under Areas, or its code.")
        if near:
            said = N_("{district} has no area called {name}; the nearest is {near}.")
        raise Unreadable("roster.place.unknown", said, district=self.district.name, name=quoted(text), near=near)

    def _coded(self, code: str) -> Place:
        wanted = code[:9] if len(code) == 12 and code.endswith("000") else code
        found = self.by_code.get(code) or self.by_code.get(wanted)
        if found is None or found.level < TOWN:
            said = N_("{given} is no subdistrict or neighbourhood of {district}; look the code up under Areas.")
            raise Unreadable("roster.place.outside", said, given=code, district=self.district.name)
        return found


def _below(above: Place | None, areas: list[Place]) -> list[Place]:
    return [area for area in areas if above is None or area.path.startswith(above.path)]


def _whole(name: str) -> str:
    return normal(name).replace(" ", "").casefold()


def _short(name: str) -> str:
    """A name without the word for what it is the name of; a name that is nothing else stays."""
    whole = _whole(name)
    return _SUFFIX.sub("", whole) or whole


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation: `local` where it is registered in the district, or nobody said where."""

    key: int
    code: str
    name: str
    local: bool = True


class Companies:
    """The organisations that are known, by credit code and, those of the district, by exact name."""

    def __init__(self, known: Iterable[Company]) -> None:
        self.by_key = {company.key: company for company in known}
        self.by_code = {company.code: company for company in self.by_key.values()}
        self._named: dict[str, Company | None] = {}
        for company in self.by_key.values():
            if company.local:
                name = _whole(company.name)
                self._named[name] = None if name in self._named else company

    def named(self, text: str) -> Company | None:
        """The one organisation of the district with exactly this name, widths and spaces aside."""
        return self._named.get(_whole(text))

    def digit_at_fault(self, code: str) -> Reason | None:
        """Which character of a code was mistyped, if that can be told."""
        for known in self.by_code.values() if len(code) == 18 else ():
            differ = [at for at, (one, other) in enumerate(zip(code, known.code, strict=True)) if one != other]
            if len(differ) == 1:
                said = N_("“{code}” differs from the code of {name} in character {position}: {found} for {expected}.")
                params = {"position": differ[0] + 1, "found": code[differ[0]], "expected": known.code[differ[0]]}
                return Reason("roster.credit_code.digit", said, {"code": code, "name": known.name, **params})
        for at, sign in enumerate(code):
            if sign not in ALPHABET or (2 <= at < 8 and not sign.isdigit()):
                said = N_("Character {position} of “{code}”, {found}, cannot stand there; compare it with the licence.")
                return Reason("roster.credit_code.sign", said, {"position": at + 1, "code": code, "found": sign})
        if len(code) == 18 and (expected := expected_check(code)) != code[-1]:
            said = N_("The last character of “{code}” would be {expected} by the others: one of the 18 was mistyped.")
            return Reason("roster.credit_code.check", said, {"code": code, "expected": expected})
        return None


def expected_check(code: str) -> str:
    """The check character (GB 32100) that follows from the first 17."""
    total = sum(ALPHABET.index(sign) * pow(3, at, 31) for at, sign in enumerate(code[:17]))
    return ALPHABET[-total % 31]
