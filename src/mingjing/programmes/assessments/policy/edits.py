"""What each kind of edit does to a sheet, and what of it is refused: the hand behind policy.recording.

Every kind looks at everything first and puts its result down last, and an entry that stands is replaced, never changed:
so an edit that is refused leaves the hand as it was, and a document that was read stays what it was. Not here: how many
edits are applied and what comes of a sheet (policy.recording), rule kinds (policy.answers).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.picks import SEED, pick
from mingjing.engine.scoring import Check, Rubric
from mingjing.programmes.assessments.policy.answers import Terms, answer_of, whole

__all__ = ["EDITS", "Conflict", "Hand"]

Entry = dict[str, Any]
Document = dict[str, Any]
PLACE, NOTE, REASON = 200, 1000, 300
"""Longest texts, in characters."""
MOST_EVIDENCE = 60
"""Exhibits of one finding; a sheet stays one compact row."""
MOST_POPULATION = 9_999
"""The most stairs, lifts or households a sample is picked from."""

MARKS = ("not_applicable", "looked", "samples")
"""The lists of a sheet with at most one entry on a check."""

_N = itemgetter("n")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
ANSWERS = frozenset({"count", "grade", "good", "of", "fewer", "mark"})
"""The parts of a payload that say how bad it is; which of them a check takes, its rule kind says."""


class Conflict(Refusal):
    """Somebody changed the same thing meanwhile: `current` is what stands now, or None when it was removed."""

    def __init__(self, problem: Problem, current: Mapping[str, Any] | None) -> None:
        self.current = current
        super().__init__([problem])


@dataclass(slots=True)
class Hand:
    """A sheet while it is being edited. `seed` is the visit's own, by which samples are picked."""

    rubric: Rubric
    terms: Mapping[str, Terms]
    seed: str = ""
    by: str = ""
    at: str = ""
    findings: dict[str, Entry] = field(default_factory=dict)
    absent: dict[str, Entry] = field(default_factory=dict)
    looked: dict[str, Entry] = field(default_factory=dict)
    samples: dict[str, Entry] = field(default_factory=dict)
    faulted: set[str] = field(default_factory=set)
    """Every check on which a finding stands, and some where none does any more: most have none, and are asked often."""
    last: int | None = 0
    """The highest number of a finding that stands; None where it has to be looked for."""

    def read(self, document: Mapping[str, Any]) -> None:
        """Take up a sheet. Its entries are shared with it, so they are replaced, never changed."""
        self.findings = {entry["id"]: entry for entry in document.get("findings", ())}
        self.faulted, self.last = {entry["check"] for entry in self.findings.values()}, None
        self.absent, self.looked, self.samples = (
            {entry["check"]: entry for entry in document.get(name, ())} for name in MARKS
        )

    def apply(self, kind: str, payload: Mapping[str, Any], by: str, at: str) -> None:
        """One edit; raises Refusal, and then everything is as it was before."""
        if (edit := EDITS.get(kind)) is None:
            text = N_("{kind} is no edit of a sheet; use one of {known}.")
            raise Refusal([Problem("recording.unknown_edit", text, {"kind": kind[:40], "known": tuple(EDITS)})])
        for name, value in payload.items():  # what an edit does not read is kept with it too
            if isinstance(value, str) and not (value.isprintable() and len(value) <= NOTE):
                _text(payload, name, NOTE, str(payload.get("check", ""))[:40])
        self.by, self.at = by, at
        edit(self, payload)

    def document(self) -> Document:
        """Findings in the order in which they were recorded, marks in the order of the scheme; no empty lists."""
        order = {code: place for place, code in enumerate(self.rubric.checks)}
        lists = {
            "findings": sorted(self.findings.values(), key=lambda entry: (entry["n"], entry["id"])),
            "not_applicable": sorted(self.absent.values(), key=lambda entry: order[entry["check"]]),
            "looked": sorted(self.looked.values(), key=lambda entry: order[entry["check"]]),
            "samples": sorted(self.samples.values(), key=lambda entry: order[entry["check"]]),
        }
        return {name: entries for name, entries in lists.items() if entries}

    def check(self, payload: Mapping[str, Any]) -> Check:
        code = payload.get("check")
        if not isinstance(code, str) or code not in self.rubric.checks:
            text = N_("{code} is no check of this form; open the record again.")
            raise Refusal([Problem("recording.unknown_check", text, {"code": str(code)[:40]})])
        return self.rubric.checks[code]

    def number(self) -> int:
        """The number of the next finding."""
        if self.last is None:
            self.last = max(map(_N, self.findings.values()), default=0)
        return self.last + 1

    def of(self, code: str) -> list[Entry]:
        """The findings on a check."""
        return [one for one in self.findings.values() if one["check"] == code] if code in self.faulted else []

    def seen(self, payload: Mapping[str, Any]) -> Entry:
        """The finding that is edited, in the version the editor saw; raises Conflict when it is another by now."""
        current = self.named(payload)
        if payload.get("expected") != current["version"]:
            text = N_("Somebody changed this finding after you opened it; choose which version stands.")
            raise Conflict(Problem("recording.changed", text, {}, current["check"]), current)
        return current

    def named(self, payload: Mapping[str, Any]) -> Entry:
        """The finding a payload names; raises Conflict when it is gone."""
        current = self.findings.get(str(payload.get("finding")))
        if current is None:
            text = N_("This finding was removed meanwhile; record it anew if it stands.")
            raise Conflict(Problem("recording.removed", text), None)
        return current


