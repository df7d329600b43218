"""Issued documents: numbers, files, codes; the same bytes again; withdrawn and replaced."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from docx import Document as Word
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.documents.sampled import BULLETIN, CONTEXT, NOTICE, NOTICE_PAGE, company, district, issued, texts
from tools.documents import made, pages

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import withdraw_document
from mingjing.kernel.documents.kinds import kinds
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import file_of, rendered_again
from mingjing.kernel.documents.rendering import render
from mingjing.kernel.documents.samples import sample_values
from mingjing.kernel.evidence import store
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area


def content(document: Document) -> bytes:
    with store.open_original(document.sha256, verified=True) as file:
        return file.read()


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_a_document_says_what_it_was_given(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    text = texts(content(document))
    assert document.number == "荷物考〔2024〕1号"
    for part in (
        "荷物考〔2024〕1号", "荷塘区物业服务指导中心", "二〇二四年九月四日", f"{to.name}（{to.credit_code}）：",
        "1|主楼消火栓无水|A5.2", "2|车道堵塞|A5.1", "你单位可以陈述申辩。", f"核验码：{document.printed_code}",
        f"核验网址：https://testserver/documents/verify/{document.code}/",
    ):  # fmt: skip
        assert part in text
    assert "{" not in text
    assert len(Word(io.BytesIO(content(document))).inline_shapes) == 1, "the QR code"


def test_the_fact_has_the_hash_of_the_file_and_no_name(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    fact = Fact.objects.get(kind="documents.document.issued")
    data = json.loads(fact.data)
    assert data["sha256"] == document.sha256 == sha256(content(document)).hexdigest()
    assert (data["number"], data["about"]) == (document.number, "tested.entry:7")
    assert to.name not in fact.data
    assert document.context not in fact.data


def test_the_same_template_and_context_give_the_same_bytes(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    assert rendered_again(document) == rendered_again(document) == content(document)
    with zipfile.ZipFile(io.BytesIO(content(document))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_file_that_the_store_lost_is_made_again(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    before = content(document)
    path = store.path_of(document.sha256)
    path.chmod(0o644)
    path.write_bytes(b"damaged")
    assert file_of(document).read() == before
    path.unlink()
    assert file_of(document).read() == before
    store.path_of(document.template_sha256).unlink()
    with pytest.raises(FileNotFoundError):
        file_of(document)


def test_a_character_that_this_program_does_not_know_yet_is_taken(area: Area, to: Organisation, at: datetime) -> None:
    rare = "某\U0002ebf0某"  # of Unicode 15.1
    assert rare in texts(content(issued(area, to, at, context={**CONTEXT, "rights": rare})))


def test_kinds_of_a_series_share_numbers_and_each_area_and_year_counts_anew(
    area: Area, to: Organisation, at: datetime
) -> None:
    other = district("430203", "芦淞区")
    numbers = [issued(area, to, at).number, issued(area, None, at).number, issued(other, to, at).number]
    numbers.append(issued(area, to, at + timedelta(days=200)).number)
    assert numbers == ["荷物考〔2024〕1号", "荷物考〔2024〕2号", "芦物考〔2024〕1号", "荷物考〔2025〕1号"]


def test_the_year_is_that_of_the_calendar_on_the_wall(area: Area, to: Organisation, at: datetime) -> None:
    assert issued(area, to, datetime.fromisoformat("2024-12-31T16:30:00+00:00")).year == 2025


def test_a_refused_document_takes_no_number(area: Area, to: Organisation, at: datetime) -> None:
    with pytest.raises(Refusal):
        issued(area, to, at, title=" x" * 300)
    with pytest.raises(Refusal) as refusal:
        issued(area, to, at, context={**CONTEXT, "rights": "坏\x00字"})
    assert codes(refusal) == ["documents.value"]
    assert issued(area, to, at).serial == 1


def test_a_number_taken_in_a_transaction_that_fails_is_given_again(area: Area, to: Organisation, at: datetime) -> None:
    with transaction.atomic():
        issued(area, to, at)
        transaction.set_rollback(True)
    assert issued(area, to, at).serial == 1
    assert not Fact.objects.filter(kind="documents.document.issued").exclude(data__contains="1号").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "tested.unknown"}, {"kind": "documents.receipt"}, {"kind": "tested.bulletin"},
        {"context": {}}, {"context": {**CONTEXT, "more": "x"}}, {"context": {**CONTEXT, "facts": "x"}},
        {"context": {**CONTEXT, "facts": [{"what": "x"}]}}, {"context": {**CONTEXT, "rights": 1.5}},
    ],
)  # fmt: skip
def test_what_a_program_made_up_is_its_mistake(change: Any, area: Area, to: Organisation, at: datetime) -> None:
    with pytest.raises(ValueError, match=r"kind|fields|form"):
        issued(area, to, at, **change)


@pytest.mark.parametrize(
    "text",
    ["<&>\"'", "{{ number }}", "{% for x in y %}", "{_{ number }_}", "&amp;", "第一行\n第二行", "𠮷野家", "]]>", "{#"],
)
def test_a_text_stands_in_the_document_as_it_is(text: str, area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at, context={**CONTEXT, "rights": text, "facts": [{"what": text, "rule": "1"}]})
    shown = texts(content(document)).replace("\u2060", "")
    assert text in shown
    assert f"1|{text}|1" in shown


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=60))
def test_any_text_that_can_be_typed_stands_in_it(text: str) -> None:
    values = sample_values(NOTICE) | {"rights": f"〈{text}〉"}
    shown = texts(render(made(NOTICE_PAGE), values, qr="https://example.org/"))
    assert f"〈{text}〉" in shown.replace("\u2060", "") or "\u2060" in text


def test_a_code_cannot_be_told_from_what_the_document_says(area: Area, to: Organisation, at: datetime) -> None:
    one, other = issued(area, to, at), issued(area, to, at)
    assert len({one.code, other.code, one.code[:8], other.code[:8]}) == 4


def test_a_withdrawn_document_stays_with_its_reason(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    with pytest.raises(Refusal):
        withdraw_document(document=document, reason=" ", by=None, at=at)
    withdrawn = withdraw_document(document=document, reason="事实有误", by=None, at=at)
    assert (withdrawn.withdrawal_reason, withdrawn.number) == ("事实有误", document.number)
    with pytest.raises(Refusal) as refusal:
        withdraw_document(document=document, reason="事实有误", by=None, at=at)
    assert codes(refusal) == ["documents.document.withdrawn"]
    assert issued(area, to, at).serial == 2, "its number is not given again"


def test_a_document_that_replaces_another_is_named_by_it(area: Area, to: Organisation, at: datetime) -> None:
    first = issued(area, to, at)
    second = issued(area, to, at, replaces=first, reason="更正事实")
    first.refresh_from_db()
    assert (first.replaced_by, first.withdrawal_reason) == (second, "更正事实")
    with pytest.raises(Refusal):
        issued(area, to, at, replaces=first, reason="再更正")
    assert Document.objects.count() == 2, "the second one was not issued either"


def test_the_database_keeps_what_was_issued(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at)
    for write in (
        document.delete,
        lambda: Document.objects.update(title="另一个"),
        lambda: Document.objects.update(serial=9),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_documents_are_found_by_number_title_and_pinyin(area: Area, to: Organisation, at: datetime) -> None:
    document = issued(area, to, at, title="关于拟列入黑榜的告知书")
    issued(area, company(2, at), at)
    for text in ("〔2024〕1号", "黑榜", "slwyfwyxgs1"):
        assert list(Document.objects.search(text)) == [document], text


def test_the_templates_that_ship_are_what_their_pages_give(db: None) -> None:
    assert list(pages())
    for page in pages():
        assert page.with_suffix(".docx").read_bytes() == made(page.read_text("utf-8")), page.name


@pytest.mark.parametrize("code", ["documents.letter", "documents.receipt", NOTICE.code, BULLETIN.code])
def test_every_kind_can_be_shown_with_its_sample(code: str) -> None:
    kind = kinds()[code]
    shown = texts(render(kind.default_template(), sample_values(kind), qr="https://example.org/"))
    assert "{" not in shown
    for one in kind.fields:
        if isinstance(one.sample, str) and not one.optional:
            assert one.sample in shown
