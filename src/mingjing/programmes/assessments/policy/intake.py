"""Binds a mapping to a scheme and to the columns of a file.

Everything that does not fit together is reported at once, before the first row is read. `policy.batches` and
`policy.long` then turn rows into score sheets with what is bound here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingjing.engine.mappings.columns import Place
from mingjing.engine.mappings.forms import Source
from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.scoring import Check
from mingjing.programmes.assessments.policy.cells import ABSENT, CheckCell
from mingjing.programmes.assessments.policy.columns import Columns
from mingjing.programmes.assessments.policy.mapping import CheckColumn, Long
from mingjing.programmes.assessments.policy.mapping import Mapping as FileMapping
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sides import SideReader

__all__ = ["NAME_LENGTH", "CheckPlace", "Intake", "LongPlaces", "bind"]

NAME_LENGTH = 200
"""The characters of a name that are kept: it is shown, and never decides anything."""

KINDS = {"percent": "RATIO", "mark": "SCALE"}
"""Ways of reading that only one kind of rule understands."""


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """The column of a check and the reader of its cells; without a column every row has the code `fixed`."""

    column: str
    at: int | None
    cell: CheckCell
    fixed: int = ABSENT


@dataclass(frozen=True, slots=True)
class LongPlaces:
    """The bound columns of a long table; `codes` turns the words of its check column into check codes."""

    form: Long
    check: Place
    codes: Mapping[str, str]
    amount: Place | None
    fact: Place | None
    details: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Intake:
    """A mapping bound to a scheme and a header; `own` are the checks of each class in the order of its rubric."""

    mapping: FileMapping
    scheme: Scheme
    keys: tuple[int, ...]
    name: int | None
    sides: SideReader
    own: Mapping[str, tuple[str, ...]]
    checks: Mapping[str, CheckPlace]
    long: LongPlaces | None
    skips: tuple[tuple[int, frozenset[str]], ...]
    not_applicable: int | None
    resolved: int | None
    total: int | None
    tier: int | None
    tiers: Mapping[str, str]

    def key(self, cells: Sequence[str]) -> str:
        """The key of a row, as one text; empty where all its parts are."""
        parts = [cells[at].strip() for at in self.keys]
        return self.mapping.key.separator.join(parts) if any(parts) else ""

    def shown_name(self, cells: Sequence[str]) -> str:
        """The name to show beside the key of a row, on one line and at most NAME_LENGTH long; empty for none."""
        said = " ".join(cells[self.name].split()) if self.name is not None else ""
        return said if len(said) <= NAME_LENGTH else f"{said[: NAME_LENGTH - 1]}…"

    def skipped(self, cells: Sequence[str]) -> bool:
        """Whether the mapping leaves this row out."""
        return any(normal(cells[at]) in words for at, words in self.skips)


def bind(mapping: FileMapping, scheme: Scheme, header: Sequence[str]) -> Intake:
    """Bind `mapping` to `scheme` and the columns called `header`; raises Refusal with everything that does not fit."""
    problems: list[Problem] = []
    columns = Columns(header, problems)
    if mapping.scheme not in ("", scheme.code):
        text = N_("The mapping is for the scheme {wanted}, not for {found}.")
        problems.append(Problem("mapping.scheme", text, {"wanted": mapping.scheme, "found": scheme.code}, "scheme"))
    for code in mapping.expect.tiers.values():
        columns.known(code, [tier.code for tier in scheme.list_rules.tiers], "expect.tiers")
    intake = _bound(mapping, scheme, columns)
    if problems:
        raise Refusal(problems)
    return intake


def _bound(mapping: FileMapping, scheme: Scheme, columns: Columns) -> Intake:
    tiers = {tier.code: tier.code for tier in scheme.list_rules.tiers} | dict(mapping.expect.tiers)
    return Intake(
        mapping=mapping,
        scheme=scheme,
        keys=tuple(columns.at(name, "key.columns") for name in mapping.key.columns),
        name=columns.at(mapping.key.name, "key.name") if columns.has(mapping.key.name) else None,
        sides=SideReader(mapping, scheme, columns),
        own={code: tuple(rubric.checks) for code, rubric in scheme.rubrics.items()},
        checks=_checks(mapping, scheme, columns),
        long=_long(mapping.long, scheme, columns) if mapping.long else None,
        skips=tuple(
            (columns.at(skip.column, "rows.skip"), frozenset(map(normal, skip.words))) for skip in mapping.skip
        ),
        not_applicable=columns.optional(mapping.checks.not_applicable, "checks.not_applicable"),
        resolved=columns.optional(mapping.checks.resolved, "checks.resolved"),
        total=columns.optional(mapping.expect.total, "expect.total"),
        tier=columns.optional(mapping.expect.tier, "expect.tier"),
        tiers={normal(word): code for word, code in tiers.items()},
    )


def _checks(mapping: FileMapping, scheme: Scheme, columns: Columns) -> dict[str, CheckPlace]:
    every = {check.code for rubric in scheme.rubrics.values() for item in rubric.items for check in item.checks}
    for code in mapping.checks.columns:
        columns.known(code, sorted(every), "checks.columns")
    return {
        code: _check(mapping, check, mapping.checks.columns.get(code, CheckColumn(code)), columns)
        for code, check in scheme.checks.items()
    }


def _check(mapping: FileMapping, check: Check, said: CheckColumn, columns: Columns) -> CheckPlace:
    reads, asked = said.reads or mapping.checks.reads, f"checks.columns.{check.code}"
    wanted = KINDS.get(reads, check.rule.kind)
    if wanted != check.rule.kind:
        text = N_("{check} cannot be read as {reads}: its rule is {kind}.")
        params = {"check": check.code, "reads": reads, "kind": check.rule.kind}
        columns.problems.append(Problem("mapping.reads", text, params, asked))
        reads = "rule"
    cell = CheckCell(check, mapping.values, reads, said.blank or mapping.values.blank, said.words or {})
    if mapping.long:
        return CheckPlace(mapping.long.amount, None, cell)
    name = said.column or mapping.checks.pattern.replace("{code}", check.code)
    if said.column or columns.has(name) or mapping.checks.missing == "refused":
        return CheckPlace(name, columns.at(name, asked), cell)
    return CheckPlace(name, None, cell, _unlisted(mapping.checks.missing, check, columns, asked))


def _unlisted(meaning: str, check: Check, columns: Columns, asked: str) -> int:
    """The code of a check without a column."""
    if meaning == "no_finding":
        return 0
    if not check.na:
        text = N_("{check} has no column, and the scheme does not allow it to be left out.")
        columns.problems.append(Problem("mapping.not_applicable", text, {"check": check.code}, asked))
    return ABSENT


def _long(form: Long, scheme: Scheme, columns: Columns) -> LongPlaces:
    for code in form.words.values():
        columns.known(code, sorted(scheme.checks), "long.words")
    words = {code: code for code in scheme.checks} | dict(form.words)
    named = {name: getattr(form, name) for name in ("fact", "place", "note", "evidence", "resolved")}
    details = {name: columns.place(Source(column=column), f"long.{name}") for name, column in named.items() if column}
    return LongPlaces(
        form=form,
        check=columns.place(Source(column=form.check), "long.check"),
        codes={normal(word).casefold(): code for word, code in words.items()},
        amount=columns.place(Source(column=form.amount), "long.amount") if form.amount else None,
        fact=details.get("fact"),
        details=details,
    )
