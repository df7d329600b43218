"""What if another scheme had judged: a record carried over to it, and how the two results differ, line by line.

What the other scheme does not know is never dropped silently: it is counted and named. Not here: which rounds, storing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from mingjing.engine.accounts import Account, LineKind
from mingjing.engine.outcome import N_, Phrase, Reason, Refusal, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.rules import Undetermined, Value
from mingjing.engine.scoring import Check, Sheet
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["Carried", "Carrier", "Losses", "differences"]


@dataclass(slots=True)
class Losses:
    """What could not be carried over, in numbers: findings by check, other entries by code, classes decided anew."""

    findings: Counter[str] = field(default_factory=Counter)
    absences: Counter[str] = field(default_factory=Counter)
    filings: Counter[str] = field(default_factory=Counter)
    recast: Counter[str] = field(default_factory=Counter)
    reclassed: int = 0
    unclassed: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """A sheet as the other scheme can read it. `class_code` may be another than the round's."""

    class_code: str
    sheet: Sheet
    dropped: int


class Carrier:
    """Carries sheets of scheme `own` over to scheme `other`, and counts what is lost on the way."""

    def __init__(self, own: Scheme, other: Scheme) -> None:
        self.own, self.other = own, other
        self.losses = Losses()
        self.same_classes = (
            own.document.get("class_rule") == other.document.get("class_rule")
            and own.class_rule.measures == other.class_rule.measures
            and own.classes.keys() == other.classes.keys()
        )

    def carry(self, class_code: str, sheet: Sheet, attributes: Mapping[str, str]) -> Carried | None:
        """The sheet under the other scheme; None where the other scheme has no class for it.

        `attributes` are everything known of the community, texts by code: more than its own scheme asked for.
        """
        values = self._values(sheet, attributes)
        found = self._class_of(class_code, values)
        if not found:
            self.losses.unclassed += 1
            return None
        self.losses.reclassed += found != class_code
        kept = self._kept(class_code, found, sheet)
        dropped = len(sheet.findings) - len(kept.findings)
        return Carried(found, replace(kept, attributes=values), dropped)

    def _values(self, sheet: Sheet, attributes: Mapping[str, str]) -> dict[str, Value]:
        values = {code: value for code, value in sheet.attributes.items() if self._same_measure(code)}
        for code, text in attributes.items():
            if code in self.other.attributes and code not in values and text:
                try:
                    values[code] = self.other.attribute(code, text)
                except Refusal:
                    self.losses.filings[code] += 1
        return values

    def _same_measure(self, code: str) -> bool:
        """Whether a value by our scheme means the same by theirs, which may know it from another source."""
        mine, theirs = self.own.attributes.get(code), self.other.attributes.get(code)
        same_source = self.own.sources.get(code) == self.other.sources.get(code)
        return mine is not None and theirs is not None and mine.choices == theirs.choices and same_source

    def _class_of(self, class_code: str, values: Mapping[str, Value]) -> str:
        """The class by the other scheme's rule where it differs; borderline cases stay where people have put them."""
        known = class_code if class_code in self.other.rubrics else ""
        if self.same_classes:
            return known
        rule = self.other.class_rule
        chosen = rule.decide(rule.complete(values))
        if isinstance(chosen, Undetermined) or (chosen[0].borderline and known):
            return known
        return chosen[0].result

    def _kept(self, class_code: str, found: str, sheet: Sheet) -> Sheet:
        rubric, before = self.other.rubrics[found], self.own.rubrics[class_code]
        checks = {check.code: check for item in rubric.items for check in item.checks}
        absent = {entry.check for entry in sheet.not_applicable if entry.check in checks and checks[entry.check].na}
        self.losses.findings.update(f.check for f in sheet.findings if f.check not in checks)
        recast = {
            code for code in checks.keys() & before.checks.keys() if self._recast(checks[code], before.checks[code])
        }
        self.losses.recast.update(f.check for f in sheet.findings if f.check in recast)
        self.losses.absences.update(a.check for a in sheet.not_applicable if a.check not in absent)
        self.losses.filings.update(c.bonus for c in sheet.claims if c.bonus not in rubric.bonus_points)
        self.losses.filings.update(v.veto for v in sheet.vetoes if v.veto not in rubric.veto_levels)
        return replace(
            sheet,
            findings=tuple(f for f in sheet.findings if f.check in checks),
            not_applicable=tuple(a for a in sheet.not_applicable if a.check in absent),
            claims=tuple(c for c in sheet.claims if c.bonus in rubric.bonus_points),
            vetoes=tuple(v for v in sheet.vetoes if v.veto in rubric.veto_levels),
        )

    @staticmethod
    def _recast(now: Check, before: Check) -> bool:
        """Whether steps mean something else: the counts of the old rule are then read by the new one."""
        return now.rule.kind != before.rule.kind


def differences(before: Account, after: Account) -> tuple[Reason, ...]:
    """The checks and bonuses whose points differ between two accounts of one community, in the order of the first."""
    return tuple(_differences(before, after))


def _differences(before: Account, after: Account) -> Iterator[Reason]:
    ours, theirs = _points(before), _points(after)
    titles = {line.code: line.title for account in (after, before) for line in account.lines}
    for code in dict.fromkeys([*ours, *theirs]):
        if ours.get(code) != theirs.get(code):
            yield Reason("what_if.line", N_("{code} {title}: {before} → {after}"), _said(code, titles, ours, theirs))
    for name, was, then in (
        (N_("points that apply"), before.score.applicable, after.score.applicable),
        (N_("veto level"), before.score.veto, after.score.veto),
        (N_("open critical checks"), before.score.open_critical, after.score.open_critical),
    ):
        if was != then:
            shown = points_text if name == "points that apply" else str
            params = {"what": Phrase(name), "before": shown(was), "after": shown(then)}
            yield Reason("what_if.figure", N_("{what}: {before} → {after}"), params)


def _said(
    code: str, titles: Mapping[str, Titled], ours: Mapping[str, int], theirs: Mapping[str, int]
) -> dict[str, object]:
    def shown(points: int | None) -> str:
        return "—" if points is None else points_text(points)

    return {"code": code, "title": titles[code], "before": shown(ours.get(code)), "after": shown(theirs.get(code))}


def _points(account: Account) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in account.lines:
        if line.kind in (LineKind.DEDUCTION, LineKind.BONUS):
            found[line.code] = found.get(line.code, 0) + line.points
    return found
