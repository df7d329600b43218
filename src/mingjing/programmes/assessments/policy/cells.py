"""What the text of one cell says of a visit: yes or no, and how many steps a check is from flawless.

Full-width digits and letters read like their plain forms (NFKC). Nothing is guessed: a text that does not fit says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mingjing.engine.mappings.texts import Unreadable, normal, parse_day, parse_number
from mingjing.engine.outcome import N_, Reason
from mingjing.engine.quantities import HUNDREDTHS, decimal_text
from mingjing.engine.scoring import Check

__all__ = ["ABSENT", "BAD", "BLANKS", "READS", "CheckCell", "Values"]

BLANKS = ("not_applicable", "no_finding", "refused")
READS = ("rule", "steps", "mark", "points_lost", "points_earned", "level", "percent")
ABSENT, BAD = -1, -2
"""Codes beside the steps (0 and more): the check does not apply; the cell cannot be read."""

MOST_STEPS = 10_000
MEMO = 1 << 16


@dataclass(frozen=True, slots=True)
class Values:
    """How the cells of a file read. `words` holds normalised, caseless words; `numbers` those that are also numbers."""

    blank: str
    words: Mapping[str, str | int]
    levels: Mapping[str, str | int]
    decimal: str
    dates: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    percent: str

    @classmethod
    def of(
        cls,
        *,
        blank: str,
        not_applicable: Sequence[str],
        sentinels: Mapping[str, str | int],
        levels: Mapping[str, str | int],
        decimal: str,
        dates: tuple[str, ...],
        yes: Sequence[str],
        no: Sequence[str],
        percent: str,
    ) -> "Values":
        """Values from the lists of a mapping."""
        words = dict.fromkeys(not_applicable, "not_applicable") | dict(sentinels)
        return cls(
            blank, caseless(words), caseless(levels), decimal, dates, frozenset(caseless(dict.fromkeys(yes, ""))),
            frozenset(caseless(dict.fromkeys(no, ""))), percent,
        )  # fmt: skip

    def number(self, text: str) -> Fraction:
        """The number in `text`; raises Unreadable."""
        found = parse_number(normal(text), self.decimal)
        if found is None:
            raise Unreadable("cell.not_a_number", N_("{found} is not a number."), found=repr(text))
        return found

    def day(self, text: str) -> str:
        """The day in `text` as ISO 8601; raises Unreadable."""
        found = parse_day(text, self.dates)
        if found is None:
            said = N_("{found} is not a possible day in the forms the mapping names.")
            raise Unreadable("cell.not_a_day", said, found=repr(text))
        return found.isoformat()

    def flag(self, text: str) -> bool:
        """Yes or no; raises Unreadable."""
        word = normal(text).casefold()
        if word in self.yes:
            return True
        if word in self.no:
            return False
        said = N_("{found} is neither a word for yes nor one for no.")
        raise Unreadable("cell.not_a_flag", said, found=repr(text))


def caseless(words: Mapping[str, str | int]) -> dict[str, str | int]:
    """The same words as a cell's normalised, caseless text is looked up; a number also in its shortest form."""
    found = {normal(word).casefold(): meaning for word, meaning in words.items()}
    numbers = {key: parse_number(key) for key in found}
    return {decimal_text(number): found[key] for key, number in numbers.items() if number is not None} | found


