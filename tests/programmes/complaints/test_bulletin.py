"""The bulletin of a published ranking: numbered, verifiable, without a figure of a community that has no rank."""

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document as Word
from tests.programmes.complaints.conftest import People, ranked
from tests.programmes.complaints.test_flow import codes, edition, published, taken  # noqa: F401 - fixtures  # noqa: F401

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import file_of
from mingjing.programmes.complaints.actions.editions import correct_edition
from mingjing.programmes.complaints.actions.papers import issue_bulletin
from mingjing.programmes.complaints.models import Edition
from mingjing.programmes.complaints.queries.papers import bulletin_of

pytestmark = pytest.mark.django_db


def words(document: Document) -> str:
    with file_of(document) as file:
        found = Word(io.BytesIO(file.read()))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def test_a_bulletin_is_numbered_and_says_the_ranking_and_no_small_count(edition: Edition, people: People) -> None:  # noqa: F811
    with pytest.raises(Refusal) as refused:
        issue_bulletin(edition=edition, by=people["director"], at=timezone.now())
    assert codes(refused) == {"bulletin.unpublished"}
    found = published(edition, people)
    paper = issue_bulletin(edition=found, by=people["director"], at=timezone.now())
    said = words(paper)
    assert re.fullmatch(r"荷物投〔\d{4}〕1号", paper.number)
    assert paper.title == "荷塘区物业服务投诉排名公报（2024年7月1日至7月31日）"
    for text in (paper.number, paper.code, found.digest, "受理投诉16件", "桂花花园", "10.00", "3.75"):
        assert text in said
    assert "小井坊" not in said
    assert "户数少于100户的小区1个" in said
    rows = bulletin_of(found)["rows"]
    assert [(row["rank"], row["community"], row["counted"]) for row in rows] == [
        ("1", "桂花花园", "5"), ("2", "东方名苑", "4"), ("3", "望江楼", "3"),
    ]  # fmt: skip


def test_no_sum_in_it_gives_away_what_one_community_without_a_rank_has(edition: Edition, people: People) -> None:  # noqa: F811
    found = published(edition, people)
    told = {name: text for name, text in bulletin_of(found).items() if isinstance(text, str)}
    assert found.totals["outcomes"]["counted"] == 12 + found.rows.get(rank=None).counted
    assert (told["counted"], told["raw"]) == ("12", "16")
    assert "15" not in told.values()


def test_a_correction_takes_the_place_of_the_bulletin_before(edition: Edition, people: People) -> None:  # noqa: F811
    director = people["director"]
    found = published(edition, people)
    first = issue_bulletin(edition=found, by=director, at=timezone.now())
    again = issue_bulletin(edition=found, by=director, at=timezone.now())
    opened = correct_edition(edition=found, reason="一件工单归属有误", by=director, at=timezone.now())
    later = published(ranked(opened), people)
    with pytest.raises(Refusal) as refused:
        issue_bulletin(edition=found, by=director, at=timezone.now())
    assert codes(refused) == {"bulletin.corrected"}
    last = issue_bulletin(edition=later, by=director, at=timezone.now())
    assert "更正原因：一件工单归属有误" in words(last)
    first.refresh_from_db()
    again.refresh_from_db()
    assert (first.withdrawn_at is None, again.withdrawn_at is None) == (False, False)
    assert "一件工单归属有误" in again.withdrawal_reason
    assert list(Document.objects.standing()) == [last]


def test_it_is_issued_with_a_click_on_the_page_of_the_edition(
    edition: Edition,  # noqa: F811
    people: People,
    signed_in: Callable[[str], Client],
) -> None:
    found, url = published(edition, people), f"/complaints/editions/{edition.pk}/"
    director, officer = signed_in("director"), signed_in("officer")
    assert "Issue the bulletin" in director.get(url).content.decode()
    assert "Issue the bulletin" not in officer.get(url).content.decode()
    assert officer.post(f"{url}bulletin/").status_code == 403
    answer = director.post(f"{url}bulletin/")
    paper = Document.objects.get(subject=found.subject)
    assert answer.headers["Location"] == f"/documents/{paper.pk}/"
    for client in (director, officer):
        assert paper.number in client.get(url).content.decode()
    assert director.get(f"/documents/verify/{paper.code}/").status_code == 200
