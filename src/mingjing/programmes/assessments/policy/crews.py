"""Who goes of those who could, where no team can look again: a document anybody can work out from its inputs and seed.

The inputs name the community, the day, and by part (staff, supervisors) everybody who could go, by token in rising
order, with how many do. The seed is committed to before and told after. Each part is put in an order by the chance of
engine.drawing under the label `crew/PART`, with the key that the inputs' digest and the seed give; the first of each
order go, past those named in `passed_over`, who could not go any more when it was drawn. Not here: who could go
(queries.crews).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mingjing.engine.chain import canonical
from mingjing.engine.drawing import Stream, combined, commitment
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.engine.picks import SEED
from mingjing.programmes.assessments.policy.draws import differences

__all__ = ["FORMAT", "Inputs", "Pool", "check_crew", "draw_crew", "going", "inputs_from"]

FORMAT = "mingjing.assessments.crew/1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pool:
    """Who could go as `part`, by token in rising order, and how many of them are needed."""

    part: str
    needed: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a crew is drawn from: `site` is the number of the community, `day` in ISO."""

    round: str
    site: str
    day: str
    pools: tuple[Pool, ...]

    def document(self) -> Document:
        """As it is published."""
        pools = [{"part": pool.part, "needed": pool.needed, "people": list(pool.people)} for pool in self.pools]
        return {"round": self.round, "site": self.site, "day": self.day, "pools": pools}

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical document."""
        return sha256(canonical(self.document())).hexdigest()


def draw_crew(inputs: Inputs, seed: str, passed_over: Collection[str] = ()) -> Document:
    """The document of the crew: the order of each part, who could not go any more, and who goes."""
    key = combined(inputs.digest, [bytes.fromhex(seed)])
    order = {pool.part: Stream(key, f"crew/{pool.part}").shuffled(pool.people) for pool in inputs.pools}
    able = {part: [person for person in people if person not in passed_over] for part, people in order.items()}
    crew = {pool.part: able[pool.part][: pool.needed] for pool in inputs.pools}
    return {
        "format": FORMAT, "inputs": inputs.document(), "inputs_digest": inputs.digest,
        "commitment": commitment(bytes.fromhex(seed)), "seed": seed, "order": order,
        "passed_over": sorted(passed_over), "crew": crew,
    }  # fmt: skip


def going(document: Mapping[str, Any]) -> dict[str, str]:
    """Who goes by a document, by token, and as what."""
    return {person: part for part, people in document["crew"].items() for person in people}


def inputs_from(document: Any) -> Inputs:
    """The inputs of a document; raises Refusal when they are not such as a crew is drawn from."""
    try:
        pools = tuple(
            Pool(str(pool["part"]), int(pool["needed"]), tuple(map(str, pool["people"]))) for pool in document["pools"]
        )
        made = Inputs(str(document["round"]), str(document["site"]), str(document["day"]), pools)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable() from error
    named = [person for pool in pools for person in pool.people]
    in_order = all(list(pool.people) == sorted(pool.people) and pool.needed >= 0 for pool in pools)
    once = len(set(named)) == len(named) and len({pool.part for pool in pools}) == len(pools)
    if not in_order or not once or made.document() != document:
        raise _unreadable()
    return made


def _unreadable() -> Refusal:
    text = N_("The inputs in this file are not such as a crew is drawn from; ask for the file again.")
    return Refusal([Problem("crew.unreadable", text, {}, "inputs")])


def check_crew(content: Mapping[str, Any]) -> Sequence[Reason]:
    """Draw again from the inputs and the seed in the file; each Problem is something that does not hold."""
    seed, passed = content.get("seed"), content.get("passed_over")
    if not isinstance(seed, str) or not SEED.fullmatch(seed):
        return [Problem("crew.seed", N_("The seed of a crew has 64 hexadecimal digits."), {}, "seed")]
    if not isinstance(passed, list) or not all(isinstance(one, str) for one in passed):
        return [Problem("crew.passed_over", N_("Who could not go any more is a list of people."), {}, "passed_over")]
    try:
        inputs = inputs_from(content.get("inputs"))
    except Refusal as refusal:
        return list(refusal.problems)
    again = draw_crew(inputs, seed, passed)
    if found := list(differences(again, dict(content))):
        return [*found]
    able, number = sum(len(pool.people) for pool in inputs.pools), len(going(again))
    text = N_("Drawn again and the same: {number} go of {able} who could; {passed} passed over.")
    return [Reason("crew.holds", text, {"number": number, "able": able, "passed": len(passed)})]
