"""Score cases: a sheet, the arithmetic in words, and what must come out.

Each check by itself at the steps that matter, the rules that concern several, and whole sites drawn by chance that
never changes (engine.drawing's, because `random` may differ between versions of Python).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from mingjing.engine.accounts import LineKind, explain
from mingjing.engine.drawing import Stream
from mingjing.engine.quantities import HUNDREDTHS, decimal_text, points_text
from mingjing.engine.scoring import Check, Claim, Finding, NotApplicable, Rubric, Score, Sheet, Veto, score
from mingjing.programmes.assessments.policy.sheets import sheet_document
from tools.vectors.schemes import METHODS, SCHEMES

__all__ = ["document", "figures", "methods_document"]

ROUND = ("2024-07-01", "2024-12-31")
FORMAT = {
    "zh-Hans": "每条 cases：rubric 为同目录的评分表文件；sheet 为记录，steps 为距满分的档数；working 为算式；"
    "expect 为应得结果，分值两位小数，null 表示没有分数。由 python -m tools.vectors 生成，不手工修改。",
    "en": "Each of cases: rubric names the file of the rubric beside this one; sheet is what was recorded, with steps "
    "from flawless; working is the arithmetic; expect is what must come out, points with two decimals, null where "
    "there is no score. Written by python -m tools.vectors, not by hand.",
}
COUNTED = {
    "PI": ("{n} 处", "{n} places"), "BIN": ("不合格", "failed"), "TIER": ("第 {n} 档", "grade {n} below full"),
    "RATIO": ("比例低 {n} 档", "share {n} steps below full"), "SCALE": ("低 {n} 档", "{n} marks below the highest"),
}  # fmt: skip
DRAWN = {"hetang-2024": 40, "toronto-rentsafe": 70}
Case = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the cases of one rubric."""

    name: str
    rubric: Rubric

    def case(self, chinese: str, english: str, sheet: Sheet) -> Case:
        found = score(self.rubric, sheet)
        return {
            "name": {"zh-Hans": chinese, "en": english}, "rubric": f"{self.name}-{self.rubric.code}",
            "sheet": sheet_document(sheet), "working": working(self.rubric, sheet), "expect": figures(found),
        }  # fmt: skip

    def of_check(self, check: Check, steps: int) -> Case:
        zh, en = COUNTED[check.rule.kind]
        told = check.title.texts
        sheet = Sheet(findings=(Finding(check.code, steps),))
        return self.case(
            f"{check.code} {told['zh-Hans']}：{zh.format(n=steps)}", f"{check.code} {told['en']}: {en.format(n=steps)}",
            sheet,
        )  # fmt: skip

    def absent(self, check: Check) -> Case:
        found = Sheet(not_applicable=(NotApplicable(check.code),))
        return self.case(f"{check.code} 不适用", f"{check.code} does not apply", found)


def figures(found: Score) -> Case:
    """The numbers of a score as an official writes them."""
    points = {
        name: None if value is None else points_text(value, 2)
        for name, value in (
            ("earned", found.earned), ("applicable", found.applicable), ("base", found.base), ("bonus", found.bonus),
            ("total", found.total),
        )
    }  # fmt: skip
    return points | {"checks": found.checks, "veto": found.veto, "open_critical": found.open_critical}


def working(rubric: Rubric, sheet: Sheet) -> str:
    """The arithmetic behind the site's points: what was lost, and what is left of how much."""
    account = explain(rubric, sheet)
    lost = [f"{n.code} {points_text(n.points)}" for n in account.lines if n.kind is LineKind.DEDUCTION and n.points]
    found = account.score
    earned, applicable = (Fraction(value, HUNDREDTHS) for value in (found.earned, found.applicable))
    left = f"{decimal_text(applicable)} − {decimal_text(applicable - earned)} = {decimal_text(earned)}"
    share = ""
    if rubric.method.value == "rebased" and applicable:
        full = Fraction(rubric.full_marks, HUNDREDTHS)
        exact = decimal_text(earned * full / applicable)
        share = f"{decimal_text(earned)} ÷ {decimal_text(applicable)} × {decimal_text(full)} = {exact}"
    return "; ".join(part for part in (", ".join(lost), left, share) if part)


