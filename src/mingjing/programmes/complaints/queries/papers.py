"""The bulletin of a ranking: its kind, and what it is filled in with, in the words of the office.

Small counts stay suppressed: of a community without a rank no figure is printed, and no sum from which one follows.
Not here: the template (papers/bulletin.page), issuing (actions.papers).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from mingjing.engine.outcome import in_language
from mingjing.kernel.documents.kinds import DocumentField, DocumentKind
from mingjing.programmes.complaints.models import Edition, EditionRow
from mingjing.programmes.complaints.policy.rules import Rules
from mingjing.programmes.complaints.queries.rulebooks import rules_of

__all__ = ["BULLETIN", "KINDS", "bulletin_of", "bulletin_title"]

BULLETIN = "complaints.bulletin"
CHINESE = "zh-Hans"
FEW_HOUSEHOLDS, FEW_CASES = "ranking.few_households", "ranking.few_cases"


def _field(name: str, title: str, sample: object, *, optional: bool = False) -> DocumentField:
    return DocumentField(name=name, title=title, sample=sample, optional=optional)


KINDS = (
    DocumentKind(
        code=BULLETIN, title=_("Complaint ranking bulletin"), series="complaints", letters="物投", addressed=False,
        template="mingjing.programmes.complaints/papers/bulletin.docx",
        fields=(
            _field("rules", _("title of the rules, with version and digest"), "投诉榜规则（第1版，规则摘要3f2a91c0）"),
            _field("district", _("name of the district"), "荷塘区"),
            _field("first", _("first day of the period"), "2026年7月1日"),
            _field("last", _("last day of the period"), "2026年7月31日"),
            _field("edition", _("number of the edition"), "1"),
            _field("correction", _("why it takes the place of an earlier one"), "一件工单归属有误", optional=True),
            _field("raw", _("how many complaints came in"), "412"),
            _field("counted", _("how many count for communities with a rank"), "265"),
            _field("per", _("households that a rate is of"), "1000"),
            _field("days", _("working days of the companies’ check"), "5"),
            _field(
                "rows", _("ranking: rank, community, company, how many count, rate, rank before"),
                ({"rank": "1", "community": "示例花园（投诉率居前）", "company": "示例物业服务有限公司",
                  "counted": "9", "rate": "7.50", "before": "3"},),
            ),
            _field("communities", _("how many communities"), "136"),
            _field("ranked", _("how many have a rank"), "98"),
            _field("unranked", _("how many have none, by reason"), ("户数少于100户的小区12个。",)),
            _field("digest", _("digest over all rows"), "0" * 64),
        ),
    ),
)  # fmt: skip
"""Every kind, for the manifest."""


def bulletin_title(edition: Edition) -> str:
    """What the paper is called: the same period never has two names."""
    first, last = _day(edition.first_day), _day(edition.last_day)
    if edition.first_day.year == edition.last_day.year:
        last = last.partition("年")[2]
    return f"{edition.area.name}物业服务投诉排名公报（{first}至{last}）"


def bulletin_of(edition: Edition) -> dict[str, Any]:
    """The fields of the bulletin of a published edition; two queries."""
    rules, version = rules_of(edition.rules), edition.rules
    rows = list(edition.rows.filter(rank__isnull=False).order_by("position").defer("cases"))
    title = in_language(rules.title.texts, CHINESE)
    return {
        "rules": f"《{title}》（第{version.number}版，规则摘要{version.digest[:8]}）", "district": edition.area.name,
        "first": _day(edition.first_day), "last": _day(edition.last_day), "edition": str(edition.number),
        "correction": edition.correction_reason, "raw": str(edition.totals["raw"]),
        "counted": str(sum(row.counted for row in rows)), "per": str(rules.per_households),
        "days": str(rules.check_days), "rows": list(_rows(rows, rules)),
        "communities": str(edition.totals["communities"]), "ranked": str(edition.totals["ranked"]),
        "unranked": list(_unranked(edition, rules)), "digest": edition.digest,
    }  # fmt: skip


def _rows(rows: Sequence[EditionRow], rules: Rules) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {
            "rank": str(row.rank), "community": f"{row.name}（投诉率居前）" if row.top else row.name,
            "company": row.company or "—", "counted": str(row.counted), "rate": _rate(row, rules),
            "before": str(row.rank_before or "—"),
        }  # fmt: skip
    if not rows:
        nothing = dict.fromkeys(("rank", "company", "counted", "rate", "before"), "—")
        yield {**nothing, "community": "没有达到排名条件的小区"}


def _rate(row: EditionRow, rules: Rules) -> str:
    assert row.rate is not None
    return f"{row.rate / 10**rules.decimals:.{rules.decimals}f}"


def _unranked(edition: Edition, rules: Rules) -> Iterator[str]:
    """How many without a rank, each by its first reason; never which, so that no small count can be worked out."""
    rows = edition.rows.filter(rank=None).defer("cases")
    counts = Counter(next((reason.code for reason in row.told_reasons), "") for row in rows)
    told = {
        FEW_HOUSEHOLDS: f"户数少于{rules.least_households}户的小区",
        FEW_CASES: f"计入件数少于{rules.least_cases}件的小区",
    }
    for code in sorted(counts):
        yield f"{told.get(code, '户数不明的小区')}{counts[code]}个。"
    if not counts:
        yield "无。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
