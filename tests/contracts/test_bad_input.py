"""What bad input gets after a decision: the table of docs/programmes/assessments.md, row by row, on either database.

Each row is tried in one district, in the order of the table: what comes is refused with the codes that the row names
and no others, in sentences of both languages, and nothing is recorded; or it is kept and nothing follows from it.
Not here: what each act may and may not do otherwise (the tests that the rows name).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext, override
from tests.faces import district
from tests.kernel.evidence.photographs import photo
from tests.kernel.evidence.test_honesty import PDF
from tests.programmes.assessments.contested import ANSWER, decided_and_published, exhibit, reviewed
from tests.programmes.assessments.test_measures import LAW
from tests.programmes.assessments.test_round_decisions import decided
from tests.races import at_once, failures

from mingjing.engine.outcome import Problem, Refusal
from mingjing.engine.process import Clock
from mingjing.kernel.documents.actions import record_service, void_service
from mingjing.kernel.documents.models import Document
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import reckoning, stands
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.bars import decide_bar
from mingjing.programmes.assessments.actions.disputes import excuse_lateness
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.actions.filings import file_document
from mingjing.programmes.assessments.actions.listings import issue_notice, take_listing_step
from mingjing.programmes.assessments.models import Edition, Entry, Listed, Round
from mingjing.programmes.assessments.policy.corrections import Remedy
from mingjing.programmes.assessments.queries.editions import due, newest_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/programmes/assessments.md"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FALLS = Remedy(listing=True)


def table() -> dict[str, tuple[set[str], list[str]]]:
    """By what comes, in English: the codes that the page names, and the tests it points to."""
    section = PAGE.read_text("utf-8").split("## What bad input gets")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    return {
        what.partition(" · ")[0]: (set(re.findall(r"`([^`]+)`", told)), re.findall(r"`([^`]+)`", tried))
        for what, _does, told, tried in rows[1:]
    }


@dataclass
class District:
    """A published list with four on the black list, a later round with one proposed, everybody who acts."""

    people: Mapping[str, Person]
    edition: Edition
    later: Round
    at: datetime
    said: list[Problem] = field(default_factory=list)

    @property
    def round(self) -> Round:
        return self.edition.round

    @property
    def after(self) -> datetime:
        """A day after the list was published."""
        return self.edition.published_at + DAY

    def listed(self, place: int) -> Listed:
        """One of those on the black list, as the newest edition has them."""
        entry = self.edition.rows.filter(adverse=True).order_by("index")[place].entry
        newest = newest_of(self.round)
        assert newest
        return newest.rows.select_related("proceeding__area", "company", "entry").get(entry=entry)

    @property
    def proposed(self) -> Entry:
        return Entry.objects.select_related("company").get(round=self.later, company__isnull=False)

    @property
    def listing(self) -> Proceeding:
        return Proceeding.objects.select_related("area").get(kind="listing", subject=self.proposed.subject)

    def refused(self, act: Callable[[], object]) -> set[str]:
        """The codes with which it is refused; nothing may have been recorded."""
        before = Fact.objects.count(), Exhibit.objects.count()
        with pytest.raises(Refusal) as refused:
            act()
        assert (Fact.objects.count(), Exhibit.objects.count()) == before
        self.said += refused.value.problems
        return {problem.code for problem in refused.value.problems}

    def one_of_two(self, *acts: Callable[[], object]) -> set[str]:
        """The codes with which one of two acts in the same moment is refused; the other one counts."""
        (error,) = failures(at_once(*acts))
        assert isinstance(error, Refusal)
        self.said += error.problems
        return {problem.code for problem in error.problems}

    def step(self, step: str, by: str, at: datetime, **more: Any) -> object:
        told = {"note": "事实清楚", "by": self.people[by], "at": at} | more
        return take_listing_step(round=self.later, entry=self.proposed, step=step, **told)

    def appeal(self, place: int, at: datetime) -> Proceeding:
        return file_appeal(row=self.listed(place), grounds="消火栓已修复", by=self.people["officer"], at=at)

    def upheld(self, case: Proceeding, by: str, at: datetime, **more: Any) -> object:
        told = {"stance": "upheld", "note": "证据不足", "remedy": FALLS, "by": self.people[by], "at": at} | more
        return decide_appeal(proceeding=case, **told)  # type: ignore[arg-type]

    def corrected(self, number: int, by: str, at: datetime) -> Edition:
        return correct_list(round=self.round, number=number, reason="依职权更正", by=self.people[by], at=at)


def an_appeal_a_minute_late(here: District) -> set[str]:
    over = reckoning(here.round.area)(here.edition.published_at, Clock(15), here.edition.published_at)
    case = here.appeal(0, over + MINUTE)
    assert "appeal" in stands(case, over + MINUTE).standing.late
    told = here.refused(lambda: here.upheld(case, "other", over + MINUTE))
    assert newest_of(here.round) == here.edition
    excuse_lateness(proceeding=case, note="邮路中断", by=here.people["other"], at=over + MINUTE)
    assert "appeal" in stands(case, over + MINUTE).standing.done
    return told


def served_on_another(here: District) -> set[str]:
    document = issue_notice(round=here.later, entry=here.proposed, by=here.people["officer"], at=here.at)
    shown = exhibit(document.ledger_subject, here.later.area, here.at)
    other = here.listed(0).company
    assert other
    told = here.refused(
        lambda: record_service(
            document=document, credit_code=other.credit_code, method="direct", served_at=here.at, received_by="前台",
            exhibits=[shown.pk], by=here.people["officer"], at=here.at,
        )
    )  # fmt: skip
    assert "notice" not in stands(here.listing, here.at).standing.done
    found_out = here.listed(1)
    assert found_out.proceeding
    service = found_out.proceeding.steps.get(step="notice").service
    assert service
    void_service(service=service, reason="送达给了另一家公司", by=here.people["officer"], at=here.after)
    unfounded = due(here.round, here.after)
    here.said += unfounded
    assert [problem.place for problem in unfounded] == [found_out.entry.number]
    return told | {problem.code for problem in unfounded}


def a_hearing_without_minutes(here: District) -> set[str]:
    notice, officer = Document.objects.get(subject=here.listing.ledger_subject), here.people["officer"]
    shown = exhibit(notice.ledger_subject, here.later.area, here.at)
    code = here.proposed.company.credit_code if here.proposed.company else ""
    service = record_service(
        document=notice, credit_code=code, method="direct", served_at=here.at, received_by="前台", exhibits=[shown.pk],
        by=officer, at=here.at,
    )  # fmt: skip
    here.step("notice", "officer", here.at, service=service)
    here.step("hearing_asked", "officer", here.at)
    late = here.at + ANSWER
    told = here.refused(lambda: here.step("hearing", "other", late))
    told |= here.refused(lambda: here.step("decision", "director", late, stance="uphold"))
    minutes = exhibit(here.listing.ledger_subject, here.later.area, late)
    here.step("hearing", "other", late, exhibits=[minutes.pk])
    here.step("reply", "other", late)
    return told


def two_at_once(here: District) -> set[str]:
    late, number = here.at + ANSWER, here.edition.number
    vote = {"stance": "uphold", "revision": here.listing.revision}
    told = here.one_of_two(
        lambda: here.step("decision", "director", late, **vote), lambda: here.step("decision", "bureau", late, **vote)
    )
    assert here.listing.steps.filter(step="decision").count() == 1
    told |= here.one_of_two(lambda: here.appeal(2, here.after), lambda: here.appeal(2, here.after))
    case = Proceeding.objects.select_related("area").get(kind="appeal", subject__endswith=f"/{here.listed(2).entry_id}")
    read = {"revision": case.revision, "remedy": Remedy()}
    told |= here.one_of_two(
        lambda: here.upheld(case, "other", here.after, **read, stance="rejected"),
        lambda: here.upheld(case, "third", here.after, **read, stance="rejected"),
    )
    told |= here.one_of_two(
        lambda: here.corrected(number, "other", here.after), lambda: here.corrected(number, "third", here.after)
    )
    assert here.round.editions.count() == 2
    return told


def a_correction_of_a_correction(here: District) -> set[str]:
    before = [list(one.rows.order_by("pk").values()) for one in here.round.editions.order_by("number")]
    here.upheld(here.appeal(3, here.after), "other", here.after)
    editions = list(here.round.editions.order_by("number"))
    assert [list(one.rows.order_by("pk").values()) for one in editions[:-1]] == before
    assert [one.number for one in editions] == [1, 2, 3]
    told = here.refused(lambda: here.corrected(2, "third", here.after))
    return told | here.refused(lambda: here.corrected(3, "third", here.after))


def a_leap_of_the_clock(here: District) -> set[str]:
    told = here.refused(lambda: here.step("decision", "bureau", here.at + ANSWER - MINUTE, stance="uphold"))
    assert here.listing.steps.filter(step="decision").count() == 1
    told |= here.refused(lambda: here.corrected(3, "other", here.edition.published_at - DAY))
    entry, officer = here.listed(2).entry, here.people["officer"]
    entry = Entry.objects.select_related("round__scheme", "round__area", "company").get(pk=entry.pk)
    assert entry.round.deciding_at
    veto: dict[str, Any] = {"kind": "veto", "code": "serious_stability_incident", "document": "判决书"}
    veto |= {"occurred_on": entry.round.first_day, "responsibility": "维护由企业负责", "by": officer}
    told |= here.refused(lambda: file_document(entry=entry, **veto, at=entry.round.deciding_at - DAY))
    days: dict[str, date] = {"first_day": here.after.date(), "last_day": here.after.date() + 300 * DAY}
    bar = {"entry": entry, **days, **LAW, "by": officer}
    decide_bar(**bar, at=here.after)  # type: ignore[arg-type]
    return told | here.refused(lambda: decide_bar(**bar, at=here.after - MINUTE))  # type: ignore[arg-type]


def an_upload_that_lies(here: District) -> set[str]:
    row = here.listed(2)
    assert row.company
    document = Document.objects.standing().filter(kind="assessments.pre_listing_notice", addressee=row.company).get()
    void_service(service=document.services.get(), reason="回证不清", by=here.people["officer"], at=here.after)
    told = set[str]()
    for content in (PDF, photo() + b"<script>1</script>", b"MZ\x90\x00\x03" + bytes(99)):
        files = [SimpleUploadedFile("回证.jpg", content)]
        told |= here.refused(
            lambda files=files: record_service(
                document=document, credit_code=row.company.credit_code, method="direct", served_at=here.at,
                received_by="前台", files=files, by=here.people["officer"], at=here.after,
            )
        )  # fmt: skip
    return told


ROWS: Mapping[str, Callable[[District], set[str]]] = {
    "an appeal a minute late": an_appeal_a_minute_late,
    "a paper served on another legal entity, a branch or a parent too": served_on_another,
    "a hearing without minutes": a_hearing_without_minutes,
    "two who decide, file or correct at once": two_at_once,
    "a correction of a correction": a_correction_of_a_correction,
    "a leap of the server's clock": a_leap_of_the_clock,
    "an upload that is not what its name says, or two things in one": an_upload_that_lies,
}
ELSEWHERE = {
    "the server killed in the middle of saves, a roster, a draw, a decision and files",
    "a scheme corrected after its list is out",
}
"""Rows with no words of their own, which are tried where the page says."""


@pytest.fixture
def here(transactional_db: None, settings: Any, tmp_path: Path, at: datetime) -> District:
    settings.DATA_DIR = tmp_path
    people, area = district.build(at), Area.objects.get(code="430202")
    people |= {name: district.staff("director", name, area, at, name) for name in ("bureau", "other", "third")}
    edition = decided_and_published(people, people["bureau"], at, 6, 4)
    later = reviewed(people, at, 4, 1, start=40)
    decided(later, people, at)
    return District(people, edition, later, at)


def test_every_row_of_the_page_is_what_happens(here: District) -> None:
    told = table()
    assert set(told) == {*ROWS, *ELSEWHERE}
    found = {what: act(here) for what, act in ROWS.items()}
    assert found == {what: codes for what, (codes, _) in told.items() if what in ROWS}
    for problem in here.said:
        with override("zh-hans"):
            chinese = problem.say(gettext)
        with override("en"):
            english = problem.say(gettext)
        assert re.search(r"[\u4e00-\u9fff]{4}", chinese), problem.code
        assert english.isprintable()
        assert chinese != english
    assert verify().whole


def test_every_test_that_the_page_names_is_there() -> None:
    assert not [path for _, paths in table().values() for path in paths if not (ROOT / path).is_file()]