def document(name: str) -> dict[str, Any]:
    """The cases of a scheme that ships."""
    rubrics = SCHEMES[name].rubrics
    cases = [case for rubric in rubrics.values() for case in _cases(Maker(name, rubric), DRAWN[name])]
    return {"format": FORMAT, "cases": cases}


def methods_document() -> dict[str, Any]:
    """The cases of the small scheme in every method."""
    makers = [Maker(name, SCHEMES[name].rubrics["S"]) for name in METHODS]
    return {"format": FORMAT, "cases": [case for maker in makers for case in _method_cases(maker)]}


def _cases(maker: Maker, drawn: int) -> Iterator[Case]:
    checks = list(maker.rubric.checks.values())
    yield maker.case("完全合格", "Without a fault", Sheet())
    yield maker.case("未能考核", "Not assessed", Sheet(assessed=False))
    yield maker.case(
        "每项扣完", "Everything lost", Sheet(findings=tuple(Finding(c.code, len(c.rule.losses) - 1) for c in checks))
    )
    for check in checks:
        yield from (maker.of_check(check, steps) for steps in _telling(check))
    yield from (maker.absent(check) for check in checks if check.na)
    may_be_absent = tuple(NotApplicable(check.code) for check in checks if check.na)
    yield maker.case("所有可以不适用的小项均不适用", "Whatever may be absent is", Sheet(not_applicable=may_be_absent))
    yield from _facts(maker, checks)
    yield from _critical(maker, [check for check in checks if check.critical])
    yield from _filed(maker)
    yield from (_drawn_case(maker, number) for number in range(1, drawn + 1))


def _telling(check: Check) -> list[int]:
    """One step, and where it differs the number of steps at which everything is lost."""
    last = len(check.rule.losses) - 1
    return sorted({1, 2, last} & set(range(1, last + 1))) if check.rule.kind != "PI" else sorted({1, last})


def _facts(maker: Maker, checks: list[Check]) -> Iterator[Case]:
    """One fact is deducted once; several on one check add up or the worst counts."""
    first, second = checks[0], checks[-1]
    twice = (Finding(first.code, 1, "f1"), Finding(second.code, 1, "f1"))
    yield maker.case("同一事实记在两个小项", "One fact under two checks", Sheet(findings=twice))
    yield maker.case("同一事实，先后颠倒", "The same, recorded the other way round", Sheet(findings=twice[::-1]))
    own = (replace(twice[0], fact="f1"), replace(twice[1], fact="f2"))
    yield maker.case("两个事实", "Two facts", Sheet(findings=own))
    same = (Finding(first.code, 1, "f1"), Finding(first.code, 2, "f2"), Finding(first.code, 1, "f3"))
    yield maker.case(f"{first.code} 三次发现", f"{first.code} found three times", Sheet(findings=same))


def _critical(maker: Maker, checks: list[Check]) -> Iterator[Case]:
    if not checks:
        return
    found = tuple(Finding(check.code, 1, f"f{place}") for place, check in enumerate(checks))
    yield maker.case("★ 各一处，未消除", "Every ★ found once, all open", Sheet(findings=found))
    met = (replace(found[0], resolved="2024-09-30"), *found[1:])
    yield maker.case("★ 一项已消除", "One ★ was put right", Sheet(findings=met))
    shared = tuple(replace(finding, fact="f0") for finding in found)
    yield maker.case(
        "★ 同一事实：只扣一次，各自未消除", "One fact under every ★: deducted once, each open", Sheet(findings=shared)
    )
    none = (replace(found[0], steps=0), *found[1:])
    yield maker.case("★ 一项零处", "One ★ with nothing found", Sheet(findings=none))


