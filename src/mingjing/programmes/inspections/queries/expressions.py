"""Rules as set-based queries over a table of visits, by Ibis: the same expression runs on DuckDB and on Spark.

They say what policy.counting and policy.conduct say of one firm, for all firms at once; a property test holds them
equal. The table has a row for each authority's part in a visit: `record`, `seq` (the order within a day), `day` (days
since 1970) with its `month`, `quarter` and `year` (numbers that grow), `firm`, and what else is known: `site`,
`authority`, `joint`, `items` (an array), and facts by name (texts are never null). Absent columns are unknown.
Not here: running them (queries.columns).
"""

from functools import reduce
from typing import Any

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, IntegerValue, Table, Value

from mingjing.programmes.inspections.policy.conditions import Condition, Test
from mingjing.programmes.inspections.policy.rules import Count, Rule
from mingjing.programmes.inspections.queries.days import number

__all__ = [
    "COLUMNS", "KEYS", "ORDER", "count_rule", "counted_rows", "holds", "in_force", "named_rows", "record_of",
    "records_of", "standing", "unit_of", "visit_rule",
]  # fmt: skip

COLUMNS = (
    "level", "firm", "site", "authority", "item", "field", "campaign", "first", "last", "count", "among", "records",
    "authorities",
)  # fmt: skip
"""What every query gives, a row for each warning; days are numbers, `authorities` an array of texts, and `records`
one of places: of each its day, the order within it, its name (`record`) and authority.

`among` is how many those counted are a part of, where a rule asks for a share.
"""
ORDER = ("day", "seq", "record", "authority")
KEYS = ("site", "authority", "item", "field")
SIDE_BY_SIDE = 3
"""How many neighbours are asked for at most, before visits are counted."""
NOT_NULL = ("site", "authority", "joint", "corrects")


def standing(visits: Table) -> Table:
    """The visits that count: neither void nor replaced by a later record."""
    if "corrects" in visits.columns:
        named = visits.filter(visits.corrects != "").select(replaced=_.corrects).distinct()
        visits = visits.anti_join(named, visits.record == named.replaced)
    return visits.filter(~visits.void) if "void" in visits.columns else visits


def visit_rule(visits: Table, rule: Rule) -> Table:
    """The warnings of a rule about single visits."""
    table = named_rows(visits.filter(in_force(visits, rule)))
    levels = [(holds(table, step.when), int(step.level)) for step in rule.steps]
    judged = table.mutate(worst=ibis.cases(*levels, else_=0)).filter(_.worst > 0)
    empty = {name: ibis.literal("") for name in (*KEYS, "campaign")}
    return judged.select(
        level=_.worst, firm=_.firm, **empty, first=_.day, last=_.day, count=ibis.literal(1, "int64"),
        among=ibis.null("int64"), records=record_of(judged), authorities=ibis.array([_.authority]),
    ).select(*COLUMNS)  # fmt: skip


def count_rule(visits: Table, rule: Rule, *, joint: bool = True) -> Table:
    """The warnings of a rule that counts; without `joint` no visit of the table is a joint one.

    One pass over the table leaves only the visits that are near enough to others to be counted together with them;
    everything else is asked of those few.
    """
    asked = rule.count
    assert asked is not None
    keys = list(dict.fromkeys(["firm", *asked.per, *([asked.window.period] if asked.window.period else [])]))
    base = _plain(counted_rows(named_rows(visits), asked), rule, asked, keys)
    likely = _likely(base, rule, asked, keys)
    if likely is not None:
        marked = base.mutate(likely=likely)
        kept = marked.filter((_.likely | (_.joint != "")) if joint else _.likely)
        base = kept.select(*base.columns)  # `drop` would have Ibis write these rows out, and engines sort, twice
    fires = _apart(base, rule, asked, keys) if asked.what == "authorities" else _met(base, rule, asked, keys, joint)
    return _told(base, _runs(fires, asked, keys), asked, keys, joint)


def named_rows(table: Table) -> Table:
    """With a text in every column that names something, so that no later step asks whether it is there."""
    return table.mutate(**{name: ibis.literal("") for name in NOT_NULL if name not in table.columns})


def counted_rows(table: Table, asked: Count) -> Table:
    """The rows that count; a row for each item where items are told apart."""
    table = table.filter(holds(table, asked.visits))
    if "item" in asked.per:
        table = (
            table.mutate(item=table["items"].unnest())
            if "items" in table.columns
            else table.mutate(item=ibis.literal(""))
        )
    if "field" in asked.per and "field" not in table.columns:
        table = table.mutate(field=ibis.literal(""))
    needed = {*asked.per, *(("authority",) if asked.what == "authorities" else ())} - {"site"}
    return reduce(lambda left, name: left.filter(left[name] != ""), sorted(needed), table)


