"""What the demonstration's decided round leads to: three proposed for the black list, heard, decided on, published.

One company contests and its community is listed; another shows that the work was done, and is not; the third says
nothing. Everything goes through the same actions as on the desk. Not here: the visits themselves (fieldwork).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, repeat
from typing import Any
from uuid import UUID

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.appeals import file_appeal
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.actions.seconds import assign_second
from mingjing.programmes.assessments.demo.clock import moment, standing_at
from mingjing.programmes.assessments.demo.fieldwork import Visitor, paper_on_file
from mingjing.programmes.assessments.demo.invented import Community
from mingjing.programmes.assessments.demo.photos import paper
from mingjing.programmes.assessments.demo.rounds import TEAMS, Cast
from mingjing.programmes.assessments.models import FilingKind, Round, VisitRecord
from mingjing.programmes.assessments.queries.listings import Proposed, proposals

__all__ = ["accidents", "publish", "second_visits", "worst"]

BLACK = 3
"""How many communities are proposed for the black list."""
NOTICE, PUBLISHED = timedelta(days=40), timedelta(days=14)
"""How long ago the public notice began, and the list was published."""
APPEALED = timedelta(days=9)
"""How long after that one company appeals; nobody has decided on it."""
MONTHS, OCCUPIED = 6, 50


def worst(found: Sequence[Community]) -> list[Community]:
    """The communities where most was found, of different companies, that may be listed at all."""
    able = [
        one
        for one in found
        if int(one.words["服务月数"]) >= MONTHS
        and int(one.words["入住率"]) >= OCCUPIED
        and "严重安全事故" not in one.words
    ]
    ranked = sorted(able, key=lambda one: (-sum(one.steps.values()), one.number))
    by_company: dict[int, Community] = {}
    for one in ranked:
        by_company.setdefault(one.company.pk, one)
    return list(by_company.values())[:BLACK]


def accidents(round: Round, cast: Cast, found: Sequence[Community], day: date, at: datetime) -> None:
    """A serious accident at each of these is on file, with the finding of the authority."""
    entries = {entry.number: entry for entry in round.entries.all()}
    for one in found:
        filing = file_document(
            entry=entries[f"HT-{one.number:03d}"], kind=FilingKind.VETO.value, code="serious_safety_accident",
            document=f"荷应急〔2026〕{one.number}号事故认定书（演示）", occurred_on=day,
            responsibility="消防设施由企业维护，认定书载明其日常检查缺失（演示）", by=cast.officer, at=at,
        )  # fmt: skip
        paper_on_file(filing, round.area, cast.officer, at)
        for voter in (cast.director, cast.reviewer):
            decide_filing(filing=filing, approved=True, reason="材料齐全，因果关系明确（演示）", by=voter, at=at)


def second_visits(round: Round, visitor: Visitor, found: Sequence[Community], day: date) -> None:
    """Another team than the first is sent to each of these, and finds the same."""
    named = [f"HT-{one.number:03d}" for one in found]
    first = VisitRecord.objects.filter(round=round, entry__number__in=named).select_related("team_day", "entry")
    sent = [_sent(before, day, visitor.cast.director) for before in first.order_by("id")]
    for hour, pk in enumerate(sent, start=9):
        record = VisitRecord.objects.select_related("round__area", "entry", "team_day__draw__round__area").get(pk=pk)
        visitor.visit(record, visitor.open(record.team_day, moment(day, 8, 30)), moment(day, hour))


def _sent(before: VisitRecord, day: date, by: Person) -> int:
    """The record of the first team that may go where `before` was made; its key."""
    at = moment(day - timedelta(days=1), 16)
    with standing_at(at):
        for team in range(1, TEAMS + 1):
            with suppress(Refusal):
                return assign_second(entry=before.entry, day=day, team=team, by=by, at=at).pk
    raise AssertionError(f"No other team can go to {before.entry}.")


@dataclass
class _Case:
    """One proposed listing as the demonstration plays it: who says what, and what the panel makes of it."""

    round: Round
    one: Proposed
    cast: Cast
    stance: str
    reason: str
    told: Mapping[str, str] = field(default_factory=dict)

    def step(self, name: str, by: Person, at: datetime, **brought: Any) -> None:
        """Take a step at a moment."""
        with standing_at(at):
            take_listing_step(round=self.round, entry=self.one.entry, step=name, by=by, at=at, **brought)


CASES: Sequence[tuple[str, str, Mapping[str, str]]] = (
    ("uphold", "事故认定书与两次检查记录相互印证，陈述意见不足以推翻（演示）", {
        "statement": "消防主机故障系原建设单位遗留，已向街道书面报告三次，请求不予列入黑榜（演示）",
        "hearing": "演示·听证笔录",
        "reply": "经核查，报告在事故之后提交；日常巡查记录缺失由企业负责，理由不成立（演示）",
    }),
    ("drop", "事故责任认定书更正后，本企业无责任，不予列入（演示）", {
        "statement": "应急部门已更正认定，责任方为施工单位，附更正文书（演示）",
        "reply": "更正文书经核实无误，陈述成立（演示）",
    }),
    ("uphold", "事实清楚，证据充分，企业在期限内未陈述申辩（演示）", {}),
)  # fmt: skip
"""What the panel says of each proposed listing and why, and what was said before."""


def publish(round: Round, cast: Cast, today: date) -> None:
    """From the decision to the published list: notices, statements, a hearing, the panel, two signatures."""
    decided = round.decided_at
    assert decided is not None
    cases = [
        _Case(round, one, cast, stance, reason, told)
        for one, (stance, reason, told) in zip(proposals(round, decided), chain(CASES, repeat(CASES[-1])), strict=False)
    ]
    for case in cases:
        _hear(case, moment(decided.date() + timedelta(days=3), 10))
    begun = moment(today - NOTICE, 9)
    _publish(round, cast, begun, moment(today - PUBLISHED, 9))


def _hear(case: _Case, at: datetime) -> None:
    """Notice served, statement, hearing and answer where there were any, then the two votes of the panel."""
    cast = case.cast
    with standing_at(at):
        document = issue_notice(round=case.round, entry=case.one.entry, by=cast.officer, at=at)
        shown = _scan(document.ledger_subject, document.area, "RECEIPT", cast.officer, at)
    served = at + timedelta(hours=5)
    assert document.addressee is not None
    with standing_at(served):
        service = record_service(
            document=document, credit_code=document.addressee.credit_code, method="direct", served_at=served,
            received_by="演示·项目负责人", exhibits=[shown], by=cast.officer, at=served,
        )  # fmt: skip
    case.step("notice", cast.officer, served, service=service)
    for step, after, brought in _said(case, at):
        case.step(step, cast.reviewer if step in {"hearing", "reply"} else cast.officer, after, **brought)
    ready = at + timedelta(days=24)
    for member in cast.panel:
        case.step("decision", member, ready, stance=case.stance, note=case.reason)


def _said(case: _Case, at: datetime) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """What the company says and what it is answered, in order."""
    told = case.told
    if "statement" in told:
        yield "statement", at + timedelta(days=2), {"note": told["statement"], "on_behalf": "演示·企业代表"}
    if "hearing" in told:
        yield "hearing_asked", at + timedelta(days=2, hours=1), {"on_behalf": "演示·企业代表"}
        held = at + timedelta(days=9)
        assert case.one.stands is not None
        subject = case.one.stands.proceeding.ledger_subject
        with standing_at(held):
            minutes = _scan(subject, case.round.area, "MINUTES", case.cast.reviewer, held)
        yield "hearing", held, {"note": told["hearing"], "exhibits": [minutes]}
    if "reply" in told:
        yield "reply", at + timedelta(days=10), {"note": told["reply"]}


def _scan(subject: str, area: Area, label: str, by: Person, at: datetime) -> UUID:
    """A page that somebody scanned; it says what it is."""
    file = io.BytesIO(paper(f"{label} {subject}", at))
    exhibit = record_exhibit(
        file=file, file_name="扫描件.jpg", subject=subject, area=area, origin=Origin.SCAN.value, by=by, at=at
    )
    return exhibit.pk


def _publish(round: Round, cast: Cast, begun: datetime, at: datetime) -> None:
    """Shown to the public, objected to and answered, signed by two houses, published."""
    steps = (
        ("public_notice", cast.director, begun, "荷塘区政府网站及各小区公告栏公示（演示）"),
        ("public_objection", cast.officer, begun + timedelta(days=2), "居民来电：认为某小区不应列入红榜（演示）"),
        ("public_reply", cast.officer, begun + timedelta(days=4), "经复核评分无误，已电话答复来电人（演示）"),
        ("signed_centre", cast.director, at - timedelta(days=3), "程序完备，同意公布（演示）"),
        ("signed_bureau", cast.bureau, at - timedelta(days=1), "同意公布（演示）"),
    )
    for step, by, moment_, note in steps:
        with standing_at(moment_):
            take_publication_step(round=round, step=step, by=by, at=moment_, note=note)
    with standing_at(at):
        edition = publish_list(round=round, by=cast.director, at=at)
    appealed = at + APPEALED
    row = edition.rows.filter(adverse=True).order_by("index").last()
    assert row is not None
    grounds = "二次检查时消防通道已疏通，请求复核事故责任认定（演示）"
    with standing_at(appealed):
        file_appeal(row=row, grounds=grounds, on_behalf="演示·企业代表", by=cast.officer, at=appealed)
