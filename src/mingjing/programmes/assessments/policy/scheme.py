"""A scheme (考核办法) as data: the document people write, checked whole and compiled for the engine.

The format is described in docs/reference/scheme-format.md. Nothing here knows any particular scheme. A document with
mistakes is refused with all of them, each at its path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from mingjing.engine.chain import content_digest
from mingjing.engine.deductions import KINDS, Rule, all_or_nothing, graded, per_instance, ratio, scale
from mingjing.engine.lists import RANK_MEASURES, SCORE_MEASURES, ListRules, Tier, measured
from mingjing.engine.outcome import N_, Problem, Refusal, Titled
from mingjing.engine.proofs import faults
from mingjing.engine.quantities import HUNDREDTHS, ROUNDING_RULES, Rounding, points_text
from mingjing.engine.rules import Condition, Interval, Measure, Row, Table, Value, parse_condition
from mingjing.engine.scoring import SITE, BonusItem, Check, Component, Item, Method, Rubric, VetoKind
from mingjing.programmes.assessments.policy.attributes import read_attribute, read_measures
from mingjing.programmes.assessments.policy.reading import Node
from mingjing.programmes.assessments.policy.sources import Source, check_sources

__all__ = ["FORMAT", "Scheme", "compile_scheme"]

FORMAT = "mingjing.assessments.scheme/1"


@dataclass(frozen=True)
class Scheme:
    """A compiled scheme. `rubrics` are by class; `sources` say which attributes the system knows itself."""

    document: Mapping[str, Any]
    code: str
    title: Titled
    note: Titled
    attributes: Mapping[str, Measure]
    classes: Mapping[str, Titled]
    class_rule: Table
    rubrics: Mapping[str, Rubric]
    list_rules: ListRules
    rounding: Rounding
    sources: Mapping[str, Source]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical document: what a decision stores to say which rules made it."""
        return content_digest(self.document)

    @property
    def checks(self) -> Mapping[str, Check]:
        """The checks of all classes by code."""
        return {code: check for rubric in self.rubrics.values() for code, check in rubric.checks.items()}

    def attribute(self, code: str, text: str, place: str = "") -> Value:
        """The value of attribute `code` from its text; raises Refusal."""
        return read_attribute(self.attributes[code], text, place)


def compile_scheme(document: Mapping[str, Any]) -> Scheme:
    """The scheme of a document; raises Refusal with every problem, each at its path in the document."""
    root = Node(document)
    root.one_of("format", (FORMAT,))
    code, title, note = root.text("code"), root.titled("title"), root.titled("note", required=False)
    attributes, sources = read_measures(root, SCORE_MEASURES.keys() | RANK_MEASURES.keys())
    classes = _classes(root)
    rounding = _rounding(root.node("rounding"))
    rubrics = _rubrics(root, classes, attributes, rounding)
    class_rule = _class_rule(root, classes, attributes)
    list_rules = _list_rules(root, attributes, rounding)
    tiers = [tier.code for tier in list_rules.tiers]
    check_sources(root, sources, tiers, class_rule.measures)
    _promises(root)
    root.done()
    if root.problems:
        raise Refusal(root.problems)
    rules = (classes, class_rule, rubrics, list_rules, rounding)
    return Scheme(document, code, title, note, attributes, *rules, sources)


def _classes(root: Node) -> dict[str, Titled]:
    seen: dict[str, str] = {}
    classes = {node.unique("code", seen): node.titled("title") for node in root.each("classes")}
    if not classes:
        root.problem("scheme.no_class", N_("a scheme needs at least one class."), "classes")
    return classes


def _rounding(node: Node) -> Rounding:
    rule = node.one_of("rule", ROUNDING_RULES.keys())
    decimals = node.one_of("decimals", ("0", "1", "2"))
    node.done()
    return Rounding(rule, int(decimals))


