"""Papers of a round are issued from what is on record; a case's whole file is taken away and verifies offline."""

import io
import json
import subprocess
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document as Word
from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments import judged
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.test_reports import published
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import Refusal
from mingjing.engine.process import Clock
from mingjing.kernel.cases.actions import claim_case, open_case, return_case
from mingjing.kernel.documents.kinds import kinds
from mingjing.kernel.documents.models import Document
from mingjing.kernel.documents.queries import file_of
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.programmes.assessments.actions.papers import issue_entry_paper, issue_round_paper
from mingjing.programmes.assessments.models import Bar, Entry, Round, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.decisions import check_decision
from mingjing.programmes.assessments.queries.entry_papers import ENTRY_PAPERS, ready_of
from mingjing.programmes.assessments.queries.follow_papers import FOLLOW_PAPERS
from mingjing.programmes.assessments.queries.form_papers import FORM_PAPERS
from mingjing.programmes.assessments.queries.round_papers import ROUND_PAPERS, ready_for

pytestmark = pytest.mark.django_db
People = dict[str, Person]
REDBLACK_5 = {
    "round_plan", "class_confirmation", "draw_record", "visit_authorisation", "score_sheet", "signature_record",
    "interview_record", "rectification_order", "rectification_plan", "completion_report", "reinspection_opinion",
    "reminder", "talk_notice", "talk_minutes", "admonition", "pre_listing_notice", "statement_record", "appeal_form",
    "appeal_decision", "public_notice", "bulletin", "list_correction", "release_notice", "transfer_letter",
    "credit_push", "exit_recommendation", "round_report",
}  # fmt: skip
"""The documents an office needs for a red/black list."""


def words(document: Document) -> str:
    """All text of the paper as issued."""
    with file_of(document) as file:
        word = Word(io.BytesIO(file.read()))
    cells = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


@pytest.fixture
def round_(people: People, at: datetime) -> Round:
    found = judged.in_review(people, at, judged.register(12, at))
    decided(found, people, at)
    return found


@pytest.fixture
def entry(round_: Round) -> Entry:
    found = Entry.objects.filter(round=round_, not_assessed_at=None).select_related("round__scheme", "round__area")
    return found.order_by("number")[0]


def test_every_document_an_office_needs_is_a_kind_with_a_number() -> None:
    assert {f"assessments.{name}" for name in REDBLACK_5} <= set(kinds())
    assert {name for name in REDBLACK_5 if not kinds()[f"assessments.{name}"].numbered} == set()
    assert [code for code, kind in kinds().items() if not kind.numbered] == ["documents.receipt"]
    assert {f"assessments.{name}" for name in (*ROUND_PAPERS, *ENTRY_PAPERS)} <= set(kinds())


def test_what_there_is_to_say_is_issued_and_what_is_not_is_refused(round_: Round, people: People, at: datetime) -> None:
    by = people["officer"]
    assert ready_for(round_) == {"round_plan", "class_confirmation", "public_notice", "round_report"}
    for kind in sorted(ready_for(round_)):
        paper = issue_round_paper(round=round_, kind=kind, by=by, at=at)
        text = words(paper)
        assert round_.title in text
        assert paper.number in text
        assert "{{" not in text
    for kind in ROUND_PAPERS.keys() - ready_for(round_):
        with pytest.raises(Refusal) as refused:
            issue_round_paper(round=round_, kind=kind, by=by, at=at)
        assert [problem.code for problem in refused.value.problems] == ["paper.too_early"]


def test_the_bulletin_names_who_is_listed_with_the_reason(round_: Round, people: People, at: datetime) -> None:
    edition, _tier = published(round_, people, at)
    text = words(issue_round_paper(round=round_, kind="bulletin", by=people["director"], at=at))
    listed = edition.rows.filter(tier__in=("RED", "BLACK")).select_related("entry")
    others = edition.rows.exclude(tier__in=("RED", "BLACK")).exclude(total=None).select_related("entry")
    assert listed
    assert all(row.entry.name in text for row in listed)
    assert not any(f"\n{row.entry.name}\n" in text for row in others)
    assert edition.rows_root in text


