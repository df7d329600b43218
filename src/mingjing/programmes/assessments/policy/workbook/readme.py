"""The read-me sheet: how to fill the workbook in, in the words of the people who do."""

__all__ = ["readme"]

_LINES = {
    "zh-Hans": (
        "考核办法工作簿",
        "本工作簿就是考核办法本身。改完后在系统中导入；有错误时，系统会一次列出全部错误及所在的工作表和单元"
        "格，不会导入一半。",
        "表头同时写有中英文，请勿改动；列的先后可以调换。空白行会略过。斜体灰色的“合计”列只供核对，导入时不读。",
        "分值：写数字，如 3 或 0.5，最多两位小数。小项分值之和须等于大项分值，各类别大项分值之和须等于满分。",
        "扣分规则：PI 逐处扣分（填“每处扣分”，可填“扣分上限”，不填即为该小项分值）；BIN 全有或全无；TIER "
        "三档评分（全分、半分或不得分）；RATIO 比率分档（填满分条件和半分条件，如 >=95，越低越好的写 <=5）；"
        "SCALE 量表评分（填最低档、最高档，可填档距，不填即为 1）。",
        "条件：数字写 >=75 <90（同时满足）、<60、0 等；是否类写 yes 或 no（也可写是或否）；选项类写代码，多"
        "个之间用 | 隔开。一行中有几个条件的，须同时满足；空白表示不看这一项。",
        "要用新的条件列：在“分类规则”或“定榜规则”的表头右侧加一列，表头写方括号内的代码，例如 [watch_st"
        "reak]。除属性外，定榜规则还可用：[total] 总分、[base] 基础分、[bonus] 加分、[veto] 否决级别、[open"
        "_critical] 未消除的 ★ 项、[checks] 计分小项数、[rank] 名次、[rank_share] 名次百分比、[bottom_rank"
        "] 倒数名次、[bottom_share] 倒数百分比。",
        "定榜规则按步骤依次判断，先符合者为准；同一步骤中不得有两个等次同时符合，所有步骤合起来不得有遗漏。",
        "是否类的格：写 是 或 否，也可写 √、★、×；空白即为否。检查方法、证据写代码，多个之间用逗号隔开。",
        "单元格均为文本格式：1-2 之类的内容若被表格软件变成日期，导入时会指出。",
    ),
    "en": (
        "Scheme workbook",
        "This workbook is the scheme. Edit it and import it again; every mistake is then listed at once by "
        "sheet and cell, and nothing is imported by halves.",
        "Headers carry both languages; leave them as they are. Columns may be put in another order. Empty "
        "rows are skipped. Columns of sums (grey, italic) are for checking only and are not read.",
        "Points: a number such as 3 or 0.5, at most two decimals. The checks of a major item must sum to "
        "its points, and the items of a class to the full marks.",
        "Rules: PI costs points for each instance (fill in Per instance; Cap is the check's points unless "
        "given); BIN all or nothing; TIER full, half or none; RATIO by the share reached (Full at and Half "
        "at, such as >=95, or <=5 where lower is better); SCALE a mark (Lowest and Highest mark; Mark step "
        "is 1 unless given).",
        "Conditions: numbers as >=75 <90 (both hold), <60, 0; flags as yes or no; choices by their code, "
        "several joined by |. All conditions of a row must hold; an empty cell asks nothing.",
        "For a new condition, add a column to Class rule or List rules and write the measure's code in "
        "brackets as its header, such as [watch_streak]. Besides the attributes, list rules may ask for "
        "[total], [base], [bonus], [veto], [open_critical], [checks], [rank], [rank_share], [bottom_rank] "
        "and [bottom_share].",
        "List rules are judged step by step; the first step with a match decides. Within a step no two "
        "tiers may both match, and together the steps must leave no gap.",
        "Yes or no: write yes or no; √, ★ and × do as well; empty means no. Methods and evidence are "
        "codes with commas between.",
        "All cells are text: where a spreadsheet program turns something like 1-2 into a date, the import says so.",
    ),
}


def readme(language: str) -> tuple[str, ...]:
    """The lines of the read-me sheet in `language` ("zh-Hans" or "en")."""
    return _LINES["en" if language == "en" else "zh-Hans"]
