"""A decision together with the reasons that led to it, and refusals that say what to do next.

Texts are English templates (msgids) with named fields; whoever shows them translates the template first and fills it in
afterwards, so the same reason reads well in Chinese, in English, on a page, in a letter and in a terminal.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

_ROW = re.compile(r"(?:(.+), )?row (\d+)(?:, column (.+))?", re.DOTALL)
_LINE = re.compile(r"line (\d+)")
_PLAIN = (str, int)


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name for "mark for translation, translate later"
    """Mark `text` for translation without translating it.

    >>> N_("Open")
    'Open'
    """
    return text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided. `code` is stable and dotted; `text` is an English template over `params`.

    >>> Reason("list.short", "{measure} is {found}", {"measure": "base", "found": "84.10"}).say()
    'base is 84.10'
    """

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def say(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, in the language of `translate`; a param that is itself a Reason or Phrase is translated too."""
        return translate(self.text).format(**{name: spoken(value, translate) for name, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A translatable word inside another text (a measure's name, a rule's name)."""

    text: str


@dataclass(frozen=True, slots=True)
class Titled:
    """A title that comes with its own translations, as rulebooks give them: language code → text."""

    texts: Mapping[str, str]


def spoken(value: Any, translate: Callable[[str], str] = str) -> Any:
    """`value` as it appears in a sentence: reasons, phrases and titles in the reader's language, the rest as it is."""
    if type(value) in _PLAIN:
        return value
    match value:
        case Reason():
            return value.say(translate)
        case Phrase():
            return translate(value.text)
        case Titled():
            return in_language(value.texts, translate("language-code"))
        case tuple() | list():
            return translate(", ").join(str(spoken(part, translate)) for part in value)
        case _:
            return value


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text for `language` ("zh-Hans" or "en"), or the first there is; a msgid left untranslated means English.

    >>> in_language({"zh-Hans": "红榜", "en": "Red list"}, "language-code")
    'Red list'
    """
    wanted = "en" if language == "language-code" else language
    return texts.get(wanted) or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Problem(Reason):
    """A reason for refusing input, with the `place` it was found (`Checks!D14`, `row 7, column 完工年份`)."""

    place: str = ""

    @property
    def row(self) -> int | None:
        """The row of the table, where the place is one."""
        found = _ROW.fullmatch(self.place)
        return int(found[2]) if found else None

    def say(self, translate: Callable[[str], str] = str) -> str:
        """The sentence with its place in front."""
        sentence = translate(self.text).format(
            **{name: spoken(value, translate) for name, value in self.params.items()}
        )
        return f"{self.where(translate)}{translate(N_(': '))}{sentence}" if self.place else sentence

    def where(self, translate: Callable[[str], str] = str) -> str:
        """The place in the language of `translate`: rows and columns have words, what else there is are names.

        >>> Problem("a.b", "", {}, "sites.csv, row 7").where(lambda text: {"row {row}": "第 {row} 行"}[text])
        'sites.csv, 第 7 行'
        >>> Problem("a.b", "", {}, "line 3").where(lambda text: {"line {line}": "文本第 {line} 行"}[text])
        '文本第 3 行'
        """
        if line := _LINE.fullmatch(self.place):
            return translate(N_("line {line}")).format(line=line[1])
        if not (found := _ROW.fullmatch(self.place)):
            return self.place
        before, row, column = found.groups()
        words = translate(N_("row {row}, column {column}") if column else N_("row {row}"))
        said = words.format(row=row, column=column)
        return f"{before}, {said}" if before else said


class Refusal(Exception):
    """Input that cannot be taken; carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.say() for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """A decided value and the reasons that led to it, in the order in which they weighed."""

    value: Value
    reasons: tuple[Reason, ...] = ()