def test_issued_anew_the_earlier_one_is_withdrawn(round_: Round, people: People, at: datetime) -> None:
    first = issue_round_paper(round=round_, kind="round_plan", by=people["officer"], at=at)
    second = issue_round_paper(round=round_, kind="round_plan", by=people["officer"], at=at)
    first.refresh_from_db()
    assert first.withdrawn_at == at
    assert second.withdrawn_at is None
    assert second.number != first.number


def test_the_sheet_and_the_signatures_of_a_community(entry: Entry, people: People, at: datetime) -> None:
    TeamMember.objects.create(
        team_day=entry.records.get().team_day, person=people["officer"], part="staff", added_at=at
    )
    later = {"appeal_decision", *FOLLOW_PAPERS, *FORM_PAPERS}
    assert ready_of(entry) - FOLLOW_PAPERS.keys() == ENTRY_PAPERS.keys() - later | {"interview_record"}
    texts = {
        kind: words(issue_entry_paper(entry=entry, kind=kind, by=people["officer"], at=at))
        for kind in ready_of(entry) - FOLLOW_PAPERS.keys()
    }
    assert all(entry.name in text for text in texts.values())
    assert all(entry.records.get().sheet_digest in texts[kind] for kind in ("score_sheet", "signature_record"))
    assert "某经理" in texts["signature_record"]
    assert people["officer"].display_name in texts["visit_authorisation"]


def test_what_follows_a_grave_finding_is_issued_under_a_number(
    entry: Entry, people: People, signed_in: SignedIn, at: datetime
) -> None:
    record = entry.records.get()
    grave = {"id": "f", "n": 1, "version": 1, "check": "A5.2", "steps": 1, "fact": "", "place": "3栋",
             "note": "主管无水", "evidence": [], "measured": {}, "by": "", "at": ""}  # fmt: skip
    (company,) = district.companies(1, at)
    with guards_lifted():
        VisitRecord.objects.filter(pk=record.pk).update(sheet=canonical({"findings": [grave]}).decode())
        Entry.objects.filter(pk=entry.pk).update(class_code="A", company=company, company_name=company.name)
    entry = Entry.objects.select_related("round__area", "round__scheme", "round__lead", "company").get(pk=entry.pk)
    assert ready_of(entry) & FOLLOW_PAPERS.keys() == {"transfer_letter"}
    with pytest.raises(Refusal):
        issue_entry_paper(entry=entry, kind="transfer_letter", by=people["officer"], at=at)
    url = reverse("assessments:entry-paper-issue", args=[entry.round_id, entry.number, "transfer_letter"])
    assert signed_in("officer").post(url, {"authority": "区消防救援大队"}).status_code == 302
    letter = Document.objects.get(kind="assessments.transfer_letter")
    text = words(letter)
    assert letter.number
    assert all(part in text for part in ("区消防救援大队", "3栋", "主管无水", entry.name))
    case = open_case(
        programme="assessments", kind="rectification", subject=f"{record.subject}/A5.2", title="3栋主管无水", by=None,
        at=at, area=entry.round.area, site=None, organisation=company, owner=None, due_at=at + timedelta(days=9),
    )  # fmt: skip
    claim_case(case=case, note="已修", by=people["officer"], at=at)
    assert "reinspection_opinion" not in ready_of(entry)
    return_case(case=case, note="仍无水", by=people["director"], at=at)
    opinion = issue_entry_paper(entry=entry, kind="reinspection_opinion", by=people["officer"], at=at)
    assert opinion.addressee == company
    assert all(part in words(opinion) for part in (case.number, "未通过", company.credit_code))


def test_the_credit_platform_is_told_of_a_listing_with_its_law(entry: Entry, people: People, at: datetime) -> None:
    (company,) = district.companies(1, at)
    edition, _tier = published(entry.round, people, at)
    case = open_proceeding(
        programme="assessments", kind="listing", subject=entry.subject, title=entry.name, area=entry.round.area,
        organisation=company, clocks={"notice": Clock(5)}, by=people["officer"], at=at,
    )  # fmt: skip
    with guards_lifted():
        row = {"tier": "BLACK", "decided_tier": "BLACK", "adverse": True, "company": company, "proceeding": case}
        edition.rows.filter(entry=entry).update(**row)
    assert "credit_push" not in ready_of(entry)
    Bar.objects.create(
        area=entry.round.area, entry=entry, company=company, company_name=company.name, first_day=at.date(),
        last_day=at.date() + timedelta(days=365), scope="政府采购", basis="《示例条例》", clause="第二十条", quote="q",
        reason="r", decided_by=people["officer"], decided_at=at, signed_by=people["director"], signed_at=at,
        opinion="o",
    )  # fmt: skip
    text = words(issue_entry_paper(entry=entry, kind="credit_push", by=people["officer"], at=at))
    assert all(part in text for part in (company.credit_code, "《示例条例》第二十条", "黑榜", "2025年9月4日"))