def _rubrics(
    root: Node, classes: Mapping[str, Titled], attributes: Mapping[str, Measure], rounding: Rounding
) -> dict[str, Rubric]:
    words = {kind: _words(root.node(kind)) for kind in ("methods", "evidence")}
    aggregation = root.node("aggregation")
    method = Method(aggregation.one_of("method", [entry.value for entry in Method]))
    full_marks = aggregation.points("full_marks", "100", least=1)
    expected = aggregation.points("points", points_text(full_marks), least=1)
    items = _items(root, classes, words)
    codes = {check.code for entries in items.values() for item in entries for check in item.checks}
    omitted = frozenset(aggregation.some_of("omit", codes))
    components = _components(aggregation, attributes)
    aggregation.done()
    bonus, cap = _bonus(root.node("bonus"), rounding, attributes)
    vetoes = _vetoes(root)
    unscored = _shown(root, "unscored_total", rounding) if "unscored_total" in root.value else None
    rubrics = {
        code: Rubric(
            code, tuple(items[code]), rounding, method, full_marks, components, omitted, bonus, cap, vetoes, unscored
        )
        for code in classes
    }
    for rubric in rubrics.values():
        _check_sum(root, rubric, expected)
    return rubrics


def _words(node: Node) -> tuple[str, ...]:
    """The codes of an object of titles."""
    for code in node.value:
        node.titled(code)
    return tuple(node.value)


def _check_sum(root: Node, rubric: Rubric, expected: int) -> None:
    found = sum(check.points for item in rubric.items for check in item.checks)
    if not rubric.items:
        root.problem("scheme.empty_class", N_("class {code} has no major item."), "items", code=rubric.code)
    elif rubric.method in (Method.REBASED, Method.EARNED) and found != expected:
        text = N_("the items of class {code} make {found} points; together they must make {expected}.")
        params = {"code": rubric.code, "found": points_text(found), "expected": points_text(expected)}
        root.problem("scheme.class_points", text, "items", **params)


def _items(root: Node, classes: Mapping[str, Titled], words: Mapping[str, tuple[str, ...]]) -> dict[str, list[Item]]:
    items: dict[str, list[Item]] = {code: [] for code in classes}
    seen_items: dict[str, str] = {}
    seen_checks: dict[str, str] = {}
    for node in root.each("items"):
        of_class = node.one_of("class", classes.keys())
        code, title, points, na = (
            node.unique("code", seen_items),
            node.titled("title"),
            node.points("points", least=1),
            node.flag("na"),
        )
        checks = tuple(_check(check, na, words, seen_checks) for check in node.each("checks"))
        found = sum(check.points for check in checks)
        if found != points:
            text = N_("the checks of {code} make {found} points, the item says {expected}.")
            params = {"code": code, "found": points_text(found), "expected": points_text(points)}
            node.problem("scheme.item_points", text, "points", **params)
        if checks and not na and all(check.na for check in checks):
            text = N_(
                "every check of {code} may be not applicable, which would empty the item; "
                "allow it for the whole item, or keep one check that always applies."
            )
            node.problem("scheme.item_can_be_emptied", text, "na", code=code)
        items.setdefault(of_class, []).append(Item(code, title, checks))
    return items


def _check(node: Node, item_na: bool, words: Mapping[str, tuple[str, ...]], seen: dict[str, str]) -> Check:
    code, title, points = node.unique("code", seen), node.titled("title"), node.points("points", least=1)
    node.some_of("methods", words["methods"])
    node.some_of("evidence", words["evidence"])
    if "sample" in node.value:
        sample = node.node("sample")
        sample.whole("minimum", least=1)
        sample.titled("of", required=False)
        sample.done()
    else:
        node.read.add("sample")
    na, critical = node.flag("na"), node.flag("critical")
    node.flag("gallery")  # asked of the document by those who take photos: it decides no point
    return Check(code, title, points, _rule(node.node("rule"), points), na or item_na, critical)


def _rule(node: Node, points: int) -> Rule:
    kind = node.one_of("kind", KINDS.keys())
    rule = _READERS[kind](node, points)
    node.done()
    return rule


def _per_instance(node: Node, points: int) -> Rule:
    per = node.points("per", least=1)
    cap = node.points("cap", points_text(points), least=1)
    if cap > points or per > cap:
        text = N_(
            "each instance must cost no more than the cap, and the cap no more than the {points} points of the check."
        )
        node.problem("scheme.cap", text, "per" if per > cap else "cap", points=points_text(points))
    return per_instance(points, max(per, 1), cap)


