"""The lot for blind second visits, as a document that anybody can work out again from its inputs and its seed.

The inputs name every community with the team-days on which somebody else could go; the share is the scheme's, rounded
up. The seed is committed to before and told after. Chance is that of engine.picks: which communities under the label
`seconds`, which of the team-days with the fewest visits under `seconds/NUMBER`. Not here: who may go (queries.seconds).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import commitment
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.engine.picks import SEED, pick
from mingjing.programmes.assessments.policy.draws import differences

__all__ = ["FORMAT", "Inputs", "Slot", "check_seconds", "draw_seconds", "inputs_from", "wanted"]

FORMAT = "mingjing.assessments.seconds/1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """A team on a day (ISO)."""

    day: str
    team: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the lot is drawn from: `sites` are numbers with the places in `slots` at which another team could go."""

    round: str
    share: str
    slots: tuple[Slot, ...]
    sites: tuple[tuple[str, tuple[int, ...]], ...]

    def document(self) -> Document:
        """As it is published."""
        return {
            "round": self.round,
            "share": self.share,
            "slots": [{"day": slot.day, "team": slot.team} for slot in self.slots],
            "sites": [{"key": key, "slots": list(places)} for key, places in self.sites],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical document."""
        return sha256(canonical(self.document())).hexdigest()


def wanted(inputs: Inputs) -> int:
    """How many communities are looked at again: the share of all, rounded up, of those where anybody else can go."""
    able = sum(bool(places) for _, places in inputs.sites)
    return min(able, ceil(Fraction(inputs.share) / 100 * len(inputs.sites)))


def draw_seconds(inputs: Inputs, seed: str) -> Document:
    """The document of the lot: who is looked at again, on which day, by which team."""
    able = [(key, places) for key, places in inputs.sites if places]
    load = [0] * len(inputs.slots)
    visits = []
    for number in pick(seed, "seconds", len(able), wanted(inputs)):
        key, places = able[number - 1]
        least = [place for place in places if load[place] == min(load[one] for one in places)]
        place = least[pick(seed, f"seconds/{key}", len(least), 1)[0] - 1]
        load[place] += 1
        visits.append({"key": key, "day": inputs.slots[place].day, "team": inputs.slots[place].team})
    return {
        "format": FORMAT, "inputs": inputs.document(), "inputs_digest": inputs.digest,
        "commitment": commitment(bytes.fromhex(seed)), "seed": seed, "visits": visits,
    }  # fmt: skip


def inputs_from(document: Any) -> Inputs:
    """The inputs of a document; raises Refusal when they are not such as a lot writes."""
    try:
        slots = tuple(Slot(str(entry["day"]), int(entry["team"])) for entry in document["slots"])
        sites = tuple((str(entry["key"]), tuple(map(int, entry["slots"]))) for entry in document["sites"])
        made = Inputs(str(document["round"]), str(document["share"]), slots, sites)
        fits = all(0 <= place < len(slots) for _, places in sites for place in places) and Fraction(made.share) >= 0
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _unreadable() from error
    if not fits or made.document() != document:
        raise _unreadable()
    return made


def _unreadable() -> Refusal:
    text = N_("The inputs in this file are not such as a lot for second visits writes; ask for the file again.")
    return Refusal([Problem("seconds.unreadable", text, {}, "inputs")])


def check_seconds(content: Mapping[str, Any]) -> Sequence[Reason]:
    """Draw again from the inputs and the seed in the file; each Problem is something that does not hold."""
    seed = content.get("seed")
    if not isinstance(seed, str) or not SEED.fullmatch(seed):
        text = N_("The seed of a lot has 64 hexadecimal digits.")
        return [Problem("seconds.seed", text, {}, "seed")]
    try:
        again = draw_seconds(inputs_from(content.get("inputs")), seed)
    except Refusal as refusal:
        return list(refusal.problems)
    if found := list(differences(again, dict(content))):
        return [*found]
    text = N_("Drawn again and the same: {visits} of {sites} communities are looked at by another team.")
    return [Reason("seconds.holds", text, {"visits": len(again["visits"]), "sites": len(again["inputs"]["sites"])})]
