"""What the demonstration invents: six authorities and their items, sixty firms. Nobody and nothing of it exists."""

from random import Random

from stdnum.cn import uscc

__all__ = ["AUTHORITIES", "FIRM_COUNT", "INDUSTRIES", "code", "firm_name", "place"]

AUTHORITIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "演示市场监督管理局", "市场监管",
        ("食品经营许可检查", "特种设备使用检查", "计量器具检查", "广告检查", "价格标示检查"),
    ),
    (
        "演示应急管理局", "安全生产",
        ("安全生产责任制检查", "危险作业审批检查", "应急预案检查", "有限空间检查", "安全培训检查"),
    ),
    (
        "演示消防救援大队", "消防",
        ("消防设施检查", "疏散通道检查", "消防值班检查", "用火用电检查", "消防演练检查"),
    ),
    (
        "演示生态环境分局", "生态环境",
        ("排污许可检查", "危险废物检查", "在线监测检查", "噪声检查", "环评验收检查"),
    ),
    (
        "演示人力资源和社会保障局", "劳动",
        ("工资支付检查", "劳动合同检查", "社会保险检查", "工时检查", "女工保护检查"),
    ),
    (
        "演示卫生健康局", "卫生健康",
        ("职业病防护检查", "公共场所卫生检查", "饮用水卫生检查", "消毒管理检查", "医疗废物检查"),
    ),
)  # fmt: skip
FIRM_COUNT = 60
INDUSTRIES = ("硬质合金制造", "食品加工", "机械加工", "物流仓储", "餐饮服务", "商贸零售")
_HEADS = ("金桂", "荷塘月", "湘江源", "映山红", "云麓", "桑梓", "星火", "长风", "春晖", "磐石")
_TAILS = ("硬质合金", "食品", "机械", "物流", "餐饮", "商贸")


def firm_name(number: int) -> str:
    """The name of an invented firm."""
    return f"演示{_HEADS[number % 10]}{_TAILS[number // 10 % 6]}有限公司"


def code(number: int, *, body: bool = False) -> str:
    """A valid credit code that belongs to nobody: of an authority (`body`) or of a firm."""
    stem = f"{'11' if body else '91'}430202MYAN{number:05d}"[:17]
    return stem + str(uscc.calc_check_digit(stem))


def place(number: int) -> tuple[float, float]:
    """A position in the district, the same each time."""
    chance = Random(number)  # noqa: S311 - decides nothing
    return round(27.84 + chance.random() * 0.06, 6), round(113.14 + chance.random() * 0.08, 6)
