"""The sheet of a visit as a document, and the small edits that make it.

`apply_edit` is the only way a sheet grows, at a desk and on a phone alike; a sheet is what its edits make of an empty
one. Two people who edit different checks never disturb each other; of two who edit one finding the later is told
(`Conflict`) and chooses. Not here: who may edit, what an exhibit is, rule kinds (policy.answers).

    {"findings": [{"id", "n", "version", "check", "steps", "fact", "place", "note", "evidence", "measured", "by",
                   "at"}],
     "not_applicable": [{"check", "reason", "evidence", "by", "at"}], "looked": [{"check", "by", "at"}]}
"""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.scoring import Check, Finding, NotApplicable, Rubric, Sheet
from mingjing.programmes.assessments.policy.answers import Terms, answer_of, terms_of
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["KINDS", "Conflict", "Edit", "apply_edit", "apply_log", "findings_of", "part_of", "sheet_from", "undoing"]

Document = dict[str, Any]
PLACE, NOTE, REASON = 200, 1000, 300
"""Longest texts, in characters."""
MOST_EVIDENCE = 60
"""Exhibits of one finding; a sheet stays one compact row."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
ANSWERS = frozenset({"count", "grade", "good", "of", "fewer", "mark"})
"""The parts of a payload that say how bad it is; which of them a check takes, its rule kind says."""


class Conflict(Refusal):
    """Somebody changed the same thing meanwhile: `current` is what stands now, or None when it was removed."""

    def __init__(self, problem: Problem, current: Mapping[str, Any] | None) -> None:
        self.current = current
        super().__init__([problem])


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as it is kept: `by` the token of a person, `at` an instant in ISO 8601."""

    kind: str
    payload: Mapping[str, Any]
    by: str
    at: str


@dataclass(slots=True)
class _Hand:
    """A sheet while it is being edited."""

    rubric: Rubric
    terms: Mapping[str, Terms]
    by: str
    at: str
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent: dict[str, dict[str, Any]] = field(default_factory=dict)
    looked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, document: Mapping[str, Any]) -> None:
        kept = deepcopy(dict(document))
        self.findings = {entry["id"]: entry for entry in kept.get("findings", ())}
        self.absent = {entry["check"]: entry for entry in kept.get("not_applicable", ())}
        self.looked = {entry["check"]: entry for entry in kept.get("looked", ())}

    def document(self) -> Document:
        """Findings in the order in which they were recorded, marks in the order of the scheme; no empty lists."""
        order = {code: place for place, code in enumerate(self.rubric.checks)}
        whole = {
            "findings": sorted(self.findings.values(), key=lambda entry: (entry["n"], entry["id"])),
            "not_applicable": sorted(self.absent.values(), key=lambda entry: order[entry["check"]]),
            "looked": sorted(self.looked.values(), key=lambda entry: order[entry["check"]]),
        }
        return {name: entries for name, entries in whole.items() if entries}

    def check(self, payload: Mapping[str, Any]) -> Check:
        code = payload.get("check")
        if not isinstance(code, str) or code not in self.rubric.checks:
            text = N_("{code} is no check of this form; open the record again.")
            raise Refusal([Problem("recording.unknown_check", text, {"code": str(code)[:40]})])
        return self.rubric.checks[code]

    def of(self, code: str) -> list[dict[str, Any]]:
        """The findings on a check."""
        return [entry for entry in self.findings.values() if entry["check"] == code]

    def seen(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The finding that is edited, in the version the editor saw; raises Conflict when it is another by now."""
        current = self.named(payload)
        if payload.get("expected") != current["version"]:
            text = N_("Somebody changed this finding after you opened it; choose which version stands.")
            raise Conflict(Problem("recording.changed", text, {}, current["check"]), current)
        return current

    def named(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The finding a payload names; raises Conflict when it is gone."""
        current = self.findings.get(str(payload.get("finding")))
        if current is None:
            text = N_("This finding was removed meanwhile; record it anew if it stands.")
            raise Conflict(Problem("recording.removed", text), None)
        return current


def apply_edit(
    scheme: Scheme, rubric: Rubric, document: Mapping[str, Any], kind: str, payload: Mapping[str, Any], by: str, at: str
) -> Document:
    """The sheet after one edit; `document` is left as it was. Raises Refusal, naming the check and the next step.

    A `payload` that changes or removes a finding carries `expected`, the version its editor saw (Conflict otherwise).
    """
    if (edit := _EDITS.get(kind)) is None:
        text = N_("{kind} is no edit of a sheet; use one of {known}.")
        raise Refusal([Problem("recording.unknown_edit", text, {"kind": kind[:40], "known": tuple(_EDITS)})])
    code = str(payload.get("check", ""))[:40]
    for name in payload:  # what an edit does not read is kept with it too
        if isinstance(payload[name], str):
            _text(payload, name, NOTE, code)
    hand = _Hand(rubric, terms_of(scheme, rubric), by, at)
    hand.read(document)
    edit(hand, payload)
    return hand.document()


def apply_log(scheme: Scheme, rubric: Rubric, edits: Iterable[Edit]) -> Document:
    """What a sheet's edits make of an empty one."""
    document: Document = {}
    for edit in edits:
        document = apply_edit(scheme, rubric, document, edit.kind, edit.payload, edit.by, edit.at)
    return document


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
    scheme: Scheme, rubric: Rubric, edits: Iterable[Edit], revision: int, current: Mapping[str, Any]
) -> dict[str, Any]:
    """The payload that takes the edit of that revision back; raises Refusal where its checks were edited since."""
    log = list(edits)[:revision]
    before, after = apply_log(scheme, rubric, log[:-1]), apply_log(scheme, rubric, log)
    touched = [code for code in rubric.checks if part_of(before, code) != part_of(after, code)]
    if not touched:
        raise Refusal([Problem("recording.undo_nothing", N_("This edit changed nothing; there is nothing to undo."))])
    for code in touched:
        if part_of(current, code) != part_of(after, code):
            text = N_("{code} was edited again since; undo the later edit first, or change what stands.")
            raise Refusal([Problem("recording.undo_later", text, {"code": code}, code)])
    return {"of": revision, "before": {code: part_of(before, code) for code in touched}}


