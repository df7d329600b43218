"""Rules that look beyond the visits of one kind and firm, as set-based queries over the table of visits, by Ibis.

Officers drawn again and again, the share of a kind among an authority's visits, campaigns that spare nobody, reports
without an entry: what policy.conduct says plainly, held equal to it by a property test. Beside what queries.expressions
asks of a table, `officers` is one text for each set of them, and reports are a table of `record`, `day`, `firm` and
`authority`. Not here: rules about single visits and their number (queries.expressions), running them (queries.columns).
"""

from typing import Any

import ibis
from ibis import _
from ibis.expr.types import IntegerValue, Table, Value

from mingjing.programmes.inspections.policy.rules import Count, Rule
from mingjing.programmes.inspections.queries.expressions import (
    COLUMNS,
    KEYS,
    ORDER,
    counted_rows,
    holds,
    in_force,
    named_rows,
    record_of,
    records_of,
    unit_of,
)

__all__ = ["blanket_rule", "share_rule", "streak_rule", "unscanned_rule"]


def streak_rule(visits: Table, rule: Rule) -> Table:
    """Runs of the same officers at a firm, up to the last visit of each that is judged (C9)."""
    asked = _asked(rule)
    keys = ["firm", *asked.per]
    known = (
        visits.filter(visits.officers != "") if "officers" in visits.columns else visits.limit(0).mutate(officers="")
    )
    base = counted_rows(named_rows(known), asked)
    judged = in_force(base, rule)
    table = _first_parts(base.select(*dict.fromkeys([*keys, *ORDER, "joint", "officers"]), judged=judged), keys)
    order: Any = {"group_by": keys, "order_by": list(ORDER)}
    before = table.officers.lag().over(**order)
    marked = table.mutate(fresh=ibis.ifelse(before.isnull() | (before != table.officers), 1, 0))
    numbered = marked.mutate(run=_.fresh.sum().over(ibis.cumulative_window(**order)))
    placed = numbered.mutate(
        at=ibis.row_number().over(group_by=[*keys, "run"], order_by=list(ORDER)) + 1,
    )
    times = rule.numbers["times"]
    until: Any = placed["at"].max(where=placed.judged & (placed["at"] >= times)).over(group_by=[*keys, "run"])
    told = placed.mutate(until=until).filter((_["at"] <= _.until).fill_null(False))
    return _gathered(told, [*keys, "run"], rule, asked.per, count=_.count())


def share_rule(visits: Table, rule: Rule) -> Table:
    """Authorities and periods with too large a share of what the first step describes (B9)."""
    asked, step = _asked(rule), rule.steps[0]
    period = asked.window.period or "day"
    keys = list(dict.fromkeys([*asked.per, period]))
    base = counted_rows(named_rows(visits.filter(in_force(visits, rule))), asked)
    part = holds(base, step.when).cast("int32")
    table = _first_parts(base.select(*dict.fromkeys([*keys, "firm", *ORDER, "joint"]), part=part), [*keys, "firm"])
    sizes = table.group_by(keys).agg(among=_.count(), share=_.part.sum())
    large = sizes.filter((_.among >= step.least) & (_.share * 100 > rule.numbers["percent"] * _.among))
    told = table.filter(_.part == 1).inner_join(large, keys)
    return _gathered(told, [*keys, "among"], rule, asked.per, count=_.count(), firm=False)


def blanket_rule(visits: Table, rule: Rule) -> Table:
    """Campaigns that visited nearly all firms of those the authority could choose from (B8)."""
    table = named_rows(visits.filter(in_force(visits, rule)))
    for name, kind in (("campaign", "string"), ("eligible", "int32")):
        if name not in table.columns:
            table = table.mutate(**{name: ibis.null(kind)})
    keys = ["authority", "campaign"]
    base = table.filter((_.authority != "") & (_.campaign != "")).select(
        *keys, "firm", "day", "seq", "record", "eligible"
    )
    sizes = base.group_by(keys).agg(targets=_.firm.nunique(), among=_.eligible.max())
    large = sizes.filter((_.among > 0) & (_.targets * 100 >= rule.numbers["percent"] * _.among))
    told = base.drop("eligible").inner_join(large, keys)
    return _gathered(
        told, [*keys, "among", "targets"], rule, ("authority", "campaign"), count=_.targets.max(), firm=False
    )


def unscanned_rule(visits: Table, reports: Table, rule: Rule) -> Table:
    """Reports without an entry of the firm so many days around (C1)."""
    days = rule.numbers["days"]
    scans = named_rows(visits).select(scanned="firm", on="day", by="authority").distinct()
    told = reports.filter(in_force(reports, rule)).mutate(seq=ibis.literal(0, "int64"))
    near = [
        told.firm == scans.scanned, scans.on >= told.day - days, scans.on <= told.day + days,
        (told.authority == "") | (scans.by == "") | (scans.by == told.authority),
    ]  # fmt: skip
    found = told.anti_join(scans, near)
    return found.select(
        level=ibis.literal(int(rule.steps[0].level)), firm=_.firm, **_empty(()), first=_.day, last=_.day,
        count=ibis.literal(1, "int64"), among=ibis.null("int64"), records=record_of(found),
        authorities=ibis.array([_.authority]),
    ).select(*COLUMNS)  # fmt: skip


def _asked(rule: Rule) -> Count:
    assert rule.count is not None
    return rule.count


def _first_parts(table: Table, keys: list[str]) -> Table:
    """One row for each visit: of a joint one the first part."""
    named = table.mutate(unit=unit_of(table))
    parts = ibis.row_number().over(group_by=[*dict.fromkeys([*keys, "unit"])], order_by=list(ORDER))
    return named.filter(parts == 0)


def _gathered(
    rows: Table, keys: list[str], rule: Rule, per: tuple[str, ...], *, count: IntegerValue, firm: bool = True
) -> Table:
    """The warnings of rows, one for each of `keys`, with their records in order."""
    found = rows.group_by(keys).agg(
        first=_.day.min(), last=_.day.max(), n=count,
        records=records_of(rows),
        authorities_=_.authority.collect(where=_.authority != "", distinct=True),
    )  # fmt: skip
    named: dict[str, Value] = {name: found[name] for name in per} | _empty(per)
    return found.select(
        level=ibis.literal(int(rule.steps[0].level)), firm=_.firm if firm else ibis.literal(""), **named,
        first=_["first"], last=_["last"], count=_.n,
        among=found.among.cast("int64") if "among" in found.columns else ibis.null("int64"),
        records=_.records, authorities=_.authorities_,
    ).select(*COLUMNS)  # fmt: skip


def _empty(per: tuple[str, ...]) -> dict[str, Value]:
    return {name: ibis.literal("") for name in (*KEYS, "campaign") if name not in per}
