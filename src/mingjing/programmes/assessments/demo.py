"""The demonstration's first round: 136 invented communities, 122 of them visited, scored by the shipped scheme.

Everything goes through the same actions and the same background work as on the desk. Names say that they are made up;
the neighbourhood codes are real. The same seed gives the same table.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import islice, product
from pathlib import Path
from random import Random

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.rules import Undetermined
from mingjing.engine.scoring import Check, Item
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.demo import COMPANIES, credit_code
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.demo import DISTRICT
from mingjing.kernel.places.models import Area, Level, Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Rulebook, Version
from mingjing.kernel.tables import write_xlsx
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.models import Replay
from mingjing.programmes.assessments.policy.mapping import Source
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import (
    KIND,
    read_scheme,
    scheme_of,
    shipped_mappings,
    shipped_schemes,
)

__all__ = ["build", "communities", "rows"]

SCHEME = "hetang-2024"
FILE = "荷塘区2024年第一轮考核（演示数据）.xlsx"
SEED = 2024
SITES, VISITED = 136, 122
FIRST_DAY = date(2024, 7, 1)
PUT_RIGHT = 2000
"""Hundredths lost below which a company has put right what was critical."""
COLUMNS = ("小区编号", "小区名称", "社区代码", "社区", "物业企业", "统一社会信用代码", "竣工年份", "收费标准")
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


def build(say: Callable[[str], None]) -> None:
    """Publish the shipped schemes, record the communities and replay the file of the round, where not done yet."""
    director = Person.objects.get(username="director")
    for code in shipped_schemes():
        _publish(code, director)
    scheme = Version.objects.published().filter(rulebook__code=SCHEME).order_by("number")[0]
    invented = communities(scheme_of(scheme), Random(SEED))  # noqa: S311 - decides nothing
    _record(invented, director)
    if not Replay.objects.filter(file_name=FILE).exists():
        say(_("scoring {count} demonstration communities").format(count=SITES))
        _request(scheme, rows(scheme_of(scheme), invented))
    drain()
    # A demo that was killed still holds the work: the worker takes it up once that lease ends.
    waiting = Replay.objects.filter(file_name=FILE, completed_at=None).exists()
    say(_("The file was kept and is being scored.") if waiting else _("the demonstration district is ready"))


def _publish(code: str, director: Person) -> None:
    if not Rulebook.objects.filter(kind=KIND, code=code).exists():
        path = shipped_schemes()[code]
        with path.open("rb") as file:
            document = read_scheme(file, path.name)
        create_rulebook(
            kind=KIND, code=code, titles=document["title"], area=Area.objects.get(code=DISTRICT), document=document,
            by=director, at=timezone.now(),
        )  # fmt: skip
    first = Version.objects.filter(rulebook__kind=KIND, rulebook__code=code).earliest("number")
    if not first.is_published:
        publish_version(
            version=first, effective_from=FIRST_DAY, expected_digest=first.digest, by=director, at=timezone.now()
        )


def _record(invented: Sequence[Community], director: Person) -> None:
    known = set(Site.objects.values_list("name", flat=True))
    for one in invented:
        if one.name not in known:
            record_site(name=one.name, area=one.area, by=director, at=timezone.now())


def _request(scheme: Version, table: Sequence[Sequence[str]]) -> None:
    mapping = shipped_mappings()[SCHEME].read_text("utf-8")
    officer = Person.objects.get(username="officer")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        write_xlsx(path, table, sheet="考核汇总")
        with path.open("rb") as file:
            request_replay(
                scheme=scheme, mapping_name=SCHEME, mapping_text=mapping, file=file, file_name=FILE,
                by=officer, at=timezone.now(),
            )  # fmt: skip


def communities(scheme: Scheme, chance: Random) -> list[Community]:
    """The invented communities with their findings."""
    areas = list(Area.objects.under(Area.objects.get(code=DISTRICT)).filter(level=Level.NEIGHBOURHOOD))
    codes = [credit_code(number) for number in range(1, len(COMPANIES) + 1)]
    companies = list(Organisation.objects.filter(credit_code__in=codes).order_by("credit_code"))
    names = chance.sample(NAMES, SITES)
    waiting = set(chance.sample(range(SITES), SITES - VISITED))
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


def rows(scheme: Scheme, invented: Sequence[Community]) -> list[list[str]]:
    """The table of the round: a row for each community, a column for each check and each event on record."""
    extra = [column for column in _columns() if column not in COLUMNS]
    return [[*COLUMNS, *extra, *scheme.checks], *(_row(one, scheme, extra) for one in invented)]


def _columns() -> list[str]:
    """The columns that the mapping asks for, besides those of the checks."""
    mapping = parse_mapping(shipped_mappings()[SCHEME].read_text("utf-8"), SCHEME)
    single = [mapping.visit_on, mapping.visit_by, mapping.checks.not_applicable, mapping.checks.resolved]
    sources = [attribute.source for attribute in mapping.attributes]
    for claim in mapping.bonus:
        sources += [Source(claim.column), claim.proof, claim.approver]
    for veto in mapping.vetoes:
        sources += [Source(veto.column), veto.document, veto.approver, veto.occurred_on]
    return [*single, *(source.column for source in sources)]


def _row(one: Community, scheme: Scheme, extra: Sequence[str]) -> list[str]:
    company = one.company
    about = [f"HT-{one.number:03d}", one.name, one.area.code, one.area.name, company.name, company.credit_code]
    found = [_cell(check, one.steps[code]) if code in one.steps else "" for code, check in scheme.checks.items()]
    return [*about, str(one.year), one.fee, *(one.words.get(word, "") for word in extra), *found]


def _cell(check: Check, steps: int) -> str:
    """How people write `steps` of a check down."""
    rule = check.rule
    if rule.kind == "TIER":
        return ("完整", "部分", "缺失")[steps]
    if rule.full is None or rule.half is None:
        return str(steps)
    edges = (rule.full, rule.half)
    more_is_better = rule.full.low is not None
    edge = edges[min(steps, 1)].low if more_is_better else edges[min(steps, 1)].high
    beyond = 0 if steps < len(edges) else -9 if more_is_better else 9
    return str((edge or 0) + beyond)
