"""Why there is no plan, in words: which visits, which rule, which days. Not here: finding the rules (solver.core)."""

from collections.abc import Iterable, Sequence
from datetime import date

from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.inspections.policy.together.solver import Rule
from mingjing.programmes.inspections.policy.together.values import Key, Standstill, Terms, Wanted

__all__ = ["in_words"]

SHOWN = 6
"""So many days or visits are named, then their number."""


def in_words(rules: Sequence[Rule], least: bool, wanted: Iterable[Wanted], terms: Terms) -> Standstill:
    """What the rules say of what is wanted."""
    by_key = {one.key: one for one in wanted}
    held = [by_key[key] for kind, key in rules if kind == "window"]
    reasons = [_headline(len(held)), *(_window(one, terms) for one in held)]
    reasons += [_rule(kind, key, held, terms) for kind, key in rules if kind != "window"]
    return Standstill(tuple(one.key for one in held), tuple(reasons), least)


def _headline(count: int) -> Reason:
    text = N_("There is no such plan: these visits ({count}) cannot all be made. What stands in the way follows.")
    return Reason("together.impossible", text, {"count": count})


def _window(one: Wanted, terms: Terms) -> Reason:
    named = {"authority": terms.name(one.authority), "firm": terms.name(one.firm)}
    text = N_("{authority} wants to see {firm} from {first} to {last}.")
    return Reason("together.window", text, named | {"first": one.first.isoformat(), "last": one.last.isoformat()})


def _rule(kind: str, key: Key, held: Sequence[Wanted], terms: Terms) -> Reason:
    if kind == "quiet":
        quiet = {day for one in held if one.firm == key for day in one.window if day in terms.shut(one)}
        text = N_("{firm} is left alone on its quiet days: {days}.")
        return Reason("together.quiet", text, {"firm": terms.name(key), "days": _days(quiet)})
    if kind == "off":
        off = {day for one in held for day in one.window if day in terms.off}
        return Reason("together.off", N_("Nobody works on these days: {days}."), {"days": _days(off)})
    if kind == "load":
        text = N_("The officers of {authority} can visit {load} firms on one day.")
        return Reason("together.load", text, {"authority": terms.name(key), "load": terms.loads[key]})
    text = N_("At most {most} authorities may come to {firm} on one day.")
    return Reason("together.most", text, {"most": terms.most, "firm": terms.name(key)})


def _days(days: Iterable[date]) -> tuple[str | Reason, ...]:
    ordered = [day.isoformat() for day in sorted(days)]
    if len(ordered) <= SHOWN:
        return tuple(ordered)
    more = Reason("together.more", N_("{count} more"), {"count": len(ordered) - SHOWN})
    return (*ordered[:SHOWN], more)
