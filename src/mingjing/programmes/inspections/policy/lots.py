"""A random draw of firms and of the officers who go (双随机): what the inputs and the seeds give, for anyone to check.

The house's seed is bound by its digest before the witness says a word of theirs: neither alone chooses. Chance is
engine.drawing.stream's. Not here: keeping anything.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from mingjing.engine.drawing.stream import Stream, combined, commitment
from mingjing.engine.outcome import N_, Problem, Reason

__all__ = ["FORMAT", "canonical", "check", "digest_of", "draw", "faults", "witness_digest"]

FORMAT = "mingjing.inspections.lot/1"
TEAM = 2

Inputs = Mapping[str, Any]


def canonical(document: Mapping[str, Any]) -> str:
    """The text of which the digest is taken."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(inputs: Inputs) -> str:
    """What is recorded of the inputs before the draw."""
    return sha256(canonical(inputs).encode()).hexdigest()


def witness_digest(witness: str) -> str:
    """What is recorded of a witness's words when it is drawn."""
    return sha256(witness.encode()).hexdigest()


def faults(inputs: Inputs) -> Iterator[Problem]:
    """What stands in the way of a draw: more wanted than there are, or too few officers for a firm."""
    for grade, count in sorted(inputs["wanted"].items()):
        there = sum(1 for _code, own in inputs["firms"] if own == grade)
        if not 0 <= count <= there:
            text = N_("{count} firms of grade “{grade}” are wanted and there are {there}.")
            yield Problem("inspections.lot.too_many", text, {"count": count, "grade": grade or "-", "there": there})
    if not sum(inputs["wanted"].values()):
        yield Problem("inspections.lot.nothing", N_("Say how many firms are to be drawn."))
    away = {code: set(people) for code, people in inputs["away"].items()}
    for code, _grade in inputs["firms"]:
        if len(set(inputs["officers"]) - away.get(code, set())) < inputs["team"]:
            text = N_("Too few officers may go to {firm}: {team} are needed.")
            yield Problem("inspections.lot.few_officers", text, {"firm": code, "team": inputs["team"]})


def draw(inputs: Inputs, seed: bytes, witness: str) -> dict[str, list[str]]:
    """The officers who go to each firm drawn.

    `inputs` has `firms` [[credit code, grade]], `wanted` {grade: how many}, `officers` [numbers of certificates],
    `team` and `away` {firm: officers who may not go there}. Of the officers those go who go least, by lot.
    """
    key = combined(digest_of(inputs), [seed, bytes.fromhex(witness_digest(witness))])
    chosen: list[str] = []
    for grade, count in sorted(inputs["wanted"].items()):
        there = sorted(code for code, own in inputs["firms"] if own == grade)
        chosen += Stream(key, f"lot/firms/{grade}").shuffled(there)[:count]
    load = dict.fromkeys(sorted(inputs["officers"]), 0)
    result: dict[str, list[str]] = {}
    for code in sorted(chosen):
        away = inputs["away"].get(code, ())
        order = Stream(key, f"lot/officers/{code}").shuffled([one for one in load if one not in away])
        team = sorted(order, key=lambda one: load[one])[: inputs["team"]]
        load.update((one, load[one] + 1) for one in team)
        result[code] = sorted(team)
    return result


def check(document: Mapping[str, Any]) -> list[Reason]:
    """Whether a lot that somebody downloaded is what its inputs and seeds give: a Problem for each fault."""
    try:
        seed = bytes.fromhex(document["seed"])
        inputs, result = document["inputs"], document["result"]
        again = draw(inputs, seed, document["witness"])
        told = tuple(document[name] for name in ("inputs_digest", "seed_digest", "witness_digest"))
        bound = (digest_of(inputs), commitment(seed), witness_digest(document["witness"])) == told
    except (KeyError, TypeError, ValueError, AttributeError):
        return [Problem("inspections.lot.file", N_("This is no lot, or parts of it are missing."))]
    if not bound:
        text = N_("The inputs, the seed or the witness's words are not those whose digests were recorded.")
        return [Problem("inspections.lot.not_bound", text)]
    if again != result:
        return [Problem("inspections.lot.other_result", N_("The inputs and the seeds give another result than this."))]
    held = N_("{count} firms were drawn as the inputs and the seeds give; compare the digests with the ledger.")
    return [Reason("inspections.lot.holds", held, {"count": len(result)})]
