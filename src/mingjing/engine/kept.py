"""Reasons kept as JSON and recalled later, to be said in whatever language their next reader asks for.

A refusal may be shown long after it happened (a background job met it), so what is kept is not its sentence, but what
the sentence is made of. Not here: where it is kept.
"""

from collections.abc import Mapping
from typing import Any

from mingjing.engine.outcome import Phrase, Problem, Reason, Titled

__all__ = ["keep", "recall"]


def keep(value: Any) -> Any:
    """`value` (a Problem, a Reason or anything that may stand in their params) as JSON.

    >>> recall(keep(Problem("a.b", "{n} is odd", {"n": 3}, "row 7"))).say()
    'row 7: 3 is odd'
    """
    match value:
        case Reason():
            params = {name: keep(param) for name, param in value.params.items()}
            kept = {"reason": value.code, "text": value.text, "params": params}
            return kept | ({"place": value.place} if isinstance(value, Problem) else {})
        case Phrase():
            return {"phrase": value.text}
        case Titled():
            return {"titled": dict(value.texts)}
        case tuple() | list():
            return [keep(part) for part in value]
        case str() | bool() | int() | None:
            return value
        case _:
            return str(value)


def recall(data: Any) -> Any:
    """What `keep` kept."""
    match data:
        case {"reason": code, "text": text, "params": Mapping() as params}:
            told = {name: recall(param) for name, param in params.items()}
            return Problem(code, text, told, data["place"]) if "place" in data else Reason(code, text, told)
        case {"phrase": text}:
            return Phrase(text)
        case {"titled": texts}:
            return Titled(texts)
        case list():
            return tuple(recall(part) for part in data)
        case _:
            return data
