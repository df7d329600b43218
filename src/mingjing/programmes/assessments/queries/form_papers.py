"""The papers that are handed out to be filled in and signed: by the office's people, and by the company.

Each bears a number and says what is on record; the rest is written on it by hand, and what comes back signed is an
exhibit of its step. Not here: kinds (queries.paper_kinds), issuing (actions.papers).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, in_language
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.mandates import Acting
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import Stands, stands_of
from mingjing.programmes.assessments.models import Entry, Listed, Reopening, VisitRecord
from mingjing.programmes.assessments.policy.filings import claimable
from mingjing.programmes.assessments.policy.measures import MEASURES
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.queries.measures import open_orders
from mingjing.programmes.assessments.queries.reopening_papers import NOTICES
from mingjing.programmes.assessments.queries.round_papers import CHINESE, day_text
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = [
    "ABOUT_ORDERS", "FORM_PAPERS", "HANDED_TO_COMPANY", "case_to_answer", "cases_heard", "forms_for",
    "ready_to_fill_in", "too_early",
]  # fmt: skip

ABOUT_ORDERS = frozenset({"rectification_plan", "completion_report"})
"""The forms in which a company says how it meets its orders, and that it has."""
HANDED_TO_COMPANY = ABOUT_ORDERS | {"appeal_form", "objection_form", "statement_form", "bonus_claim"}
"""The forms that the company fills in, and can draw itself at its own door."""
NOT_YET: Mapping[str, str] = {
    "appeal_form": N_("No list that names this community is published, so there is nothing to appeal against yet."),
    "objection_form": N_(
        "No visit record of this community has reached the company, so there is nothing to object to yet."
    ),
    "statement_form": N_(
        "A statement answers a notice: none was served in this case, or the panel has decided on it already."
    ),
    "bonus_claim": N_("Bonuses are claimed from the freezing of a round until its decision is asked for."),
    "rectification_plan": N_("No order about this community is open, so there is nothing to plan."),
    "completion_report": N_("No order about this community is open, so there is nothing to report."),
}
"""By form what stands in the way where it is not the time for it."""
TOLD = ("assessments.pre_listing_notice", *NOTICES.values())
TALK = "assessments.talk_notice"
ASKED = "interview"
"""The method of a check whose questions go to people who live there."""


def ready_to_fill_in(entry: Entry, now: datetime) -> frozenset[str]:
    """The papers of FORM_PAPERS it is time for."""
    known, records = _cases(entry, now), _records(entry)
    names = {"interview_record"} if _visit(records) and entry.class_code else set()
    names |= {"statement_record"} if (notice := _notice(known)) else set()
    names |= {"statement_form"} if notice and notice.addressee_id else set()
    names |= {"objection_form"} if _findings(entry, records) else set()
    names |= {"bonus_claim"} if entry.company_id and _claimable(entry) else set()
    names |= {"talk_minutes"} if _talk(known) else set()
    names |= {"appeal_form"} if entry.company_id and _row(entry) else set()
    if entry.company_id and open_orders(entry):
        names |= ABOUT_ORDERS
    return frozenset(names)


def too_early(kind: str) -> Problem:
    """Why a form of HANDED_TO_COMPANY cannot be had now."""
    return Problem("form.too_early", NOT_YET[kind])


def cases_heard(entry: Entry) -> QuerySet[Proceeding, Any]:
    """The cases about it in which the company is heard, as documents name them: for a condition, no statement."""
    late = Q(pk__in=Reopening.objects.filter(entry=entry).values("proceeding"))
    found = Proceeding.objects.filter(Q(kind="listing", subject=entry.subject) | late, programme="assessments")
    return found.values(named=Concat(Value("proceedings.proceeding:"), Cast("pk", CharField())))


def case_to_answer(entry: Entry, now: datetime) -> str:
    """The case about the community in which the company can answer a notice, as facts name it; empty: none."""
    notice = _notice(_cases(entry, now))
    return notice.subject if notice else ""


def forms_for(acting: Acting, subjects: Iterable[str], kinds: Iterable[str]) -> list[Document]:
    """The forms of these kinds about these subjects that are for them to fill in, and stand."""
    named = [f"assessments.{kind}" for kind in kinds]
    theirs = Q(addressee__in=acting.everything_of)
    theirs |= Q(addressee__in=acting.organisations, subject__in=acting.matters)
    found = Document.objects.standing().filter(theirs, subject__in=list(subjects), kind__in=named)
    return list(found.order_by("kind", "-pk"))


def _visit(records: Iterable[VisitRecord]) -> VisitRecord | None:
    """The first visit whose day has come: nobody may know of one that has not."""
    return next((one for one in records if not one.team_day.is_sealed(timezone.localdate())), None)


def _records(entry: Entry) -> list[VisitRecord]:
    found = VisitRecord.objects.filter(entry=entry, voided_at=None).select_related("team_day", "delivery")
    return list(found.order_by("pk"))


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
    record, scheme = _visit(_records(entry)), scheme_of(entry.round.scheme)
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


def _statement_form(entry: Entry, now: datetime) -> dict[str, Any]:
    told = _statement(entry, now)
    del told["company"]
    return told | {"days": str(clocks_of(scheme_of(entry.round.scheme), "listing")["notice"].days)}


def _findings(entry: Entry, records: Iterable[VisitRecord]) -> list[dict[str, str]]:
    """What those of its records that reached the company found, line by line."""
    delivered = [record for record in records if hasattr(record, "delivery")]
    checks = scheme_of(entry.round.scheme).rubrics[entry.class_code].checks if delivered else {}
    return [
        {"day": day_text(record.team_day.day),
         "check": f"{line['check']} {in_language(checks[line['check']].title.texts, CHINESE)}",
         "what": "，".join(part for part in (line["place"], line["note"]) if part) or "—"}
        for record in delivered for line in record.sheet_document.get("findings", ())
    ]  # fmt: skip


def _objection(entry: Entry, now: datetime) -> dict[str, Any]:
    days = clocks_of(scheme_of(entry.round.scheme), "objection")["delivered"].days
    return {
        "community": entry.name,
        "round": entry.round.title,
        "facts": _findings(entry, _records(entry)),
        "days": str(days),
    }


def _claimable(entry: Entry) -> list[dict[str, str]]:
    """What the company can claim while the round is under way."""
    round_ = entry.round
    if round_.frozen_at is None or round_.deciding_at is not None or not entry.class_code:
        return []
    scheme = scheme_of(round_.scheme)
    asked = {one["code"]: one["proof"] for one in scheme.document.get("bonus", {}).get("items", ())}
    return [
        {"title": in_language(item.title.texts, CHINESE), "proof": in_language(asked[item.code], CHINESE)}
        for item in claimable(scheme.rubrics[entry.class_code])
    ]


def _claim(entry: Entry, now: datetime) -> dict[str, Any]:
    return {"community": entry.name, "round": entry.round.title, "bonuses": _claimable(entry)}


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
    "objection_form": _objection,
    "statement_form": _statement_form,
    "bonus_claim": _claim,
}
"""By kind (without the programme's name): what the paper is filled in with."""
