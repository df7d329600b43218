"""The sheet of a visit as a document, and the small edits that make it.

An edit is the only way a sheet grows, at a desk and on a phone alike; a sheet is what its edits make of an empty one.
Two people who edit different checks never disturb each other; of two who edit one finding the later is told
(`Conflict`) and chooses. static/mj/assessments/recording.js does the same on a phone, held equal by tests. Not here:
what each kind of edit does (policy.edits), who may edit, what an exhibit is, rule kinds (policy.answers).

    {"findings": [{"id", "n", "version", "check", "steps", "fact", "place", "note", "evidence", "measured", "by",
                   "at"}],
     "not_applicable": [{"check", "reason", "evidence", "by", "at"}], "looked": [{"check", "by", "at"}],
     "samples": [{"check", "population", "picks", "by", "at"}]}
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.scoring import Finding, NotApplicable, Rubric, Sheet
from mingjing.programmes.assessments.policy.answers import terms_of
from mingjing.programmes.assessments.policy.edits import EDITS, Conflict, Hand
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = [
    "KINDS",
    "Conflict",
    "Edit",
    "apply_edit",
    "apply_edits",
    "apply_log",
    "findings_of",
    "part_of",
    "sheet_from",
    "signed_form",
    "undoing",
]

Document = dict[str, Any]
KINDS = tuple(EDITS)
"""The kinds of edits."""
UNSIGNED = frozenset({"by", "at"})
"""What of an entry only the server and its clock know."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as it is kept: `by` the token of a person, `at` an instant in ISO 8601."""

    kind: str
    payload: Mapping[str, Any]
    by: str
    at: str


def apply_edit(
    scheme: Scheme,
    rubric: Rubric,
    document: Mapping[str, Any],
    kind: str,
    payload: Mapping[str, Any],
    by: str,
    at: str,
    *,
    seed: str = "",
) -> Document:
    """The sheet after one edit; `document` is left as it was. Raises Refusal, naming the check and the next step.

    A `payload` that changes or removes a finding carries `expected`, the version its editor saw (Conflict otherwise).
    `seed` is the visit's own, in hex (engine.picks.seed_of): what `sampled` picks by, unknown unless given.
    """
    hand = _hand(scheme, rubric, document, seed)
    hand.apply(kind, payload, by, at)
    return hand.document()


def apply_edits(
    scheme: Scheme, rubric: Rubric, document: Mapping[str, Any], edits: Sequence[Edit], *, seed: str = ""
) -> tuple[Document, list[Refusal | None]]:
    """The sheet after many edits, each applied or refused by itself, as `apply_edit` would one after the other.

    For every edit the refusal it met, or None; one that is refused leaves the sheet as the edit before it did.
    """
    hand = _hand(scheme, rubric, document, seed)
    refusals: list[Refusal | None] = []
    for edit in edits:
        try:
            hand.apply(edit.kind, edit.payload, edit.by, edit.at)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            refusals.append(None)
    return hand.document(), refusals


def apply_log(scheme: Scheme, rubric: Rubric, edits: Iterable[Edit], *, seed: str = "") -> Document:
    """What a sheet's edits make of an empty one. Raises Refusal for the first that cannot be."""
    hand = _hand(scheme, rubric, {}, seed)
    for edit in edits:
        hand.apply(edit.kind, edit.payload, edit.by, edit.at)
    return hand.document()


def _hand(scheme: Scheme, rubric: Rubric, document: Mapping[str, Any], seed: str) -> Hand:
    hand = Hand(rubric, terms_of(scheme, rubric), seed)
    hand.read(document)
    return hand


def signed_form(document: Mapping[str, Any]) -> Document:
    """What people sign offline: the sheet without what only the server and its clock know of it."""
    return {
        name: [{key: value for key, value in entry.items() if key not in UNSIGNED} for entry in entries]
        for name, entries in document.items()
    }


def findings_of(document: Mapping[str, Any]) -> tuple[tuple[Finding, ...], tuple[NotApplicable, ...]]:
    """What the engine scores."""
    findings = tuple(
        Finding(
            check=entry["check"], steps=entry["steps"], fact=entry["fact"], place=entry["place"], note=entry["note"],
            evidence=tuple(entry["evidence"]), by=entry["by"], at=entry["at"],
        )
        for entry in document.get("findings", ())
    )  # fmt: skip
    absences = tuple(
        NotApplicable(entry["check"], entry["reason"], tuple(entry["evidence"]), entry["by"], entry["at"])
        for entry in document.get("not_applicable", ())
    )
    return findings, absences


def sheet_from(document: Mapping[str, Any]) -> Sheet:
    """The engine's sheet of what was found, without what is filed about the site."""
    findings, absences = findings_of(document)
    return Sheet(findings=findings, not_applicable=absences)


def part_of(document: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What a sheet says of one check; empty where nobody has answered it."""
    found = {name: [entry for entry in entries if entry["check"] == code] for name, entries in document.items()}
    return {name: entries for name, entries in found.items() if entries}


def undoing(
    scheme: Scheme, rubric: Rubric, edits: Iterable[Edit], revision: int, current: Mapping[str, Any], *, seed: str = ""
) -> dict[str, Any]:
    """The payload that takes the edit of that revision back; raises Refusal where its checks were edited since."""
    log = list(edits)[:revision]
    before, after = (apply_log(scheme, rubric, part, seed=seed) for part in (log[:-1], log))
    touched = [code for code in rubric.checks if part_of(before, code) != part_of(after, code)]
    if not touched:
        raise Refusal([Problem("recording.undo_nothing", N_("This edit changed nothing; there is nothing to undo."))])
    for code in touched:
        if part_of(current, code) != part_of(after, code):
            text = N_("{code} was edited again since; undo the later edit first, or change what stands.")
            raise Refusal([Problem("recording.undo_later", text, {"code": code}, code)])
    return {"of": revision, "before": {code: part_of(before, code) for code in touched}}
