"""Scoring: one visit live and explained, many in bulk against openfisca-core and hand-written NumPy, files to files."""

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.figures import SCALE, Figure, Skip, best_of
from bench.replay_process import HERE
from mingjing.engine.accounts import explain
from mingjing.engine.bulk import Bulk, competition_ranks
from mingjing.engine.scoring import Finding, NotApplicable, Rubric, Sheet, score
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme

SIZES = (10_000, 100_000, 1_000_000)
VISITS = int(100_000 * SCALE)
ROW = 10


def measure() -> list[Figure]:
    """Everything, on random visits with about one finding in three checks."""
    scheme = compile_scheme(json.loads((HERE / "schemes" / "hetang-2024.json").read_text("utf-8")))
    return [*live(scheme), *bulk(scheme), *growth(scheme), *peer(scheme), *files(scheme)]


def live(scheme: Scheme) -> Iterator[Figure]:
    """One visit of all 65 checks, inside a request."""
    items = tuple(item for rubric in scheme.rubrics.values() for item in rubric.items)
    rubric = Rubric("ALL", items, scheme.rounding)
    sheet = sheet_of(rubric)
    # Several in a row: a single call right after the garbage collection would measure the cold cache it leaves.
    live_time = best_of(50, lambda: [score(rubric, sheet) for _ in range(ROW)]) / ROW
    explained = best_of(50, lambda: [explain(rubric, sheet) for _ in range(ROW)]) / ROW
    yield Figure("score-live", live_time, what="a visit of 65 checks")
    yield Figure("score-explained", explained, what="the same with every line")


def sheet_of(rubric: Rubric) -> Sheet:
    chance = random.Random(1)
    absent = [code for code, check in rubric.checks.items() if check.na and chance.random() < 0.3]
    found = [code for code in rubric.checks if code not in absent and chance.random() < 0.6]
    findings = tuple(
        Finding(code, chance.randint(1, 2), f"f{number}", evidence=("0" * 64,), by="token", at="2024-09-04T09:30:00Z")
        for number, code in enumerate(found)
    )
    return Sheet(findings, tuple(NotApplicable(code, "none") for code in absent))


def steps_of(rubric: Rubric, count: int) -> Any:
    """A row of steps per check; about a third of the findings lose something, one in twenty does not apply."""
    chance = np.random.default_rng(7)
    steps = chance.integers(1, 4, (len(rubric.checks), count), dtype=np.int8)
    drawn = chance.random((len(rubric.checks), count), dtype=np.float32)
    steps[drawn > 1 / 3] = 0
    steps[drawn > 0.95] = -1
    return steps


def kernel(rubric: Rubric, steps: Any) -> tuple[Any, Any]:
    """Ours: scores and ranks."""
    found = Bulk(rubric).score(steps)
    return found.base, competition_ranks(found.base)


def by_hand(rubric: Rubric, steps: Any) -> tuple[Any, Any]:
    """The floor: the same in NumPy on whole matrices, as someone would write it for this rubric alone."""
    width = max(len(check.rule.losses) for check in rubric.checks.values())
    tables = [(*check.rule.losses, *[check.rule.losses[-1]] * width)[:width] for check in rubric.checks.values()]
    losses, points = np.array(tables, np.int32), np.array([check.points for check in rubric.checks.values()], np.int32)
    lost = np.take_along_axis(losses, np.clip(steps, 0, width - 1).astype(np.intp), axis=1)
    there = steps >= 0
    applicable = points @ there
    earned = applicable.astype(np.int64) - (lost * there).sum(axis=0)
    base = (2 * earned * 10_000 + applicable) // (2 * np.maximum(applicable, 1))
    counts = np.bincount(10_000 - base, minlength=10_001)
    return base, (np.cumsum(counts) - counts)[10_000 - base] + 1


def bulk(scheme: Scheme) -> Iterator[Figure]:
    """The kernel against hand-written NumPy."""
    rubric = scheme.rubrics["B"]
    for count in SIZES[:2]:
        steps = steps_of(rubric, count)
        _same(kernel(rubric, steps), by_hand(rubric, steps))
        floor = best_of(5, partial(by_hand, rubric, steps))
        took = best_of(5, partial(kernel, rubric, steps))
        yield Figure(f"score-bulk-{count}", took, floor=floor, per=count, what="visits")


