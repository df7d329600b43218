"""Cases of chance: what a seed picks, asks and words under a label."""

from hashlib import sha256
from typing import Any

from mingjing.engine.picks import asks, challenge_of, code_word, pick, seed_of

__all__ = ["document"]

FORMAT = {
    "zh-Hans": "seed 种子，label 用途；pick 为从 1 到 population 中抽取的 count 个；asks 为约每 one_in 次抽一次的结果；"
    "word 暗语；challenge 现场验证；seed_of 为由种子和用途得出的另一个种子。由 python -m tools.vectors 生成。",
    "en": "seed and label ask; pick are the count taken from 1 to population; asks is one in one_in; word is a code "
    "word; challenge what a scene is challenged with; seed_of the seed of a subject named like the label. Written by "
    "python -m tools.vectors.",
}
LABELS = ("assessments.visit:12/A5.2", "assessments.visit:12/B9.1/消火栓", "A4.3", "")
SIZES = ((1, 1), (3, 5), (18, 3), (40, 5), (97, 10), (9_999, 12), (12, 11))


def document() -> dict[str, Any]:
    """Every label under every seed, each with another size of sample."""
    seeds = [bytes(32).hex(), *(sha256(f"vectors {number}".encode()).hexdigest() for number in range(1, 6))]
    cases = [
        _case(seed, label, *SIZES[(place + other) % len(SIZES)], 1 + (place + other) % 4)
        for place, seed in enumerate(seeds)
        for other, label in enumerate(LABELS)
    ]
    return {"format": FORMAT, "cases": cases}


def _case(seed: str, label: str, population: int, count: int, one_in: int) -> dict[str, Any]:
    expect = {
        "pick": list(pick(seed, label, population, count)), "asks": asks(seed, label, one_in),
        "word": code_word(seed, label), "challenge": challenge_of(seed, label, one_in), "seed_of": seed_of(seed, label),
    }  # fmt: skip
    return {
        "seed": seed, "label": label, "population": population, "count": count, "one_in": one_in, "expect": expect,
    }  # fmt: skip