def _filed(maker: Maker) -> Iterator[Case]:
    """Bonus and vetoes: what counts and what does not."""
    papers = {"proof": "p", "approver": "a"}
    for item in maker.rubric.bonus:
        for zh, en, given in (
            ("有证明并经批准", "proved and approved", papers), ("没有证明", "without proof", {"approver": "a"}),
            ("未经批准", "not approved", {"proof": "p"}),
        ):  # fmt: skip
            sheet = Sheet(claims=(Claim(item.code, **given),))
            yield maker.case(
                f"加分 {item.title.texts['zh-Hans']}：{zh}", f"Bonus {item.title.texts['en']}: {en}", sheet
            )
    if maker.rubric.bonus:
        every = tuple(Claim(item.code, **papers) for item in maker.rubric.bonus)
        yield maker.case("所有加分，各申报两次", "Every bonus, each claimed twice", Sheet(claims=every * 2))
    signed = {"document": "d", "approver": "a"}
    for kind in maker.rubric.vetoes:
        for zh, en, day in (("轮内", "inside the round", ROUND[1]), ("轮外", "outside the round", "2025-01-01")):
            told = kind.title.texts
            sheet = Sheet(vetoes=(Veto(kind.code, **signed, occurred_on=day),), period=ROUND)
            yield maker.case(f"否决 {told['zh-Hans']}：{zh}", f"Veto {told['en']}: {en}", sheet)
    if maker.rubric.vetoes:
        code = maker.rubric.vetoes[-1].code
        flawed = (Veto(code, approver="a", occurred_on=ROUND[0]), Veto(code, document="d", occurred_on=ROUND[0]))
        flawed += (Veto(code, **signed),)
        yield maker.case(
            "否决缺文件、缺批准、缺日期", "Vetoes without paper, approval, day", Sheet(vetoes=flawed, period=ROUND)
        )


def _drawn_case(maker: Maker, number: int) -> Case:
    return maker.case(f"整表 {number}", f"Whole sheet {number}", drawn_sheet(maker, number))


def drawn_sheet(maker: Maker, number: int) -> Sheet:
    """A site as it might be: the higher the number, the more is wrong with it; now and then a fact comes twice."""
    chance = Stream(bytes(32), f"vectors/{maker.name}/{maker.rubric.code}/{number}")
    findings: list[Finding] = []
    absent: list[NotApplicable] = []
    for check in maker.rubric.checks.values():
        if check.na and chance.below(6) == 0:
            absent.append(NotApplicable(check.code))
            continue
        for turn in range(1 + chance.below(2) if check.rule.added else 1):
            if chance.below(90) < 5 + number:
                most = min(len(check.rule.losses), 6)
                fact = findings[-1].fact if findings and chance.below(8) == 0 else f"{check.code}/{turn}"
                findings.append(Finding(check.code, chance.below(most), fact, resolved="2024-11-02" * chance.below(2)))
    claims = tuple(Claim(item.code, "p" * chance.below(2), "a") for item in maker.rubric.bonus)
    given = {part.code: Fraction(chance.below(1001), 100) for part in maker.rubric.components if part.code != "site"}
    known = {code: value for code, value in given.items() if chance.below(4)}
    return Sheet(tuple(findings), tuple(absent), claims, (), known, ROUND)


def _method_cases(maker: Maker) -> Iterator[Case]:
    """Whole sheets of the small scheme; and nothing at all that applies."""
    told = f"（{maker.name}）"
    for case in (_drawn_case(maker, number) for number in range(1, 61, 5)):
        name = case["name"]
        yield case | {"name": {"zh-Hans": name["zh-Hans"] + told, "en": f"{name['en']} ({maker.name})"}}
    every = tuple(NotApplicable(code) for code in maker.rubric.checks)
    yield maker.case(f"没有一项适用{told}", f"Nothing applies ({maker.name})", Sheet(not_applicable=every))
    lost = tuple(Finding(code, len(check.rule.losses) - 1) for code, check in maker.rubric.checks.items())
    filed = (
        Sheet(lost, claims=(Claim("calm", "p", "a"), Claim("green", "p", "a"))) if maker.rubric.bonus else Sheet(lost)
    )
    yield maker.case(f"扣完并有加分{told}", f"Everything lost, with bonus ({maker.name})", filed)
    unseen = Sheet((Finding("K6", 1),))
    yield maker.case(f"不计分的小项{told}", f"A check that is not counted ({maker.name})", unseen)