def in_force(table: Table, rule: Rule) -> BooleanValue:
    """Whether the rule judges the days of its rows."""
    return table.day.between(number(rule.first), number(rule.last))


def holds(table: Table, condition: Condition) -> BooleanValue:
    """Whether a condition is known to hold."""
    unless = [~_all(table, tests) for tests in condition.unless]
    return reduce(lambda one, other: one & other, unless, _all(table, condition.only))


def _all(table: Table, tests: tuple[Test, ...]) -> BooleanValue:
    return reduce(lambda one, other: one & other, (_test(table, test) for test in tests), ibis.literal(True))


def _test(table: Table, test: Test) -> BooleanValue:
    if test.fact not in table.columns:
        return ibis.literal(test.words is not None and "" in test.words)
    value: Any = table[test.fact]
    if test.words is not None:
        return value.isin(sorted(test.words))
    low = value >= test.low if test.low is not None else ibis.literal(True)
    high = value <= test.high if test.high is not None else ibis.literal(True)
    return value.notnull() & low.fill_null(False) & high.fill_null(False)


def _plain(table: Table, rule: Rule, asked: Count, keys: list[str]) -> Table:
    """Only what is asked of a visit from here on: a narrow table is what makes the sorting cheap."""
    told: dict[str, Value] = {"judged": in_force(table, rule) & holds(table, asked.judged)}
    if asked.caps:
        told["allowed"] = _allowed(table, asked)
    else:
        told |= {f"t{at}": holds(table, rule.steps[at].when).cast("int32") for at in _narrowed(rule, asked)}
    return table.select(*_distinct([*keys, *ORDER, "joint"]), **told)


def _met(base: Table, rule: Rule, asked: Count, keys: list[str], joint: bool) -> Table:
    """The days on which enough visits have been counted, with level and count."""
    units = _units(base, asked) if joint else base
    within = _window(asked, keys)
    counts = {"n": ibis._.count().over(within)}
    counts |= {f"c{at}": units[f"t{at}"].sum().over(within) for at in _narrowed(rule, asked)}
    met = units.mutate(**counts).filter(_.judged)
    if asked.caps:
        over: Any = met.n > met.allowed if asked.when == "over" else met.n == met.allowed
        met = met.mutate(worst=ibis.ifelse(over.fill_null(False), int(rule.steps[0].level), 0))
        last = ibis.row_number().over(
            group_by=_distinct([*keys, "day"]), order_by=[ibis.desc(name) for name in ORDER[1:]]
        )
        met = met.filter(last == 0)
    else:
        narrowed = _narrowed(rule, asked)
        reached = [((met[f"c{at}"] if at in narrowed else met.n) >= step.least, int(step.level))
                   for at, step in enumerate(rule.steps)]  # fmt: skip
        met = met.mutate(worst=ibis.cases(*reached, else_=0))
    return met.filter(_.worst > 0).group_by(_distinct([*keys, "day"])).agg(worst=_.worst.max(), n=_.n.max())


def _narrowed(rule: Rule, asked: Count) -> list[int]:
    """The steps that count only some of the visits; a rule with caps has none."""
    return [] if asked.caps else [at for at, step in enumerate(rule.steps) if step.when.only or step.when.unless]


def _units(base: Table, asked: Count) -> Table:
    """One row for each visit: of a joint one the first part."""
    named = base.mutate(unit=unit_of(base))
    parts = ibis.row_number().over(group_by=["firm", *asked.per, "unit"], order_by=list(ORDER))
    return named.filter(parts == 0)


def records_of(rows: Table, where: BooleanValue | None = None) -> Value:
    """The records of a group in order, for an aggregation; sorted as arrays, for Spark gathers in no order."""
    gathered: Any = _placed(rows).collect(where=where)
    found: Value = gathered.sort()
    return found


def record_of(row: Table) -> Value:
    """The record of one row, as `records_of` gives several."""
    return ibis.array([_placed(row)])


def _placed(rows: Table) -> Any:
    return ibis.struct({name: rows[name] for name in ORDER})


def unit_of(table: Table) -> Value:
    """What counts as one: the joint visit a row is a part of, or its record."""
    return ibis.ifelse(table.joint != "", "j" + table.joint, "r" + table.record)


def _likely(table: Table, rule: Rule, asked: Count, keys: list[str]) -> BooleanValue | None:
    """Whether a visit can be part of a warning: most have no other one near enough. None where any can.

    Parts of joint visits are kept besides, for which of them counts is told by all of them.
    """
    least = 2 if asked.what == "authorities" else min(step.least for step in rule.steps)
    if asked.caps:
        return _crowded(table, asked, keys)
    if least < 2:
        return None
    if asked.window.days:
        return _near(table, asked.window.days - 1, min(least, SIDE_BY_SIDE), keys)
    size: Any = table.count().over(group_by=keys)
    return size >= least


