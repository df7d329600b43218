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


def _kind(
    name: str, title: str, *fields: DocumentField, addressed: bool = False, handed_out: bool = False
) -> DocumentKind:
    return DocumentKind(
        code=f"assessments.{name}", title=title, template=f"{HERE}/{name}.docx", series="assessments", fields=fields,
        addressed=addressed, handed_out=handed_out,
    )  # fmt: skip


_COMMUNITY = _field("community", _("name of the community"), "示例花园")
_ROUND = _field("round", _("title of the round"), "2026年上半年物业服务考核")
_SCHEME = _field(
    "scheme", _("title of the scheme"), "荷塘区物业服务红黑榜考核办法（2024年试行）（第1版，规则摘要3f2a91c0）"
)
_CONTACT = _field("contact", _("whom to turn to"), "区物业服务指导中心")

_FACTS = _field(
    "facts", _("facts: check, what was found, evidence, points lost"),
    ({"check": "A5.2 消火栓、灭火器有效", "what": "3栋地下室消火栓无水", "evidence": "3f2a91c04d7e", "points": "5"},),
)  # fmt: skip
_ENTRIES = _field(
    "entries", _("entries: tier, community, company, total, reason"),
    ({"tier": "红榜", "community": "示例花园", "company": "示例物业服务有限公司", "total": "96.50",
      "reason": "总分不低于90分"},),
)  # fmt: skip
_ORDERS = _field(
    "orders", _("orders: number, what was found, until when"),
    ({"number": "2026-430202-0017", "what": "3栋地下室消火栓无水", "due": "2026年9月30日"},),
)  # fmt: skip
_NOTICE = _field("notice", _("number of the notice"), "荷物考〔2026〕12号")
_MISSING = _field("missing", _("those not assessed, with the reason"), ("示例小区：道路施工，无法进入",))
_ROOT = _field("root", _("root over all results"), "0" * 64)