def _find(hand: _Hand, payload: Mapping[str, Any]) -> None:
    check = hand.check(payload)
    _not_absent(hand, check)
    steps, measured = answer_of(hand.terms[check.code], payload)
    standing = hand.of(check.code)
    if standing and not check.rule.added:
        text = N_("{code} has its answer already; change that one, or remove it first.")
        raise Conflict(Problem("recording.answered", text, {"code": check.code}, check.code), standing[0])
    if measured.get("grade") == "full":
        return _looked(hand, payload)
    name = str(payload.get("finding"))
    if not _ID.fullmatch(name) or name in hand.findings:
        text = N_("The finding on {code} was sent with a number that is not new; open the record again and repeat it.")
        raise Refusal([Problem("recording.finding_id", text, {"code": check.code}, check.code)])
    hand.looked.pop(check.code, None)
    hand.findings[name] = {
        "id": name, "n": 1 + max((entry["n"] for entry in hand.findings.values()), default=0), "version": 1,
        "check": check.code, "steps": steps, "fact": _fact(hand, name, payload), "place": _place(payload, check.code),
        "note": _text(payload, "note", NOTE, check.code), "evidence": _evidence((), payload, check.code),
        "measured": measured, "by": hand.by, "at": hand.at,
    }  # fmt: skip
    return None


def _change(hand: _Hand, payload: Mapping[str, Any]) -> None:
    entry = hand.seen(payload)
    code = entry["check"]
    if ANSWERS & payload.keys():
        entry["steps"], entry["measured"] = answer_of(hand.terms[code], payload)
    if "place" in payload:
        entry["place"] = _place(payload, code)
    if "note" in payload:
        entry["note"] = _text(payload, "note", NOTE, code)
    if "same_as" in payload:
        entry["fact"] = _fact(hand, entry["id"], payload)
    entry |= {"version": entry["version"] + 1, "by": hand.by, "at": hand.at}


def _remove(hand: _Hand, payload: Mapping[str, Any]) -> None:
    del hand.findings[hand.seen(payload)["id"]]


def _attach(hand: _Hand, payload: Mapping[str, Any]) -> None:
    entry = _holder(hand, payload)
    entry["evidence"] = _evidence(entry["evidence"], payload, entry["check"])


def _detach(hand: _Hand, payload: Mapping[str, Any]) -> None:
    entry = _holder(hand, payload)
    gone = set(_evidence((), payload, entry["check"]))
    entry["evidence"] = [digest for digest in entry["evidence"] if digest not in gone]