def _find(hand: Hand, payload: Mapping[str, Any]) -> None:
    check = hand.check(payload)
    _not_absent(hand, check)
    steps, measured = answer_of(hand.terms[check.code], payload)
    if not check.rule.added and (standing := hand.of(check.code)):
        text = N_("{code} has its answer already; change that one, or remove it first.")
        raise Conflict(Problem("recording.answered", text, {"code": check.code}, check.code), standing[0])
    if measured.get("grade") == "full":
        return _looked(hand, payload)
    name = str(payload.get("finding"))
    if not _ID.fullmatch(name) or name in hand.findings:
        text = N_("The finding on {code} was sent with a number that is not new; open the record again and repeat it.")
        raise Refusal([Problem("recording.finding_id", text, {"code": check.code}, check.code)])
    n = hand.number()
    entry = {
        "id": name, "n": n, "version": 1,
        "check": check.code, "steps": steps, "fact": _fact(hand, name, payload), "place": _place(payload, check.code),
        "note": _text(payload, "note", NOTE, check.code), "evidence": _evidence((), payload, check.code),
        "measured": measured, "by": hand.by, "at": hand.at,
    }  # fmt: skip
    hand.looked.pop(check.code, None)
    hand.findings[name] = entry
    hand.faulted.add(check.code)
    hand.last = n
    return None


def _change(hand: Hand, payload: Mapping[str, Any]) -> None:
    entry = hand.seen(payload)
    code = entry["check"]
    changed: Entry = {"version": entry["version"] + 1, "by": hand.by, "at": hand.at}
    if ANSWERS & payload.keys():
        changed["steps"], changed["measured"] = answer_of(hand.terms[code], payload)
    if "place" in payload:
        changed["place"] = _place(payload, code)
    if "note" in payload:
        changed["note"] = _text(payload, "note", NOTE, code)
    if "same_as" in payload:
        changed["fact"] = _fact(hand, entry["id"], payload)
    hand.findings[entry["id"]] = entry | changed


def _remove(hand: Hand, payload: Mapping[str, Any]) -> None:
    del hand.findings[hand.seen(payload)["id"]]
    hand.last = None


def _attach(hand: Hand, payload: Mapping[str, Any]) -> None:
    among, key = _holder(hand, payload)
    entry = among[key]
    among[key] = entry | {"evidence": _evidence(entry["evidence"], payload, entry["check"])}


def _detach(hand: Hand, payload: Mapping[str, Any]) -> None:
    among, key = _holder(hand, payload)
    entry = among[key]
    gone = set(_evidence((), payload, entry["check"]))
    among[key] = entry | {"evidence": [digest for digest in entry["evidence"] if digest not in gone]}


def _holder(hand: Hand, payload: Mapping[str, Any]) -> tuple[dict[str, Entry], str]:
    """What exhibits are put to: a finding, or a check that does not apply; as the entries it is among, and its key."""
    if "finding" in payload:
        return hand.findings, hand.named(payload)["id"]
    check = hand.check(payload)
    if check.code not in hand.absent:
        text = N_("{code} is not marked as not applicable; put the evidence to a finding.")
        raise Refusal([Problem("recording.no_holder", text, {"code": check.code}, check.code)])
    return hand.absent, check.code


def _looked(hand: Hand, payload: Mapping[str, Any]) -> None:
    check = hand.check(payload)
    _not_absent(hand, check)
    if hand.of(check.code):
        text = N_("{code} has findings; remove them first if nothing is wrong there.")
        raise Refusal([Problem("recording.has_findings", text, {"code": check.code}, check.code)])
    if hand.terms[check.code].measured:
        text = N_("{code} is measured; enter what you counted or the mark you gave.")
        raise Refusal([Problem("recording.measured", text, {"code": check.code}, check.code)])
    hand.looked.setdefault(check.code, {"check": check.code, "by": hand.by, "at": hand.at})


def _looked_rest(hand: Hand, payload: Mapping[str, Any]) -> None:
    item = next((item for item in hand.rubric.items if item.code == payload.get("item")), None)
    if item is None:
        text = N_("{code} is no major item of this form; open the record again.")
        raise Refusal([Problem("recording.unknown_item", text, {"code": str(payload.get("item"))[:40]})])
    for code in (check.code for check in item.checks if check.code in hand.rubric.checks):
        if code not in hand.absent and not hand.of(code) and not hand.terms[code].measured:
            hand.looked.setdefault(code, {"check": code, "by": hand.by, "at": hand.at})


