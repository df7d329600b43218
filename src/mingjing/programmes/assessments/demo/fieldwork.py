"""What the demonstration's teams record: every visit through the same edits, signatures and reviews as on the desk."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from uuid import uuid4

from mingjing.engine.outcome import Refusal
from mingjing.engine.scoring import Check
from mingjing.kernel.cases.actions import claim_case, confirm_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.ids import uuid7
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.draws import open_team_day
from mingjing.programmes.assessments.actions.entries import record_attribute
from mingjing.programmes.assessments.actions.filings import decide_filing, file_document
from mingjing.programmes.assessments.actions.growing import Given
from mingjing.programmes.assessments.actions.reviews import lock_record, review_record
from mingjing.programmes.assessments.actions.signatures import record_manager, sign_record, witness_refusal
from mingjing.programmes.assessments.actions.visits import begin_visit, edit_sheet_many, submit_record
from mingjing.programmes.assessments.demo.clock import standing_at
from mingjing.programmes.assessments.demo.invented import Community
from mingjing.programmes.assessments.demo.photos import paper, photo
from mingjing.programmes.assessments.demo.register import position
from mingjing.programmes.assessments.demo.rounds import Cast
from mingjing.programmes.assessments.models import Entry, Filing, FilingKind, Stance, TeamDay, VisitRecord
from mingjing.programmes.assessments.policy.answers import GRADES, terms_of
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = ["Visitor", "file_events", "paper_on_file"]

PLACES = (
    "1栋一单元",
    "3栋门厅",
    "中心花园",
    "北门岗亭",
    "地下车库B区",
    "7栋天台",
    "物业服务中心",
    "东侧消防通道",
    "垃圾投放点",
)
PHOTOS = 3
NOTES = ("现场可见", "台账缺记", "与公示不符", "未及时处置", "已告知项目负责人")
MATCHED = {"three_zero"}
MATCHED_WITH = {"petitions": "区信访局比对函", "complaints": "12345热线比对函", "lawsuits": "区法院比对函"}
GRAVE = {"serious_valid_complaint", "serious_safety_accident"}
BLAMED = "认定文件载明企业管理责任（演示）"
BONUSES = {"党支部": "party_branch", "三零": "three_zero"}
VETOES = {
    "安全事故": "safety_accident",
    "严重有效投诉": "serious_valid_complaint",
    "严重安全事故": "serious_safety_accident",
}


class Visitor:
    """Plays a team: goes through the visits of a day, as `found` says what each community shows."""

    def __init__(self, scheme: Scheme, cast: Cast, found: Mapping[str, Community], chance: Random) -> None:
        self.scheme, self.cast, self.found, self.chance = scheme, cast, found, chance

    def open(self, team_day: TeamDay, at: datetime) -> list[Person]:
        """Open the sealed assignment; returns the staff on it."""
        staff = [member.person for member in team_day.members.select_related("person") if member.part == "staff"]
        with standing_at(at):
            open_team_day(team_day=team_day, by=staff[0], at=at)
        return staff

    def visit(self, record: VisitRecord, staff: Sequence[Person], at: datetime, *, until: str = "locked") -> None:
        """Record one visit that began at `at`, as far as `until`: started, submitted, signed or locked."""
        one = self.found[record.entry.number]
        with standing_at(at + timedelta(minutes=5)) as now:
            begin_visit(record=record, entered_at=at, by=staff[0], at=now)
            self._record(record, one, staff[0], now)
        if until == "started":
            return
        with standing_at(at + timedelta(minutes=75)) as now:
            submit_record(record=record, left_at=now - timedelta(minutes=5), by=staff[0], at=now)
            if until == "submitted":
                return
            for person in staff:
                sign_record(record=record, by=person, at=now)
            self._manager(record, staff, now)
        if until == "signed":
            return
        with standing_at(at + timedelta(minutes=120)) as now:
            review_record(record=record, by=self.cast.reviewer, at=now)
            lock_record(record=record, by=self.cast.reviewer, at=now)

    def put_right(self, record: VisitRecord, at: datetime) -> None:
        """The company reports the orders of a record as done, and the reviewer confirms them, with photos."""
        for case in Case.objects.filter(subject__startswith=f"{record.subject}/", closed_at=None):
            owner = case.owner or self.cast.officer
            shown = self._photo(f"{record.entry.number} DONE", record.entry, at)
            with standing_at(at):
                claim_case(case=case, note="企业报告已完成整改（演示）", by=owner, at=at)
                case.refresh_from_db()
                exhibit = record_exhibit(
                    file=io.BytesIO(shown), file_name="整改后.jpg", subject=f"cases.case:{case.pk}", area=case.area,
                    origin=Origin.UPLOAD, by=self.cast.reviewer, at=at,
                )  # fmt: skip
                confirm_case(case=case, note="复查属实", exhibits=[exhibit.pk], by=self.cast.reviewer, at=at)

    def _record(self, record: VisitRecord, one: Community, by: Person, at: datetime) -> None:
        rubric = self.scheme.rubrics[record.entry.class_code]
        absent = [code for code in one.words.get("不适用", "").split("、") if code]
        edits: list[tuple[str, Mapping[str, object]]] = [
            ("not_applicable", {"check": code, "reason": "本小区无此设施设备（演示）"}) for code in absent
        ]
        terms, shown = terms_of(self.scheme, rubric), self._exhibits(record, by, at)
        for code, check in rubric.checks.items():
            if code not in absent and (one.steps.get(code) or terms[code].measured):
                edits.append(("find", self._found(check, one.steps.get(code, 0), terms[code].sample, shown)))
        edits += [("looked_rest", {"item": item.code}) for item in rubric.items]
        answers = edit_sheet_many(
            record=record, edits=[Given(uuid7(at), kind, payload, at) for kind, payload in edits], by=by, at=at
        )
        for answer in answers:
            if isinstance(answer, Refusal):
                raise answer

    def _found(self, check: Check, steps: int, sample: int, shown: Sequence[str]) -> dict[str, object]:
        payload: dict[str, object] = {"check": check.code, "finding": str(uuid4()), **_answer(check, steps, sample)}
        if not steps:
            return payload
        place, note = self.chance.choice(PLACES), f"{self.chance.choice(NOTES)}（演示）"
        return payload | {"place": place, "note": note, "evidence": [self.chance.choice(shown)]}

    def _exhibits(self, record: VisitRecord, by: Person, at: datetime) -> list[str]:
        """A few photos of the visit; returns their digests. Several findings may show on one."""
        kept = []
        for number in range(1, PHOTOS + 1):
            shown = self._photo(f"{record.entry.number} PHOTO {number}", record.entry, at)
            exhibit = record_exhibit(
                file=io.BytesIO(shown), file_name=f"现场{number}.jpg", subject=record.subject, area=record.round.area,
                origin=Origin.UPLOAD, by=by, at=at,
            )  # fmt: skip
            kept.append(exhibit.sha256)
        return kept

    def _photo(self, label: str, entry: Entry, at: datetime) -> bytes:
        latitude, longitude = position(int(entry.number.rpartition("-")[2]))
        return photo(label, taken=at, latitude=latitude, longitude=longitude, chance=self.chance)

    def _manager(self, record: VisitRecord, staff: Sequence[Person], at: datetime) -> None:
        lot = self.chance.random()
        stance = Stance.REFUSED if lot < 0.03 else Stance.COMMENTED if lot < 0.15 else Stance.SIGNED
        comment = "部分问题系施工单位遗留，已报修（演示）" if stance == Stance.COMMENTED else ""
        record_manager(record=record, name="演示·项目负责人", stance=stance.value, comment=comment, by=staff[0], at=at)
        if stance == Stance.REFUSED:
            witness_refusal(record=record, by=staff[1], at=at)


def _answer(check: Check, steps: int, sample: int) -> dict[str, object]:
    """What somebody enters who found `steps` of a check."""
    match check.rule.kind:
        case "PI":
            return {"count": steps}
        case "TIER":
            return {"grade": GRADES[steps]}
        case "RATIO":
            of = max(sample, 20)
            good = next(
                good for good in _likely(of) if check.rule.steps_of_share(Fraction(good), Fraction(of)) == steps
            )
            return {"good": good, "of": of}
    return {}


def _likely(of: int) -> list[int]:
    """Counts out of `of`, all of them first."""
    return [*range(of, -1, -1)]


def file_events(entries: Mapping[str, Entry], found: Sequence[Community], cast: Cast, day: date, at: datetime) -> None:
    """File what else is on record: bonuses and vetoes with their documents, decided by somebody else."""
    for one in found:
        entry = entries[f"HT-{one.number:03d}"]
        for words, codes, kind in ((one.words, BONUSES, FilingKind.BONUS), (one.words, VETOES, FilingKind.VETO)):
            for word, code in codes.items():
                document = words.get(f"{word}证明", "") or words.get(f"{word}文件", "")
                if words.get(word) != "是" or not document:
                    continue
                if code in MATCHED:
                    _matched(entry, cast, at)
                filing = file_document(
                    entry=entry, kind=kind.value, code=code, document=document, by=cast.officer, at=at,
                    occurred_on=day if kind == FilingKind.VETO else None,
                    responsibility=BLAMED if code in GRAVE else "",
                )  # fmt: skip
                paper_on_file(filing, entry.round.area, cast.officer, at)
                for voter in (cast.director, cast.reviewer)[: 2 if code in GRAVE else 1]:
                    decide_filing(filing=filing, approved=True, reason="材料齐全（演示）", by=voter, at=at)


def _matched(entry: Entry, cast: Cast, at: datetime) -> None:
    """What those who keep them say of petitions, complaints and lawsuits: none."""
    for code, source in MATCHED_WITH.items():
        record_attribute(entry=entry, code=code, text="0", source=f"{source}（演示）", by=cast.officer, at=at)


def paper_on_file(filing: Filing, area: Area, by: Person, at: datetime) -> None:
    """The scan of the paper that a filing names."""
    record_exhibit(
        file=io.BytesIO(paper(f"{filing.code} {filing.pk}", at)), file_name="证明材料.jpg", subject=filing.subject,
        area=area, origin="scan", by=by, at=at,
    )  # fmt: skip
