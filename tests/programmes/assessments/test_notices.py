"""The pre-listing notice as it is handed over: the .docx that was issued, read again, says what this entry is about.

Not here: when a notice may be issued (test_listings), what follows from its service (test_editions).
"""

import io
import re
import zipfile
from datetime import datetime
from hashlib import sha256
from types import SimpleNamespace

import pytest
from django.test import Client
from docx import Document as Word
from tests.guarded import guards_lifted
from tests.programmes.assessments import contested
from tests.programmes.assessments.test_papers import words
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.chain import canonical
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import file_of
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import Entry, VisitRecord
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db
People = dict[str, Person]


SEEN = (
    ("一号楼前", "垃圾桶满溢未清运"),
    ("东门岗亭", "登记簿缺页"),
    ("地下车库", "消防通道堵塞"),
    ("公告栏", "维修资金未公示"),
)


def found_on_site(record: VisitRecord, at: datetime) -> None:
    """Four things were found on the first visit, each with a photo of it."""
    checks = list(scheme_of(record.round.scheme).rubrics[record.entry.class_code].checks)
    findings = [
        {
            "id": f"00000000-0000-7000-8000-{n:012d}", "n": n + 1, "version": 1, "check": checks[5 * n], "steps": 1,
            "fact": "", "place": place, "note": note, "measured": {}, "by": "x", "at": "2024-09-04T09:45:00+08:00",
            "evidence": [contested.exhibit(record.subject, record.round.area, at).sha256],
        }
        for n, (place, note) in enumerate(SEEN)
    ]  # fmt: skip
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=canonical({"findings": findings}).decode())
    record.refresh_from_db()


@pytest.fixture
def notice(people: People, at: datetime) -> SimpleNamespace:
    """A company with an accident on file and four findings, told before it is listed; `text` is its paper."""
    round_ = contested.reviewed(people, at, 4, 2)
    entry, other = Entry.objects.select_related("round__scheme", "company").filter(round=round_, company__isnull=False)
    record = VisitRecord.objects.get(entry=entry, purpose="first")
    found_on_site(record, at)
    decided(round_, people, at)
    contested.served(round_, entry, people["officer"], at)
    paper = Document.objects.get(kind="assessments.pre_listing_notice")
    return SimpleNamespace(entry=entry, other=other, record=record, paper=paper, text=words(paper), round=round_)


def rows(paper: Document) -> list[list[str]]:
    with file_of(paper) as file:
        (table,) = (one for one in Word(io.BytesIO(file.read())).tables if "检查项目" in one.rows[0].cells[1].text)
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_it_says_each_deduction_where_it_was_seen_and_what_shows_it(notice: SimpleNamespace) -> None:
    head, *facts = rows(notice.paper)
    assert head == ["序号", "检查项目", "地点和情况", "证据", "扣分"]
    decision = decision_of(notice.round)
    assert decision
    result = decision.results.select_related("replay__scheme", "entry").get(entry=notice.entry)
    lost = sum(-line.points for line in worked_out(result).account.lines if line.points < 0)
    found = notice.record.sheet_document["findings"]
    assert len(found) == 4
    for finding in found:
        (row,) = (row for row in facts if row[1].startswith(f"{finding['check']} "))
        assert finding["place"] in row[2]
        assert finding["note"] in row[2]
        assert row[3] == finding["evidence"][0][:12]
    assert sum(round(float(row[4]) * 100) for row in facts[:-1]) == lost > 0
    assert facts[-1][1:] == ["情节严重的安全事故", "2级否决事项，依据的正式文书：事故认定书", "—", "—"]
    assert not [person for person in Person.objects.all() if person.token in notice.text]


def test_it_names_the_rule_and_the_version_by_which_it_was_decided(notice: SimpleNamespace) -> None:
    version = notice.round.scheme
    assert "依据：荷塘区" in notice.text
    assert f"（第{version.number}版，规则摘要{version.digest[:12]}）" in notice.text
    assert all(reason in notice.text for reason in notice.paper.values()["reasons"])
    assert "拟列入黑榜" in notice.text


def test_it_names_the_rights_and_the_days_there_are_for_them(notice: SimpleNamespace) -> None:
    for right in ("查阅本案证据", "之次日起5个工作日内", "陈述和申辩", "当面陈述", "不因陈述、申辩而加重处理"):
        assert right in notice.text


def test_it_is_for_that_company_and_nobody_else(notice: SimpleNamespace) -> None:
    assert f"{notice.entry.company.name}（统一社会信用代码：{notice.entry.company.credit_code}）" in notice.text
    assert notice.entry.name in notice.text
    for stranger in (notice.other.name, notice.other.company.name, notice.other.company.credit_code):
        assert stranger not in notice.text
    assert notice.paper.addressee == notice.entry.company


def test_number_day_code_and_hash_are_those_that_anybody_can_verify(notice: SimpleNamespace) -> None:
    paper = notice.paper
    assert re.fullmatch(r"荷物考〔2024〕\d+号", paper.number)
    assert paper.number in notice.text
    assert "二〇二四年九月四日" in notice.text
    assert paper.printed_code in notice.text
    with file_of(paper) as file:
        content = file.read()
    assert sha256(content).hexdigest() == paper.sha256
    assert [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.startswith("word/media/")]
    (address,) = re.findall(r"核验网址：(\S+)", notice.text)
    answer = Client().get("/" + address.split("/", 3)[3])
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert paper.number in shown
    assert paper.sha256 in shown.replace(" ", "")