def _holder(hand: _Hand, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What exhibits are put to: a finding, or a check that does not apply."""
    if "finding" in payload:
        return hand.named(payload)
    check = hand.check(payload)
    if check.code not in hand.absent:
        text = N_("{code} is not marked as not applicable; put the evidence to a finding.")
        raise Refusal([Problem("recording.no_holder", text, {"code": check.code}, check.code)])
    return hand.absent[check.code]


def _looked(hand: _Hand, payload: Mapping[str, Any]) -> None:
    check = hand.check(payload)
    _not_absent(hand, check)
    if hand.of(check.code):
        text = N_("{code} has findings; remove them first if nothing is wrong there.")
        raise Refusal([Problem("recording.has_findings", text, {"code": check.code}, check.code)])
    if hand.terms[check.code].measured:
        text = N_("{code} is measured; enter what you counted or the mark you gave.")
        raise Refusal([Problem("recording.measured", text, {"code": check.code}, check.code)])
    hand.looked.setdefault(check.code, {"check": check.code, "by": hand.by, "at": hand.at})


def _looked_rest(hand: _Hand, payload: Mapping[str, Any]) -> None:
    item = next((item for item in hand.rubric.items if item.code == payload.get("item")), None)
    if item is None:
        text = N_("{code} is no major item of this form; open the record again.")
        raise Refusal([Problem("recording.unknown_item", text, {"code": str(payload.get("item"))[:40]})])
    for code in (check.code for check in item.checks if check.code in hand.rubric.checks):
        if code not in hand.absent and not hand.of(code) and not hand.terms[code].measured:
            hand.looked.setdefault(code, {"check": code, "by": hand.by, "at": hand.at})


def _not_applicable(hand: _Hand, payload: Mapping[str, Any]) -> None:
    check = hand.check(payload)
    if not check.na:
        text = N_("{code} always applies: the scheme does not allow to leave it out. Record what you found.")
        raise Refusal([Problem("recording.always_applies", text, {"code": check.code}, check.code)])
    if hand.of(check.code):
        text = N_("{code} has findings, so it applies; remove them first.")
        raise Refusal([Problem("recording.has_findings", text, {"code": check.code}, check.code)])
    _not_absent(hand, check)
    if not (reason := _text(payload, "reason", REASON, check.code)):
        text = N_("Say why {code} does not apply here: the reviewer reads it.")
        raise Refusal([Problem("recording.no_reason", text, {"code": check.code}, check.code)])
    hand.looked.pop(check.code, None)
    evidence = _evidence((), payload, check.code)
    hand.absent[check.code] = {
        "check": check.code, "reason": reason, "evidence": evidence, "by": hand.by, "at": hand.at,
    }  # fmt: skip


def _unmark(hand: _Hand, payload: Mapping[str, Any]) -> None:
    code = hand.check(payload).code
    hand.looked.pop(code, None)
    hand.absent.pop(code, None)


def _undo(hand: _Hand, payload: Mapping[str, Any]) -> None:
    """Puts checks back as `before` says. Findings get a new version: whoever saw an older one is told."""
    for code, before in payload["before"].items():
        gone = {entry["id"]: hand.findings.pop(entry["id"]) for entry in hand.of(code)}
        for entry in deepcopy(before.get("findings", [])):
            last = gone.get(entry["id"], entry)["version"]
            hand.findings[entry["id"]] = entry | {"version": max(last, entry["version"]) + 1}
        for name, marks in (("not_applicable", hand.absent), ("looked", hand.looked)):
            marks.pop(code, None)
            marks.update({entry["check"]: dict(entry) for entry in before.get(name, ())})


_EDITS: Mapping[str, Callable[[_Hand, Mapping[str, Any]], None]] = {
    "find": _find,
    "change": _change,
    "remove": _remove,
    "attach": _attach,
    "detach": _detach,
    "looked": _looked,
    "looked_rest": _looked_rest,
    "not_applicable": _not_applicable,
    "unmark": _unmark,
    "undo": _undo,
}
KINDS = tuple(_EDITS)
"""The kinds of edits."""


def _not_absent(hand: _Hand, check: Check) -> None:
    if check.code in hand.absent:
        text = N_("{code} is marked as not applicable ({reason}); take that mark away first.")
        params = {"code": check.code, "reason": hand.absent[check.code]["reason"]}
        raise Refusal([Problem("recording.absent", text, params, check.code)])


def _fact(hand: _Hand, name: str, payload: Mapping[str, Any]) -> str:
    """The thing that was found: its own, or that of the finding it is the same thing as."""
    other = payload.get("same_as") or ""
    if not other:
        return name
    if other == name or other not in hand.findings:
        text = N_("The finding that this is said to be the same as is not on the sheet; choose another.")
        raise Refusal([Problem("recording.same_as", text, {}, str(payload.get("check", "")))])
    return str(hand.findings[other]["fact"])


def _place(payload: Mapping[str, Any], code: str) -> str:
    return " ".join(_text(payload, "place", PLACE, code).split())


def _text(payload: Mapping[str, Any], name: str, longest: int, code: str) -> str:
    raw = payload.get(name, "")
    value = raw.strip().replace("\r\n", "\n") if isinstance(raw, str) else None
    if value is None or len(value) > longest or not value.replace("\n", "").replace("\t", "").isprintable():
        text = N_("On {code}, write at most {longest} characters of plain text.")
        raise Refusal([Problem("recording.text", text, {"code": code, "longest": longest}, code)])
    return value


def _evidence(before: Iterable[str], payload: Mapping[str, Any], code: str) -> list[str]:
    """`before` and the digests of the payload, each once, in the order in which they came."""
    given = payload.get("evidence", ())
    if not isinstance(given, list | tuple) or not all(isinstance(x, str) and _DIGEST.fullmatch(x) for x in given):
        text = N_("The evidence on {code} was not sent as digests; open the record again and add it once more.")
        raise Refusal([Problem("recording.digests", text, {"code": code}, code)])
    found = list(dict.fromkeys((*before, *given)))
    if len(found) > MOST_EVIDENCE:
        text = N_("{code} has more than {most} exhibits on one finding; record the rest as a finding of its own.")
        raise Refusal([Problem("recording.evidence_many", text, {"code": code, "most": MOST_EVIDENCE}, code)])
    return found
