"""Two kinds of documents that no programme has, with templates made from pages, and a district that issues them."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx import Document as Word
from tests.faces.district import credit_code
from tools.documents import made

from mingjing.kernel.documents.actions import issue_document
from mingjing.kernel.documents.kinds import DocumentField, DocumentKind
from mingjing.kernel.documents.models import Document
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area, Level
from mingjing.kernel.registry import Manifest

__all__ = ["BULLETIN", "MANIFEST", "NOTICE", "NOTICE_PAGE", "changed", "company", "district", "issued", "texts"]

NOTICE_PAGE = """!red
> {{ addressee.name }}（{{ addressee.credit_code }}）：
{{ facts_intro }}
|# 序号 | 事实 | 依据 |
|% for fact in facts
| {{ loop.index }} | {{ fact.what }} | {{ fact.rule }} |
|% endfor
{{ rights }}
"""
BULLETIN_PAGE = """% for line in lines
{{ line }}
% endfor
"""


@dataclass(frozen=True, slots=True)
class Made(DocumentKind):
    """A kind whose default template is made from a page at once."""

    page: str = ""

    def default_template(self) -> bytes:
        return made(self.page)


NOTICE = Made(
    code="tested.notice",
    title="Pre-listing notice",
    template="",
    series="tested",
    page=NOTICE_PAGE,
    fields=(
        DocumentField(name="facts_intro", title="introduction", sample="经查："),
        DocumentField(name="facts", title="facts", sample=({"what": "消火栓无水", "rule": "A5.2"},)),
        DocumentField(name="rights", title="rights", sample="你单位可在5个工作日内陈述申辩。"),
        DocumentField(name="note", title="note", sample="附注", optional=True),
    ),
)
BULLETIN = Made(
    code="tested.bulletin", title="Bulletin", template="", series="tested", page=BULLETIN_PAGE, addressed=False,
    fields=(DocumentField(name="lines", title="lines", sample=("红榜：桂花花园",)),),
)  # fmt: skip
MANIFEST = Manifest(code="tested", title="Tested", documents=(NOTICE, BULLETIN), subjects={"tested.entry": "Entry"})
CONTEXT: Mapping[str, Any] = {
    "facts_intro": "经现场检查，发现以下事实：",
    "facts": [{"what": "主楼消火栓无水", "rule": "A5.2"}, {"what": "车道堵塞", "rule": "A5.1"}],
    "rights": "你单位可以陈述申辩。",
}


def district(code: str = "430202", name: str = "荷塘区") -> Area:
    """A county-level district, in a city of its own."""
    above = {"source": "tested", "version": "1"}
    province = Area.objects.filter(code="43").first() or Area.objects.create(
        code="43", name="湖南省", level=Level.PROVINCE, **above
    )
    city = Area.objects.filter(code=code[:4]).first() or Area.objects.create(
        code=code[:4], name="株洲市", level=Level.CITY, parent=province, **above
    )
    return Area.objects.create(code=code, name=name, level=Level.COUNTY, parent=city, **above)


def company(number: int, at: datetime, **other: Any) -> Organisation:
    """An invented company."""
    name = f"示例物业服务有限公司{number}"
    return record_organisation(credit_code=credit_code(number), name=name, area=None, by=None, at=at, **other)


def issued(area: Area, to: Organisation | None, at: datetime, **other: Any) -> Document:
    """A notice to somebody, or a bulletin to everybody."""
    given: dict[str, Any] = {"kind": "tested.notice", "context": CONTEXT} if to else {"kind": "tested.bulletin"}
    given.setdefault("context", {"lines": ["红榜：桂花花园"]})
    return issue_document(area=area, addressee=to, **{"subject": "tested.entry:7", **given, **other}, by=None, at=at)


def texts(content: bytes) -> str:
    """All text of a Word file, a line for each paragraph, tables at the end."""
    word = Word(io.BytesIO(content))
    lines = [paragraph.text for paragraph in word.paragraphs]
    lines += ["|".join(cell.text for cell in row.cells) for table in word.tables for row in table.rows]
    return "\n".join(lines)


def changed(content: bytes, add: Mapping[str, bytes] = {}, edit: Mapping[str, tuple[bytes, bytes]] = {}) -> bytes:
    """The package with parts added, and some bytes of others replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name in edit:
                assert edit[name][0] in part
                part = part.replace(*edit[name])
            after.writestr(name, part)
        for name, part in add.items():
            after.writestr(name, part)
    return out.getvalue()
