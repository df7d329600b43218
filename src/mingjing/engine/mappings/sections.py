"""Reads tables of a settings document key by key and keeps a list of everything that is wrong with them.

Every reader here returns a usable value even for wrong input, so that all mistakes of a document are found in one go.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from mingjing.engine.outcome import N_, Problem

__all__ = ["Section", "nearest"]


def nearest(found: str, known: Iterable[str]) -> str:
    """The name among `known` that `found` was probably meant to be, or "–"; capitals make no difference.

    >>> nearest("fhrsid", ["Type", "FHRSID"])
    'FHRSID'
    """
    names = {name.casefold(): name for name in known}
    return next((names[near] for near in get_close_matches(found.casefold(), names, 1, 0.5)), "–")


class Section:
    """One table of a document, its dotted `name`, and the shared list of `problems`."""

    def __init__(self, table: object, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        self.table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        self.read: set[str] = set()
        if table is not None and not isinstance(table, Mapping):
            self.fault(name, table, "a table of keys")

    def fault(self, key: str, found: object, asked: str) -> None:
        """Report that `key` holds something else than what is `asked` for (words of the format, not of a language)."""
        text = N_("{found} does not fit here; {asked} is expected.")
        self.problems.append(Problem("mapping.value", text, {"found": repr(found), "asked": asked}, self.place(key)))

    def place(self, key: str) -> str:
        """Where `key` stands in the document."""
        return f"{self.name}.{key}" if self.name and key != self.name else key

    def has(self, key: str) -> bool:
        """Whether `key` is there."""
        return key in self.table

    def any(self, key: str) -> Any:
        """The value of `key` as it stands, or None."""
        self.read.add(key)
        return self.table.get(key)

    def text(self, key: str, default: str = "") -> str:
        """A text; a number is taken as the text it was written as."""
        value = self.any(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.fault(key, value, "a text")
            return default
        return str(value)

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of `choices`."""
        value = self.any(key)
        if value is None or value in choices:
            return value or default
        self.fault(key, value, " | ".join(choices))
        return default

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.any(key)
        if value not in (None, True, False):
            self.fault(key, value, "true | false")
        return value is True

    def whole(self, key: str, default: int, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self.any(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(key, value, f"a whole number ≥ {least}")
            return default
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        value = self.any(key)
        if value is None:
            return tuple(default)
        entries = value if isinstance(value, list) else [value]
        if any(isinstance(entry, bool) or not isinstance(entry, str | int | float) for entry in entries):
            self.fault(key, value, "a list of texts")
            return tuple(default)
        return tuple(str(entry) for entry in entries)

    def section(self, key: str) -> "Section":
        """The table under `key`; empty where there is none."""
        return Section(self.any(key), self.place(key), self.problems)

    def sections(self) -> dict[str, "Section"]:
        """Every table in this one, by key."""
        return {key: self.section(key) for key in self.table}

    def close(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.table.keys() - self.read:
            near = nearest(key, sorted(self.read))
            text = N_("This key is not known here; did you mean {nearest}?")
            if near == "–":
                text = N_("This key is not known here; what can stand here is {known}.")
            params = {"nearest": near, "known": tuple(sorted(self.read))}
            self.problems.append(Problem("mapping.unknown_key", text, params, self.place(key)))