class CheckCell(dict[str, int]):
    """Steps from flawless for each text seen in the column of one check: a dictionary that reads what it does not know.

    A text that cannot be read gives BAD, and `bad` says that there was one; `blanks` collects texts that read as blank.
    """

    def __init__(self, check: Check, values: Values, reads: str, blank: str, words: Mapping[str, str | int]) -> None:
        super().__init__()
        self.check = check
        self.given = values
        self.blank = blank
        self.words = {**(values.levels if reads in ("rule", "level") else {}), **values.words, **caseless(words)}
        self.way = BY_KIND[check.rule.kind] if reads == "rule" else reads
        self.read: Callable[[str, Fraction | None], int | None] = getattr(self, f"_{self.way}")
        self.bad = False
        self.blanks: set[str] = set()

    def __missing__(self, text: str) -> int:
        if len(self) >= MEMO:
            self.clear()
        try:
            code = self.steps(text)
        except Unreadable:
            self.bad = True
            code = BAD
        self[text] = code
        return code

    def why(self, text: str) -> Reason:
        """Why `text` cannot be read."""
        try:
            self.steps(text)
        except Unreadable as error:
            return error.reason
        raise ValueError(f"{text!r} can be read")

    def steps(self, text: str) -> int:
        """Steps from flawless, or ABSENT; raises Unreadable with the reason."""
        word = normal(text).casefold()
        meaning = self.words.get(word) if word else "blank"
        number = parse_number(word.removesuffix("%").rstrip(), self.given.decimal)
        if meaning is None and number is not None:
            meaning = self.words.get(decimal_text(number))
        if meaning is not None:
            return self._meant(meaning, text)
        return self._possible(self.read(word, number), text)

    def _meant(self, meaning: str | int, text: str) -> int:
        if meaning == "blank":
            self.blanks.add(text)
            meaning = self.blank
        match meaning:
            case int():
                return self._possible(meaning, text)
            case "no_finding" | "full":
                return 0
            case "zero":
                return len(self.check.rule.losses) - 1
            case "half" if self.check.rule.kind in ("TIER", "RATIO"):
                return 1
            case "not_applicable" if self.check.na:
                return ABSENT
            case "not_applicable":
                said = N_("{found} reads as not applicable, which the scheme does not allow for {check}.")
            case "refused":
                said = N_("{found} is not accepted for {check}; fill in what was found.")
            case _:
                said = N_("{found} is not a possible result of {check} ({rule}).")
        raise self._unreadable("cell.refused", said, text)

    def _unreadable(self, code: str, said: str, text: str) -> Unreadable:
        return Unreadable(code, said, found=repr(text), check=self.check.code, rule=self.check.rule.words)

    def _possible(self, steps: int | None, text: str) -> int:
        """Steps within what the rule knows; instances may go on beyond the cap."""
        most = MOST_STEPS if self.check.rule.added else len(self.check.rule.losses) - 1
        if steps is None or not 0 <= steps <= most:
            said = N_("{found} is not a possible result of {check} ({rule}).")
            raise self._unreadable("cell.impossible", said, text)
        return steps

    def _steps(self, word: str, number: Fraction | None) -> int | None:
        return number.numerator if number is not None and number.denominator == 1 and "%" not in word else None

    def _mark(self, word: str, number: Fraction | None) -> int | None:
        return None if number is None or "%" in word else self.check.rule.steps_of_mark(number)

    def _level(self, word: str, number: Fraction | None) -> int | None:
        return None  # the words for levels were looked up before

    def _percent(self, word: str, number: Fraction | None) -> int | None:
        rule = self.check.rule
        good, slash, cases = word.partition("/")
        if slash:
            some, all_ = (
                parse_number(good.strip(), self.given.decimal),
                parse_number(cases.strip(), self.given.decimal),
            )
            possible = some is not None and all_ is not None and 0 <= some <= all_
            return rule.steps_of_share(some, all_) if possible and some is not None and all_ is not None else None
        if number is None:
            return None
        if "%" not in word and not self.given.percent and 0 < number <= 1:
            said = N_("{found} may be a share of 1 or of 100; write a % sign, or set values.percent in the mapping.")
            raise self._unreadable("cell.ambiguous_share", said, word)
        share = number if "%" in word else number * 100 / int(self.given.percent or "100")
        return rule.steps_of_share(share) if 0 <= share <= 100 else None

    def _points_lost(self, word: str, number: Fraction | None) -> int | None:
        losses = self.check.rule.losses
        lost = None if number is None or "%" in word else number * HUNDREDTHS
        return losses.index(int(lost)) if lost is not None and lost in losses else None

    def _points_earned(self, word: str, number: Fraction | None) -> int | None:
        if number is None or "%" in word:
            return None
        return self._points_lost("", Fraction(self.check.points, HUNDREDTHS) - number)


BY_KIND = {"PI": "steps", "BIN": "steps", "TIER": "steps", "RATIO": "percent", "SCALE": "mark"}
"""How a cell reads where the mapping leaves it to the rule of the check."""
