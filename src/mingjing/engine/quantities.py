"""Exact points: integers in hundredths, exact ratios, and rounding rules with names.

No float decides anything. A point value is written as a decimal text ("0.5"), held as an integer number of hundredths
(50), divided only as an exact fraction, and rounded once, by the rule the rulebook names.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from mingjing.engine.outcome import N_, Problem, Refusal

__all__ = ["ROUNDING_RULES", "Rounding", "decimal_text", "parse_fraction", "parse_points", "points_text"]

HUNDREDTHS = 100
"""How many units one point has."""

_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?\Z", re.ASCII)


def parse_fraction(text: str, place: str = "") -> Fraction:
    """The exact value of a decimal text; raises Refusal (`quantity.not_a_number`) for anything else.

    >>> parse_fraction("1.25")
    Fraction(5, 4)
    """
    if not isinstance(text, str) or not _DECIMAL.match(text.strip()):
        reason = N_("{found} is not a number; write it with digits and at most one decimal point, such as 0.5.")
        raise Refusal([Problem("quantity.not_a_number", reason, {"found": repr(text)}, place)])
    return Fraction(text.strip())


def parse_points(text: str, place: str = "") -> int:
    """Hundredths of a point from a decimal text with at most two decimals.

    Raises Refusal (`quantity.not_a_number`, `quantity.too_fine`).

    >>> parse_points("0.5")
    50
    """
    hundredths = parse_fraction(text, place) * HUNDREDTHS
    if hundredths.denominator != 1:
        reason = N_("{found} has more than two decimals; points are counted in hundredths.")
        raise Refusal([Problem("quantity.too_fine", reason, {"found": text}, place)])
    return hundredths.numerator


def points_text(hundredths: int, decimals: int | None = None) -> str:
    """Points as people write them: with `decimals` places, or as few as needed.

    >>> points_text(9250, 2), points_text(50), points_text(-300), points_text(6400, 0)
    ('92.50', '0.5', '-3', '64')
    """
    whole, part = divmod(abs(hundredths), HUNDREDTHS)
    digits = f"{part:02d}"
    shown = digits.rstrip("0") if decimals is None else digits[:decimals]
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}.{shown}" if shown else f"{sign}{whole}"


def decimal_text(value: Fraction) -> str:
    """An exact value for a reader: as a terminating decimal where it is one, else as a fraction.

    >>> decimal_text(Fraction(3, 2)), decimal_text(Fraction(1, 3))
    ('1.5', '1/3')
    """
    scaled = value * 10**9
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, part = divmod(abs(scaled.numerator), 10**9)
    digits = f"{part:09d}".rstrip("0")
    return ("-" if value < 0 else "") + (f"{whole}.{digits}" if digits else f"{whole}")


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _half_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1))


def _down(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


ROUNDING_RULES = {"half_up": _half_up, "half_even": _half_even, "down": _down, "up": _up}
"""Rounding of a non-negative numerator over a positive denominator to a whole number, by the rule's name."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """A rounding rule of a rulebook: its name, and the decimals it keeps (0, 1 or 2).

    >>> Rounding("half_up", 0).hundredths(Fraction(645, 10))
    6500
    """

    rule: str
    decimals: int

    @property
    def unit(self) -> int:
        """The smallest difference between two rounded values, in hundredths."""
        return int(HUNDREDTHS // 10**self.decimals)

    def hundredths(self, points: Fraction) -> int:
        """`points` rounded to the kept decimals, in hundredths."""
        return self.ratio(points.numerator, points.denominator)

    def ratio(self, numerator: int, denominator: int) -> int:
        """`numerator / denominator` points, rounded, in hundredths; the denominator is positive."""
        kept = HUNDREDTHS // self.unit
        return ROUNDING_RULES[self.rule](numerator * kept, denominator) * self.unit

    def text(self, hundredths: int) -> str:
        """The rounded value with exactly the kept decimals."""
        return points_text(hundredths, self.decimals)
