"""The kinds of documents of a round and its cases: titles, fields, and a sample of each, for the manifest.

Not here: what they are filled in with (queries.papers), templates (papers/*.page), what follows a listing
(queries.measure_papers).
"""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.documents.kinds import DocumentField, DocumentKind

__all__ = ["KINDS"]

HERE = "mingjing.programmes.assessments/papers"


def _field(name: str, title: str, sample: object, *, optional: bool = False) -> DocumentField:
    return DocumentField(name=name, title=title, sample=sample, optional=optional)


def _kind(name: str, title: str, *fields: DocumentField, addressed: bool = False) -> DocumentKind:
    return DocumentKind(
        code=f"assessments.{name}", title=title, template=f"{HERE}/{name}.docx", series="assessments", fields=fields,
        addressed=addressed,
    )  # fmt: skip


_COMMUNITY = _field("community", _("name of the community"), "示例花园")
_ROUND = _field("round", _("title of the round"), "2026年上半年物业服务考核")
_SCHEME = _field("scheme", _("title of the scheme"), "荷塘区物业服务红黑榜考核办法（2024年试行）")
_CONTACT = _field("contact", _("whom to turn to"), "区物业服务指导中心")

KINDS = (
    _kind(
        "pre_listing_notice", _("Pre-listing notice"), _COMMUNITY, _ROUND,
        _field("tier", _("tier it is proposed for"), "黑榜"),
        _field("base", _("base points"), "52.30"),
        _field("total", _("total points"), "52.30"),
        _field(
            "facts", _("facts: check, what was found, points lost"),
            ({"check": "A5.2 消火栓、灭火器有效", "what": "3栋地下室消火栓无水", "points": "5"},),
        ),
        _field("reasons", _("reasons for the tier"), ("两个不同检查组评分均低于60分。",)),
        _SCHEME,
        _field("days", _("working days to answer in"), "5"),
        _CONTACT, addressed=True,
    ),
)  # fmt: skip
"""Every kind, in the order in which a round comes to them."""