def _near(table: Table, reach: int, least: int, keys: list[str]) -> BooleanValue:
    """Whether a visit is one of `least` that lie within so many days."""
    order: Any = {"group_by": keys, "order_by": "day"}
    spans = []
    for after in range(least):
        last = table.day.lead(after).over(**order) if after else table.day
        before = least - 1 - after
        first = table.day.lag(before).over(**order) if before else table.day
        spans.append((last - first <= reach).fill_null(False))
    return reduce(lambda one, other: one | other, spans)


def _crowded(table: Table, asked: Count, keys: list[str]) -> BooleanValue:
    """Whether a period has as many visits as the least cap that is asked of one of them."""
    least = table.allowed.min(where=table.judged).over(group_by=keys)
    size: Any = table.count().over(group_by=keys)
    return (size > least if asked.when == "over" else size >= least).fill_null(False)


def _allowed(table: Table, asked: Count) -> IntegerValue:
    grade: Any = table.grade if "grade" in table.columns else ibis.literal("")
    fallback = ibis.literal(asked.caps.get(""), "int64")
    cases = [(grade == name, ibis.literal(cap, "int64")) for name, cap in asked.caps.items() if name]
    found: IntegerValue = ibis.cases(*cases, else_=fallback) if cases else fallback
    return found


def _window(asked: Count, keys: list[str]) -> Any:
    preceding = asked.window.days - 1 if asked.window.days else None
    return ibis.range_window(preceding=preceding, following=0, group_by=keys, order_by="day")


def _apart(base: Table, rule: Rule, asked: Count, keys: list[str]) -> Table:
    """The days by which two authorities have come in more than one visit."""
    named = base.mutate(unit=unit_of(base))
    within = _window(asked, keys)
    met = named.mutate(
        low=_.authority.min().over(within), high=_.authority.max().over(within), one=_.unit.min().over(within),
        other=_.unit.max().over(within),
    ).filter(_.judged & (_.low != _.high) & (_.one != _.other))  # fmt: skip
    days = met.group_by(_distinct([*keys, "day"])).agg(n=_.count())
    return days.mutate(worst=ibis.literal(int(rule.steps[0].level)))


def _runs(fires: Table, asked: Count, keys: list[str]) -> Table:
    """One row for each run of days: `start` is the first day counted, `end` the last judged."""
    if asked.window.period:
        end: Value = fires.day.max()
        runs = fires.group_by(keys).agg(worst=_.worst.max(), n=_.n.max(), **({} if "day" in keys else {"end": end}))
        return runs.mutate(end=_.day) if "day" in keys else runs
    reach = asked.window.days - 1
    by_day = {"group_by": keys, "order_by": "day"}
    marked = fires.mutate(before=_.day.lag().over(**by_day))
    marked = marked.mutate(fresh=ibis.ifelse(marked.before.isnull() | (marked.day - reach > marked.before), 1, 0))
    numbered = marked.mutate(run=_.fresh.sum().over(ibis.cumulative_window(**by_day)))
    runs = numbered.group_by([*keys, "run"]).agg(
        worst=_.worst.max(), n=_.n.max(), start=_.day.min() - reach, end=_.day.max()
    )
    return runs.drop("run")


def _told(base: Table, runs: Table, asked: Count, keys: list[str], joint: bool) -> Table:
    """Runs with the records that were counted."""
    named = runs.rename({f"run_{name}": name for name in keys})
    matches: list[Any] = [base[name] == named[f"run_{name}"] for name in keys]
    matches.append(base.day <= named.end)
    if asked.window.days:
        matches.append(base.day >= named.start)
    rows = base.inner_join(named, matches)
    whole = [f"run_{name}" for name in keys] + ["end", "worst", "n"]
    if joint:
        rows = rows.group_by([*whole, "record", "authority"]).agg(day=_.day.min(), seq=_.seq.min())
        first = ibis.row_number().over(group_by=[*whole, "record"], order_by=list(ORDER))
        rows = rows.mutate(first_part=first == 0)
    else:
        rows = rows.mutate(first_part=ibis.literal(True))
    found = rows.group_by(whole).agg(
        first=_.day.min(), records=records_of(rows, where=rows.first_part),
        authorities=_.authority.collect(where=_.authority != "", distinct=True),
    )  # fmt: skip
    count: Any = found.authorities.length() if asked.what == "authorities" else found.n
    told = {name: found[f"run_{name}"] if name in asked.per else ibis.literal("") for name in (*KEYS, "campaign")}
    return found.select(
        level=_.worst, firm=_.run_firm, **told, first=_["first"], last=_.end, count=count,
        among=ibis.null("int64"), records=_.records,
        authorities=_.authorities,
    ).select(*COLUMNS)  # fmt: skip


def _distinct(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
