"""The words of a change: what a field is called and how its value reads."""

from collections.abc import Mapping
from itertools import takewhile

from mingjing.engine.deductions import KINDS
from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.programmes.assessments.policy.changes.parts import PARENT, Object, plain_text
from mingjing.programmes.assessments.policy.sources import in_words

__all__ = ["clipped", "label", "shown"]

LONG, CONTEXT = 160, 20
"""Texts beyond this length are shown only where they differ, with so many characters around."""

_FIELDS: dict[str, str] = {
    "title/zh-Hans": N_("title in Chinese"),
    "title/en": N_("title in English"),
    "note/zh-Hans": N_("note in Chinese"),
    "note/en": N_("note in English"),
    "unit/zh-Hans": N_("unit in Chinese"),
    "unit/en": N_("unit in English"),
    "proof/zh-Hans": N_("proof in Chinese"),
    "proof/en": N_("proof in English"),
    "approver/zh-Hans": N_("approver in Chinese"),
    "approver/en": N_("approver in English"),
    "sample/of/zh-Hans": N_("what is sampled, in Chinese"),
    "sample/of/en": N_("what is sampled, in English"),
    "sample/minimum": N_("least sample size"),
    "code": N_("code"),
    "points": N_("points"),
    "rule": N_("deduction rule"),
    "methods": N_("methods"),
    "evidence": N_("evidence"),
    "na": N_("may be not applicable"),
    "critical": N_("critical"),
    "gallery": N_("photos from the gallery allowed"),
    "class": N_("class"),
    "tier": N_("tier"),
    "step": N_("step"),
    "borderline": N_("borderline"),
    "ranked": N_("ranked"),
    "adverse": N_("takes rights"),
    "level": N_("level"),
    "weight": N_("weight"),
    "days": N_("days"),
    "calendar": N_("calendar"),
    "share": N_("share in percent"),
    "minimum": N_("minimum"),
    "type": N_("type"),
    "choices": N_("choices"),
    "decimals": N_("decimals"),
    "default": N_("default"),
    "source": N_("what the system knows it as"),
    "rounding/rule": N_("rounding rule"),
    "rounding/decimals": N_("decimals kept"),
    "aggregation/method": N_("scoring method"),
    "aggregation/full_marks": N_("full marks"),
    "aggregation/points": N_("points of each class"),
    "unscored_total": N_("total where no check applies"),
    "unscored": N_("also where nothing was scored"),
    "aggregation/omit": N_("checks left out"),
    "bonus/cap": N_("bonus cap"),
    "unassessed_tier": N_("tier of the unassessed"),
    PARENT: N_("major item"),
}
_TERMS = {
    "per": N_("per instance"),
    "cap": N_("at most"),
    "full": N_("full at"),
    "half": N_("half at"),
    "lowest": N_("lowest mark"),
    "highest": N_("highest mark"),
    "step": N_("steps of"),
}


Path = tuple[str, ...]


def label(key: Path, titles: Mapping[str, Titled | Phrase]) -> Phrase | Titled | str:
    """What the field at `key` below its entry is called; `titles` name the measures."""
    if len(key) == 2 and key[0] == "when" and key[1] in titles:
        return titles[key[1]]
    name = "/".join(key)
    return Phrase(_FIELDS[name]) if name in _FIELDS else name


def shown(key: Path, value: object) -> object:
    """The value at `key` as it reads in a sentence."""
    match value:
        case bool():
            return Phrase(N_("yes") if value else N_("no"))
        case "" | None:
            return Phrase(N_("nothing"))
        case str():
            return in_words(value) if key == ("source",) else _condition(value) if key[0] == "when" else value
        case Mapping() if key == ("rule",):
            return _rule(value)
        case list() if value and all(isinstance(part, str) for part in value):
            return tuple(value)
        case list() | Mapping() if not value:
            return Phrase(N_("nothing"))
        case _:
            return plain_text(value)


def clipped(old: object, new: object) -> tuple[object, object]:
    """Two long texts cut down to where they differ."""
    if not isinstance(old, str) or not isinstance(new, str) or max(len(old), len(new)) <= LONG:
        return old, new
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    return _window(old, start, end), _window(new, start, end)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _window(text: str, start: int, end: int) -> str:
    first, last = max(0, start - CONTEXT), min(len(text), len(text) - end + CONTEXT)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def _condition(text: str) -> str:
    return text.replace(">=", "≥").replace("<=", "≤")


def _rule(rule: Object) -> object:
    """A rule in words, with everything it was given."""
    kind = str(rule.get("kind", ""))
    said: object = Phrase(KINDS[kind]) if kind in KINDS else kind
    terms = tuple(
        Reason("change.term", N_("{field} {value}"), {"field": _term(key), "value": shown((key,), value)})
        for key, value in rule.items()
        if key != "kind"
    )
    return Reason("change.terms", N_("{kind} ({terms})"), {"kind": said, "terms": terms}) if terms else said


def _term(key: str) -> Phrase | str:
    return Phrase(_TERMS[key]) if key in _TERMS else key
