"""What people of a company hand in, each once and with a receipt: in a listing, about an order, to the public.

Everything goes the way that the office's own acts go (actions.listings, kernel.cases); here it gets its key, its
receipt and the sentence about what comes next. Who may act for whom is asked before (kernel.parties.mandates). Not
here: bonuses that a company claims (actions.filings).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.cases.actions import claim_case, keep_exhibits, note_on_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import stands
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.assessments.actions.listings import take_listing_step
from mingjing.programmes.assessments.actions.reopenings import take_reopening_step
from mingjing.programmes.assessments.models import Entry, Listed, Reopening, Reply
from mingjing.programmes.assessments.queries.answering import answers_for
from mingjing.programmes.assessments.queries.own import entry_behind, is_late
from mingjing.programmes.assessments.queries.reopenings import REOPENING

__all__ = ["ask_for_hearing", "plan_order", "reply_in_public", "report_order", "state_case", "withhold_reply"]

Files = Iterable["UploadedFile[Any]"]
PUBLIC = 1000
"""Characters of a public reply."""


def state_case(
    *, proceeding: Proceeding, text: str, late_because: str = "", files: Files = (), key: UUID, by: Person, at: datetime
) -> Submission:
    """State the company's case before the panel decides; after the time has run out with the reason of the lateness.

    What comes late is kept, and counts once somebody of the office has excused the lateness. Raises Refusal.
    """

    def take() -> Iterator[Reason]:
        late = _late(proceeding, late_because, at)
        note = f"{text.strip()}\n\n逾期理由：{late_because.strip()}" if late else text
        kept = _keep(proceeding, files, by, at)
        _step(proceeding, "statement", by, at, note=note, exhibits=kept)
        yield from _next_of_statement(proceeding, at, late)

    return _in_case(proceeding, "statement", N_("Statement"), take, {"text": text, "late": late_because}, key, by, at)


def ask_for_hearing(
    *, proceeding: Proceeding, late_because: str = "", key: UUID, by: Person, at: datetime
) -> Submission:
    """Ask to be heard in person before the panel decides. As `state_case`."""

    def take() -> Iterator[Reason]:
        late = _late(proceeding, late_because, at)
        note = f"逾期理由：{late_because.strip()}" if late else ""
        _step(proceeding, "hearing_asked", by, at, note=note)
        text = N_("You are told day and place of the hearing beforehand. Nothing is decided before it was held.")
        yield _excuse_first() if late else Reason("company.hearing", text)

    return _in_case(proceeding, "hearing", N_("Request for a hearing"), take, {"late": late_because}, key, by, at)


def _late(proceeding: Proceeding, because: str, at: datetime) -> bool:
    """Whether the time has run out; raises Refusal where no reason is given then, telling the way."""
    standing = stands(proceeding, at).standing
    late = is_late(standing, at)
    if late and not because.strip():
        due = standing.due("notice")
        assert due is not None
        text = N_(
            "The time ran out at {due}. You can still hand it in: say why it is late, and somebody of the office "
            "decides whether that excuses it."
        )
        moment = f"{timezone.localtime(due - timedelta(seconds=1)):%Y-%m-%d %H:%M:%S}"
        raise Refusal([Problem("company.late", text, {"due": moment}, "late_because")])
    return late


def _next_of_statement(proceeding: Proceeding, at: datetime, late: bool) -> Iterator[Reason]:
    if late:
        yield _excuse_first()
    text = N_("Somebody who was on none of the visits answers your statement in writing.")
    yield Reason("company.answered", text)
    due = stands(proceeding, at).standing.due("notice")
    if due and not late:
        told = N_("The panel decides after {day}, by two who were on none of the visits. Until then you can add to it.")
        day = f"{timezone.localtime(due - timedelta(seconds=1)):%Y-%m-%d}"
        yield Reason("company.decided_after", told, {"day": day})


def _excuse_first() -> Reason:
    text = N_("It came after the time had run out. It counts once somebody of the office has excused that.")
    return Reason("company.excuse", text)


def _step(proceeding: Proceeding, step: str, by: Person, at: datetime, **brought: Any) -> None:
    name = proceeding.organisation.name if proceeding.organisation else ""
    told = {"step": step, "on_behalf": f"{name} {by.display_name}", "by": by, "at": at, **brought}
    if proceeding.kind == REOPENING:
        take_reopening_step(reopening=Reopening.objects.get(proceeding=proceeding), **told)
        return
    entry = entry_behind(proceeding)
    take_listing_step(round=entry.round, entry=entry, **told)


def _keep(proceeding: Proceeding, files: Files, by: Person, at: datetime) -> list[UUID]:
    kept = record_exhibits(
        files=files, subject=proceeding.ledger_subject, area=proceeding.area, origin="upload",
        access=Access.RESTRICTED, by=by, at=at,
    )  # fmt: skip
    return [one.pk for one in kept]


def _in_case(
    proceeding: Proceeding, kind: str, title: str, take: Callable[[], Iterable[Reason]], content: dict[str, str],
    key: UUID, by: Person, at: datetime,
) -> Submission:  # fmt: skip
    organisation = _whose(proceeding.organisation)
    return hand_in(
        key=key, kind=f"assessments.{kind}", about=proceeding.subject, matter=proceeding.ledger_subject,
        title=proceeding.title, what=title, organisation=organisation, area=proceeding.area, take=take, content=content,
        by=by, at=at,
    )  # fmt: skip


def _whose(organisation: Organisation | None) -> Organisation:
    if organisation is None:
        raise Refusal([Problem("company.nobody", N_("No company is known in this case."))])
    return organisation


def plan_order(*, case: Case, text: str, files: Files = (), key: UUID, by: Person, at: datetime) -> Submission:
    """Say how and until when an order will be met. Raises Refusal."""

    def take() -> Iterator[Reason]:
        kept = keep_exhibits(case=case, files=files, by=by, at=at)
        note_on_case(case=case, note=f"整改方案：{text.strip()}", exhibits=kept, by=by, at=at)
        told = N_("The order stays due on {day}. Report it as done when it is, with photos from the same spot.")
        yield Reason("company.planned", told, {"day": f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}"})

    return _about_order(case, "plan", take, text, key, by, at)


def report_order(*, case: Case, text: str, files: Files, key: UUID, by: Person, at: datetime) -> Submission:
    """Report an order as met, with photos: a claim, until somebody else has looked on site. Raises Refusal."""

    def take() -> Iterator[Reason]:
        kept = keep_exhibits(case=case, files=files, by=by, at=at)
        if not kept:
            told = N_("Add at least one photo of how it is now, from the same spot as before.")
            raise Refusal([Problem("company.unshown", told, {}, "papers")])
        claim_case(case=case, note=text, exhibits=kept, by=by, at=at)
        told = N_("Somebody looks at it again on site. Your photos alone close nothing; you are told what was found.")
        yield Reason("company.reported", told)

    return _about_order(case, "report", take, text, key, by, at)


def _about_order(
    case: Case, kind: str, take: Callable[[], Iterable[Reason]], text: str, key: UUID, by: Person, at: datetime
) -> Submission:
    what = N_("Plan for an order") if kind == "plan" else N_("Report on an order")
    organisation = _whose(answers_for(case, timezone.localdate(at)))
    return hand_in(
        key=key, kind=f"assessments.order_{kind}", about=f"cases.case:{case.pk}", title=f"{case.number} {case.title}",
        what=what, organisation=organisation, area=case.area, take=take, content={"text": text}, by=by, at=at,
    )  # fmt: skip


def reply_in_public(*, entry: Entry, text: str, key: UUID, by: Person, at: datetime) -> Submission:
    """Say something to the public beside the company's entry on the list; it replaces what stood there. Raises Refusal.

    Possible once the entry is on a published list.
    """
    text = text.strip()

    def take() -> Iterator[Reason]:
        if problems := tuple(_unpublishable(entry, text)):
            raise Refusal(problems)
        Reply.objects.standing().filter(entry=entry).update(replaced_at=at)
        reply = Reply.objects.create(entry=entry, company=_whose(entry.company), text=text, by=by, at=at)
        data = {"reply": reply.pk, "entry": entry.pk, "round": entry.round_id, "digest": reply.digest()}
        area = entry.round.area
        writer.append(kind="assessments.reply.given", subject=reply.subject, data=data, area=area, by=by, at=at)
        told = N_("It stands beside your entry on the public list until you replace it.")
        yield Reason("company.replied", told)

    return hand_in(
        key=key, kind="assessments.reply", about=entry.subject, title=entry.name, what=N_("Public reply"),
        organisation=_whose(entry.company), area=entry.round.area, take=take, content={"text": text}, by=by, at=at,
    )  # fmt: skip


def _unpublishable(entry: Entry, text: str) -> Iterator[Problem]:
    if not Listed.objects.filter(entry=entry).exists():
        yield Problem("reply.unpublished", N_("The list is not published yet; there is nothing to reply to."))
    if not 0 < len(text) <= PUBLIC:
        told = N_("Say it in 1 to {limit} characters; everybody will read it.")
        yield Problem("reply.length", told, {"limit": PUBLIC}, "text")


@transaction.atomic
def withhold_reply(*, reply: Reply, reason: str, by: Person, at: datetime) -> None:
    """Take a reply off the board for a reason, such as somebody's personal data in it. Raises Refusal."""
    found, reason = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk), reason.strip()
    if found.withheld_at is not None or not 0 < len(reason) <= 300:
        text = N_("Say in 1 to 300 characters why; a reply is withheld once.")
        raise Refusal([Problem("reply.withhold", text, {}, "reason")])
    found.withheld_by, found.withheld_at, found.withheld_reason = by, at, reason
    found.save(update_fields=["withheld_by", "withheld_at", "withheld_reason"])
    area = Entry.objects.select_related("round__area").get(pk=found.entry_id).round.area
    data = {"reply": found.pk, "entry": found.entry_id}
    writer.append(kind="assessments.reply.withheld", subject=found.subject, data=data, area=area, by=by, at=at)