def _not_applicable(hand: Hand, payload: Mapping[str, Any]) -> None:
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
    evidence = _evidence((), payload, check.code)
    hand.looked.pop(check.code, None)
    hand.absent[check.code] = {
        "check": check.code, "reason": reason, "evidence": evidence, "by": hand.by, "at": hand.at,
    }  # fmt: skip


def _unmark(hand: Hand, payload: Mapping[str, Any]) -> None:
    code = hand.check(payload).code
    hand.looked.pop(code, None)
    hand.absent.pop(code, None)


def _sampled(hand: Hand, payload: Mapping[str, Any]) -> None:
    """How many there are, and so which of them to look at. It answers nothing; a later count picks anew."""
    check = hand.check(payload)
    terms = hand.terms[check.code]
    if not terms.sample:
        text = N_("{code} asks for no sample; look at what the check names.")
        raise Refusal([Problem("recording.no_sample", text, {"code": check.code}, check.code)])
    population = whole(terms, payload.get("population"), 1, MOST_POPULATION)
    if not SEED.fullmatch(hand.seed):
        text = N_("What to look at for {code} cannot be picked yet: the seed of this visit is not known here.")
        raise Refusal([Problem("recording.no_seed", text, {"code": check.code}, check.code)])
    picks = pick(hand.seed, check.code, population, terms.sample)
    hand.samples[check.code] = {
        "check": check.code, "population": population, "picks": list(picks), "by": hand.by, "at": hand.at,
    }  # fmt: skip


def _undo(hand: Hand, payload: Mapping[str, Any]) -> None:
    """Puts checks back as `before` says. Findings get a new version: whoever saw an older one is told."""
    if not isinstance(payload.get("before"), Mapping):
        text = N_("It is not known what stood before this edit; change what stands instead.")
        raise Refusal([Problem("recording.undo_unknown", text)])
    hand.last = None
    for code, before in payload["before"].items():
        gone = {entry["id"]: hand.findings.pop(entry["id"]) for entry in hand.of(code)}
        for entry in deepcopy(before.get("findings", [])):
            last = gone.get(entry["id"], entry)["version"]
            hand.findings[entry["id"]] = entry | {"version": max(last, entry["version"]) + 1}
            hand.faulted.add(entry["check"])
        for name, marks in zip(MARKS, (hand.absent, hand.looked, hand.samples), strict=True):
            marks.pop(code, None)
            marks.update({entry["check"]: dict(entry) for entry in before.get(name, ())})


EDITS: Mapping[str, Callable[[Hand, Mapping[str, Any]], None]] = {
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
    "sampled": _sampled,
}


def _not_absent(hand: Hand, check: Check) -> None:
    if check.code in hand.absent:
        text = N_("{code} is marked as not applicable ({reason}); take that mark away first.")
        params = {"code": check.code, "reason": hand.absent[check.code]["reason"]}
        raise Refusal([Problem("recording.absent", text, params, check.code)])


def _fact(hand: Hand, name: str, payload: Mapping[str, Any]) -> str:
    """The thing that was found: its own, or that of the finding it is the same thing as."""
    other = payload.get("same_as") or ""
    if not other:
        return name
    if not isinstance(other, str) or other == name or other not in hand.findings:
        text = N_("The finding that this is said to be the same as is not on the sheet; choose another.")
        raise Refusal([Problem("recording.same_as", text, {}, str(payload.get("check", "")))])
    return str(hand.findings[other]["fact"])


def _place(payload: Mapping[str, Any], code: str) -> str:
    return " ".join(_text(payload, "place", PLACE, code).split())


def _text(payload: Mapping[str, Any], name: str, longest: int, code: str) -> str:
    raw = payload.get(name, "")
    if type(raw) is str and len(raw) <= longest and raw.isprintable():  # in one line, as nearly always
        return raw.strip()
    value = raw.strip().replace("\r\n", "\n") if isinstance(raw, str) else None
    if value is None or len(value) > longest or not value.replace("\n", "").replace("\t", "").isprintable():
        text = N_("On {code}, write at most {longest} characters of plain text.")
        raise Refusal([Problem("recording.text", text, {"code": code, "longest": longest}, code)])
    return value


def _evidence(before: Iterable[str], payload: Mapping[str, Any], code: str) -> list[str]:
    """`before` and the digests of the payload, each once, in the order in which they came."""
    if "evidence" not in payload:
        return list(before)
    given = payload["evidence"]
    if not isinstance(given, list | tuple) or not all(isinstance(x, str) and _DIGEST.fullmatch(x) for x in given):
        text = N_("The evidence on {code} was not sent as digests; open the record again and add it once more.")
        raise Refusal([Problem("recording.digests", text, {"code": code}, code)])
    found = list(dict.fromkeys((*before, *given)))
    if len(found) > MOST_EVIDENCE:
        text = N_("{code} has more than {most} exhibits on one finding; record the rest as a finding of its own.")
        raise Refusal([Problem("recording.evidence_many", text, {"code": code, "most": MOST_EVIDENCE}, code)])
    return found
