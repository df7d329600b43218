"""Bars from procurement: decided with their legal basis, signed off for the law by somebody else, called off.

Whether one is in force on a day is computed (policy.standing); what is recorded here never says so. A paper tells the
company; its service is recorded where all are (kernel.documents). Not here: who holds which right.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.models import Document
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Bar, Entry, Round
from mingjing.programmes.assessments.queries.measure_papers import bar_context
from mingjing.programmes.assessments.queries.measures import followed
from mingjing.programmes.assessments.queries.standing import BAR_DECISION, bars_shown, newest_document

__all__ = ["call_off_bar", "decide_bar", "issue_bar_document", "sign_bar"]

LIMITS = {"scope": 300, "basis": 200, "clause": 100, "quote": 4000, "reason": 4000}
"""The longest of each text."""


@transaction.atomic
def decide_bar(
    *, entry: Entry, first_day: date, last_day: date, scope: str, basis: str, clause: str, quote: str, reason: str,
    by: Person, at: datetime,
) -> Bar:  # fmt: skip
    """Decide that the company of a listing is barred between two days, on a legal basis that is quoted.

    It is in force only once somebody else has signed it off and it was served. Raises Refusal with every problem.
    """
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.round_id)
    found = Entry.objects.select_related("round__scheme", "round__area", "stratum").get(pk=entry.pk)
    listed = followed([found], at)[found.pk].listed
    words = {name: text.strip() for name, text in zip(LIMITS, (scope, basis, clause, quote, reason), strict=True)}
    problems = [*_texts(words), *_days(first_day, last_day, at)]
    if listed is None or not listed.adverse or listed.company is None:
        text = N_("{name} stands on no published list that takes rights; a bar rests on such a listing.")
        problems.append(Problem("bar.not_listed", text, {"name": found.name}))
        raise Refusal(problems)
    problems += _clock(listed.edition.published_at, at)
    if problems:
        raise Refusal(problems)
    bar = Bar.objects.create(
        area=found.round.area, entry=found, company=listed.company, company_name=listed.company.name,
        first_day=first_day, last_day=last_day, **words, decided_by=by, decided_at=at,
    )  # fmt: skip
    days = {"first": first_day.isoformat(), "last": last_day.isoformat(), "edition": listed.edition_id}
    _told(bar, "decided", {"company": bar.company_id, "entry": found.pk, **days, "digest": bar.digest()}, by, at)
    return bar


@transaction.atomic
def sign_bar(*, bar: Bar, opinion: str, by: Person, at: datetime) -> Bar:
    """Sign a bar off for the law, with an opinion, by somebody else than who decided it. Raises Refusal."""
    found = _locked(bar)
    problems = list(_texts({"opinion": opinion.strip()}, {"opinion": 4000}))
    if found.signed_at:
        problems.append(Problem("bar.signed", N_("It is signed off already.")))
    if found.decided_by_id == by.pk:
        text = N_("Who decided it does not sign it off; ask somebody else to look at it for the law.")
        problems.append(Problem("bar.own", text))
    problems += _clock(found.decided_at, at)
    if problems:
        raise Refusal(problems)
    found.signed_by, found.signed_at, found.opinion = by, at, opinion.strip()
    found.save(update_fields=["signed_by", "signed_at", "opinion"])
    _told(found, "signed", {}, by, at)
    return found


@transaction.atomic
def issue_bar_document(*, bar: Bar, by: Person, at: datetime) -> Document:
    """Issue the paper that tells the company; served on it, the bar takes effect. Raises Refusal."""
    found = _locked(bar)
    listed = bars_shown([found], at)[0].listed
    problems = []
    if found.signed_at is None:
        problems.append(Problem("bar.unsigned", N_("It is not signed off for the law yet; that comes first.")))
    if listed is None:
        text = N_("The newest edition of the list no longer has the listing it rests on.")
        problems.append(Problem("bar.corrected", text))
    problems += _clock(found.signed_at or found.decided_at, at)
    if known := newest_document(found.subject, BAR_DECISION):
        text = N_("{number} was issued for this; withdraw it first if it is wrong.")
        problems.append(Problem("measures.issued", text, {"number": known.number}))
    if problems or listed is None:
        raise Refusal(problems)
    context = bar_context(found, listed.tier, timezone.localdate(listed.edition.published_at))
    return issue_document(
        kind=BAR_DECISION,
        area=found.area,
        subject=found.subject,
        context=context,
        addressee=found.company,
        by=by,
        at=at,
    )


@transaction.atomic
def call_off_bar(*, bar: Bar, reason: str, by: Person, at: datetime) -> Bar:
    """End a bar from today on, for a reason; what it was until now stays known. Raises Refusal."""
    found, reason = _locked(bar), " ".join(reason.split())
    problems = [*_texts({"reason": reason}, {"reason": 300}), *_clock(found.signed_at or found.decided_at, at)]
    if problems:
        raise Refusal(problems)
    found.called_off_by, found.called_off_at, found.called_off_reason = by, at, reason
    found.save(update_fields=["called_off_by", "called_off_at", "called_off_reason"])
    _told(found, "called_off", {}, by, at)
    return found


def _locked(bar: Bar) -> Bar:
    related = ("area", "company", "entry__round__scheme", "entry__round__lead", "entry__stratum")
    found = Bar.objects.select_for_update(of=("self",)).select_related(*related).get(pk=bar.pk)
    if found.called_off_at:
        raise Refusal([Problem("bar.called_off", N_("It was called off; nothing is added to it any more."))])
    return found


def _texts(words: dict[str, str], limits: dict[str, int] = LIMITS) -> Iterator[Problem]:
    for name, text in words.items():
        plain = all(sign.isprintable() or sign in "\n\t" for sign in text)
        if not text or len(text) > limits[name] or not plain:
            said = N_("Say it in 1 to {limit} characters of plain text; without it nothing may be decided.")
            yield Problem("bar.text", said, {"limit": limits[name]}, name)


def _days(first_day: date, last_day: date, at: datetime) -> Iterator[Problem]:
    if last_day < first_day:
        yield Problem("bar.days", N_("The last day lies before the first."), {}, "last_day")
    if first_day < timezone.localdate(at):
        yield Problem("bar.backdated", N_("A bar begins today or later: it reaches back to no day."), {}, "first_day")


def _clock(last: datetime, at: datetime) -> Iterator[Problem]:
    """Nothing is recorded as earlier than what it follows: the clock of the server leapt back."""
    if at < last:
        text = N_("The clock of the server stands before the last act of this bar or its list; set it right first.")
        yield Problem("bar.clock", text)


def _told(bar: Bar, what: str, data: dict[str, Any], by: Person, at: datetime) -> None:
    kind = f"assessments.bar.{what}"
    writer.append(kind=kind, subject=bar.subject, data={"bar": bar.pk, **data}, area=bar.area, by=by, at=at)
