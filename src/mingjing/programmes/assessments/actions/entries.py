"""Every write to a community of a round: its class confirmed, a value recorded, not assessed, put in a group.

The round's row is locked first, so nothing slips in while it is frozen or decided. Not here: filings, visits.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Phrase, Problem, Refusal
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.rosters_taken import class_settled
from mingjing.programmes.assessments.models import ClassVote, Declaration, Entry, EntryValue, Round
from mingjing.programmes.assessments.policy.classes import class_measures
from mingjing.programmes.assessments.policy.rounds import STATE_WORDS
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["confirm_class", "declare_not_assessed", "declare_to_assess", "put_in_group", "record_attribute"]

CLASS_COLUMNS = ("proposed_class", "borderline", "class_code", "class_reasons", "class_inputs")
OPEN = ("draft", "frozen", "fieldwork", "review")
LONGEST = 300


@transaction.atomic
def confirm_class(*, entry: Entry, class_code: str, reason: str, by: Person, at: datetime) -> Entry:
    """Somebody looked at a community the rule leaves open; two different people who agree settle its class.

    Who changes their mind before it is settled votes again: the newest vote counts, all are kept. Raises Refusal.
    """
    found, reason = _locked(entry), reason.strip()
    _may("assessments.class.confirm", found, by, at)
    _in_state(found.round, "draft")
    votes = list(found.votes.order_by("id").values_list("by", "class_code", "inputs"))
    if problems := tuple(_vote_problems(found, class_code, reason, by, votes)):
        raise Refusal(problems)
    vote = ClassVote.objects.create(
        entry=found, class_code=class_code, inputs=found.class_inputs, reason=reason, by=by, at=at
    )
    class_settled(found, scheme_of(found.round.scheme), [*votes, (by.pk, class_code, found.class_inputs)])
    found.save(update_fields=CLASS_COLUMNS)
    data = {"entry": found.pk, "vote": vote.pk, "class": class_code, "settled": found.class_code}
    _append("class.confirmed", found, data, by, at)
    return found


def _vote_problems(
    entry: Entry, class_code: str, reason: str, by: Person, votes: list[tuple[int, str, str]]
) -> Iterator[Problem]:
    classes = scheme_of(entry.round.scheme).classes
    if entry.class_code:
        text = N_("The class is settled: {class_title}. Nobody needs to confirm it any more.")
        yield Problem("class.settled", text, {"class_title": classes[entry.class_code]}, entry.number)
    if class_code not in classes:
        text = N_("The scheme has no class {found}; choose one of: {allowed}.")
        yield Problem("class.unknown", text, {"found": repr(class_code), "allowed": tuple(classes)}, "class_code")
    mine = [code for voter, code, inputs in votes if voter == by.pk and inputs == entry.class_inputs]
    if mine and mine[-1] == class_code:
        text = N_("You have confirmed this class already; now somebody else must.")
        yield Problem("class.voted", text, {}, "class_code")
    yield from _reason_problem(reason, N_("Say in 1 to 300 characters why it belongs to this class."))


@transaction.atomic
def record_attribute(*, entry: Entry, code: str, text: str, source: str, by: Person | None, at: datetime) -> EntryValue:
    """Record a value of a community for this round and where it comes from; the newest counts, all are kept.

    In a draft its class is proposed anew. What the class rests on is locked once the round is frozen. Raises Refusal.
    """
    found, text, source = _locked(entry), text.strip(), source.strip()
    _may("assessments.round.manage", found, by, at)
    _in_state(found.round, *OPEN)
    if problems := tuple(_value_problems(found, code, text, source)):
        raise Refusal(problems)
    value = EntryValue.objects.create(entry=found, code=code, text=text, source=source, by=by, at=at)
    before = found.attributes.get(code)  # kept in the fact: the frozen roster can be worked out again from it
    found.attributes = found.attributes | {code: text}
    found.save(update_fields=["attributes"])
    scheme = scheme_of(found.round.scheme)
    if found.frozen_at is None and code in class_measures(scheme):
        found.ranges = {other: ends for other, ends in found.ranges.items() if other != code}
        class_settled(found, scheme, found.votes.order_by("id").values_list("by", "class_code", "inputs"))
        found.save(update_fields=["ranges", *CLASS_COLUMNS])
    data = {"entry": found.pk, "value": value.pk, "code": code, "text": text, "before": before}
    _append("entry.attribute_recorded", found, data, by, at)
    return value


def _value_problems(entry: Entry, code: str, text: str, source: str) -> Iterator[Problem]:
    scheme = scheme_of(entry.round.scheme)
    if code not in scheme.attributes:
        asked = N_("The scheme asks for no value {found}; choose one of: {allowed}.")
        yield Problem("entry.attribute", asked, {"found": repr(code), "allowed": tuple(scheme.attributes)}, "code")
        return
    if entry.frozen_at is not None and code in class_measures(scheme):
        locked = N_("{measure} decides the class, which was frozen with the round; it cannot be changed any more.")
        yield Problem("entry.attribute_frozen", locked, {"measure": scheme.attributes[code].title}, "code")
    try:
        scheme.attribute(code, text, "text")
    except Refusal as refusal:
        yield from refusal.problems
    if not 0 < len(source) <= LONGEST:
        yield Problem("entry.source", N_("Say in 1 to 300 characters where the value comes from."), {}, "source")


@transaction.atomic
def declare_not_assessed(*, entry: Entry, reason: str, by: Person | None, at: datetime) -> Entry:
    """Nobody could assess the community in this round, and why: shown as such, never as a zero. Raises Refusal."""
    found = _declaring(entry, reason, by, at)
    if found.not_assessed_at is not None:
        text = N_("It is declared not assessed already: {reason}")
        raise Refusal([Problem("entry.not_assessed", text, {"reason": found.not_assessed_reason}, found.number)])
    standing = found.records.standing().select_for_update(no_key=True)  # a team that is just submitting comes first
    if any(record.submitted_at for record in standing.only("submitted_at")):
        text = N_("A team has submitted its record, so it was assessed. Void the record first if it is wrong.")
        raise Refusal([Problem("entry.visited", text, {}, found.number)])
    found.not_assessed_by, found.not_assessed_at, found.not_assessed_reason = by, at, reason.strip()
    return _declared(found, "entry.not_assessed", to_assess=False, reason=reason.strip(), by=by, at=at)


@transaction.atomic
def declare_to_assess(*, entry: Entry, reason: str, by: Person | None, at: datetime) -> Entry:
    """The community is to be assessed after all, and why. Raises Refusal where nobody had declared otherwise."""
    found = _declaring(entry, reason, by, at)
    if found.not_assessed_at is None:
        text = N_("It is to be assessed already; nothing was changed.")
        raise Refusal([Problem("entry.to_assess", text, {}, found.number)])
    found.not_assessed_by, found.not_assessed_at, found.not_assessed_reason = None, None, ""
    return _declared(found, "entry.to_assess", to_assess=True, reason=reason.strip(), by=by, at=at)


def _declaring(entry: Entry, reason: str, by: Person | None, at: datetime) -> Entry:
    found = _locked(entry)
    _may("assessments.round.manage", found, by, at)
    _in_state(found.round, *OPEN)
    if problems := tuple(_reason_problem(reason.strip(), N_("Give the reason in 1 to 300 characters."))):
        raise Refusal(problems)
    return found


def _declared(entry: Entry, what: str, *, to_assess: bool, reason: str, by: Person | None, at: datetime) -> Entry:
    entry.save(update_fields=["not_assessed_by", "not_assessed_at", "not_assessed_reason"])
    made = Declaration.objects.create(entry=entry, to_assess=to_assess, reason=reason, by=by, at=at)
    _append(what, entry, {"entry": entry.pk, "declaration": made.pk}, by, at)
    return entry


@transaction.atomic
def put_in_group(*, entry: Entry, group: str, by: Person | None, at: datetime) -> Entry:
    """Entries of one group are visited together, by one team on one day; an empty name takes it out of its group."""
    found, group = _locked(entry), group.strip()
    _may("assessments.round.manage", found, by, at)
    _in_state(found.round, "draft")
    if len(group) > 40 or not (group.isprintable() or not group):
        raise Refusal([Problem("entry.group", N_("A group has a name of at most 40 characters."), {}, "group")])
    found.group = group
    found.save(update_fields=["group"])
    together = found.round.entries.filter(group=group).count() if group else 0
    _append("entry.grouped", found, {"entry": found.pk, "together": together}, by, at)
    return found


def _locked(entry: Entry) -> Entry:
    """The entry, locked after its round: the order in which every action of a round locks."""
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme__rulebook")
    round_ = rounds.get(pk=entry.round_id)
    found = Entry.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    found.round = round_
    return found


def _may(permission: str, entry: Entry, by: Person | None, at: datetime) -> None:
    """Refuse somebody who may not do this in the round's area; None is the system."""
    area = entry.round.area
    if by is not None and not may(by, permission, area=area, on=timezone.localdate(at)):
        text = N_("You may not do this for {area}; those who run its rounds may.")
        raise Refusal([Problem("entry.not_yours", text, {"area": area.name})])


def _in_state(round_: Round, *states: str) -> None:
    if round_.state not in states:
        wanted = tuple(Phrase(STATE_WORDS[state]) for state in states)
        text = N_("The round is {state}; this is possible while it is: {wanted}.")
        raise Refusal(
            [Problem("entry.round_state", text, {"state": Phrase(STATE_WORDS[round_.state]), "wanted": wanted})]
        )


def _reason_problem(reason: str, text: str) -> Iterator[Problem]:
    if not 0 < len(reason) <= LONGEST:
        yield Problem("entry.reason", text, {}, "reason")


def _append(what: str, entry: Entry, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    writer.append(
        kind=f"assessments.{what}", subject=entry.subject, data={"round": entry.round_id, **data},
        area=entry.round.area, by=by, at=at,
    )  # fmt: skip
