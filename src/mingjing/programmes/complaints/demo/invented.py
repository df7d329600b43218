"""Invented complaints: nobody called, and nothing of it happened."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

__all__ = ["COLUMNS", "LAWSUITS", "PETITIONS", "Row", "lawsuits_of", "petitions_of", "rows_of"]

COLUMNS = (
    "工单编号", "来电时间", "办结时间", "小区名称", "问题类别", "详细地址", "诉求内容", "来源渠道", "来电人",
    "联系电话", "是否有效", "责任主体",
)  # fmt: skip
PETITIONS = (
    "信访件编号", "登记日期", "办结日期", "小区名称", "问题类别", "详细地址", "信访内容", "信访形式", "信访人",
    "联系电话",
)  # fmt: skip
LAWSUITS = ("案号", "立案日期", "结案日期", "小区名称", "案由", "原告", "被告")
Row = dict[str, str]
REPEATED = 0.12
"""The share of those who call again about the same thing."""
ABOUT = (
    ("环境卫生", "楼道杂物多日无人清理，垃圾清运不及时。", "物业"),
    ("设施维修", "单元门禁损坏，报修后一直未修。", "物业"),
    ("电梯", "电梯经常停运，希望尽快检修并公示原因。", "物业"),
    ("停车管理", "外来车辆占用车位，出入口无人管理。", "物业"),
    ("停车管理", "小区外道路违停严重，影响出行。", "交警"),
    ("违法建设", "顶楼住户私搭阳光房，请求查处。", "城管"),
    ("邻里纠纷", "楼上住户深夜噪音扰民。", "业主之间"),
    ("收费与公示", "公共收益未公示，要求公开账目。", "物业"),
    ("绿化养护", "绿地裸露，草木枯死无人补种。", "物业"),
    ("供水供电", "水压不足，早晚高峰无法用水。", "水电气单位"),
)


ASKED = (
    ("公共收益", "公共收益多年未公示，要求查账。"),
    ("物业更换", "反映前期物业拒不移交资料。"),
    ("违法建设", "举报邻居加建，多次反映未处理。"),
)
SUED = (("物业服务合同纠纷", False), ("物业服务合同纠纷", False), ("财产损害赔偿纠纷", True))
"""What lawsuits are about, and whether it is the company that is sued; mostly it sues for its fees."""


def petitions_of(names: Sequence[str], first: date, last: date, chance: Random) -> list[Row]:
    """A petition about every fifth of the communities, on some day of the period."""
    found = []
    for number, name in enumerate(names[::5], start=1):
        category, text = ASKED[number % len(ASKED)]
        found.append({
            "信访件编号": f"XF{first:%Y}-{number:03d}", "登记日期": _day(first, last, chance), "办结日期": "",
            "小区名称": name, "问题类别": category, "详细地址": "", "信访内容": text, "信访形式": "网上信访（演示）",
            "信访人": "演示来信人", "联系电话": f"1980000{number:04d}",
        })  # fmt: skip
    return found


def lawsuits_of(names: Sequence[str], first: date, last: date, chance: Random) -> list[Row]:
    """A lawsuit about every seventh of the communities."""
    found = []
    for number, name in enumerate(names[3::7], start=1):
        about, company = SUED[number % len(SUED)]
        parties = ("演示业主", f"{name}物业公司")
        plaintiff, defendant = parties if company else parties[::-1]
        found.append({
            "案号": f"（{first:%Y}）演示民初{number}号", "立案日期": _day(first, last, chance), "结案日期": "",
            "小区名称": name, "案由": about, "原告": plaintiff, "被告": defendant,
        })  # fmt: skip
    return found


def _day(first: date, last: date, chance: Random) -> str:
    return (first + timedelta(days=chance.randrange((last - first).days + 1))).isoformat()


def rows_of(names: Sequence[str], first: date, last: date, count: int, chance: Random) -> list[Row]:
    """So many complaints of a period about some of the communities; some are much complained about, some call twice."""
    weights = [1 / (1 + place % 11) for place, _name in enumerate(names)]
    rows: list[Row] = []
    for number in range(1, count + 1):
        if rows and chance.random() < REPEATED:
            rows.append(_again(chance.choice(rows), f"{first:%Y%m}-{number:04d}", last, chance))
            continue
        opened = first + timedelta(days=chance.randrange((last - first).days + 1))
        category, text, duty = chance.choice(ABOUT)
        (name,) = chance.choices(names, weights)
        closed = opened + timedelta(days=min(int(chance.expovariate(1 / 6)), 60))
        rows.append({
            "工单编号": f"{first:%Y%m}-{number:04d}", "来电时间": opened.isoformat(),
            "办结时间": closed.isoformat() if chance.random() < 0.94 else "",
            "小区名称": name if chance.random() < 0.97 else "（未写明）", "问题类别": category,
            "详细地址": f"{chance.randint(1, 30)}栋", "诉求内容": text, "来源渠道": "12345热线（演示）",
            "来电人": "演示来电人", "联系电话": f"1990000{number:04d}",
            "是否有效": "无效" if chance.random() < 0.12 else "有效", "责任主体": duty,
        })  # fmt: skip
    return rows


def _again(row: Row, number: str, last: date, chance: Random) -> Row:
    """The same caller about the same thing, some days later."""
    opened = min(date.fromisoformat(row["来电时间"]) + timedelta(days=chance.randint(2, 20)), last)
    return row | {"工单编号": number, "来电时间": opened.isoformat(), "办结时间": ""}
