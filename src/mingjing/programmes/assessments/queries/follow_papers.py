"""The papers that follow findings and listings: opinion after a second inspection, transfer letter, credit platform.

Each says only what is on record; what the office must add (the authority, a transfer goes to) is asked for. Not here:
kinds (queries.paper_kinds), issuing (actions.papers).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from mingjing.engine.outcome import in_language
from mingjing.kernel.cases.models import Case, Step, StepKind
from mingjing.kernel.documents.models import Document
from mingjing.programmes.assessments.models import Bar, Entry, Listed, VisitRecord
from mingjing.programmes.assessments.queries.measures import orders_about
from mingjing.programmes.assessments.queries.rectifying import Wanting, found_in
from mingjing.programmes.assessments.queries.reopening_papers import NOTICES
from mingjing.programmes.assessments.queries.round_papers import CHINESE, day_text
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["ASKED", "FOLLOW_PAPERS", "TO_COMPANY", "ready_to_follow"]

ASKED = {"transfer_letter": ("authority",)}
"""By kind the fields that whoever issues it fills in."""
TO_COMPANY = frozenset({"reinspection_opinion"})
"""The kinds that go to the company of the entry."""
LOOKED_AT = {StepKind.CONFIRMED: "通过", StepKind.RETURNED: "未通过"}


def ready_to_follow(entry: Entry) -> frozenset[str]:
    """The papers of FOLLOW_PAPERS it is time for."""
    names = set()
    if entry.company_id and _looked_at(entry):
        names.add("reinspection_opinion")
    if _grave(entry):
        names.add("transfer_letter")
    if _barred(entry):
        names.add("credit_push")
    return frozenset(names)


def _looked_at(entry: Entry) -> list[tuple[Case, str, datetime]]:
    """The orders that somebody went to look at again, each with what the last look said."""
    orders = orders_about([entry]).get(entry.pk, ())
    looks = Step.objects.filter(case__in=[case.pk for case in orders], kind__in=LOOKED_AT).order_by("number")
    last = {step.case_id: step for step in looks}
    return [(case, LOOKED_AT[StepKind(last[case.pk].kind)], last[case.pk].at) for case in orders if case.pk in last]


def _opinion(entry: Entry, now: datetime) -> dict[str, Any]:
    looked = _looked_at(entry)
    left = [case.due_at for case, result, _at in looked if result != LOOKED_AT[StepKind.CONFIRMED]]
    return {
        "community": entry.name, "contact": entry.round.lead.display_name,
        "day": day_text(timezone.localdate(max(at for _case, _result, at in looked))),
        "orders": [{"number": case.number, "what": case.title, "result": result} for case, result, _at in looked],
        "due": day_text(timezone.localdate(max(left))) if left else "—",
    }  # fmt: skip


def _grave(entry: Entry) -> list[tuple[VisitRecord, Wanting]]:
    """The critical findings of locked records."""
    if not entry.class_code:
        return []
    records = VisitRecord.objects.done().filter(entry=entry).select_related("team_day")
    wanted = {record.subject: record for record in records}
    return [
        (wanted[one.subject.partition("/")[0]], one)
        for one in found_in(entry)
        if one.critical and one.subject.partition("/")[0] in wanted
    ]


def _transfer(entry: Entry, now: datetime) -> dict[str, Any]:
    found = _grave(entry)
    pictures = sum(len(one.exhibits) for _record, one in found)
    return {
        "community": entry.name, "round": entry.round.title, "contact": entry.round.lead.display_name,
        "facts": [{"what": f"{one.title}：{one.what}", "at": day_text(record.team_day.day)} for record, one in found],
        "exhibits": [f"现场照片等材料{pictures}件"] if pictures else ["无"],
    }  # fmt: skip


def _barred(entry: Entry) -> tuple[Listed, Bar] | None:
    """The newest row where it takes rights, with the bar that quotes the law: nobody is told of less."""
    row = Listed.objects.filter(entry=entry).select_related("edition", "company").order_by("-edition__number").first()
    bar = Bar.objects.filter(entry=entry, signed_at__isnull=False, called_off_at=None).order_by("-id").first()
    return (row, bar) if row and row.adverse and row.company and bar else None


def _credit(entry: Entry, now: datetime) -> dict[str, Any]:
    found = _barred(entry)
    assert found is not None
    row, bar = found
    assert row.company is not None
    tiers = {tier.code: tier.title for tier in scheme_of(entry.round.scheme).list_rules.tiers}
    return {
        "community": entry.name, "round": entry.round.title, "company": row.company.name,
        "credit_code": row.company.credit_code, "tier": in_language(tiers[row.tier].texts, CHINESE),
        "decision": _number(entry, row), "published": day_text(timezone.localdate(row.edition.published_at)),
        "basis": f"{bar.basis}{bar.clause}", "until": day_text(bar.last_day),
    }  # fmt: skip


def _number(entry: Entry, row: Listed) -> str:
    """The number of the paper that the listing stands in: the bulletin, else the notice to the company."""
    notices = [row.proceeding.ledger_subject] if row.proceeding else []
    papers = Document.objects.standing().filter(subject__in=[entry.round.subject, *notices])
    kinds: Iterable[str] = ("assessments.bulletin", "assessments.pre_listing_notice", *NOTICES.values())
    numbers: Mapping[str, str] = dict(papers.filter(kind__in=kinds).order_by("pk").values_list("kind", "number"))
    return next((numbers[kind] for kind in kinds if kind in numbers), f"第{row.edition.number}版名单")


FOLLOW_PAPERS = {"reinspection_opinion": _opinion, "transfer_letter": _transfer, "credit_push": _credit}
"""By kind (without the programme's name): what the paper is filled in with."""
