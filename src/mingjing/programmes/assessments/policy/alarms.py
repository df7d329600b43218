"""Two alarms over a round, exact and with their power said: totals heaped at a cut-off, assessors who judge apart.

Bunching. Of the totals within WINDOW of a cut-off, how many lie on its good side? While nobody lifts totals, a share of
at most SLOPE does: neighbouring points of a smooth distribution differ by less than half as many again. The chance of
as many or more is a binomial tail, an exact fraction. Power: had totals lain evenly and had somebody lifted a share of
those below over the cut-off, from which share on would the test find it four times in five?

Assessors. Of a person's records, how many lie above the median of their class? The lot deals communities of a class, so
the number is a sum of hypergeometric ones, an exact fraction too; classes are counted apart.

LEVEL is for all cut-offs of a round together, and for all assessors together: it is shared out evenly (Bonferroni).
"Too few" is an answer. Not here: what is done about an alarm; nobody is accused by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, prod

__all__ = [
    "ENOUGH",
    "JUMP",
    "LEVEL",
    "SLOPE",
    "WINDOW",
    "Bunching",
    "Leaning",
    "Seen",
    "bunching",
    "leanings",
    "needed",
]

LEVEL = Fraction(1, 20)
"""How often at most a round without any manipulation raises the alarm at all."""
WINDOW = 100
"""How far from a cut-off, in hundredths."""
SLOPE = Fraction(3, 5)
"""The largest share of totals on the good side that a smooth distribution gives."""
ENOUGH = Fraction(4, 5)
"""How often a manipulation must be found for a silent alarm to say something."""
JUMP = 50
"""The percentage lifted that leaves three times as many above as below: what a round must be large enough to find."""


@dataclass(frozen=True, slots=True)
class Bunching:
    """A cut-off (hundredths) with what lies around it. `finds` is the smallest percentage lifted that is found."""

    at: int
    bad_side: int
    good_side: int
    chance: Fraction
    level: Fraction
    finds: int | None

    @property
    def verdict(self) -> str:
        """`alarm`, `clear` where a jump of three to one would have been found, else `too_few`."""
        if self.chance <= self.level:
            return "alarm"
        return "clear" if self.finds is not None and self.finds <= JUMP else "too_few"


def bunching(totals: Mapping[int, int], at: int, *, tests: int, lower_is_better: bool = False) -> Bunching:
    """The test at one cut-off among `tests` of the round; `totals` counts communities by total in hundredths."""
    low, high = (at - WINDOW, at) if not lower_is_better else (at - WINDOW + 1, at + 1)
    below = sum(count for total, count in totals.items() if low <= total < high)
    above = sum(count for total, count in totals.items() if high <= total < high + WINDOW)
    bad, good = (above, below) if lower_is_better else (below, above)
    level = LEVEL / tests
    return Bunching(at, bad, good, _tail(bad + good, good, SLOPE), level, _finds(bad + good, level))


def _tail(count: int, least: int, share: Fraction) -> Fraction:
    """The chance of at least `least` of `count`, each with the chance `share`."""
    a, b = share.numerator, share.denominator - share.numerator
    found = sum(comb(count, k) * a**k * b ** (count - k) for k in range(least, count + 1))
    return Fraction(found, share.denominator**count)


@lru_cache(maxsize=4096)
def _finds(count: int, level: Fraction) -> int | None:
    """The smallest percentage lifted that `count` totals show with the chance ENOUGH; None where not even all would."""
    least = _least(count, level)
    if least is None or _power(count, least, 100) < ENOUGH:
        return None
    low, high = 0, 100
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(count, least, middle) >= ENOUGH else (middle, high)
    return high


def _least(count: int, level: Fraction) -> int | None:
    """From how many on the good side the alarm is raised; None where it never is."""
    low, high = 0, count + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _tail(count, middle, SLOPE) <= level else (middle, high)
    return high if high <= count else None


def _power(count: int, least: int, lifted: int) -> Fraction:
    return _tail(count, least, Fraction(100 + lifted, 200))


@lru_cache(maxsize=64)
def needed(level: Fraction) -> int:
    """How many totals around a cut-off it takes to find three times as many above it as below."""
    count = 1
    while (found := _finds(count, level)) is None or found > JUMP:
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Seen:
    """A record: who of the team was there (any names), its class and its base in hundredths."""

    people: tuple[str, ...]
    class_code: str
    base: int


@dataclass(frozen=True, slots=True)
class Leaning:
    """A person's records against everybody's: how many lie above the median of their class, and how far on average.

    `mean` is the average distance from the mean of the class, in hundredths; `least` the chance of the most uneven
    outcome there could have been: above `level`, nothing could be said whatever the person did.
    """

    person: str
    records: int
    above: int
    expected: Fraction
    mean: int
    chance: Fraction
    least: Fraction
    level: Fraction

    @property
    def verdict(self) -> str:
        """`lenient`, `strict`, `clear`, or `too_few` where nothing could have been noticed."""
        if self.chance <= self.level:
            return "lenient" if self.above > self.expected else "strict"
        return "clear" if self.least <= self.level else "too_few"


def leanings(records: Sequence[Seen], *, lower_is_better: bool = False) -> tuple[Leaning, ...]:
    """Everybody's, in the order of their names. More above the median is `lenient`, fewer `strict`."""
    people = sorted({person for record in records for person in record.people})
    classes = {code: _Class.of([r.base for r in records if r.class_code == code]) for code in
               {record.class_code for record in records}}  # fmt: skip
    level = LEVEL / max(len(people), 1)
    return tuple(_leaning(person, records, classes, level, -1 if lower_is_better else 1) for person in people)