KINDS = (
    _kind(
        "pre_listing_notice", _("Pre-listing notice"), _COMMUNITY, _ROUND,
        _field("tier", _("tier it is proposed for"), "黑榜"),
        _field("base", _("base points"), "52.30"),
        _field("total", _("total points"), "52.30"),
        _FACTS,
        _field("reasons", _("reasons for the tier"), ("两个不同检查组评分均低于60分。",)),
        _SCHEME,
        _field("days", _("working days to answer in"), "5"),
        _CONTACT, addressed=True,
    ),
    _kind(
        "reopening_notice", _("Notice about a veto established later"), _COMMUNITY, _ROUND,
        _field("was", _("tier in which it stands"), "普通"),
        _field("tier", _("tier it is proposed for"), "黑榜"),
        _field("veto", _("the veto"), "情节严重的安全事故"),
        _field("paper", _("the official paper"), "荷应急认〔2026〕3号事故认定书"),
        _field("day", _("day of the incident"), "2026年9月18日"),
        _field("responsibility", _("what the company has to do with it"), "未按规定维护消防水泵，火灾时无水"),
        _field("reasons", _("reasons for the tier"), ("存在二级否决事项。",)),
        _SCHEME,
        _field("days", _("working days to answer in"), "5"),
        _CONTACT, addressed=True,
    ),
    _kind(
        "bonus_notice", _("Notice that a bonus is to be taken back"), _COMMUNITY, _ROUND,
        _field("was", _("tier in which it stands"), "红榜"),
        _field("tier", _("tier it is proposed for"), "普通"),
        _field("bonus", _("the bonus"), "三零：零信访、零投诉、零诉讼"),
        _field("points", _("points that are taken back"), "3.00"),
        _field("proof", _("the proof it was granted for"), "比对函〔2026〕1号"),
        _field("paper", _("the paper that contradicts it"), "（2026）湘0202民初9号判决书"),
        _field("why", _("what contradicts the proof"), "考核期内有一起物业服务合同纠纷"),
        _field("reasons", _("reasons for the tier"), ("总分低于90分。",)),
        _SCHEME,
        _field("days", _("working days to answer in"), "5"),
        _CONTACT, addressed=True,
    ),
    _kind(
        "round_plan", _("Plan of a round"), _ROUND, _SCHEME,
        _field("area", _("name of the district"), "荷塘区"),
        _field("count", _("how many communities"), "136"),
        _field("first", _("first day of the round"), "2026年7月1日"),
        _field("last", _("last day of the round"), "2026年12月31日"),
        _field("classes", _("classes: title, how many"), ({"title": "A类", "count": "80"},)),
        _field("lead", _("who answers for the round"), "李主任"),
    ),
    _kind(
        "class_confirmation", _("Confirmation of roster and classes"), _ROUND, _SCHEME,
        _field(
            "entries", _("communities: number, name, class, note"),
            ({"number": "HT-0001", "name": "示例花园", "class": "A类", "note": "临界，两人确认"},),
        ),
        _field("count", _("how many communities"), "136"),
        _field("digest", _("digest of the roster"), "0" * 64),
    ),
    _kind(
        "draw_record", _("Record of a draw"), _ROUND,
        _field("committed", _("when it was committed to"), "2026年7月1日9时"),
        _field("digest", _("digest of lists and rules"), "0" * 64),
        _field("seeds", _("seeds: whose, commitment"), ({"holder": "系统", "commitment": "0" * 64},)),
        _field("revealed", _("when the seeds were revealed"), "2026年7月2日9时"),
        _field("drawn", _("when it was drawn"), "2026年7月2日9时5分"),
        _field("days", _("how many team-days"), "60"),
        _field("document", _("digest of the draw file"), "1" * 64),
    ),
    _kind(
        "visit_authorisation", _("Authorisation of a visit"), _COMMUNITY, _ROUND, _SCHEME,
        _field("day", _("day of the visit"), "2026年9月4日"),
        _field(
            "members", _("members: name, part, credential"),
            ({"name": "王科员", "part": "考核人员", "credential": "湘B00001"},),
        ),
    ),
    _kind(
        "score_sheet", _("Score sheet of a visit"), _COMMUNITY, _ROUND,
        _field("class_title", _("title of the class"), "A类"),
        _field("company", _("name of the company"), "示例物业服务有限公司"),
        _field("day", _("day of the visit"), "2026年9月4日"),
        _FACTS,
        _field("base", _("base points"), "82.50"),
        _field("digest", _("digest of the sheet"), "0" * 64),
    ),
    _kind(
        "signature_record", _("Record of signatures or of a refusal"), _COMMUNITY, _ROUND,
        _field("digest", _("digest of the sheet"), "0" * 64),
        _field(
            "signatures", _("signatures: part, name, stance, comment, when"),
            ({"part": "项目负责人", "name": "某经理", "stance": "拒绝签字", "comment": "—", "at": "2026年9月4日"},),
        ),
    ),
    _kind(
        "interview_record", _("Record of an interview"), _COMMUNITY, _ROUND,
        _field("day", _("day of the visit"), "2026年9月4日"),
        _field("questions", _("questions to be asked"), ("对保洁是否满意？", "报修后多久有人上门？")),
    ),
    _kind(
        "rectification_plan", _("Plan to put findings right"), _COMMUNITY, _ORDERS, addressed=True, handed_out=True,
    ),
    _kind(
        "completion_report", _("Report that findings were put right"), _COMMUNITY, _ORDERS, addressed=True,
        handed_out=True,
    ),
    _kind(
        "reinspection_opinion", _("Opinion after a second inspection"), _COMMUNITY,
        _field("day", _("day of the second inspection"), "2026年9月20日"),
        _field(
            "orders", _("orders: number, what was found, result"),
            ({"number": "2026-430202-0017", "what": "3栋消火栓无水", "result": "通过"},),
        ),
        _field("due", _("until when what is left must be done"), "2026年9月30日"),
        _CONTACT, addressed=True,
    ),
    _kind(
        "public_notice", _("Public notice of a list"), _ROUND, _SCHEME,
        _field("days", _("working days of the public notice"), "5"),
        _ENTRIES,
        _CONTACT,
    ),
    _kind(
        "bulletin", _("Red/black list bulletin"), _ROUND, _SCHEME,
        _field("edition", _("number of the edition"), "1"),
        _field("communities", _("how many communities"), "136"),
        _field("assessed", _("how many were assessed"), "130"),
        _field("absent", _("how many were not assessed"), "6"),
        _ENTRIES,
        _MISSING,
        _field("days", _("working days to appeal in"), "15"), _ROOT,
    ),
    _kind(
        "list_correction", _("Correction of a published list"), _ROUND,
        _field("before", _("number of the edition before"), "1"),
        _field("edition", _("number of the edition"), "2"),
        _field("reason", _("reason"), "复核成立"),
        _field(
            "entries", _("entries: community, tier before, tier now"),
            ({"community": "示例花园", "was": "黑榜", "now": "普通"},),
        ),
    ),
    _kind(
        "transfer_letter", _("Letter that transfers a matter"), _COMMUNITY, _ROUND,
        _field("authority", _("authority it is transferred to"), "区消防救援大队"),
        _field("facts", _("facts: what, when"), ({"what": "3栋地下室消火栓无水", "at": "2026年9月4日"},)),
        _field("exhibits", _("what is sent along"), ("现场照片3张",)), _CONTACT,
    ),
    _kind(
        "credit_push", _("Form that tells the credit platform"), _COMMUNITY, _ROUND,
        _field("company", _("name of the company"), "示例物业服务有限公司"),
        _field("credit_code", _("credit code of the company"), "91430202MA4Q000000"),
        _field("tier", _("tier it is listed in"), "黑榜"),
        _field("decision", _("document of the listing"), "荷物考〔2026〕12号"),
        _field("published", _("day on which the list was published"), "2026年8月20日"),
        _field("basis", _("legal basis"), "《示例条例》第二十条"),
        _field("until", _("until when it counts"), "2027年8月20日"),
    ),
    _kind(
        "statement_record", _("Record of a statement"), _COMMUNITY, _ROUND,
        _field("company", _("name of the company"), "示例物业服务有限公司"), _NOTICE,
        _field("reasons", _("reasons that the notice gave"), ("两个不同检查组评分均低于60分。",)),
    ),
    _kind(
        "talk_minutes", _("Minutes of a regulatory talk"), _COMMUNITY, _ROUND,
        _field("company", _("name of the company"), "示例物业服务有限公司"), _NOTICE,
        _field("tier", _("tier it is listed in"), "黑榜"),
        _field("matters", _("what is still to be put right"), ("3栋地下室消火栓无水", "东门岗亭登记簿缺页")),
    ),
    _kind(
        "appeal_form", _("Form of an appeal"), _COMMUNITY, _ROUND,
        _field("tier", _("tier it is listed in"), "黑榜"),
        _field("edition", _("number of the edition"), "1"),
        _field("published", _("day on which the list was published"), "2026年8月20日"),
        _field("days", _("working days to appeal in"), "15"), addressed=True,
        handed_out=True,
    ),
    _kind(
        "objection_form", _("Form of an objection"), _COMMUNITY, _ROUND,
        _field(
            "facts", _("findings of the records: day, check, what was found"),
            ({"day": "2026年9月4日", "check": "A5.2 消火栓、灭火器有效", "what": "3栋地下室消火栓无水"},),
        ),
        _field("days", _("working days to object in"), "3"), addressed=True, handed_out=True,
    ),
    _kind(
        "statement_form", _("Form of a statement"), _COMMUNITY, _ROUND, _NOTICE,
        _field("reasons", _("reasons that the notice gave"), ("两个不同检查组评分均低于60分。",)),
        _field("days", _("working days to answer in"), "5"), addressed=True, handed_out=True,
    ),
    _kind(
        "bonus_claim", _("Form of a bonus claim"), _COMMUNITY, _ROUND,
        _field(
            "bonuses", _("bonuses: title, proof that is asked for"),
            ({"title": "建立物业服务企业党支部", "proof": "批复文件"},),
        ), addressed=True, handed_out=True,
    ),
    _kind(
        "appeal_decision", _("Decision on an objection or appeal"), _ROUND,
        _field("about", _("what it is about"), "示例花园列入黑榜"),
        _field("kind", _("objection or appeal"), "复核申请"),
        _field("received", _("when it was received"), "2026年8月25日"),
        _field("grounds", _("grounds of the company"), "（申请人的理由）"),
        _field("outcome", _("outcome"), "成立"),
        _field("reason", _("reason"), "（决定的理由）"), addressed=True,
    ),
    _kind(
        "round_report", _("Report of a round"), _ROUND, _SCHEME,
        _field("period", _("first and last day"), "2026年7月1日至12月31日"),
        _field("sentences", _("the round in sentences"), ("应考核小区136个，已考核130个，未考核6个。",)),
        _field(
            "tiers", _("tiers: class, tier, how many, share"),
            ({"class": "A类", "tier": "红榜", "count": "12", "share": "9.2"},),
        ),
        _field(
            "lost", _("checks: check, how many communities, share, points"),
            ({"check": "A5.2 消火栓、灭火器有效", "count": "41", "share": "51.3", "points": "77.00"},),
        ),
        _MISSING, _ROOT,
    ),
)  # fmt: skip
"""Every kind, in the order in which a round comes to them."""
