"""What changed between two versions of a scheme, in words.

Entries are recognised by their codes, and rules without a code by what they lead to; so a change of points, a check
that moved to another item and a rule that was put in another place are each said once, at the place where they
happened. Works on any document, also on one with mistakes. Not here: what the changes do to anybody's score.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjing.engine.outcome import N_, Phrase, Reason, Titled
from mingjing.programmes.assessments.policy.changes.parts import (
    KEYED,
    PARENT,
    RESULTS,
    SECTIONS,
    Entry,
    Object,
    Taken,
    plain_text,
    take_apart,
)
from mingjing.programmes.assessments.policy.changes.words import clipped, label, shown

__all__ = ["Change", "changes"]


@dataclass(frozen=True, slots=True)
class Change(Reason):
    """One change. `kind` is added, removed or changed; `path` its place in the new document (in the old if removed)."""

    kind: str = "changed"
    path: str = ""


_ORDER = (
    *("format", "code", "title", "note", "attributes", "classes", "class_rule", "rounding", "aggregation", "items"),
    *("methods", "evidence", "bonus", "vetoes", "tiers", "unscored_total", "unassessed_tier", "list_rules"),
    *("deadlines", "sampling"),
)


def changes(old: Object, new: Object) -> tuple[Change, ...]:
    """Every change from `old` to `new` in the order of the document; empty only when the two say the same."""
    before, after = take_apart(old), take_apart(new)
    titles = {**before.titles, **after.titles}
    scheme = Reason("change.scheme", N_("scheme"))
    found = [*_fields(scheme, "", before.rest, after.rest, titles, _filled(before) | _filled(after))]
    for section in SECTIONS:
        found += _entries(before.sections.get(section, ()), after.sections.get(section, ()), titles)
    if not found and plain_text(old) != plain_text(new):
        found = [Change("change.other", N_("the document changed in a way that has no words here"))]
    return tuple(sorted(found, key=lambda change: _rank(change.path)))


def _rank(path: str) -> tuple[int, ...]:
    """Where a path stands in the document: sections in their order, entries by position, values before entries."""
    top, *below = path.split("/")
    first = _ORDER.index(top) if top in _ORDER else len(_ORDER)
    return (first, *(int(part) if part.isdecimal() else -1 for part in below))


def _filled(document: Taken) -> frozenset[tuple[str, ...]]:
    """The paths whose lists have entries: an empty list there is no change of its own."""
    return frozenset(tuple(e.section.split("/")) for entries in document.sections.values() for e in entries[:1])


def _entries(old: Sequence[Entry], new: Sequence[Entry], titles: Mapping[str, Titled | Phrase]) -> Iterator[Change]:
    section = (old or new)[0].section if old or new else ""
    pairs, gone, come = _matched(old, new, _keys(section))
    moved = _moved(old, new, pairs)
    told: list[tuple[int, int, list[Change]]] = []
    for index in gone:
        words = N_("{thing} removed")
        told.append(
            (index, 0, [Change("change.removed", words, {"thing": old[index].thing}, "removed", old[index].path)])
        )
    for index in come:
        words = N_("{thing} added")
        told.append((index, 1, [Change("change.added", words, {"thing": new[index].thing}, "added", new[index].path)]))
    for before, after in pairs:
        entry = new[after]
        said = [*_fields(entry.thing, entry.path, old[before].value, entry.value, titles)]
        if (before, after) in moved:
            words = N_("{thing} moved from place {old} to place {new}")
            params = {"thing": entry.thing, "old": _place(old[before]), "new": _place(entry)}
            said.append(Change("change.moved", words, params, "changed", entry.path))
        told.append((after, 1, said))
    for _, _, said in sorted(told, key=lambda part: part[:2]):
        yield from said


def _place(entry: Entry) -> int:
    return int(entry.path.rpartition("/")[2]) + 1


Key = Callable[[Entry], object]


def _keys(section: str) -> tuple[Key, ...]:
    """By what two entries are recognised as one, the surest first."""
    if section not in RESULTS:
        return (lambda entry: plain_text(entry.value.get("code")),)
    result = RESULTS[section]
    return (
        lambda entry: plain_text(entry.value),
        lambda entry: plain_text([entry.value.get(result), entry.value.get("title")]),
        lambda entry: plain_text(
            [entry.value.get(result), entry.value.get("step"), [*(entry.value.get("when") or ())]]
        ),
        lambda entry: plain_text(entry.value.get(result)),
    )


Pairs = list[tuple[int, int]]


def _matched(old: Sequence[Entry], new: Sequence[Entry], keys: Sequence[Key]) -> tuple[Pairs, list[int], list[int]]:
    """Positions that belong together, those only in `old`, and those only in `new`."""
    gone, come, pairs = [*range(len(old))], [*range(len(new))], []
    for key in keys:
        waiting: dict[object, list[int]] = {}
        for index in gone:
            waiting.setdefault(key(old[index]), []).append(index)
        for index in [*come]:
            if left := waiting.get(key(new[index])):
                pairs.append((before := left.pop(0), index))
                gone.remove(before)
                come.remove(index)
    return sorted(pairs, key=lambda pair: pair[1]), gone, come


def _moved(old: Sequence[Entry], new: Sequence[Entry], pairs: Pairs) -> set[tuple[int, int]]:
    """The fewest pairs that must have moved to explain the new order; checks have an order within their item."""
    groups: dict[object, Pairs] = {}
    for before, after in pairs:
        parent = plain_text(new[after].value.get(PARENT))
        if new[after].section not in KEYED and parent == plain_text(old[before].value.get(PARENT)):
            groups.setdefault(parent, []).append((before, after))
    return {pair for group in groups.values() for pair in {*group} - _longest_kept(group)}


def _longest_kept(pairs: Pairs) -> set[tuple[int, int]]:
    """The longest run of pairs whose old positions rise (pairs come in the order of the new ones)."""
    ends: list[int] = []
    lasts: list[int] = []
    previous: list[int] = []
    for index, (before, _) in enumerate(pairs):
        length = bisect_left(ends, before)
        ends[length : length + 1] = [before]
        previous.append(lasts[length - 1] if length else -1)
        lasts[length : length + 1] = [index]
    kept, at = set(), lasts[-1] if lasts else -1
    while at >= 0:
        kept.add(pairs[at])
        at = previous[at]
    return kept


Path = tuple[str, ...]


def _fields(
    thing: Reason,
    path: str,
    old: Object,
    new: Object,
    titles: Mapping[str, Titled | Phrase],
    filled: frozenset[Path] = frozenset(),
) -> Iterator[Change]:
    """The changes of single values of one entry."""
    before, after = _leaves(old), _leaves(new)
    for key in dict.fromkeys((*after, *before)):
        was, now = key in before, key in after
        if was and now and plain_text(before[key]) == plain_text(after[key]):
            continue
        if (was != now) and _is_frame(key, before | after, filled):
            continue
        at = path if key == (PARENT,) else "/".join(filter(None, (path, *key)))
        params: dict[str, object] = {"thing": thing, "field": label(key, titles)}
        if was and now:
            words = N_("{thing}: {field} changed from {old} to {new}")
            one, other = clipped(before[key], after[key])
            params |= {"old": shown(key, one), "new": shown(key, other)}
            yield Change("change.changed", words, params, "changed", at)
        elif now:
            words = N_("{thing}: {field} set to {new}")
            yield Change("change.set", words, {**params, "new": shown(key, after[key])}, "added", at)
        else:
            words = N_("{thing}: {field} taken out (it was {old})")
            yield Change("change.unset", words, {**params, "old": shown(key, before[key])}, "removed", at)


def _is_frame(key: Path, leaves: Mapping[Path, Any], filled: frozenset[Path]) -> bool:
    """Whether an empty object or list only holds what is told about already."""
    return leaves[key] in ({}, []) and any(
        other[: len(key)] == key and (other != key or key in filled) for other in (*leaves, *filled)
    )


def _leaves(value: Object, path: Path = ()) -> dict[Path, Any]:
    """The single values below `value` by their paths; a deduction rule counts as one."""
    found: dict[Path, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner and key != "rule":
            found |= _leaves(inner, (*path, key))
        else:
            found[*path, key] = inner
    return found