def test_the_decision_on_an_appeal_goes_to_who_appealed(entry: Entry, people: People, at: datetime) -> None:
    (company,) = district.companies(1, at)
    edition, _tier = published(entry.round, people, at)
    with pytest.raises(Refusal):
        issue_entry_paper(entry=entry, kind="appeal_decision", by=people["officer"], at=at)
    proceeding = open_proceeding(
        programme="assessments", kind="appeal", subject=f"{edition.subject}/{entry.pk}", title=entry.name,
        area=entry.round.area, organisation=company, clocks={"published": Clock(15), "appeal": Clock(30)},
        by=people["officer"], at=at,
    )  # fmt: skip
    step: dict[str, Any] = {"proceeding": proceeding, "by": people["officer"], "at": at}
    take_step(step="published", **step)
    take_step(step="appeal", note="消火栓当日已修复", **step)
    take_step(step="decision", stance="upheld", note="证据不足", **step)
    paper = issue_entry_paper(entry=entry, kind="appeal_decision", by=people["officer"], at=at)
    assert paper.addressee == company
    text = words(paper)
    assert all(part in text for part in (company.credit_code, "消火栓当日已修复", "成立。", "证据不足"))


def taken(client: Client, address: str, folder: Path) -> dict[str, str]:
    """The file that is taken away, unpacked, every hash verified by the program sha256sum: names by kind of folder."""
    answer = client.post(address)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as bundle:  # type: ignore[attr-defined]
        bundle.extractall(folder)
        index = json.loads(bundle.read("index.json"))
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {one["path"]: one["what"] for one in index["files"]}


def test_the_whole_file_of_a_community_verifies_offline(
    entry: Entry, people: People, signed_in: SignedIn, at: datetime, tmp_path: Path
) -> None:
    paper = issue_entry_paper(entry=entry, kind="score_sheet", by=people["officer"], at=at)
    address = reverse("assessments:entry-bundle", args=[entry.round_id, entry.number])
    files = taken(signed_in("director"), address, tmp_path)
    assert [name.partition("/")[0] for name in files] == ["文书", "核验"]
    assert next(iter(files.values())).startswith(paper.number)
    decision = json.loads((tmp_path / next(name for name in files if name.startswith("核验"))).read_text("utf-8"))
    assert check_decision(decision) == ()
    assert Fact.objects.filter(kind="documents.document.taken", subject=entry.subject).count() == 1


def test_who_may_issue_and_who_may_take_away(
    round_: Round, entry: Entry, signed_in: SignedIn, people: People, at: datetime, tmp_path: Path
) -> None:
    page, issue = (reverse("assessments:round-papers", args=[round_.pk]),
                   reverse("assessments:round-paper-issue", args=[round_.pk, "round_plan"]))  # fmt: skip
    auditor = signed_in("auditor")
    assert auditor.get(page).status_code == 200
    assert auditor.post(issue).status_code == 403
    officer = signed_in("officer")
    assert officer.post(issue).status_code == 302
    number = Document.objects.get(kind="assessments.round_plan").number
    assert number in officer.get(page).content.decode()
    assert officer.post(reverse("assessments:round-paper-issue", args=[round_.pk, "bulletin"])).status_code == 302
    assert not Document.objects.filter(kind="assessments.bulletin").exists()
    assert officer.post(reverse("assessments:round-paper-issue", args=[round_.pk, "reminder"])).status_code == 404
    own = reverse("assessments:entry-paper-issue", args=[round_.pk, entry.number, "score_sheet"])
    assert officer.post(own).status_code == 302
    assert officer.get(reverse("assessments:entry-papers", args=[round_.pk, entry.number])).status_code == 200
    files = taken(signed_in("director"), reverse("assessments:round-bundle", args=[round_.pk]), tmp_path)
    assert [what.partition(" ")[0] for what in files.values()] == [number]