@dataclass(frozen=True, slots=True)
class _Class:
    """The bases of a class: how many, their sum, twice their median."""

    count: int
    total: int
    middle: int

    @classmethod
    def of(cls, bases: Sequence[int]) -> "_Class":
        row = sorted(bases)
        return cls(len(row), sum(row), row[(len(row) - 1) // 2] + row[len(row) // 2])


def _leaning(
    person: str, records: Sequence[Seen], classes: Mapping[str, _Class], level: Fraction, sign: int
) -> Leaning:
    own = [record for record in records if person in record.people]
    draws, above = [], 0
    for code, known in sorted(classes.items()):
        good = sum(sign * (2 * r.base - known.middle) > 0 for r in records if r.class_code == code)
        mine = [r for r in own if r.class_code == code]
        above += sum(sign * (2 * r.base - known.middle) > 0 for r in mine)
        draws.append((known.count, good, len(mine)))
    chances = _summed(draws)
    expected = sum((Fraction(good * mine, count) for count, good, mine in draws), Fraction(0))
    apart = sum((r.base - Fraction(classes[r.class_code].total, classes[r.class_code].count) for r in own), Fraction(0))
    least = min(_two_sided(chances, edge) for edge in (min(chances), max(chances)))
    chance = _two_sided(chances, above)
    return Leaning(person, len(own), above, expected, round(apart / len(own)), chance, least, level)


def _summed(draws: Sequence[tuple[int, int, int]]) -> dict[int, Fraction]:
    """The chance of each number above the median, over all classes."""
    ways = {0: 1}
    for count, good, mine in draws:
        here = {
            k: comb(good, k) * comb(count - good, mine - k)
            for k in range(max(0, mine - count + good), min(good, mine) + 1)
        }
        found: dict[int, int] = {}
        for k, many in ways.items():
            for j, more in here.items():
                found[k + j] = found.get(k + j, 0) + many * more
        ways = found
    all_ways = prod(comb(count, mine) for count, _good, mine in draws)
    return {k: Fraction(many, all_ways) for k, many in ways.items()}


def _two_sided(chances: Mapping[int, Fraction], found: int) -> Fraction:
    """Twice the smaller tail, at most 1."""
    upper = sum((chance for k, chance in chances.items() if k >= found), Fraction(0))
    lower = sum((chance for k, chance in chances.items() if k <= found), Fraction(0))
    return min(Fraction(1), 2 * min(upper, lower))