def growth(scheme: Scheme) -> Iterator[Figure]:
    """A thousand times as many visits against a thousand times the seconds."""
    rubric = scheme.rubrics["B"]
    few, many = steps_of(rubric, 1_000), steps_of(rubric, 1_000_000)
    floor = 1_000 * best_of(50, lambda: kernel(rubric, few))
    yield Figure(
        "score-bulk-growth", best_of(3, lambda: kernel(rubric, many)), floor=floor, per=1_000_000, what="visits"
    )


def peer(scheme: Scheme) -> Iterator[Figure]:
    """The kernel against openfisca-core, input arrays to ranks; both give the same numbers."""
    try:
        from bench import openfisca_rubric
    except ImportError as error:
        raise Skip("openfisca-core is not installed: pip install -r requirements/bench.txt") from error
    rubric = scheme.rubrics["B"]
    system = openfisca_rubric.system_of(rubric)
    for count in SIZES:
        steps = steps_of(rubric, count)
        wide = steps.astype(np.int32)
        _same(kernel(rubric, steps), openfisca_rubric.work_out(system, wide))
        times = 5 if count < SIZES[-1] else 2
        floor = best_of(times, partial(openfisca_rubric.work_out, system, wide))
        took = best_of(times, partial(kernel, rubric, wide))
        yield Figure(f"score-openfisca-{count}", took, floor=floor, per=count, what="visits")


def _same(ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        if not np.array_equal(one, other):
            raise AssertionError("the two do not give the same scores and ranks")


def files(scheme: Scheme) -> Iterator[Figure]:
    """A file of visits to a file of results, in a process of its own, against copying the rows; and its memory."""
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-") as name:
        folder = Path(name)
        for label, count in (("small", VISITS // 10), ("large", VISITS)):
            _write(folder / label, scheme, count)
        floor = min(_run("copy", folder, "large")[0] for _ in range(3))
        large = [_run("replay", folder, "large") for _ in range(3)]
        small = [_run("replay", folder, "small") for _ in range(3)]
    took = min(seconds for seconds, _ in large)
    yield Figure("list-file", took, floor=floor, per=VISITS, what="visits")
    yield Figure("list-growth", took, floor=10 * min(seconds for seconds, _ in small), per=VISITS, what="visits")
    peak = min(memory for _, memory in large) - min(memory for _, memory in small)
    yield Figure("list-memory", max(peak, 0), unit="bytes", what=f"more for {VISITS} visits than for a tenth")


def _run(work: str, folder: Path, label: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.replay_process", work, str(folder / label), str(folder / "out.csv")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def _write(path: Path, scheme: Scheme, count: int) -> None:
    """Visits in the form of the shipped Hetang mapping."""
    mapping = parse_mapping((HERE / "mappings" / "hetang-2024.toml").read_text("utf-8"))
    claims = [
        name for entry in (*mapping.bonus, *mapping.vetoes) for name in (entry.column, *(s.column for s in entry.more))
    ]
    about = [entry.source.column for entry in mapping.attributes]
    head = ["小区编号", "考核日期", "考核组", "不适用", "已整改", *about, *claims]
    chance = random.Random(3)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, *scheme.checks])
        for number in range(count):
            cells = dict.fromkeys(head, "") | _site(number, chance)
            own = scheme.rubrics[
                "B" if cells["竣工年份"] >= "2010" and Fraction(cells["收费标准"]) >= 1 else "A"
            ].checks
            marks = (_mark(chance, check.rule.kind) if code in own else "" for code, check in scheme.checks.items())
            writer.writerow([*cells.values(), *marks])


def _site(number: int, chance: random.Random) -> dict[str, str]:
    claimed = {"三零": "是", "三零证明": "比对结果", "三零审核人": "中心"} if chance.random() < 0.2 else {}
    return {
        "小区编号": f"HT{number:07d}",
        "考核日期": "2024-09-04",
        "考核组": f"第{number % 9}组",
        "竣工年份": str(chance.randint(1985, 2022)),
        "收费标准": f"{chance.randint(40, 200) / 100:.2f}",
        "服务月数": str(chance.randint(1, 60)),
        "入住率": str(chance.randint(30, 100)),
        **claimed,
    }


def _mark(chance: random.Random, kind: str) -> str:
    if chance.random() < 0.6:
        return ""
    if kind == "RATIO":
        return f"{chance.randint(70, 100)}%"
    return (
        chance.choice(["完整", "部分", "缺失"]) if kind == "TIER" else str(chance.randint(0, 1 if kind == "BIN" else 3))
    )
