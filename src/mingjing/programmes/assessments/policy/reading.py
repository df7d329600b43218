"""Reading a document somebody wrote: every mistake is collected with its path, and reading goes on.

A path such as `items/3/checks/1/points` says where in the document a value stands; whoever shows the problem (a page,
the workbook reader) turns it into a place its reader knows.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from mingjing.engine.outcome import N_, Problem, Refusal, Titled
from mingjing.engine.quantities import parse_fraction, parse_points

LANGUAGES = ("zh-Hans", "en")
LONGEST_TEXT = 4_000
MOST_ENTRIES = 5_000
"""Limits of a document somebody uploads; far beyond any real scheme."""

Found = TypeVar("Found")


@dataclass(slots=True)
class Node:
    """One value of a document, its path, and the list all problems of the document go to."""

    value: Any
    path: str = ""
    problems: list[Problem] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def problem(self, code: str, text: str, key: str = "", /, **params: Any) -> None:
        """Note a problem at `key` below this node."""
        self.problems.append(Problem(code, text, params, self._at(key)))

    def _at(self, key: str) -> str:
        return "/".join(part for part in (self.path, key) if part)

    def _raw(self, key: str) -> Any:
        self.read.add(key)
        return self.value.get(key) if isinstance(self.value, Mapping) else None

    def node(self, key: str) -> "Node":
        """The object at `key`; an empty one where there is none."""
        raw = self._raw(key)
        if raw is not None and not isinstance(raw, Mapping):
            self.problem("document.not_an_object", N_("an object with named values is expected here."), key)
        return Node(raw if isinstance(raw, Mapping) else {}, self._at(key), self.problems)

    def each(self, key: str) -> Iterator["Node"]:
        """The entries of the list at `key`; what they hold beyond what was read is reported when the loop ends."""
        raw = self._raw(key)
        if raw is None:
            return
        if not isinstance(raw, list) or len(raw) > MOST_ENTRIES or not all(isinstance(entry, Mapping) for entry in raw):
            text = N_("a list of at most {most} objects is expected here.")
            self.problem("document.not_a_list", text, key, most=MOST_ENTRIES)
            return
        for index, entry in enumerate(raw):
            node = Node(entry, self._at(f"{key}/{index}"), self.problems)
            yield node
            node.done()

    def done(self) -> None:
        """Report the keys that nobody read: most likely a slip of the pen."""
        if isinstance(self.value, Mapping):
            for key in self.value.keys() - self.read:
                self.problem(
                    "document.unknown_key", N_("{key} means nothing here; remove it or correct its name."), key, key=key
                )

    def text(self, key: str, default: str | None = None) -> str:
        """The text at `key`; missing is a problem unless there is a default."""
        raw = self._raw(key)
        if raw is None or raw == "":
            if default is None:
                self.problem("document.missing", N_("{key} is missing; fill it in."), key, key=key)
            return default or ""
        if not isinstance(raw, str) or len(raw) > LONGEST_TEXT:
            self.problem(
                "document.not_a_text",
                N_("a text of at most {most} characters is expected here."),
                key,
                most=LONGEST_TEXT,
            )
            return default or ""
        return raw

    def titled(self, key: str, *, required: bool = True) -> Titled:
        """A title in one or more languages."""
        raw = self._raw(key)
        if isinstance(raw, Mapping) and raw and raw.keys() <= set(LANGUAGES):
            texts = {language: raw[language] for language in LANGUAGES if raw.get(language)}
            if texts and all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts.values()):
                return Titled(texts)
        if required or raw is not None:
            self.problem(
                "document.no_title", N_("a title is missing; write it in Chinese, in English, or in both."), key
            )
        return Titled({})

    def flag(self, key: str) -> bool:
        """True or false; missing means false."""
        raw = self._raw(key)
        if raw is not None and not isinstance(raw, bool):
            self.problem("document.not_a_flag", N_("yes or no is expected here."), key)
        return raw is True

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the `allowed` codes."""
        found = self.text(key, default)
        if found in allowed:
            return found
        if found:
            text = N_("{found} is not known here; use one of {allowed}.")
            self.problem("document.unknown_code", text, key, found=found, allowed=tuple(allowed))
        return next(iter(allowed), "")

    def some_of(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Any number of the `allowed` codes."""
        raw = self._raw(key)
        codes = raw if isinstance(raw, list) and all(isinstance(code, str) for code in raw) else []
        if raw is not None and raw != codes:
            self.problem("document.not_codes", N_("a list of codes is expected here."), key)
        for code in codes:
            if code not in allowed:
                text = N_("{found} is not known here; use one of {allowed}.")
                self.problem("document.unknown_code", text, key, found=code, allowed=tuple(allowed))
        return tuple(codes)

    def points(self, key: str, default: str | None = None, *, least: int = 0) -> int:
        """Hundredths of a point, at least `least`."""
        found: int = self._parsed(key, default, parse_points, least)
        return found

    def number(self, key: str, default: str | None = None, *, least: int = 0) -> Fraction:
        """An exact number, at least `least`."""
        found: Fraction = self._parsed(key, default, parse_fraction, Fraction(least))
        return found

    def whole(self, key: str, default: str | None = None, *, least: int = 0) -> int:
        """A whole number, at least `least`."""
        found = self.number(key, default, least=least)
        if found.denominator != 1:
            self.problem("document.not_whole", N_("{found} is not a whole number."), key, found=str(found))
        return int(found)

    def _parsed(self, key: str, default: str | None, parse: Callable[[str, str], Any], least: Any) -> Any:
        text = self.text(key, default)
        if not text:
            return least
        value = self.attempt(lambda: parse(text, self._at(key)))
        if value is not None and value < least:
            self.problem("document.too_small", N_("{found} is too small."), key, found=text)
        return least if value is None or value < least else value

    def attempt(self, read: Callable[[], Found]) -> Found | None:
        """The value of `read`, or None with its problems noted."""
        try:
            return read()
        except Refusal as refusal:
            self.problems.extend(refusal.problems)
            return None

    def unique(self, key: str, seen: dict[str, str]) -> str:
        """The code at `key`, which nothing before it may have; `seen` remembers where each stood."""
        code = self.text(key)
        if not code.isprintable():
            self.problem("document.unprintable_code", N_("a code is one line of printable characters."), key)
        if code and code in seen:
            self.problem(
                "document.repeated_code",
                N_("{code} stands here and at {other}; codes must differ."),
                key,
                code=code,
                other=seen[code],
            )
        seen.setdefault(code, self._at(key))
        return code
