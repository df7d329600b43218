"""What the papers of one community of a round are filled in with, and everything that belongs to its case.

Not here: kinds (queries.paper_kinds), issuing (actions.papers), the papers of the whole round (queries.round_papers).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from mingjing.engine.outcome import in_language
from mingjing.engine.quantities import points_text
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import StandsTold, told_of
from mingjing.programmes.assessments.models import Edition, Entry, Filing, Result, Signature, VisitRecord
from mingjing.programmes.assessments.policy.procedures import UPHELD
from mingjing.programmes.assessments.queries.follow_papers import FOLLOW_PAPERS, ready_to_follow
from mingjing.programmes.assessments.queries.form_papers import FORM_PAPERS, ready_to_fill_in
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.papers import fact_rows
from mingjing.programmes.assessments.queries.reports import DISPUTES
from mingjing.programmes.assessments.queries.results import worked_out
from mingjing.programmes.assessments.queries.round_papers import CHINESE, day_text, moment_text, scheme_title
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import order_subject

__all__ = ["ENTRY_PAPERS", "case_subjects", "decided_dispute", "ready_of"]


def ready_of(entry: Entry) -> frozenset[str]:
    """The papers of ENTRY_PAPERS it is time for."""
    record = _record(entry)
    names = {"signature_record"} if record and record.company_at else set()
    if record and not record.team_day.is_sealed(timezone.localdate()):
        names.add("visit_authorisation")
    if record and record.locked_at and _result(entry):
        names.add("score_sheet")
    dispute = decided_dispute(entry, timezone.now())
    names |= {"appeal_decision"} if dispute and dispute.proceeding.organisation else set()
    return ready_to_follow(entry) | ready_to_fill_in(entry, timezone.now()) | names


def decided_dispute(entry: Entry, now: datetime) -> StandsTold | None:
    """The newest objection or appeal about the community that is decided."""
    about = set(case_subjects(entry))
    rows = Proceeding.objects.filter(programme="assessments", kind__in=DISPUTES, area=entry.round.area)
    own = [one for one in rows.select_related("area", "organisation").order_by("-id") if one.ledger_subject in about]
    return next((one for one in told_of(own, now).values() if one.standing.said.get("decision")), None)


def _record(entry: Entry) -> VisitRecord | None:
    return VisitRecord.objects.standing().filter(entry=entry, purpose="first").select_related("team_day").first()


def _result(entry: Entry) -> Result | None:
    decided = decision_of(entry.round)
    rows = decided.results.select_related("replay__scheme", "entry") if decided else Result.objects.none()
    return rows.filter(entry=entry, total__isnull=False).first()


def _sheet(entry: Entry, now: datetime) -> dict[str, Any]:
    record, result = _record(entry), _result(entry)
    assert record is not None
    assert result is not None
    with translation.override("zh-hans"):
        facts = fact_rows(worked_out(result).account)
    none = [{"check": "—", "what": "未发现扣分事项", "evidence": "—", "points": "0"}]
    classes = scheme_of(entry.round.scheme).classes
    return {
        "community": entry.name, "round": entry.round.title, "company": entry.company_name or "—",
        "class_title": in_language(classes[result.class_code].texts, CHINESE), "day": day_text(record.team_day.day),
        "facts": facts or none, "base": points_text(result.base or 0), "digest": record.sheet_digest,
    }  # fmt: skip


def _signatures(entry: Entry, now: datetime) -> dict[str, Any]:
    record = _record(entry)
    assert record is not None
    with translation.override("zh-hans"):
        rows = [
            {"part": str(one.get_part_display()), "name": one.signer, "stance": str(one.get_stance_display()),
             "comment": one.comment or "—", "at": moment_text(one.at)}
            for one in Signature.objects.filter(record=record).select_related("person").order_by("pk")
        ]  # fmt: skip
    return {"community": entry.name, "round": entry.round.title, "digest": record.sheet_digest, "signatures": rows}


def _authorisation(entry: Entry, now: datetime) -> dict[str, Any]:
    """Who goes; the numbers of their papers are written in by hand where the house does not know them."""
    record = _record(entry)
    assert record is not None
    with translation.override("zh-hans"):
        members = [
            {"name": one.person.display_name, "part": str(one.get_part_display()), "credential": "　"}
            for one in record.team_day.members.filter(removed_at=None).select_related("person").order_by("pk")
        ]
    return {
        "community": entry.name, "round": entry.round.title, "scheme": scheme_title(scheme_of(entry.round.scheme)),
        "day": day_text(record.team_day.day), "members": members,
    }  # fmt: skip


def _decision(entry: Entry, now: datetime) -> dict[str, Any]:
    """What was asked, by the words of the company; what was decided, by the words of who decided."""
    found = decided_dispute(entry, now)
    assert found is not None
    kind = found.proceeding.kind
    asked = next(taken for taken in found.steps if taken.step == kind)
    told = [taken for taken in found.steps if taken.step == "decision"][-1]
    said = found.standing.said["decision"]
    return {
        "round": entry.round.title, "about": found.proceeding.title,
        "kind": "复核申请" if kind == "appeal" else "异议", "received": moment_text(asked.happened_at or asked.at),
        "grounds": asked.note, "outcome": "成立" if said == UPHELD else "不成立", "reason": told.note,
    }  # fmt: skip


ENTRY_PAPERS: Mapping[str, Callable[[Entry, datetime], dict[str, Any]]] = {
    "visit_authorisation": _authorisation,
    "score_sheet": _sheet,
    "signature_record": _signatures,
    "appeal_decision": _decision,
    **FOLLOW_PAPERS,
    **FORM_PAPERS,
}
"""By kind (without the programme's name): what the paper is filled in with."""


def case_subjects(entry: Entry) -> list[str]:
    """Everything the file of a community in a round is about: itself, its records, orders, filings, proceedings.

    Records of days that have not come are left out: nobody may know of them.
    """
    records = list(VisitRecord.objects.unsealed(timezone.localdate()).filter(entry=entry).select_related("team_day"))
    checks = scheme_of(entry.round.scheme).rubrics[entry.class_code].checks if entry.class_code else {}
    orders = [order_subject(record, code) for record in records for code in checks]
    editions = Edition.objects.filter(round=entry.round_id)
    filings = [filing.subject for filing in Filing.objects.filter(entry=entry)]
    about = [entry.subject, *(record.subject for record in records), *orders, *filings]
    about += [f"{edition.subject}/{entry.pk}" for edition in editions]
    known = Proceeding.objects.filter(programme="assessments", area=entry.round.area)
    found = list(known.filter(subject__in=about).only("pk", "subject"))
    objections = known.filter(kind="objection", subject__startswith="assessments.visit:").only("pk", "subject")
    own = {record.subject for record in records}
    found += [one for one in objections if one.subject.partition("/")[0] in own]
    return [*dict.fromkeys([*about, *(one.ledger_subject for one in found)])]