def _ratio(node: Node, points: int) -> Rule:
    share = Measure("share", Titled({"zh-Hans": "比例", "en": "share"}))
    full, half = (_interval(node, key, share) for key in ("full", "half"))
    return ratio(points, full, half)


def _interval(node: Node, key: str, measure: Measure) -> Interval:
    text = node.text(key)
    found: Condition | None = (
        node.attempt(lambda: parse_condition(text, measure, f"{node.path}/{key}")) if text else None
    )
    return found if isinstance(found, Interval) else Interval()


def _scale(node: Node, points: int) -> Rule:
    lowest, highest = node.number("lowest"), node.number("highest")
    step = node.number("step", "1")
    rule = scale(points, lowest, highest, step)
    if rule is None:
        text = N_(
            "the marks must run from the lowest to the highest in equal steps, "
            "each worth whole hundredths of {points} points."
        )
        node.problem("scheme.scale", text, "highest", points=points_text(points))
    return rule or all_or_nothing(points)


_READERS = {
    "PI": _per_instance,
    "BIN": lambda _, points: all_or_nothing(points),
    "TIER": lambda _, points: graded(points),
    "RATIO": _ratio,
    "SCALE": _scale,
}


def _components(node: Node, attributes: Mapping[str, Measure]) -> tuple[Component, ...]:
    numbers = {code for code, measure in attributes.items() if not measure.choices}
    seen: dict[str, str] = {}
    components = []
    for entry in node.each("components"):
        code = entry.unique("code", seen)
        if code != SITE and code not in numbers:
            text = N_("{code} is neither site nor the code of a number among the attributes.")
            entry.problem("scheme.component", text, "code", code=code)
        weight = entry.number("weight")
        if weight <= 0:
            entry.problem("scheme.weight", N_("the weight must be more than 0."), "weight")
        components.append(Component(code, entry.titled("title"), weight))
    if SITE not in seen:
        node.problem("scheme.no_site", N_("one component must be site: the points of the checks."), "components")
    return tuple(components)


def _shown(node: Node, key: str, rounding: Rounding, least: int = 0, default: str | None = None) -> int:
    """Points that enter a total as they are: no finer than the decimals a total is written with."""
    found = node.points(key, default, least=least)
    if found % rounding.unit:
        text = N_("{found} is finer than the {decimals} decimals of a total; keep more decimals, or change it.")
        node.problem("scheme.too_fine", text, key, found=points_text(found), decimals=rounding.decimals)
    return found


def _bonus(node: Node, rounding: Rounding, attributes: Mapping[str, Measure]) -> tuple[tuple[BonusItem, ...], int]:
    """What earns points besides; `matched` names attributes that must be on record as nothing, from who keeps them."""
    seen: dict[str, str] = {}
    cap = _shown(node, "cap", rounding, default="0")
    items = []
    for entry in node.each("items"):
        points = _shown(entry, "points", rounding, least=1)
        matched = entry.some_of("matched", attributes.keys())
        items.append(BonusItem(entry.unique("code", seen), entry.titled("title"), points, matched))
        entry.titled("proof", required=False)
        entry.titled("approver", required=False)
    node.done()
    return tuple(items), cap


def _vetoes(root: Node) -> tuple[VetoKind, ...]:
    seen: dict[str, str] = {}
    return tuple(
        VetoKind(node.unique("code", seen), node.titled("title"), int(node.one_of("level", ("1", "2"))))
        for node in root.each("vetoes")
    )


def _class_rule(root: Node, classes: Mapping[str, Titled], attributes: Mapping[str, Measure]) -> Table:
    rows = []
    for node in root.each("class_rule"):
        when = _when(node, attributes)
        title, borderline = node.titled("title", required=False), node.flag("borderline")
        result = node.one_of("class", classes.keys())
        rows.append(Row(result, when, title=title, borderline=borderline, place=node.path))
    table = Table(_asked(attributes, rows), tuple(rows))
    root.problems.extend(faults(table))
    for code in classes.keys() - {row.result for row in rows}:
        text = N_("no row of the class rule leads to class {code}.")
        root.problem("scheme.class_unreachable", text, "class_rule", code=code)
    return table


