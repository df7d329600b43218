"""Reads a mapping from its TOML text, and reports everything that is wrong with it at once.

The format is docs/reference/mapping-format.md. Not here: whether it fits a scheme or a file (`policy.intake`).
"""

import tomllib
from collections.abc import Mapping as Table

from mingjing.engine.mappings.forms import Source, read_form, read_skips, read_source
from mingjing.engine.mappings.sections import Section
from mingjing.engine.mappings.texts import parse_day
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.assessments.policy.cells import BLANKS, READS, Values
from mingjing.programmes.assessments.policy.mapping import (
    AttributeColumn,
    CheckColumn,
    Checks,
    ClaimColumns,
    ClassBy,
    Expect,
    Key,
    Long,
    Mapping,
    VetoColumns,
)

__all__ = ["FORMAT", "parse_mapping"]

FORMAT = "mingjing.assessments.mapping/1"
YES = ("yes", "y", "true", "1", "是", "有", "√", "✓", "✔", "☑")
NO = ("no", "n", "false", "0", "否", "无", "×", "✗", "☐", "")
FULL = ("full", "完整", "合格", "达标", "全分")
HALF = ("half", "部分", "基本合格", "过期", "半分")
ZERO = ("zero", "缺失", "不合格", "不达标", "零分")


def parse_mapping(text: str, place: str = "") -> Mapping:
    """The mapping written in `text`; raises Refusal with everything that is wrong with it."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers too long and of brackets too deep for Python
        said = N_("The mapping is not valid TOML: {cause}.")
        raise Refusal([Problem("mapping.toml", said, {"cause": str(error)}, place)]) from error
    problems: list[Problem] = []
    root = Section(document, "", problems)
    found = root.text("format")
    if found != FORMAT:
        root.fault("format", found, FORMAT)
    mapping = _mapping(root)
    root.close()
    if problems:
        raise Refusal(problems)
    return mapping


def _mapping(root: Section) -> Mapping:
    form = read_form(root.section("file"), ("wide", "long"))
    values = _values(root.section("values"))
    visit, attributes = root.section("visit"), root.section("attributes")
    made = Mapping(
        scheme=root.text("scheme"),
        file=form,
        key=_key(root.section("key")),
        values=values,
        class_by=_class(root.section("class")),
        attributes=tuple(_attribute(code, attributes) for code in attributes.table),
        checks=_checks(root.section("checks")),
        long=_long(root, form.layout),
        bonus=tuple(_claim(code, part) for code, part in root.section("bonus").sections().items()),
        vetoes=tuple(_veto(code, part) for code, part in root.section("vetoes").sections().items()),
        skip=read_skips(root.section("rows")),
        visit_on=visit.text("on"),
        visit_by=visit.text("by"),
        assessed=visit.text("assessed"),
        period=_period(root.section("period"), values),
        expect=_expect(root.section("expect")),
    )
    visit.close()
    return made


def _key(part: Section) -> Key:
    columns = part.texts("columns")
    if not columns:
        part.fault("columns", None, "the column, or list of columns, that names a visit")
    repeats = part.choice("repeats", ("refused", "allowed"), "refused") == "allowed"
    made = Key(columns, part.text("separator", "/"), repeats, part.text("name"))
    part.close()
    return made


def _values(part: Section) -> Values:
    levels = part.section("levels")
    grades: dict[str, str | int] = {}
    for level, defaults in (("full", FULL), ("half", HALF), ("zero", ZERO)):
        grades |= dict.fromkeys(levels.texts(level, defaults), level)
    levels.close()
    made = Values.of(
        blank=part.choice("blank", BLANKS, "refused"),
        not_applicable=part.texts("not_applicable"),
        sentinels=_meanings(part.section("sentinels")),
        levels=grades,
        decimal=part.choice("decimal", (".", ","), "."),
        dates=part.texts("dates"),
        yes=part.texts("yes", YES),
        no=part.texts("no", NO),
        percent=part.choice("percent", ("100", "1"), ""),
    )
    part.close()
    return made


MEANINGS = ("not_applicable", "no_finding", "blank", "refused", "full", "half", "zero")


def _meanings(part: Section) -> dict[str, str | int]:
    """Words and what each stands for: a meaning, or a whole number of steps from flawless."""
    found: dict[str, str | int] = {}
    for word in part.table:
        value = part.any(word)
        if value in MEANINGS or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            found[word] = value
        else:
            part.fault(word, value, " | ".join(MEANINGS) + " | a number of steps")
    return found


def _words(part: Section) -> dict[str, str]:
    """Turn `code = [words]` round: the code of each word."""
    return {word: code for code in part.table for word in part.texts(code)}


def _class(part: Section) -> ClassBy:
    made = ClassBy(part.text("fixed"), part.text("column"), _words(part.section("words")))
    if made.fixed and made.column:
        part.fault("fixed", made.fixed, "either fixed or column, not both")
    part.close()
    return made


def _attribute(code: str, parent: Section) -> AttributeColumn:
    if not isinstance(parent.any(code), Table):
        return AttributeColumn(code, Source(column=parent.text(code)), {}, (), "")
    part = parent.section(code)
    source = Source(column=part.text("column"), text=part.text("text"))
    made = AttributeColumn(
        code, source, _words(part.section("words")), part.texts("units"), part.choice("part", ("year",), "")
    )
    if bool(source.column) == bool(source.text):
        part.fault("column", source.column, "either column or text")
    part.close()
    return made


def _checks(part: Section) -> Checks:
    columns = part.section("columns")
    made = Checks(
        pattern=part.text("pattern", "{code}"),
        reads=part.choice("reads", READS, "rule"),
        missing=part.choice("missing", BLANKS, "refused"),
        not_applicable=part.text("not_applicable"),
        resolved=part.text("resolved"),
        columns={code: _check(code, columns) for code in columns.table},
    )
    if "{code}" not in made.pattern:
        part.fault("pattern", made.pattern, "a text with {code} in it")
    part.close()
    return made


def _check(code: str, parent: Section) -> CheckColumn:
    if not isinstance(parent.any(code), Table):
        return CheckColumn(code, parent.text(code))
    part = parent.section(code)
    words = _meanings(part.section("words")) if part.has("words") else None
    made = CheckColumn(
        code, part.text("column"), part.choice("reads", READS, ""), part.choice("blank", BLANKS, ""), words
    )
    part.close()
    return made


def _long(root: Section, layout: str) -> Long | None:
    part = root.section("long")
    made = Long(
        check=part.text("check"),
        words=_words(part.section("words")),
        amount=part.text("amount"),
        unlisted=part.choice("unlisted", BLANKS, "no_finding"),
        fact=part.text("fact"),
        place=part.text("place"),
        note=part.text("note"),
        evidence=part.text("evidence"),
        resolved=part.text("resolved"),
    )
    part.close()
    if layout == "long" and not made.check:
        part.fault("check", None, "the column that names the check of a row")
    if layout == "wide" and root.has("long"):
        root.fault("long", "long", 'this section only with file.layout = "long"')
    return made if layout == "long" else None


def _claim(code: str, part: Section) -> ClaimColumns:
    made = ClaimColumns(code, part.text("column"), read_source(part, "proof"), read_source(part, "approver"))
    _needs_column(part, made.column)
    return made


def _veto(code: str, part: Section) -> VetoColumns:
    made = VetoColumns(
        code,
        part.text("column"),
        read_source(part, "document"),
        read_source(part, "approver"),
        read_source(part, "occurred_on"),
    )
    _needs_column(part, made.column)
    return made


def _needs_column(part: Section, column: str) -> None:
    if not column:
        part.fault("column", None, "the column that says yes or no")
    part.close()


def _period(part: Section, values: Values) -> tuple[str, str] | None:
    if not part.table:
        part.close()
        return None
    days = []
    for key in ("first", "last"):
        found = part.text(key)
        day = parse_day(found, values.dates)
        if day is None:
            part.fault(key, found, "a day such as 2024-07-01")
        days.append(day.isoformat() if day else "")
    part.close()
    return days[0], days[1]


def _expect(part: Section) -> Expect:
    made = Expect(part.text("total"), part.text("tier"), _words(part.section("tiers")))
    part.close()
    return made
