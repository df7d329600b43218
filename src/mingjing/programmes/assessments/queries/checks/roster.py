"""The frozen roster: its digest worked out again from the entries, and what the ledger says was recorded since."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from mingjing.engine.outcome import N_, Problem, Reason
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import Entry, Round
from mingjing.programmes.assessments.policy.roster_digest import RosterDigest
from mingjing.programmes.assessments.queries.checks.facts import CHUNK, facts_about, last_fact

__all__ = ["roster_faults"]

RECORDED = "assessments.entry.attribute_recorded"
DECLARED = ("assessments.entry.not_assessed", "assessments.entry.to_assess")


def roster_faults(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """What of the entries differs from what was frozen, and from the values and declarations recorded since."""
    frozen = last_fact(round_.subject, "assessments.round.frozen")
    if frozen is None:
        text = N_("The ledger has no fact that this round was frozen; find out who set it so, and from which backup.")
        yield Problem("check.not_frozen", text, {}, round_.code)
        return
    yield from _rules(round_, frozen.values)
    digest, unknown = RosterDigest(), 0
    for entries in _by_number(round_):
        facts = facts_about((entry.subject for entry in entries), RECORDED, *DECLARED)
        for entry in entries:
            counts["entries"] += 1
            about = [fact for fact in facts.get(entry.subject, ()) if fact.seq > frozen.seq]
            values, certain = _as_frozen(entry, about)
            unknown += not certain
            digest.add((entry.pk, entry.number, entry.community_id, entry.class_code, values, entry.ranges))
            yield from _values_since(entry, about)
            yield from _declared(entry, facts.get(entry.subject, ()))
    yield from _digests(round_, frozen.values, digest.hexdigest(), counts["entries"], unknown)


def _rules(round_: Round, said: dict[str, Any]) -> Iterator[Problem]:
    """The scheme and the period of the round, as they were frozen."""
    scheme = sha256(round_.scheme.document.encode()).hexdigest()
    found = (scheme, round_.first_day.isoformat(), round_.last_day.isoformat())
    if found != (said["scheme"], said["first_day"], said["last_day"]):
        text = N_("The scheme or the period of the round is not the one that was frozen; the ledger counts.")
        yield Problem("check.rules", text, {}, round_.code)


def _by_number(round_: Round) -> Iterator[list[Entry]]:
    after = ""
    rows = Entry.objects.filter(round=round_).order_by("number").defer("words", "class_reasons")
    while entries := list(rows.filter(number__gt=after)[:CHUNK] if after else rows[:CHUNK]):
        yield entries
        after = entries[-1].number


def _as_frozen(entry: Entry, since: Sequence[Fact]) -> tuple[dict[str, Any], bool]:
    """The values as they were when the round was frozen, and whether the ledger tells all of them."""
    values, certain = dict(entry.attributes), True
    for fact in reversed([fact for fact in since if fact.kind == RECORDED]):
        said = fact.values
        certain = certain and "before" in said
        if said.get("before") is None:
            values.pop(said["code"], None)
        else:
            values[said["code"]] = said["before"]
    return values, certain


def _values_since(entry: Entry, since: Sequence[Fact]) -> Iterator[Problem]:
    newest = {fact.values["code"]: fact.values["text"] for fact in since if fact.kind == RECORDED}
    for code, text in newest.items():
        if (found := entry.attributes.get(code)) != text:
            words = N_("The value {code} is {found}; the ledger says that {text} was recorded last.")
            yield Problem("check.value", words, {"code": code, "found": str(found), "text": text}, entry.number)


def _declared(entry: Entry, facts: Sequence[Fact]) -> Iterator[Problem]:
    said = [fact.kind for fact in facts if fact.kind in DECLARED]
    if (entry.not_assessed_at is not None) != (said[-1:] == [DECLARED[0]]):
        text = N_("Whether it was declared not assessed differs between its row and the ledger; the ledger counts.")
        yield Problem("check.declared", text, {}, entry.number)


def _digests(round_: Round, said: dict[str, Any], digest: str, count: int, unknown: int) -> Iterator[Reason]:
    if said["roster"] != round_.roster_digest:
        text = N_("The digest of the roster on the round is not the one the ledger recorded when it was frozen.")
        yield Problem("check.roster_digest", text, {}, round_.code)
    if said["entries"] != count:
        text = N_("{count} communities were frozen, {found} are there: find the missing ones in a backup.")
        yield Problem("check.roster_count", text, {"count": said["entries"], "found": count}, round_.code)
    if digest == said["roster"]:
        return
    if unknown:
        text = N_(
            "The frozen roster cannot be worked out again: of {count} communities values were recorded after freezing "
            "by an older version, which did not keep what stood there before."
        )
        yield Reason("check.roster_unknown", text, {"count": unknown})
        return
    text = N_(
        "The communities, their classes and values do not come to the digest recorded when the round was frozen: "
        "one of them was changed since. Compare them with a backup or with the roster that was given out."
    )
    yield Problem("check.roster", text, {}, round_.code)
