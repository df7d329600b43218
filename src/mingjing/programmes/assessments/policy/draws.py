"""Draw files: commitments, the drawing itself as a document, and its verification from public inputs alone.

The formats are docs/reference/draw-format.md. Not here: the drawing (engine.drawing), tables (draw_tables), files.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mingjing.engine.drawing import (
    SEED_BYTES,
    Conflict,
    Draw,
    Expert,
    Inputs,
    Settings,
    Site,
    certificate_flaw,
    commitment,
    draw,
    in_order,
    measures,
)
from mingjing.engine.drawing.rules import cells, obstacles
from mingjing.engine.outcome import N_, Problem, Reason, Refusal

__all__ = [
    "FORMAT",
    "check_draw",
    "commit",
    "compare_commitments",
    "compare_inputs",
    "differences",
    "inputs_of",
    "make",
    "match_commitments",
    "published_commitment",
    "seed_file",
    "settings_of",
]

FORMAT = "mingjing.assessments.draw/1"
SEED_FORMAT = "mingjing.assessments.draw.seed/1"
COMMITMENT_FORMAT = "mingjing.assessments.draw.commitment/1"
ALGORITHM = {"name": "mingjing.draw", "version": 1}
MOST_DIFFERENCES = 20
Document = dict[str, Any]
_FRACTION = re.compile(r"\d{1,9}(/[1-9]\d{0,8})?\Z", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}\Z")


def commit(inputs: Inputs, seed: bytes) -> tuple[Document, Document]:
    """What to keep secret until the draw (the seed), and what to publish before it (the commitment).

    Raises Refusal for inputs that allow no draw: nobody should commit to one.
    """
    if problems := obstacles(inputs):
        raise Refusal(problems)
    return seed_file(inputs.digest, seed.hex()), published_commitment(inputs.digest, commitment(seed))


def seed_file(inputs_digest: str, seed: str) -> Document:
    """A seed (hex) as a file: secret until the draw."""
    return {"format": SEED_FORMAT, "inputs": inputs_digest, "seed": seed}


def published_commitment(inputs_digest: str, digest: str) -> Document:
    """A commitment (hex) as a file: published before the draw."""
    return {"format": COMMITMENT_FORMAT, "inputs": inputs_digest, "commitment": digest}


def make(inputs: Inputs, seeds: Sequence[Mapping[str, Any]], commitments: Sequence[Mapping[str, Any]]) -> Document:
    """The draw file from revealed seeds and the commitments published before; raises Refusal."""
    problems = [
        *_readable(seeds, SEED_FORMAT, "seed", inputs), *_readable(commitments, COMMITMENT_FORMAT, "commitment", inputs)
    ]  # fmt: skip
    if problems:
        raise Refusal(problems)
    revealed = [bytes.fromhex(entry["seed"]) for entry in seeds]
    if problems := list(match_commitments(revealed, [entry["commitment"] for entry in commitments])):
        raise Refusal(problems)
    return _document(inputs, revealed)


def _readable(entries: Sequence[Mapping[str, Any]], form: str, key: str, inputs: Inputs) -> Iterator[Problem]:
    if not entries:
        yield Problem("draw.none_given", N_("At least one {what} is needed."), {"what": key})
    for number, entry in enumerate(entries, start=1):
        place = f"{key} {number}"
        value = entry.get(key)
        if entry.get("format") != form or not isinstance(value, str) or not _HEX.match(value):
            yield Problem("draw.entry", N_("This is not a file of format {format}."), {"format": form}, place)
        elif entry.get("inputs") != inputs.digest:
            text = N_(
                "It was made for other inputs than those given now ({digest}); "
                "nothing may change between commitment and draw."
            )
            yield Problem("draw.inputs_changed", text, {"digest": inputs.digest}, place)


def match_commitments(seeds: Sequence[bytes], published: Sequence[str]) -> Iterator[Problem]:
    """Each published commitment must have been opened, and each seed must have been committed to."""
    opened = [commitment(seed) for seed in seeds]
    for digest in sorted(set(published) - set(opened)):
        text = N_("The seed of commitment {digest} was not revealed; without it there is no draw.")
        yield Problem("draw.not_revealed", text, {"digest": digest})
    for digest in sorted(set(opened) - set(published)):
        text = N_("A seed with commitment {digest} was not committed to before; leave it out.")
        yield Problem("draw.not_committed", text, {"digest": digest})
    if len(set(opened)) < len(opened) or len(set(published)) < len(published):
        yield Problem("draw.seed_twice", N_("The same seed is given twice; give each once."))


# --- the document ----------------------------------------------------------------------------------------------------


def _document(inputs: Inputs, seeds: Sequence[bytes]) -> Document:
    made = draw(inputs, seeds)
    if fault := certificate_flaw(made):
        raise AssertionError(fault)  # the solver and the proof disagree: better no draw than a wrong one
    ordered = in_order(seeds)
    return {
        "format": FORMAT,
        "algorithm": dict(ALGORITHM),
        "inputs": inputs.document(),
        "inputs_digest": inputs.digest,
        "commitments": [commitment(seed) for seed in ordered],
        "seeds": [seed.hex() for seed in ordered],
        "attempt": made.attempt,
        "salt": made.salt,
        "team_days": _team_days(made),
        "cost": str(made.cost),
        "certificate": {
            "groups": [str(price) for price in made.stages[0].prices] if made.stages[0].at else [],
            "sites": [str(price) for price in made.stages[1].prices],
        },
        "chances": [
            {"stratum": stratum, "class": kind, "sites": count, "drawn": drawn}
            for (stratum, kind), (count, drawn) in cells(inputs).items()
        ],
        "measures": measures(made),
    }


def _team_days(made: Draw) -> list[Document]:
    sites: list[list[str]] = [[] for _ in made.teams]
    for site, slot in zip(made.inputs.sites, made.at, strict=True):
        sites[slot].append(site.key)
    rules = made.inputs.settings
    return [
        {
            "day": rules.days[slot // rules.teams],
            "team": slot % rules.teams + 1,
            "experts": [made.inputs.experts[expert].key for expert in team],
            "sites": sites[slot],
            "centre": list(made.centres[slot]),
        }
        for slot, team in enumerate(made.teams)
    ]


def inputs_of(document: Any) -> Inputs:
    """The inputs held in a draw file; raises Refusal when they are not such as a draw writes."""
    try:
        experts = [_expert(entry) for entry in document["experts"]]
        conflicts = [_conflict(entry) for entry in document["conflicts"]]
        sites = [_site(entry) for entry in document["sites"]]
        made = Inputs(tuple(sites), tuple(experts), tuple(conflicts), _settings(document["settings"]))
        whole = bool(made.digest) and _same(made.document(), document)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _unreadable() from error
    if not whole:
        raise _unreadable()
    return made


def _same(made: Any, found: Any) -> bool:
    """Equality that tells 1 from true and from 1.0."""
    return next(differences(made, found), None) is None


def _site(entry: Mapping[str, Any]) -> Site:
    texts = {name: _text(entry[name]) for name in ("key", "stratum", "company", "group")}
    return Site(kind=_text(entry["class"]), lat=_whole(entry["lat"]), lon=_whole(entry["lon"]), **texts)


def _expert(entry: Mapping[str, Any]) -> Expert:
    return Expert(key=_text(entry["key"]), home=_text(entry["home"]), days=_texts(entry["days"]))


def _conflict(entry: Mapping[str, Any]) -> Conflict:
    return Conflict(_text(entry["expert"]), _text(entry["site"]), _text(entry["company"]))


def settings_of(document: Mapping[str, Any]) -> Settings:
    """The settings as `Settings.document` wrote them; raises Refusal when it did not."""
    try:
        return _settings(document)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _unreadable() from error


def _settings(entry: Mapping[str, Any]) -> Settings:
    return Settings(
        title=_text(entry["title"]),
        days=_texts(entry["days"]),
        teams=_whole(entry["teams"]),
        team_size=_whole(entry["team_size"]),
        most=_whole(entry["most"]),
        share=_fraction(entry["share"]),
        recuse=_texts(entry["recuse"]),
        pair_share=_fraction(entry["pair_share"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in value)


def _fraction(value: str) -> Fraction:
    if not _FRACTION.match(value):
        raise ValueError(value)
    return Fraction(value)


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _unreadable() -> Refusal:
    text = N_("The inputs in this file are not such as a draw writes; ask for the file again.")
    return Refusal([Problem("draw.unreadable", text, {}, "inputs")])


# --- verification ----------------------------------------------------------------------------------------------------


def check_draw(content: Mapping[str, Any]) -> list[Reason]:
    """Recompute the draw from the inputs and seeds in its file; each Problem is something that does not hold."""
    try:
        inputs = inputs_of(content.get("inputs"))
        again = _document(inputs, _revealed(content.get("seeds")))
    except Refusal as refusal:
        return list(refusal.problems)
    if found := list(differences(again, dict(content))):
        return [*found]
    measured = again["measures"]
    text = N_(
        "Recomputed and the same: {sites} sites, {teams} team-days, {metres} m; "
        "the prices prove that no placement is shorter."
    )
    sites = sum(len(entry["sites"]) for entry in again["team_days"])
    params = {"sites": sites, "teams": len(again["team_days"]), "metres": measured["metres"]}
    return [Reason("draw.holds", text, params)]


def _revealed(found: Any) -> list[bytes]:
    entries = found if isinstance(found, list) else []
    if not entries or not all(isinstance(entry, str) and _HEX.match(entry) for entry in entries):
        text = N_("The seeds must be {count} hexadecimal digits each; at least one is needed.")
        raise Refusal([Problem("draw.seeds", text, {"count": 2 * SEED_BYTES}, "seeds")])
    if len(set(entries)) < len(entries):
        raise Refusal([Problem("draw.seed_twice", N_("The same seed is given twice; give each once."), {}, "seeds")])
    return [bytes.fromhex(entry) for entry in entries]


def compare_inputs(given: Inputs, content: Mapping[str, Any]) -> list[Problem]:
    """What the file's inputs say otherwise than the `given` ones."""
    return list(differences(given.document(), content.get("inputs"), "inputs"))


