"""The demonstration's communities: 136 made up ones, their companies, and what was found where somebody went.

Names say that they are invented; the neighbourhood codes are real. The same seed gives the same communities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import islice, product
from random import Random

from mingjing.engine.rules import Undetermined
from mingjing.engine.scoring import Check, Item
from mingjing.kernel.parties.demo import COMPANIES, credit_code
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.demo import DISTRICT
from mingjing.kernel.places.models import Area, Level
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["SITES", "VISITED", "Community", "communities", "earlier"]

SITES, VISITED = 136, 122
PUT_RIGHT = 2000
"""Hundredths lost below which a company has put right what was critical."""
NAMES = tuple(
    "".join(parts)
    for parts in product(
        ("桂花", "月塘", "金山", "新华", "茨菇", "明照", "文化", "东湖", "向阳", "红旗", "合泰", "荷叶"),
        ("花园", "苑", "新村", "家园", "华庭", "雅居", "公寓", "名邸", "小区", "府邸", "里", "广场"),
    )
)

Loss = tuple[int, int]
LEVELS: tuple[tuple[int, Loss], ...] = ((30, (300, 1000)), (62, (1100, 2350)), (24, (2550, 3900)), (6, (4100, 5000)))
"""How many of the visited lose how much (hundredths, from and to): the good, the many, the weak and the worst."""


@dataclass(slots=True)
class Community:
    """One invented community and what was found there: `steps` by check, `words` by column."""

    number: int
    name: str
    area: Area
    company: Organisation
    year: int
    fee: str
    visited: bool
    steps: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def communities(scheme: Scheme, chance: Random, sites: int = SITES, visited: int = VISITED) -> list[Community]:
    """So many invented communities, `visited` of them with findings."""
    areas = list(Area.objects.under(Area.objects.get(code=DISTRICT)).filter(level=Level.NEIGHBOURHOOD))
    codes = [credit_code(number) for number in range(1, len(COMPANIES) + 1)]
    companies = list(Organisation.objects.filter(credit_code__in=codes).order_by("credit_code"))
    names = chance.sample(NAMES, sites)
    waiting = set(chance.sample(range(sites), sites - visited))
    losses = [loss for count, loss in LEVELS for _ in range(count)]
    chance.shuffle(losses)
    found = []
    for number, name in enumerate(names):
        year = chance.randint(1996, 2022)
        fee = f"{max(0.35, min(2.6, (year - 1990) / 18 + chance.uniform(-0.35, 0.35))):.2f}"
        area, company = chance.choice(areas), chance.choice(companies)
        one = Community(number + 1, f"演示·{name}", area, company, year, fee, number not in waiting)
        if one.visited:
            _visit(one, scheme, losses.pop(), chance)
        found.append(one)
    _add_events([one for one in found if one.visited], chance)
    return found


def earlier(found: Sequence[Community], scheme: Scheme, chance: Random) -> list[Community]:
    """The same communities as a team found all of them half a year before: much like now, a little worse."""
    levels = [loss for count, loss in LEVELS for _ in range(count)]
    before = [replace(one, visited=True, steps={}, words={}) for one in found]
    for one, now in zip(before, found, strict=True):
        rubric = scheme.rubrics[_class_of(one, scheme)]
        lost = sum(rubric.checks[code].rule.lost(steps) for code, steps in now.steps.items())
        middle = lost + chance.randint(-400, 700) if now.steps else chance.randint(*chance.choice(levels))
        _visit(one, scheme, (max(200, middle - 100), max(300, middle + 100)), chance)
        one.words |= {word: now.words[word] for word in ("服务月数", "入住率") if word in now.words}
    return before


def _visit(one: Community, scheme: Scheme, loss: Loss, chance: Random) -> None:
    """What a visit found: enough to lose as much as `loss` says, and what does not exist there."""
    rubric = scheme.rubrics[_class_of(one, scheme)]
    absent = [code for item in rubric.items for code in _absent(item, chance)]
    checks = [check for check in rubric.checks.values() if check.code not in absent]
    wanted = chance.randint(*loss)
    one.steps = _steps(checks, wanted, chance)
    urgent = [check.code for check in checks if check.critical and one.steps[check.code]]
    one.words = {
        "不适用": "、".join(absent),
        "已整改": "、".join(urgent) if wanted < PUT_RIGHT else "",
        "考核日期": date(2024, chance.randint(7, 12), chance.randint(1, 28)).isoformat(),
        "考核组": f"第{chance.choice('一二三四五六')}组",
        "服务月数": str(chance.randint(7, 90)),
        "入住率": str(chance.randint(55, 99)),
    }


def _class_of(one: Community, scheme: Scheme) -> str:
    values = {"completed_year": Fraction(one.year), "fee": Fraction(one.fee)}
    decided = scheme.class_rule.decide(scheme.class_rule.complete(values))
    assert not isinstance(decided, Undetermined)
    return decided[0].result


def _absent(item: Item, chance: Random) -> list[str]:
    """Checks that do not exist on a site: all of an item (no lifts), or single ones."""
    optional = [check.code for check in item.checks if check.na]
    if len(optional) == len(item.checks):
        return optional if chance.random() < 0.2 else []
    return [code for code in optional if chance.random() < 0.08]


def _steps(checks: Sequence[Check], wanted: int, chance: Random) -> dict[str, int]:
    """Steps by check that lose about `wanted` hundredths in all."""
    steps = dict.fromkeys((check.code for check in checks), 0)
    lost = 0
    while lost < wanted:
        check = chance.choice(checks)
        steps[check.code] = min(steps[check.code] + 1, len(check.rule.losses) - 1)
        lost = sum(check.rule.lost(steps[check.code]) for check in checks)
    return steps


def _add_events(visited: Sequence[Community], chance: Random) -> None:
    """What else was on record: newcomers, overdue orders, vetoes, and bonus claims, two of which do not count."""
    someone = iter(chance.sample(visited, len(visited)))
    events: list[tuple[int, dict[str, str]]] = [
        (4, {"服务月数": "3"}),
        (2, {"入住率": "35"}),
        (2, {"整改逾期": "是"}),
        (2, {"投诉率前十分之一": "是"}),
        (1, _veto("安全事故", "荷应急〔2024〕8号（演示）")),
        (1, _veto("严重有效投诉", "荷信访〔2024〕21号（演示）")),
        (1, _veto("严重安全事故", "")),
        (12, _claim("党支部", "党组织批复（演示）")),
        (8, _claim("三零", "信访、12345、法院比对表（演示）")),
        (2, {"三零": "是"}),
    ]
    for count, words in events:
        for one in islice(someone, count):
            one.words |= words
    worst = max(visited, key=lambda one: sum(one.steps.values()))
    worst.words["低于60分组数"] = "2"


def _veto(column: str, document: str) -> dict[str, str]:
    approver = "区考核评审组" if document else ""
    return {column: "是", f"{column}文件": document, f"{column}审核人": approver, f"{column}日期": "2024-09-18"}


def _claim(column: str, proof: str) -> dict[str, str]:
    return {column: "是", f"{column}证明": proof, f"{column}审核人": "区物业服务指导中心"}