def _when(node: Node, measures: Mapping[str, Measure]) -> dict[str, Condition]:
    conditions = node.node("when")
    when = {}
    for code in conditions.value:
        text = conditions.text(code)
        if code not in measures:
            problem = N_("{code} is not a measure; use one of {allowed}.")
            conditions.problem("scheme.unknown_measure", problem, code, code=code, allowed=tuple(measures))
        elif condition := conditions.attempt(
            partial(parse_condition, text, measures[code], f"{conditions.path}/{code}")
        ):
            when[code] = condition
    # In the order of the measures: a stored document has its keys sorted.
    return {code: when[code] for code in measures if code in when}


def _asked(measures: Mapping[str, Measure], rows: list[Row]) -> dict[str, Measure]:
    """The measures the rows ask about; the others would only clutter the examples of a proof."""
    asked = {code for row in rows for code in row.when}
    return {code: measure for code, measure in measures.items() if code in asked}


def _list_rules(root: Node, attributes: Mapping[str, Measure], rounding: Rounding) -> ListRules:
    tiers = _tiers(root)
    codes = [tier.code for tier in tiers]
    measures = {**measured(rounding.decimals), **attributes}
    rows = []
    for node in root.each("list_rules"):
        tier, step, unscored = node.one_of("tier", codes), node.whole("step", "1", least=1), node.flag("unscored")
        when, title = _when(node, measures), node.titled("title", required=False)
        rows.append(Row(tier, when, step, title, unscored=unscored, place=node.path))
        if unscored and not when.keys() <= attributes.keys() | {"veto"}:
            text = N_("a rule that holds also where nothing was scored may ask for attributes and the veto level only.")
            node.problem("scheme.unscored_asks_score", text, "when")
    unassessed = root.one_of("unassessed_tier", [tier.code for tier in tiers if not tier.ranked])
    _check_early(root, tiers, rows, attributes)
    root.problems.extend(_list_faults(measures, rows))
    return ListRules(tiers, Table(measures, tuple(rows)), unassessed)


def _list_faults(measures: Mapping[str, Measure], rows: list[Row]) -> Iterator[Problem]:
    """The faults of all rules, and the overlaps of those that also decide, by themselves, where nothing was scored."""
    found = [*faults(Table(_asked(measures, rows), tuple(rows)))]
    yield from found
    told = {(problem.place, problem.params.get("where")) for problem in found}
    held = [row for row in rows if row.unscored]
    for problem in faults(Table(_asked(measures, held), tuple(held))):
        if problem.code == "rules.overlap" and (problem.place, problem.params["where"]) not in told:
            yield problem


def _tiers(root: Node) -> tuple[Tier, ...]:
    seen: dict[str, str] = {}
    return tuple(
        Tier(node.unique("code", seen), node.titled("title"), node.flag("ranked"), node.flag("adverse"))
        for node in root.each("tiers")
    )


def _check_early(root: Node, tiers: tuple[Tier, ...], rows: list[Row], attributes: Mapping[str, Measure]) -> None:
    """Tiers without a rank are decided before the ranks are: by attributes alone, in steps of their own."""
    unranked = {tier.code for tier in tiers if not tier.ranked}
    first_ranked = min((row.step for row in rows if row.result not in unranked), default=0)
    for row in rows:
        if row.result in unranked and (not row.when.keys() <= attributes.keys() or row.step >= first_ranked):
            text = N_(
                "{tier} has no rank, so it must be decided by attributes alone, "
                "in a step before those of the ranked tiers."
            )
            root.problem("scheme.unranked_late", text, row.place, tier=row.result)


def _promises(root: Node) -> None:
    """Deadlines and sampling sizes: other parts of a round use them; checked so that a published scheme is whole."""
    seen: dict[str, str] = {}
    for node in root.each("deadlines"):
        node.unique("code", seen)
        node.titled("title")
        node.whole("days", least=0)
        node.one_of("calendar", ("working", "calendar"))
    for node in root.each("sampling"):
        node.unique("code", seen)
        node.titled("title")
        if "share" in node.value:
            if node.number("share") > HUNDREDTHS:
                node.problem("scheme.share", N_("a share is at most 100 percent."), "share")
        else:
            node.number("minimum")
