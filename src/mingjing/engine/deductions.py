"""How a check loses points: every rule kind becomes one table of losses by step.

A step is the distance of a check from flawless: one more instance, one grade lower, one mark less. A finding says how
many steps; the table says what they cost in all. So scoring, explaining, repairing and the bulk kernel need to know no
rule kind, and a new kind is one function here.

Sources of the kinds: PI, BIN, TIER and RATIO are the rule codes of the district's rubric; SCALE is a mark on a scale.
"""

from dataclasses import dataclass
from fractions import Fraction

from mingjing.engine.outcome import N_, Reason
from mingjing.engine.quantities import decimal_text, points_text
from mingjing.engine.rules import Interval

__all__ = ["KINDS", "Rule", "all_or_nothing", "graded", "per_instance", "ratio", "scale"]

KINDS = {
    "PI": N_("points per instance"),
    "BIN": N_("all or nothing"),
    "TIER": N_("full, half or none"),
    "RATIO": N_("by the share reached"),
    "SCALE": N_("a mark on a scale"),
}
"""The rule kinds a rulebook may use, with their names."""

MAX_STEPS = 10_000
"""No rule may have more steps than this: it bounds every loss table."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a check costs.

    `losses[k]` are the hundredths lost at k steps; beyond the end the last value holds. `added` says whether several
    findings on one check add up their steps (instances) or the worst one counts (grades). `words` says the rule to a
    reader. `full` and `half` are the percent intervals of a RATIO; `highest`, `lowest` and `unit` the marks of a SCALE.
    """

    kind: str
    losses: tuple[int, ...]
    added: bool
    words: Reason
    full: Interval | None = None
    half: Interval | None = None
    highest: Fraction = Fraction(0)
    lowest: Fraction = Fraction(0)
    unit: Fraction = Fraction(1)

    def lost(self, steps: int) -> int:
        """Hundredths lost at `steps` steps from flawless.

        >>> per_instance(300, 100).lost(7)
        300
        """
        return self.losses[steps] if steps < len(self.losses) else self.losses[-1]

    def steps_of_share(self, good: Fraction, cases: Fraction = Fraction(100)) -> int:
        """Steps of a RATIO from the good cases among all; no cases means full marks.

        >>> rule = ratio(400, Interval(low=Fraction(100)), Interval(low=Fraction(90)))
        >>> rule.steps_of_share(Fraction(19), Fraction(20))
        1
        """
        if not cases or self.full is None or self.half is None:
            return 0
        percent = good * 100 / cases
        return 0 if self.full.holds(percent) else 1 if self.half.holds(percent) else 2

    def steps_of_mark(self, mark: Fraction) -> int | None:
        """Steps of a SCALE below the highest mark, or None for a mark that is not on the scale."""
        steps = (self.highest - mark) / self.unit
        return steps.numerator if self.lowest <= mark <= self.highest and steps.denominator == 1 else None


def per_instance(points: int, per: int, cap: int | None = None) -> Rule:
    """PI: `per` hundredths for each instance, at most `cap` (the check's points unless given); `per` is positive."""
    most = points if cap is None else cap
    losses = tuple(min(most, per * count) for count in range(-(-most // per) + 1))
    text = N_("{per} points for each instance, at most {cap}")
    return Rule("PI", losses, True, Reason("rule.pi", text, {"per": points_text(per), "cap": points_text(most)}))


def all_or_nothing(points: int) -> Rule:
    """BIN: any finding costs every point."""
    return Rule(
        "BIN",
        (0, points),
        True,
        Reason("rule.bin", N_("all {points} points or none"), {"points": points_text(points)}),
    )


def _halves(points: int) -> tuple[int, int, int]:
    return (0, points - points // 2, points)


def graded(points: int) -> Rule:
    """TIER: complete, partial or out of date (half, the odd hundredth lost), or absent."""
    text = N_("{points} points when complete, half when partial or out of date, none when absent")
    return Rule("TIER", _halves(points), False, Reason("rule.tier", text, {"points": points_text(points)}))


def ratio(points: int, full: Interval, half: Interval) -> Rule:
    """RATIO: full marks in `full`, half in `half` (percent), else none."""
    text = N_("{points} points at {full} percent, half at {half} percent, otherwise none; no cases counts as full")
    words = Reason("rule.ratio", text, {"points": points_text(points), "full": str(full), "half": str(half)})
    return Rule("RATIO", _halves(points), False, words, full=full, half=half)


def scale(points: int, lowest: Fraction, highest: Fraction, unit: Fraction = Fraction(1)) -> Rule | None:
    """SCALE: earned = points × mark ÷ highest; None where some mark would earn a broken hundredth."""
    if highest <= 0 or unit <= 0:
        return None
    count = (highest - lowest) / unit
    if count.denominator != 1 or not 0 < count.numerator <= MAX_STEPS:
        return None
    losses = [points * unit * step / highest for step in range(count.numerator + 1)]
    if any(loss.denominator != 1 for loss in losses):
        return None
    params = {"points": points_text(points), "lowest": decimal_text(lowest), "highest": decimal_text(highest)}
    words = Reason("rule.scale", N_("a mark from {lowest} to {highest}, worth {points} points at {highest}"), params)
    if unit != 1:
        text = N_("a mark from {lowest} to {highest} in steps of {step}, worth {points} points at {highest}")
        words = Reason("rule.scale_steps", text, {**params, "step": decimal_text(unit)})
    whole = tuple(loss.numerator for loss in losses)
    return Rule("SCALE", whole, False, words, highest=highest, lowest=lowest, unit=unit)
