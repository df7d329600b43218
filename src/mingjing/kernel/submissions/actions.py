"""The one write: something is taken in, with all that it brings about, and its receipt.

Not here: what it brings about, which the caller's own actions do within the same transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.submissions.models import Submission

__all__ = ["hand_in"]


def hand_in(
    *,
    key: UUID,
    kind: str,
    about: str,
    title: str,
    organisation: Organisation,
    area: Area,
    take: Callable[[], Iterable[Reason]],
    what: str = "",
    matter: str = "",
    content: Mapping[str, Any] | None = None,
    by: Person,
    at: datetime,
) -> Submission:
    """Do what `take` does, once, and return the receipt; `take` returns what to tell: what was taken, what is next.

    `what` is what it is, a msgid, and `title` what it is about. The same key again does nothing and returns the receipt
    that there is, however many press at once. Raises Refusal where `take` does, with nothing done, and where the key
    was used for something else.
    """
    with transaction.atomic():
        exclusive(f"submissions.key:{key}")
        if (standing := Submission.objects.filter(key=key).first()) is not None:
            _same(standing, kind, about, by)
            return standing
        told = [keep(reason) for reason in take()]
        one = Submission(
            key=key, kind=kind, about=about, matter=matter, title=" ".join(title.split())[:300], told=told,
            organisation=organisation, content={**(content or {}), "what": what}, by=by, at=at,
        )  # fmt: skip
        data = {"kind": kind, "about": about, "matter": matter, "organisation": organisation.pk, "digest": one.digest()}
        received = "submissions.submission.received"
        fact = writer.append(kind=received, subject=one.ledger_subject, data=data, area=area, by=by, at=at)
        one.number = f"{timezone.localdate(at).year}-{fact.seq:06d}"
        one.save(force_insert=True)
    return one


def _same(standing: Submission, kind: str, about: str, by: Person) -> None:
    if (standing.kind, standing.about, standing.by_id) != (kind, about, by.pk):
        text = N_("This page was used for something else already. Open it anew, and hand it in again.")
        raise Refusal([Problem("submissions.key_used", text)])
