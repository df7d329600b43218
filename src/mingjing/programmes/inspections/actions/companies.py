"""What an enterprise's people hand in, each once and with a receipt: a refusal, a complaint, a report, an answer.

Who may act for whom is asked before (kernel.parties.mandates). Not here: what a firm says by a task's code, without an
account (actions.refusals).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.parties.models import Person
from mingjing.kernel.submissions.actions import hand_in
from mingjing.kernel.submissions.models import Submission
from mingjing.programmes.inspections.actions.refusals import record_report, refuse
from mingjing.programmes.inspections.models import Authority, Entry, Finding, Firm, Task
from mingjing.programmes.inspections.policy.texts import said

__all__ = ["ANSWER", "answer_finding", "complain", "refuse_notice", "report_visit"]

Files = Iterable["UploadedFile[Any]"]
ANSWER = "inspections.answer"
"""The kind of what is handed in about a finding: the authority reads it beside the finding."""


def refuse_notice(*, task: Task, text: str, key: UUID, by: Person, at: datetime) -> Submission:
    """Say beforehand that a visit of which notice was given is refused; opens a supervision case. Raises Refusal."""

    def take() -> Iterator[Reason]:
        if task.cancelled_at:
            raise Refusal([Problem("inspections.company.cancelled", N_("This visit was cancelled; nobody comes."))])
        refuse(firm=task.firm, kind="refusal", task=task, text=text, by=by, at=at)
        yield _watched()

    return _handed_in("refusal", N_("Refusal"), task.firm, task.subject, take, {"text": text}, key, by, at)


def complain(*, entry: Entry, text: str, files: Files = (), key: UUID, by: Person, at: datetime) -> Submission:
    """Complain of a visit; opens a supervision case. Raises Refusal."""

    def take() -> Iterator[Reason]:
        made = refuse(firm=entry.firm, kind="complaint", entry=entry, text=text, by=by, at=at)
        _keep(made.case, entry.firm, files, by, at)  # beside the case: not for the authority complained of
        yield _watched()

    return _handed_in("complaint", N_("Complaint"), entry.firm, entry.subject, take, {"text": text}, key, by, at)


def report_visit(
    *, firm: Firm, day: date, authority: Authority | None, text: str, key: UUID, by: Person, at: datetime
) -> Submission:
    """Report that somebody came of whom no entry is shown; without a scan around that day it is a red warning (C1)."""

    def take() -> Iterator[Reason]:
        record_report(firm=firm, day=day, authority=authority, reference=text, by=by, at=at)
        told = N_("It is compared with the entries around that day; where none is recorded a warning is raised.")
        yield Reason("inspections.company.reported", told)

    given = {"text": text, "day": day.isoformat(), "authority": str(authority.pk) if authority else ""}
    return _handed_in("report", N_("Report of a visit"), firm, firm.subject, take, given, key, by, at)


def answer_finding(
    *, finding: Finding, text: str, files: Files = (), key: UUID, by: Person, at: datetime
) -> Submission:
    """Answer a finding: what was put right, or why it is none. Raises Refusal."""
    entry = finding.entry_item.entry

    def take() -> Iterator[Reason]:
        if finding.settled_at:
            raise Refusal([Problem("inspections.company.settled", N_("This finding is settled; nothing is open."))])
        said(text, 1500, "text")
        _keep(entry.subject, entry.firm, files, by, at)
        yield Reason("inspections.company.answered", N_("The authority reads it before it says whether it is settled."))

    given = {"text": text, "finding": str(finding.pk)}
    return _handed_in("answer", N_("Answer to a finding"), entry.firm, entry.subject, take, given, key, by, at)


def _watched() -> Reason:
    return Reason("inspections.company.watched", N_("Supervision looks at it; you are told what comes of it."))


def _keep(subject: str, firm: Firm, files: Files, by: Person, at: datetime) -> None:
    """Restricted: a firm's papers name people."""
    record_exhibits(
        files=list(files), subject=subject, area=firm.area, origin="upload", access=Access.RESTRICTED, by=by, at=at
    )


def _handed_in(
    kind: str, what: str, firm: Firm, about: str, take: Callable[[], Iterable[Reason]], content: dict[str, str],
    key: UUID, by: Person, at: datetime,
) -> Submission:  # fmt: skip
    return hand_in(
        key=key, kind=f"inspections.{kind}", about=about, title=firm.organisation.name, what=what,
        organisation=firm.organisation, area=firm.area, take=take, content=content, by=by, at=at,
    )  # fmt: skip