def compare_commitments(published: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> list[Problem]:
    """What the file's commitments say otherwise than those `published` before the draw."""
    right = sorted(str(entry.get("commitment")) for entry in published)
    wrong_inputs = {str(entry.get("inputs")) for entry in published} - {content.get("inputs_digest")}
    text = N_("A commitment was made for other inputs ({digest}) than this draw's.")
    return [
        *differences(right, content.get("commitments"), "commitments"),
        *(Problem("draw.other_inputs", text, {"digest": digest}) for digest in sorted(wrong_inputs)),
    ]


def differences(right: Any, found: Any, place: str = "") -> Iterator[Problem]:
    """Where `found` is not `right`, at most twenty places; types count as well."""
    for number, (where, expected, value) in enumerate(_unequal(right, found, place)):
        if number == MOST_DIFFERENCES:
            yield Problem("draw.more", N_("There are more differences."), {}, where)
            return
        text = N_("The file says {found}; the inputs and seeds give {right}.")
        yield Problem("draw.differs", text, {"found": _short(value), "right": _short(expected)}, where or "file")


def _unequal(right: Any, found: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(right, dict) and isinstance(found, dict):
        for name in sorted(right.keys() | found.keys(), key=str):
            where = f"{place}.{name}" if place else str(name)
            yield from _unequal(right.get(name, _ABSENT), found.get(name, _ABSENT), where)
    elif isinstance(right, list) and isinstance(found, list) and len(right) == len(found):
        for number, (one, other) in enumerate(zip(right, found, strict=True)):
            yield from _unequal(one, other, f"{place}[{number}]")
    elif type(right) is not type(found) or right != found:
        yield place, right, found


class _Absent:
    def __repr__(self) -> str:
        return "–"


_ABSENT = _Absent()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
