"""The papers of what follows a listing: their kinds, and what each is filled in with, in the words of the office.

Not here: templates (papers/*.page), issuing (kernel.documents), the pre-listing notice (queries.papers).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from mingjing.engine.outcome import in_language
from mingjing.kernel.cases.models import Case
from mingjing.kernel.documents.kinds import DocumentField, DocumentKind
from mingjing.programmes.assessments.models import Bar, Entry
from mingjing.programmes.assessments.policy.measures import EXIT, MEASURES, REWARD, measure_clocks
from mingjing.programmes.assessments.queries.measures import Followed
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["ASKED", "KINDS", "bar_context", "context_of", "order_context"]

CHINESE = "zh-Hans"
HERE = "mingjing.programmes.assessments/papers"


def _field(name: str, title: str, sample: object) -> DocumentField:
    return DocumentField(name=name, title=title, sample=sample)


_LISTING = (
    _field("community", _("name of the community"), "示例花园"),
    _field("round", _("title of the round"), "2026年上半年物业服务考核"),
    _field("tier", _("tier it is listed in"), "黑榜"),
    _field("published", _("day on which the list was published"), "2026年8月20日"),
)
_CONTACT = _field("contact", _("whom to turn to"), "区物业服务指导中心")


def _kind(name: str, title: str, *fields: DocumentField, addressed: bool = True) -> DocumentKind:
    return DocumentKind(
        code=f"assessments.{name}", title=title, template=f"{HERE}/{name}.docx", series="assessments", fields=fields,
        addressed=addressed,
    )  # fmt: skip


KINDS = (
    _kind("reminder", _("Reminder after a listing"), *_LISTING, _CONTACT),
    _kind(
        "talk_notice", _("Notice of a regulatory talk"), *_LISTING,
        _field("when", _("when the talk is held"), "2026年9月1日上午9时"),
        _field("where", _("where the talk is held"), "区住房和城乡建设局三楼会议室"), _CONTACT,
    ),
    _kind(
        "admonition", _("Admonition"), *_LISTING,
        _field("plan_days", _("working days to hand in a plan"), "5"),
        _field("days", _("working days to put everything right"), "15"), _CONTACT,
    ),
    _kind(
        "release_notice", _("Release notice"), *_LISTING,
        _field("inspected", _("day of the look at what was put right"), "2026年10月9日"), _CONTACT,
    ),
    _kind(
        "exit_recommendation", _("Recommendation to end a service"), *_LISTING,
        _field("company", _("name of the company"), "示例物业服务有限公司"),
        _field("credit_code", _("credit code of the company"), "91430202MA4Q000000"),
        _field("subdistrict", _("name of the subdistrict"), "示例街道办事处"),
        _field("count", _("rounds in a row"), "3"),
        _field("rounds", _("titles of the rounds"), ("2025年上半年考核", "2025年下半年考核", "2026年上半年考核")),
        _CONTACT, addressed=False,
    ),
    _kind("commendation", _("Commendation"), *_LISTING, _CONTACT),
    _kind(
        "bar_decision", _("Decision on a procurement bar"), *_LISTING,
        _field("scope", _("procurement it covers"), "本区政府采购的物业服务项目"),
        _field("first", _("first day of the bar"), "2026年9月1日"),
        _field("last", _("last day of the bar"), "2027年8月31日"),
        _field("basis", _("legal basis"), "《示例条例》"),
        _field("clause", _("article of the legal basis"), "第二十条"),
        _field("quote", _("words of the article"), "（条文原文）"),
        _field("reason", _("reason"), "列入黑榜，期满未完成整改。"), _CONTACT,
    ),
    _kind(
        "rectification_order", _("Order to put findings right"),
        _LISTING[0], _LISTING[1],
        _field(
            "orders", _("orders: number, check, what was found, until when"),
            ({"number": "2026-430202-0017", "check": "A5.2 消火栓有效", "what": "3栋无水", "due": "2026年9月1日"},),
        ), _CONTACT,
    ),
)  # fmt: skip
"""Every kind, for the manifest."""

ASKED: Mapping[str, tuple[str, ...]] = {"talk_notice": ("when", "where")}
"""What somebody must say before the paper of a step can be issued, by step."""


def context_of(one: Followed, kind: str, step: str, told: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the paper of a step; `told` is what somebody said of it (ASKED)."""
    assert one.listed is not None
    found = _listing(one.entry, one.listed.tier, timezone.localdate(one.listed.edition.published_at))
    if (kind, step) == (MEASURES, "talk_notice"):
        found |= {name: told[name] for name in ASKED["talk_notice"]}
    if (kind, step) == (MEASURES, "admonition"):
        clocks = measure_clocks(scheme_of(one.entry.round.scheme), MEASURES)
        found |= {"plan_days": str(clocks["admonition"].days), "days": str(clocks["plan"].days)}
    if (kind, step) == (MEASURES, "release"):
        found["inspected"] = _day(timezone.localdate(one.proceedings[MEASURES].standing.done["reinspection"]))
    if kind == EXIT:
        company = one.listed.company
        found |= {
            "company": one.listed.company_name, "credit_code": company.credit_code if company else "",
            "subdistrict": one.entry.stratum.name, "count": str(one.streak.count), "rounds": list(one.streak.rounds),
        }  # fmt: skip
    assert kind in {MEASURES, EXIT, REWARD}
    return found


def bar_context(bar: Bar, tier: str, published: date) -> dict[str, Any]:
    """The fields of the paper that tells a company of its bar."""
    said = {name: getattr(bar, name) for name in ("scope", "basis", "clause", "quote", "reason")}
    return _listing(bar.entry, tier, published) | said | {"first": _day(bar.first_day), "last": _day(bar.last_day)}


def order_context(entry: Entry, orders: Sequence[tuple[Case, str, str]]) -> dict[str, Any]:
    """The fields of an order: each case with its check and what was found."""
    rows = [
        {"number": case.number, "check": check, "what": what, "due": _day(timezone.localdate(case.due_at))}
        for case, check, what in orders
    ]
    return {"community": entry.name, "round": entry.round.title, "orders": rows, "contact": _contact(entry)}


def _listing(entry: Entry, tier: str, published: date) -> dict[str, Any]:
    tiers = {one.code: one.title for one in scheme_of(entry.round.scheme).list_rules.tiers}
    return {
        "community": entry.name, "round": entry.round.title, "tier": in_language(tiers[tier].texts, CHINESE),
        "published": _day(published), "contact": _contact(entry),
    }  # fmt: skip


def _contact(entry: Entry) -> str:
    return entry.round.lead.display_name


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
