"""What a scheme workbook looks like: its sheets, their columns, and where each cell belongs in the document.

Writing and reading both follow this one table, so a key that is written is also read. Headers carry both languages and
either is recognised. Not here: how cells are formatted (`writing`) or understood (`reading`).
"""

from dataclasses import dataclass

from mingjing.engine.deductions import KINDS
from mingjing.engine.quantities import ROUNDING_RULES
from mingjing.engine.scoring import Method

__all__ = ["BASICS", "CHECKS", "LISTS", "Column", "Plan", "computed_titles"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column (or a row of the basics): `path` is where its value stands below the entry's object.

    `kind` is how a cell reads: `text` (kept as it is), `code`, `points` and `number` (decimal texts), `flag`,
    `codes` and `choices` (lists), `condition`. `blank` is what an empty cell means; None leaves the key out.
    `allowed` are offered as a list in the cell, `source` names the plan whose codes are. `derived` columns are for
    the eye: reading ignores them.
    """

    path: tuple[str, ...]
    zh: str
    en: str
    kind: str = "text"
    width: int = 12
    blank: object = None
    allowed: tuple[str, ...] = ()
    source: str = ""
    derived: bool = False

    @property
    def header(self) -> str:
        """The header cell: Chinese above English."""
        return f"{self.zh}\n{self.en}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet with one entry a row. `path` is its list in the document; `keyed` says that it is an object by code.

    `measures` says which measures get a column of conditions besides the fixed ones: "attributes", "used" or none.
    """

    path: tuple[str, ...]
    zh: str
    en: str
    columns: tuple[Column, ...]
    keyed: bool = False
    measures: str = ""

    def name(self, language: str) -> str:
        """The sheet's name."""
        return self.en if language == "en" else self.zh


def _code(zh: str = "代码", en: str = "Code", width: int = 14) -> Column:
    return Column(("code",), zh, en, "code", width)


def _titled(key: str, zh: str, en: str, *, under: tuple[str, ...] = (), width: int = 34) -> tuple[Column, Column]:
    return (
        Column((*under, key, "zh-Hans"), f"{zh}（中文）", f"{en} (Chinese)", width=width),
        Column((*under, key, "en"), f"{zh}（英文）", f"{en} (English)", width=width),
    )


_TITLE = _titled("title", "名称", "Title")
_NA = Column(("na",), "可不适用", "May be not applicable", "flag", 10, False)

BASICS = Plan(
    (),
    "基本信息",
    "Basics",
    (
        _code("办法代码", "Scheme code"),
        *_titled("title", "办法名称", "Scheme title"),
        *_titled("note", "说明", "Note"),
        Column(("rounding", "rule"), "取舍规则", "Rounding rule", "code", allowed=tuple(ROUNDING_RULES)),
        Column(("rounding", "decimals"), "保留小数位", "Decimals kept", "number", allowed=("0", "1", "2")),
        Column(("aggregation", "method"), "计分方法", "Scoring method", "code", allowed=tuple(m.value for m in Method)),
        Column(("aggregation", "full_marks"), "满分", "Full marks", "number"),
        Column(("aggregation", "points"), "各类别分值合计", "Points of each class", "number"),
        Column(("aggregation", "omit"), "不计入的小项", "Checks left out", "codes", blank=()),
        Column(("bonus", "cap"), "加分上限", "Bonus cap", "number"),
        Column(("unscored_total",), "无适用小项时的总分", "Total where no check applies", "number"),
        Column(("unassessed_tier",), "未考核等次", "Tier of the unassessed", "code", source="tiers"),
    ),
)

CHECKS = Plan(
    ("items", "checks"),
    "小项",
    "Checks",
    (
        _code("小项代码", "Check code"),
        Column(("item",), "所属大项", "Major item", "code", 12, source="items"),
        *_TITLE,
        Column(("points",), "分值", "Points", "points", 8),
        Column(("rule", "kind"), "扣分规则", "Rule", "code", 10, allowed=tuple(KINDS)),
        Column(("rule", "per"), "每处扣分", "Per instance", "number", 9),
        Column(("rule", "cap"), "扣分上限", "Cap", "number", 9),
        Column(("rule", "full"), "满分条件（%）", "Full at (%)", "condition", 11),
        Column(("rule", "half"), "半分条件（%）", "Half at (%)", "condition", 11),
        Column(("rule", "lowest"), "最低档", "Lowest mark", "number", 9),
        Column(("rule", "highest"), "最高档", "Highest mark", "number", 9),
        Column(("rule", "step"), "档距", "Mark step", "number", 9),
        Column(("methods",), "检查方法", "Methods", "codes", 16, ()),
        Column(("evidence",), "证据", "Evidence", "codes", 12, ()),
        _NA,
        Column(("critical",), "★ 重点项", "Critical", "flag", 10, False),
        Column(("gallery",), "可用相册照片", "Photos from the gallery", "flag", 12),
        Column(("sample", "minimum"), "最少抽样数", "Sample at least", "number", 10),
        *_titled("of", "抽样对象", "Sampled", under=("sample",), width=20),
    ),
)

LISTS = (
    Plan(
        ("attributes",),
        "属性",
        "Attributes",
        (
            _code("属性代码", "Attribute code", 24),
            *_TITLE,
            Column(("type",), "类型", "Type", "code", 10, allowed=("number", "flag", "choice")),
            *_titled("unit", "单位", "Unit", width=16),
            Column(("choices",), "选项", "Choices", "choices", 24),
            Column(("decimals",), "小数位", "Decimals", "number", 9),
            Column(("default",), "缺省值", "Default", "code", 10),
            Column(("source",), "系统数据来源", "Known to the system as", "code", 26),
        ),
    ),
    Plan(
        ("classes",),
        "类别",
        "Classes",
        (
            _code("类别代码", "Class code"),
            *_TITLE,
            Column((), "大项分值合计", "Sum of its items", width=14, derived=True),
        ),
    ),
    Plan(
        ("class_rule",),
        "分类规则",
        "Class rule",
        (
            Column(("class",), "归入类别", "Class", "code", 12, source="classes"),
            *_titled("title", "规则名称", "Rule title", width=24),
            Column(("borderline",), "临界", "Borderline", "flag", 10),
        ),
        measures="attributes",
    ),
    Plan(
        ("items",),
        "大项",
        "Major items",
        (
            _code("大项代码", "Item code"),
            Column(("class",), "适用类别", "Class", "code", 12, source="classes"),
            *_TITLE,
            Column(("points",), "分值", "Points", "points", 8),
            _NA,
            Column((), "小项分值合计", "Sum of its checks", width=14, derived=True),
        ),
    ),
    CHECKS,
    Plan(("methods",), "检查方法", "Methods", (_code("方法代码", "Method code"), *_TITLE), keyed=True),
    Plan(("evidence",), "证据种类", "Evidence", (_code("证据代码", "Evidence code"), *_TITLE), keyed=True),
    Plan(
        ("bonus", "items"),
        "加分",
        "Bonus",
        (
            _code("加分代码", "Bonus code", 26),
            *_TITLE,
            Column(("points",), "分值", "Points", "points", 8),
            *_titled("proof", "证明材料", "Proof"),
            *_titled("approver", "批准单位", "Approver"),
            Column(("matched",), "比对数据", "Matched data", "codes", source="attributes"),
        ),
    ),
    Plan(
        ("vetoes",),
        "一票否决",
        "Vetoes",
        (
            _code("否决代码", "Veto code", 26),
            *_TITLE,
            Column(("level",), "级别", "Level", "number", 8, allowed=("1", "2")),
        ),
    ),
    Plan(
        ("aggregation", "components"),
        "总分构成",
        "Components",
        (_code("构成代码", "Component code"), *_TITLE, Column(("weight",), "权重", "Weight", "number", 8)),
    ),
    Plan(
        ("tiers",),
        "等次",
        "Tiers",
        (
            _code("等次代码", "Tier code", 20),
            *_TITLE,
            Column(("ranked",), "参加排名", "Ranked", "flag", 10, False),
            Column(("adverse",), "限制权利", "Takes rights", "flag", 10),
        ),
    ),
    Plan(
        ("list_rules",),
        "定榜规则",
        "List rules",
        (
            Column(("step",), "步骤", "Step", "number", 8),
            Column(("tier",), "列入等次", "Tier", "code", 20, source="tiers"),
            *_titled("title", "规则名称", "Rule title"),
            Column(("unscored",), "未计分也适用", "Also where unscored", "flag", 12),
        ),
        measures="used",
    ),
    Plan(
        ("deadlines",),
        "期限",
        "Deadlines",
        (
            _code("期限代码", "Deadline code", 26),
            *_TITLE,
            Column(("days",), "天数", "Days", "number", 8),
            Column(("calendar",), "日历", "Calendar", "code", 12, allowed=("working", "calendar")),
        ),
    ),
    Plan(
        ("sampling",),
        "抽样",
        "Sampling",
        (
            _code("抽样代码", "Sampling code", 26),
            *_TITLE,
            Column(("share",), "比例（%）", "Share (%)", "number", 10),
            Column(("minimum",), "最少数量", "At least", "number", 10),
        ),
    ),
)
"""The sheets with one entry a row, in the order of the workbook."""

_COMPUTED = {
    "total": ("总分", "Total"),
    "base": ("基础分", "Base"),
    "bonus": ("加分", "Bonus"),
    "veto": ("否决级别", "Veto level"),
    "open_critical": ("未消除的 ★ 项", "Open critical checks"),
    "checks": ("计分小项数", "Checks counted"),
    "rank": ("名次", "Rank"),
    "rank_share": ("名次百分比", "Rank in percent"),
    "bottom_rank": ("倒数名次", "Rank from the bottom"),
    "bottom_share": ("倒数百分比", "Rank from the bottom in percent"),
}


def computed_titles() -> dict[str, dict[str, str]]:
    """The titles of the measures every scheme has, by code and language."""
    return {code: {"zh-Hans": zh, "en": en} for code, (zh, en) in _COMPUTED.items()}
