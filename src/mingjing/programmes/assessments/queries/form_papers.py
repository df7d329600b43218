"""The papers that are handed out to be filled in and signed: interview, statement, talk, appeal, plan, completion.

Each bears a number and says what is on record; the rest is written on it by hand, and what comes back signed is an
exhibit of its step. Not here: kinds (queries.paper_kinds), issuing (actions.papers).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from mingjing.engine.outcome import in_language
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Entry, Listed, Reopening, VisitRecord
from mingjing.programmes.assessments.policy.measures import MEASURES
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.measures import open_orders
from mingjing.programmes.assessments.queries.reopening_papers import NOTICES
from mingjing.programmes.assessments.queries.round_papers import CHINESE, day_text
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["ABOUT_ORDERS", "FORM_PAPERS", "HANDED_TO_COMPANY", "forms_for", "ready_to_fill_in"]

ABOUT_ORDERS = frozenset({"rectification_plan", "completion_report"})
"""The forms in which a company says how it meets its orders, and that it has."""
HANDED_TO_COMPANY = ABOUT_ORDERS | {"appeal_form"}
"""The forms that the company fills in."""
TOLD = ("assessments.pre_listing_notice", *NOTICES.values())
TALK = "assessments.talk_notice"
ASKED = "interview"
"""The method of a check whose questions go to people who live there."""


def ready_to_fill_in(entry: Entry, now: datetime) -> frozenset[str]:
    """The papers of FORM_PAPERS it is time for."""
    known = _cases(entry, now)
    names = {"interview_record"} if _visit(entry) and entry.class_code else set()
    names |= {"statement_record"} if _notice(known) else set()
    names |= {"talk_minutes"} if _talk(known) else set()
    names |= {"appeal_form"} if entry.company_id and _row(entry) else set()
    if entry.company_id and open_orders(entry):
        names |= ABOUT_ORDERS
    return frozenset(names)


def forms_for(acting: Acting, subject: str, kinds: Iterable[str]) -> list[Document]:
    """The forms of these kinds about a community of a round that were handed out to their companies, and stand."""
    found = Document.objects.standing().filter(subject=subject, kind__in=[f"assessments.{kind}" for kind in kinds])
    return list(found.filter(addressee__in=acting.everything_of).order_by("kind", "-pk"))


def _visit(entry: Entry) -> VisitRecord | None:
    """The first visit whose day has come: nobody may know of one that has not."""
    records = VisitRecord.objects.unsealed(timezone.localdate()).filter(entry=entry, voided_at=None)
    return records.select_related("team_day").order_by("pk").first()


def _row(entry: Entry) -> Listed | None:
    rows = Listed.objects.filter(entry=entry).exclude(total=None).select_related("edition", "company")
    return rows.order_by("-edition__number").first()


def _cases(entry: Entry, now: datetime) -> list[Stands]:
    """Where each case about it stands in which the company is told, heard or called in."""
    own = Q(kind__in=("listing", MEASURES), subject=entry.subject)
    late = Q(pk__in=Reopening.objects.filter(entry=entry).values("proceeding"))
    found = Proceeding.objects.filter(own | late, programme="assessments").select_related("area")
    return list(stands_of(found, now).values())


def _notice(known: Iterable[Stands]) -> Document | None:
    """The notice of the newest case about it that was told to the company and is not decided."""
    return _newest(
        (one for one in known if "notice" in one.standing.done and "decision" not in one.standing.done), TOLD
    )


def _talk(known: Iterable[Stands]) -> Document | None:
    """The notice that somebody is called in with, served, while the listing stands."""
    return _newest((one for one in known if "talk_notice" in one.standing.done), (TALK,))


def _newest(cases: Iterable[Stands], kinds: Sequence[str]) -> Document | None:
    """The newest standing paper of these kinds about one of these cases that is not ended."""
    subjects = [one.proceeding.ledger_subject for one in cases if not one.standing.ended]
    if not subjects:
        return None
    papers = Document.objects.standing().filter(kind__in=kinds, subject__in=subjects)
    return papers.select_related("addressee").order_by("-pk").first()


def _answered(notice: Document | None, entry: Entry, part: str) -> dict[str, Any]:
    """What a paper says of the notice that it answers, with this part of what that said."""
    assert notice is not None
    assert notice.addressee is not None
    return {
        "community": entry.name, "round": entry.round.title, "company": notice.addressee.name, "notice": notice.number,
        part: notice.values()[part],
    }  # fmt: skip


def _interview(entry: Entry, now: datetime) -> dict[str, Any]:
    record, scheme = _visit(entry), scheme_of(entry.round.scheme)
    assert record is not None
    checks = (
        check for item in scheme.document["items"] if item["class"] == entry.class_code for check in item["checks"]
    )
    asked = [f"{one['code']} {one['title'][CHINESE]}" for one in checks if ASKED in one["methods"]]
    return {
        "community": entry.name, "round": entry.round.title, "day": day_text(record.team_day.day),
        "questions": [*asked, "对物业服务的总体评价和最希望改进的事项"],
    }  # fmt: skip


def _statement(entry: Entry, now: datetime) -> dict[str, Any]:
    return _answered(_notice(_cases(entry, now)), entry, "reasons")


def _minutes(entry: Entry, now: datetime) -> dict[str, Any]:
    matters = [case.title for case in open_orders(entry)] or ["名单所载的扣分事项和列入理由"]
    return _answered(_talk(_cases(entry, now)), entry, "tier") | {"matters": matters}


def _appeal(entry: Entry, now: datetime) -> dict[str, Any]:
    row, scheme = _row(entry), scheme_of(entry.round.scheme)
    assert row is not None
    tiers = {tier.code: tier.title for tier in scheme.list_rules.tiers}
    return {
        "community": entry.name, "round": entry.round.title, "tier": in_language(tiers[row.tier].texts, CHINESE),
        "edition": str(row.edition.number), "published": day_text(timezone.localdate(row.edition.published_at)),
        "days": str(clocks_of(scheme, "appeal")["published"].days),
    }  # fmt: skip


def _orders(entry: Entry, now: datetime) -> dict[str, Any]:
    rows = [
        {"number": case.number, "what": case.title, "due": day_text(timezone.localdate(case.due_at))}
        for case in open_orders(entry)
    ]
    return {"community": entry.name, "orders": rows}


FORM_PAPERS: Mapping[str, Any] = {
    "interview_record": _interview,
    "statement_record": _statement,
    "talk_minutes": _minutes,
    "appeal_form": _appeal,
    "rectification_plan": _orders,
    "completion_report": _orders,
}
"""By kind (without the programme's name): what the paper is filled in with."""
