"""Rules that count a firm's visits (Table B), over the records of one firm: plainly, visit by visit.

queries.columns does the same over whole files at once; a property test holds the two equal. A count is judged on the
day of each visit, by the rule of that day, over what had happened by then; what one run of visits raises again and
again is one warning.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from mingjing.programmes.inspections.policy.rules import Count, Level, Rule, Window
from mingjing.programmes.inspections.policy.visits import Visit
from mingjing.programmes.inspections.policy.warnings import Warning, counted

__all__ = ["Beside", "Key", "count_warnings", "grouped", "units", "warnings_on", "window_start"]

Key = tuple[tuple[str, str], ...]
Fire = tuple[date, Level, int]


def count_warnings(rule: Rule, visits: Iterable[Visit]) -> Iterator[Warning]:
    """The warnings of a counting rule over the standing visits of one firm, in order of visits."""
    asked = rule.count
    assert asked is not None
    for key, group in grouped(asked, visits).items():
        for run in _runs(_fires(rule, asked, group), asked.window):
            yield _warning(rule, asked, key, group, run)


def warnings_on(rule: Rule, visits: Iterable[Visit], day: date) -> Iterator[Warning]:
    """Those of `count_warnings` that end on one day, found from that day backwards."""
    asked = rule.count
    assert asked is not None
    for key, group in grouped(asked, visits).items():
        if run := _run_until(rule, asked, group, day):
            yield _warning(rule, asked, key, group, run)


class Beside:
    """The visits beside one that is coming, in order and it among them: what a rule can count together with it.

    A rule that cannot warn on its day, and because of it, is given nothing to count; no warning is passed over so.
    """

    def __init__(self, visits: Sequence[Visit], coming: Visit) -> None:
        self._visits, self._coming = visits, coming
        self._own = [visit for visit in visits if visit.record == coming.record]
        self._days = [visit.day for visit in visits]
        self._until = bisect_right(self._days, coming.day)
        self._grades = {_grade(one) for one in visits[bisect_left(self._days, coming.day) : self._until]}
        self._alike: dict[tuple[int, tuple[str, ...]], Sequence[Visit]] = {}
        self._starts: dict[int, tuple[date, int]] = {}

    def of(self, rule: Rule) -> Sequence[Visit]:
        """Those that the rule counts together with the one that is coming, if they are enough to warn of.

        Nothing that can be told at once tells them apart from it. It may have several parts: a joint visit of which
        each authority has one.
        """
        asked, needed = rule.count, self._needed(rule)
        assert asked is not None
        if needed is None:
            return ()
        start, most = (date.min, self._until) if rule.kind == "streak" else self._within(asked.window)
        if most < needed:
            return ()
        together = self._together(asked)
        if len(together) < needed:
            return ()
        within = [one for one in together if start <= one.day <= self._coming.day]
        if len(within) < needed or (asked.what == "authorities" and len({one.authority for one in within}) < needed):
            return ()
        return together

    def _within(self, window: Window) -> tuple[date, int]:
        """The first day that is counted together with the day, and how many visits there are since, by then."""
        found = self._starts.get(id(window))
        if found is None:
            start = window_start(window, self._coming.day)
            found = self._starts[id(window)] = start, self._until - bisect_left(self._days, start)
        return found

    def _together(self, asked: Count) -> Sequence[Visit]:
        """The visits of all days that are counted as the one that is coming is: once for all rules that count alike."""
        names = tuple([name for name in asked.per if name != "item"])
        alike = id(asked.visits), names
        if (found := self._alike.get(alike)) is None:
            keys = {_told_all(one, names) for one in self._own if one.meets(asked.visits)}
            met = [one for one in self._visits if one.meets(asked.visits)] if keys else []
            found = self._alike[alike] = [one for one in met if _told_all(one, names) in keys] if names else met
        return found

    def _needed(self, rule: Rule) -> int | None:
        """The fewest visits with which the rule can be met that day; None where nothing can."""
        asked = rule.count
        assert asked is not None
        if rule.kind == "streak":
            return rule.numbers["times"]
        if asked.what == "authorities":
            return 2
        if asked.caps:
            caps = [cap for grade in self._grades if (cap := asked.allowed(grade)) is not None]
            return min(caps) + (asked.when == "over") if caps else None
        return min(step.least for step in rule.steps)


def grouped(asked: Count, visits: Iterable[Visit]) -> dict[Key, list[Visit]]:
    """The visits that count, by what they are told apart by."""
    groups: dict[Key, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.meets(asked.visits):
            for key in _keys(asked, visit):
                groups[key].append(visit)
    return groups


def units(group: Iterable[Visit]) -> list[Visit]:
    """One of each visit: of a joint one the first part."""
    found: dict[str, Visit] = {}
    for visit in group:
        found.setdefault(visit.unit, visit)
    return list(found.values())


def window_start(window: Window, day: date) -> date:
    """The first day that is counted together with `day`."""
    match window.period:
        case "day":
            return day
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
        case _:
            return day - timedelta(days=min(window.days - 1, (day - date.min).days))


def _keys(asked: Count, visit: Visit) -> list[Key]:
    """What the visit counts for: once for each of its items where items are told apart.

    Nothing where the authority, the field or the item is unknown: the unknown of two visits is not the same. Without a
    site it counts for the firm as a whole.
    """
    if asked.what == "authorities" and not visit.authority:
        return []
    told = {name: _told(visit, name) for name in asked.per if name != "item"}
    if not all(value or name == "site" for name, value in told.items()):
        return []
    items = [item for item in dict.fromkeys(visit.items) if item] if "item" in asked.per else [""]
    return [tuple((name, item if name == "item" else told[name]) for name in asked.per) for item in items]


def _told(visit: Visit, name: str) -> str:
    """What visits are told apart by, other than items."""
    match name:
        case "site":
            return visit.site
        case "authority":
            return visit.authority
        case _:
            return str(visit.facts.get("field") or "")


def _told_all(visit: Visit, names: Sequence[str]) -> tuple[str, ...]:
    return tuple([_told(visit, name) for name in names])


def _grade(visit: Visit) -> str:
    return str(visit.facts.get("grade") or "")


def _fires(rule: Rule, asked: Count, group: list[Visit]) -> Iterator[Fire]:
    """The days on which the rule is met, with the level and the count."""
    once = units(group)
    for day, last in _judged(rule, asked, group, once).items():
        if found := _fire(rule, asked, group, once, day, last):
            yield found


def _judged(rule: Rule, asked: Count, group: list[Visit], once: list[Visit]) -> dict[date, Visit]:
    """The days that the rule judges, in order, with the last of their visits."""
    every = once if asked.what == "visits" else group
    return {visit.day: visit for visit in every if rule.holds(visit.day) and visit.meets(asked.judged)}


def _fire(
    rule: Rule, asked: Count, group: list[Visit], once: list[Visit], day: date, last: Visit
) -> Fire | None:  # fmt: skip
    """The rule on one day, if it is met."""
    start = window_start(asked.window, day)
    if asked.what == "visits":
        found = _level(rule, asked, [one for one in once if start <= one.day <= day], last)
    else:
        found = _apart(rule, [one for one in group if start <= one.day <= day])
    return (day, *found) if found else None


def _level(rule: Rule, asked: Count, within: list[Visit], last: Visit) -> tuple[Level, int] | None:
    count = len(within)
    if asked.caps:
        allowed = asked.allowed(_grade(last))
        if allowed is None or (count <= allowed if asked.when == "over" else count != allowed):
            return None
        return rule.steps[0].level, count
    for step in rule.steps:
        if sum(one.meets(step.when) for one in within) >= step.least:
            return step.level, count
    return None


def _apart(rule: Rule, within: list[Visit]) -> tuple[Level, int] | None:
    """Several authorities in more than one visit: one joint visit of all of them is what the rule asks for."""
    authorities = len({one.authority for one in within})
    if len({one.unit for one in within}) < 2 or authorities < 2:
        return None
    return rule.steps[0].level, authorities


def _runs(fires: Iterable[Fire], window: Window) -> Iterator[list[Fire]]:
    """Fires of one period, or whose windows overlap, together."""
    run: list[Fire] = []
    for fire in fires:
        if run and not _joined(window, run[-1][0], fire[0]):
            yield run
            run = []
        run.append(fire)
    if run:
        yield run


def _joined(window: Window, before: date, day: date) -> bool:
    """Whether fires of two days are one run."""
    return window_start(window, day) <= (before if window.days else window_start(window, before))


def _run_until(rule: Rule, asked: Count, group: list[Visit], last: date) -> list[Fire]:
    """The run whose last fire is on that day, or nothing."""
    once, run = units(group), list[Fire]()
    for day, visit in reversed(_judged(rule, asked, group, once).items()):
        if day > last:
            if _joined(asked.window, last, day) and _fire(rule, asked, group, once, day, visit):
                return []
        elif day < last and not (run and _joined(asked.window, day, run[0][0])):
            break
        elif fire := _fire(rule, asked, group, once, day, visit):
            run.insert(0, fire)
    return run


def _warning(rule: Rule, asked: Count, key: Key, group: list[Visit], run: list[Fire]) -> Warning:
    start, last = window_start(asked.window, run[0][0]), run[-1][0]
    told = [visit for visit in group if start <= visit.day <= last]
    authorities = tuple(sorted({visit.authority for visit in told} - {""}))
    count = len({one.authority for one in told}) if asked.what == "authorities" else max(count for _, _, count in run)
    return Warning(
        rule=rule, level=max(level for _, level, _ in run), firm=told[0].firm, key=key, first=told[0].day, last=last,
        count=count, records=tuple(dict.fromkeys(visit.record for visit in told)), authorities=authorities,
        because=counted(rule, count),
    )  # fmt: skip
