"""The plan of one day of a draw, as it may be shown on that day: provable then, telling nothing before.

The whole file would give every later day away, and so would the seeds. So the ledger holds a digest of each day's plan,
and each plan holds a salt only the seeds give: it cannot be guessed before, nor changed after. Not here: who sees what.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import combined
from mingjing.engine.outcome import N_, Problem, Reason

__all__ = ["FORMAT", "check_day", "compare_day", "day_digests", "day_plan"]

FORMAT = "mingjing.assessments.draw.day/1"
_SALT = b"mingjing.draw.day/1\0"


def day_plan(draw: Mapping[str, Any], day: str) -> dict[str, Any]:
    """The team-days of `day` in a draw file, with the salt that keeps their digest from being guessed before."""
    key = combined(draw["inputs_digest"], [bytes.fromhex(seed) for seed in draw["seeds"]])
    return {
        "format": FORMAT,
        "inputs": draw["inputs_digest"],
        "day": day,
        "salt": sha256(_SALT + key + day.encode()).hexdigest(),
        "team_days": [entry for entry in draw["team_days"] if entry["day"] == day],
    }


def day_digests(draw: Mapping[str, Any]) -> dict[str, str]:
    """For each day the SHA-256 of its plan's canonical JSON: what the ledger holds."""
    days = draw["inputs"]["settings"]["days"]
    return {day: sha256(canonical(day_plan(draw, day))).hexdigest() for day in days}


def compare_day(plan: Mapping[str, Any], draw: Mapping[str, Any]) -> list[Problem]:
    """Whether the plan of a day, shown on that day, is the one the draw file gives."""
    days = draw["inputs"]["settings"]["days"]
    day = str(plan.get("day"))
    if day in days and canonical(day_plan(draw, day)) == canonical(plan):
        return []
    text = N_("The plan of {day} is not the one this draw gives.")
    return [Problem("draw.day_differs", text, {"day": day})]


def check_day(content: Mapping[str, Any]) -> list[Reason]:
    """What can be said of a day's plan alone: its digest, to be compared with the ledger's fact of the draw."""
    text = N_("The plan of {day} has the digest {digest}: compare it with the fact assessments.draw.drawn.")
    digest = sha256(canonical(content)).hexdigest()
    return [Reason("draw.day", text, {"day": str(content.get("day")), "digest": digest})]
