"""What happens in the recording cases: edits as two people on one visit send them, good ones and bad ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

__all__ = ["PHOTO", "STORIES", "Story", "uid"]

PHOTO, OTHER = "a" * 64, "b" * 64
Payload = dict[str, Any]


def uid(number: int) -> str:
    """The number of a finding."""
    return str(UUID(int=number))


@dataclass(frozen=True, slots=True)
class Story:
    """One case before it is worked out."""

    chinese: str
    english: str
    edits: Sequence[tuple[str, Payload]]
    of: str = "A"
    scheme: str = "hetang-2024"
    seeded: bool = False


def found(check: str, number: int = 1, **more: Any) -> tuple[str, Payload]:
    return "find", {"check": check, "finding": uid(number), **more}


def change(number: int, expected: Any, **more: Any) -> tuple[str, Payload]:
    return "change", {"finding": uid(number), "expected": expected, **more}


def remove(number: int, expected: int) -> tuple[str, Payload]:
    return "remove", {"finding": uid(number), "expected": expected}


def attach(number: int, *digests: str) -> tuple[str, Payload]:
    return "attach", {"finding": uid(number), "evidence": list(digests)}


def detach(number: int, *digests: str) -> tuple[str, Payload]:
    return "detach", {"finding": uid(number), "evidence": list(digests)}


def on(kind: str, check: str, **more: Any) -> tuple[str, Payload]:
    return kind, {"check": check, **more}


def rest(item: str) -> tuple[str, Payload]:
    return "looked_rest", {"item": item}


ABSENT = {"reason": "没有监控"}
WHERE = {"place": "3 栋 2 单元", "note": "墙面开裂", "evidence": [PHOTO]}
_UNDO = {"of": 2, "before": {"A5.1": {"looked": [{"check": "A5.1", "by": "t", "at": "2024-09-04T01:00:00.000000Z"}]}}}
_BEFORE = {
    "id": uid(1), "n": 1, "version": 1, "check": "A5.1", "steps": 1, "fact": uid(1), "place": "3 栋", "note": "",
    "evidence": [PHOTO], "measured": {}, "by": "t", "at": "2024-09-04T01:00:00.000000Z",
}  # fmt: skip
_UNDO_FINDING = {"of": 2, "before": {"A5.1": {"findings": [_BEFORE]}}}
_UNDO_LATER = {"of": 2, "before": {"A5.1": {"findings": [_BEFORE | {"version": 9}]}}}

STORIES = (
    Story("没有录入", "Nothing was recorded", []),
    Story("每处扣分：几处、一处、以文字写的数", "Per instance: some, one, a number as text", [
        found("A5.1", 1, count=3, **WHERE), found("A3.1", 2), found("A3.2", 3, count=" 12 "),
    ]),
    Story("处数不对", "Counts that cannot be", [
        found("A5.1", 1, count=0), found("A5.1", 1, count=1000), found("A5.1", 1, count="many"),
        found("A5.1", 1, count=True), found("A5.1", 1, count=None), found("A5.1", 1, count="１２"),
        found("A5.1", 1, count="1234567890"), found("A5.1", 1, count=-1), found("A5.1", 1, count=[1]),
    ]),
    Story("全有全无", "All or nothing", [found("B2.3", 1, **WHERE), found("B2.3", 2)], "B"),
    Story("三档：完整、部分、没有", "Graded: complete, partial, absent", [
        found("A1.2", 1, grade="full"), found("A1.2", 2, grade="partial"), found("A1.2", 3, grade="absent"),
        change(2, 1, grade="absent"), change(2, 2, grade="so so"), change(2, 2, grade="full"), found("A1.2", 4),
    ]),
    Story("比例：满分、一半、没有，没有案例按满分", "Shares: full, half, none; no cases count as full", [
        found("A2.3", 1, good=4, of=5), change(1, 1, good=3), change(1, 1, good="3", of="5"),
        change(1, 2, good=1, of=5),
        change(1, 3, good=0, of=0, fewer="没有住户"), found("A2.2", 2, good=9, of=10), found("A4.3", 3, good=5, of=5),
    ]),
    Story("比例不成立", "Shares that cannot be", [
        found("A2.3", 1, good=6, of=5), found("A2.3", 1), found("A2.3", 1, good=1, of=100001),
        found("A2.3", 1, good=5, of=5.5), found("A2.3", 1, good=-1, of=5),
    ]),
    Story("样本不足，须说明", "Fewer than the sample asks, with and without a reason", [
        found("A4.3", 1, good=3, of=3), found("A4.3", 1, good=3, of=3, fewer=" "),
        found("A4.3", 1, good=3, of=3, fewer="x" * 301), found("A4.3", 1, good=3, of=3, fewer=["三"]),
        found("A4.3", 1, good=3, of=3, fewer=" 全小区只有 3 路监控 "), change(1, 1, good=5, of=5, fewer="仍写着"),
    ]),
    Story("打分：最低、最高、半分和不在标尺上的", "Marks: lowest, highest, halves and none of the scale", [
        found("K5", 1, mark="0.5", **WHERE), change(1, 1, mark=4), change(1, 2, mark="3.50"), change(1, 3, mark="3.25"),
        change(1, 3, mark="4.5"), change(1, 3, mark="0"), change(1, 3, mark="好"), change(1, 3, mark=None),
        change(1, 3, mark="+2"), found("K5", 2, mark="1"), found("K4", 3, good=2, of=3), found("K1", 4, count=2),
        found("K6", 5), on("looked", "K2"), found("K3", 6, grade="partial", place="物业室", evidence=[PHOTO]),
    ], "S", "rebased"),
    Story("比例的界线：不含两端的一半", "The bounds of a share: a half without its ends", [
        found("K4", 1, good=500, of=1000), change(1, 1, good=501, of=1000), change(1, 2, good=665, of=1000),
        change(1, 3, good=666, of=1000), change(1, 4, good=899, of=1000), change(1, 5, good=9, of=10),
    ], "S", "rebased"),
    Story("多伦多：每个区域一分至五分", "Toronto: marks from one to five", [
        found("ENTRANCE_LOBBY", 1, mark="5"), found("STAIRWELLS", 2, mark=3, **WHERE), found("SECURITY", 3, mark="1"),
        on("not_applicable", "LAUNDRY_ROOMS", reason="no laundry room"), found("STAIRWELLS", 4, mark="6"),
        on("looked", "STAIRWELLS"), rest("BUILDING"), on("unmark", "LAUNDRY_ROOMS"),
    ], "ALL", "toronto-rentsafe"),
    Story("看过，没有发现；一次标记整个大项", "Looked at, nothing found; the rest of an item at once", [
        on("looked", "A5.1"), on("looked", "A5.1"), rest("A5"), rest("A4"), on("unmark", "A5.2"), rest("A77"),
        ("looked_rest", {}),
    ]),
    Story("需测量的小项不能只标看过", "A check that is measured is not just looked at", [
        on("looked", "A2.3"), found("A2.3", 1, good=5, of=5),
    ]),
    Story("标记与发现互斥", "A mark and a finding exclude each other", [
        on("looked", "A5.1"), found("A5.1", 1, **WHERE), on("looked", "A5.1"), on("not_applicable", "A4.3", **ABSENT),
        on("looked", "A4.3"), found("A4.3", 2, good=5, of=5), on("not_applicable", "A4.3", **ABSENT),
        on("unmark", "A4.3"), found("A4.3", 3, good=5, of=5), on("not_applicable", "A4.3", **ABSENT),
    ]),
    Story("不适用：须允许，须有理由", "Not applicable: allowed, and with a reason", [
        on("not_applicable", "A5.1", **ABSENT), on("not_applicable", "A4.3"), on("not_applicable", "A4.3", reason=" "),
        on("not_applicable", "A4.3", reason="x" * 301), on("not_applicable", "A4.3", reason=None),
        on("not_applicable", "A4.3", **ABSENT, evidence=["x"]),
        on("not_applicable", "A4.3", **ABSENT, evidence=[PHOTO]),
        on("attach", "A4.3", evidence=[OTHER]), on("detach", "A4.3", evidence=[PHOTO]),
    ]),
    Story("两人改同一条，后到者被告知", "Of two who edit one finding the later is told", [
        found("A5.1", 1, count=1), change(1, 1, count=2), change(1, 1, count=5), remove(1, 1), remove(1, 2),
        remove(1, 2),
        change(1, 2, count=5), change(9, 1), ("change", {"count": 1}), ("remove", {"finding": None, "expected": 1}),
    ]),
    Story("没有说明看到的版本", "Without the version that was seen", [
        found("A5.1", 1), ("change", {"finding": uid(1), "count": 2}), change(1, "1", count=2),
        change(1, None, count=2),
    ]),
    Story("同一事实记在两个小项，又分开", "One fact recorded under two checks, and taken apart", [
        found("A5.1", 1, **WHERE), found("A4.2", 2, count=2, same_as=uid(1), **WHERE), change(2, 1, same_as=""),
        change(2, 2, same_as=uid(1)), change(2, 3, same_as=uid(2)), found("A4.2", 3, same_as=uid(9)),
        found("A4.2", 3, same_as=[uid(1)]), found("A4.2", 3, same_as=None), change(3, 1, same_as=[]),
    ]),
    Story("两人的照片都保留", "The photos of both are kept", [
        found("A5.1", 1, evidence=[PHOTO]), attach(1, OTHER), attach(1, OTHER, "c" * 64), detach(1, PHOTO),
        attach(1, "photo.jpg"), attach(9, PHOTO), ("attach", {"finding": uid(1)}),
        on("attach", "A4.3", evidence=[PHOTO]),
        ("attach", {"finding": uid(1), "evidence": None}), ("attach", {"finding": uid(1), "evidence": PHOTO}),
    ]),
    Story("一条发现最多六十份证据", "At most sixty exhibits on one finding", [
        found("A5.1", 1, evidence=[f"{n:064x}" for n in range(1, 60)]), attach(1, PHOTO), attach(1, OTHER),
    ]),
    Story("编号须为新的", "A finding needs a new number", [
        found("A5.1", 1), found("A5.1", 1), ("find", {"check": "A5.1", "finding": "seven"}), on("find", "A5.1"),
        ("find", {"check": "A5.1", "finding": uid(2).upper().replace("0", "A")}),
    ]),
    Story("文字：空白、太长、控制字符", "Texts: space around them, too long, control characters", [
        found("A5.1", 1, place="\u3000 3  栋\t2 单元 ", note=" 一\r\n二\t三 "), change(1, 1, place="x" * 201),
        change(1, 1, note="\x00"), change(1, 1, note="x" * 1001), change(1, 1, note=7), change(1, 1, place=None),
        change(1, 1, note="\u200b"), change(1, 1, note="🏢" * 1000), change(1, 2, place="\ufeff"),
        change(1, 2, place="\x85 4 栋 \x1c"), on("looked", "A1.1", note="\x00"), on("unmark", "A1.1", extra="x" * 1001),
        change(1, 3, place="负一\u00a0层"), change(1, 3, place="一\n二"),
    ]),
    Story("不认得的录入和小项", "Edits and checks nobody knows", [
        ("jump", {}), ("constructor", {"check": "A5.1"}), on("looked", "A9.9"), ("looked", {}),
        ("looked", {"check": 7}),
        ("looked", {"check": True}), on("looked", "B1.1"), on("looked", "x" * 50),
    ]),
    Story("抽样：由种子选出看哪几个", "Samples: the seed says which to look at", [
        on("sampled", "A4.3", population=18), on("sampled", "A4.3", population="40"),
        on("sampled", "A2.3", population=3),
        on("sampled", "A5.1", population=18), on("sampled", "A4.3", population=0),
        on("sampled", "A4.3", population=10000),
        on("sampled", "A4.3"), on("not_applicable", "A4.3", **ABSENT), on("unmark", "A4.3"), on("sampled", "Z1"),
    ], seeded=True),
    Story("种子未知，不能抽样", "Without the seed nothing is picked", [on("sampled", "A4.3", population=18)]),
    Story("撤销：恢复原状，版本更新", "Undone: what stood comes back, in a new version", [
        found("A5.1", 1, count=4), ("undo", _UNDO), found("A5.1", 2), ("undo", _UNDO_FINDING), change(1, 1, count=9),
        change(1, 2, count=9), ("undo", _UNDO_FINDING), ("undo", _UNDO_LATER),
        ("undo", {"of": 1}), ("undo", {"of": 1, "before": None}),
        ("undo", {"of": 1, "before": {"A4.3": {}}}),
    ]),
    Story("齐全，可以提交", "Complete: it can be submitted", [
        *(rest(f"A{n}") for n in range(1, 10)), found("A2.2", 1, good=10, of=10), found("A2.3", 2, good=5, of=5),
        on("not_applicable", "A4.3", **ABSENT), found("A5.1", 3, count=1, **WHERE),
    ]),
    Story("缺地点、缺证据", "A deduction without place and evidence", [
        *(rest(f"A{n}") for n in range(1, 10)), found("A5.1", 1), found("A2.3", 2, good=1, of=5), attach(2, OTHER),
    ]),
)  # fmt: skip
