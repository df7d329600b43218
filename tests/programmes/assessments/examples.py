"""What a district has of the assessments, for the test that its neighbours see nothing of it (tests/districts.py)."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from tests.districts import District, Routes
from tests.faces.district import credit_code
from tests.programmes.assessments.conftest import MAPPING, TABLE

from mingjing.engine.process import Clock
from mingjing.kernel.cases.models import Case
from mingjing.kernel.db.search import search_words
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import EntryCode, Site
from mingjing.kernel.proceedings.actions import open_proceeding
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version, start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.actions.rounds import open_round
from mingjing.programmes.assessments.models import (
    Bar,
    CalibrationNote,
    CommonControl,
    Community,
    Conflict,
    CrewDraw,
    Draw,
    Edition,
    Engagement,
    Entry,
    Expert,
    Export,
    Filing,
    Listed,
    Part,
    Purpose,
    Reopening,
    Replay,
    Reply,
    Roster,
    SecondDraw,
    TeamDay,
    TeamMember,
    TeamStaff,
    VisitRecord,
    WhatIf,
)
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, shipped_schemes

FIRST, LAST = date(2024, 7, 1), date(2024, 12, 31)
OF_ROUND = (
    "round", "round-absent", "round-alike", "round-change", "round-changes", "round-classes", "round-csv",
    "round-decide",
    "round-draw", "round-edges", "round-entries", "round-export-ask", "round-exports", "round-handover", "round-json",
    "round-plan", "round-result", "round-review", "round-roster", "round-step", "round-teams", "round-visits",
    "round-what-if", "round-judging", "note-add", "expert-add", "staff-add", "draw-commit", "team-days",
    "round-publication", "round-signing", "round-publish", "round-editions", "round-correct", "round-disputes",
    "round-reopenings",
    "round-seconds", "seconds-commit", "seconds-draw",
    "round-report", "round-alarms", "report-listed", "report-orders", "report-disputes",
    "round-papers", "round-bundle",
)  # fmt: skip
OF_ENTRY = (
    "class-confirm", "entry", "entry-assessed", "entry-file", "entry-group", "entry-value", "entry-vote",
    "round-community", "round-decision", "listing", "listing-notice", "listing-service", "listing-begin", "findings",
    "appeal-file", "gap-decide",
    "seconds-assign", "seconds-crew",
)  # fmt: skip
OF_DRAW = ("draw", "draw-seed", "draw-reveal-seed", "draw-reveal", "draw-cancel", "draw-inputs", "draw-file")
OF_VISIT = (
    "visit", "visit-begin", "visit-edit", "visit-signatures", "visit-submit", "visit-sign", "visit-manager",
    "visit-witness", "visit-sheet", "visit-history", "visit-photos", "visit-review", "visit-lock", "visit-return",
    "visit-void", "visit-delivery",
)  # fmt: skip


def examples(district: District) -> Iterator[Routes]:
    """A published scheme with a draft after it, a file that it scored, a roster, and a round with all that hangs on it.

    Rows are made as they would lie there; that each page can be worked with is tried elsewhere.
    """
    scheme = _scheme(district)
    yield from _schemes(district, scheme)
    replay = _replay(district, scheme)
    yield from _replays(replay)
    yield from _rosters(district)
    yield from _what_ifs(district, scheme)
    yield from _rounds(district, scheme, replay)


def _scheme(district: District) -> Version:
    path = shipped_schemes()["hetang-2024"]
    with path.open("rb") as file:
        document = read_scheme(file, path.name)
    titles = document["title"] = {"zh-Hans": district.secret, "en": district.secret}
    by, at = district.people["director"], district.at
    draft = create_rulebook(
        kind=KIND, code=district.secret, titles=titles, area=district.area, document=document, by=by, at=at
    )
    return publish_version(version=draft, effective_from=date(2024, 7, 1), expected_digest=draft.digest, by=by, at=at)


def _schemes(district: District, scheme: Version) -> Iterator[Routes]:
    code = {"code": district.secret}
    start_draft(base=scheme, note=district.secret, by=district.people["director"], at=district.at)
    yield {"assessments:scheme": code, "assessments:compare": code | {"?": "old=1&new=2"}}
    yield {f"assessments:{name}": code | {"number": 1} for name in ("version", "workbook", "draft")}
    yield {f"assessments:{name}": code | {"number": 2} for name in ("upload", "publish", "withdraw")}


def _replay(district: District, scheme: Version) -> Replay:
    replay = request_replay(
        scheme=scheme, mapping_name=f"{district.secret}.toml", mapping_text=MAPPING,
        file=BytesIO(TABLE.replace("first", district.secret).encode()), file_name=f"{district.secret}.csv",
        by=district.people["officer"], at=district.at,
    )  # fmt: skip
    drain()
    return replay


def _replays(replay: Replay) -> Iterator[Routes]:
    one = {"pk": replay.pk}
    yield {"assessments:replay": one, "assessments:results-table": one}
    yield {"assessments:results": one | {"class_code": "A"}}
    yield {f"assessments:{name}": one | {"index": 0} for name in ("result", "decision")}


def _rosters(district: District) -> Iterator[Routes]:
    roster = Roster.objects.create(
        area=district.area, file_name=f"{district.secret}.xlsx", input_digest="0" * 64, read_at=district.at,
        requested_by=district.people["officer"], requested_at=district.at,
    )  # fmt: skip
    one = {"pk": roster.pk}
    names = ("roster", "roster-approve", "roster-discard", "roster-again", "roster-absent")
    yield {f"assessments:{name}": one for name in names}
    yield {"assessments:roster-lines": one | {"kind": "added"}}
    yield {"assessments:roster-template": {"code": int(district.area.code)}}


def _what_ifs(district: District, scheme: Version) -> Iterator[Routes]:
    asked = WhatIf.objects.create(
        area=district.area, scheme=scheme, scheme_text=scheme.document, scheme_digest=scheme.digest,
        requested_by=district.people["director"], requested_at=district.at,
    )  # fmt: skip
    yield {"assessments:what-if": {"what_if": asked.pk}}
    yield {"assessments:scheme-what-if": {"code": district.secret, "number": 1}}


def _rounds(district: District, scheme: Version, replay: Replay) -> Iterator[Routes]:
    director, officer, at = district.people["director"], district.people["officer"], district.at
    community = _community(district)
    EntryCode.objects.create(site=community.site, code=district.secret[:20], issued_at=at)
    paths = ("community", "community-remove", "community-return", "community-sign", "community-code",
             "community-code-withdraw")  # fmt: skip
    yield {f"assessments:{name}": {"pk": community.pk} for name in paths}
    round_ = open_round(
        area=district.area, code=district.secret, title=district.secret, scheme=scheme, first_day=FIRST, last_day=LAST,
        lead=director, by=director, at=at,
    )  # fmt: skip
    one = {"pk": round_.pk}
    yield {f"assessments:{name}": one for name in OF_ROUND}
    yield {"assessments:round-list": one | {"class_code": "A"}}
    note = CalibrationNote.objects.create(round=round_, check_code="A1.1", text=district.secret, by=director, at=at)
    yield {"assessments:note-withdraw": one | {"note": note.pk}}
    Entry.objects.filter(round=round_).update(class_code="A")
    entry = Entry.objects.get(round=round_)
    yield {f"assessments:{name}": one | {"number": entry.number} for name in OF_ENTRY}
    filing = Filing.objects.create(entry=entry, kind="bonus", code="B1", document=district.secret, filed_at=at)
    yield {f"assessments:filing-{name}": one | {"filing": filing.pk} for name in ("decide", "papers")}
    reply = Reply.objects.create(entry=entry, company=entry.company, text=district.secret, by=officer, at=at)
    yield {"assessments:round-replies": one, "assessments:reply-withhold": one | {"reply": reply.pk}}
    export = Export.objects.create(round=round_, replay=replay, kind="workbook", requested_by=officer, requested_at=at)
    yield {"assessments:round-export": one | {"export": export.pk}}
    asked = WhatIf.objects.get(area=district.area)
    asked.rounds.add(round_)
    yield {"assessments:what-if-round": one | {"what_if": asked.pk}}
    yield {"assessments:what-if-community": one | {"what_if": asked.pk, "number": entry.number}}
    yield from _draws(district, entry)
    yield from _published(district, entry, replay)
    yield from _measures(district, entry)


def _measures(district: District, entry: Entry) -> Iterator[Routes]:
    director, at = district.people["director"], district.at
    one = {"pk": entry.round_id, "number": entry.number}
    yield {f"assessments:{name}": one for name in ("entry-measures", "order-give", "bar-decide")}
    yield {"assessments:measure-step": one | {"kind": "reward", "step": "proposed"}}
    yield {"assessments:measure-approve": one | {"kind": "reward"}}
    yield {"assessments:measure-paper": one | {"kind": "measures", "step": "reminder"}}
    company = Organisation.objects.filter(area=district.area).earliest("pk")
    open_proceeding(
        programme="assessments", kind="measures", subject=entry.subject, title=district.secret, area=district.area,
        organisation=company, clocks={step: Clock(5) for step in ("listed", "admonition", "plan")}, by=director, at=at,
    )  # fmt: skip
    bar = Bar.objects.create(
        area=district.area, entry=entry, company=company, company_name=district.secret, first_day=FIRST, last_day=LAST,
        scope=district.secret, basis="b", clause="c", quote="q", reason="r", decided_by=director, decided_at=at,
    )  # fmt: skip
    yield {f"assessments:{name}": {"bar": bar.pk} for name in ("bar", "bar-sign", "bar-paper", "bar-call-off")}
    other = record_organisation(
        credit_code=credit_code(900 + district.number), name=f"{district.secret}另一公司", area=district.area,
        by=director, at=at,
    )  # fmt: skip
    control = CommonControl.objects.create(
        area=district.area, one=company, other=other, reason=district.secret, found_by=director, found_at=at,
        exhibits=["00000000-0000-4000-8000-000000000000"],
    )  # fmt: skip
    yield {f"assessments:{name}": {"control": control.pk} for name in ("control-confirm", "control-withdraw")}
    yield {"assessments:order-spot": {"case": Case.objects.filter(area=district.area).earliest("pk").pk}}


def _published(district: District, entry: Entry, replay: Replay) -> Iterator[Routes]:
    """A published list with the case of its one row, and an appeal against it, as they would lie there."""
    round_, at, company = entry.round, district.at, Organisation.objects.get(area=district.area)
    edition = Edition.objects.create(round=round_, number=1, replay=replay, rows_root="0" * 64, published_at=at)
    clocks = {"notice": [5, "working"], "published": [15, "working"], "appeal": [15, "working"]}
    about = {"programme": "assessments", "title": district.secret, "area": district.area, "organisation": company}
    case = Proceeding.objects.create(**about, kind="listing", subject=entry.subject, clocks=clocks, opened_at=at)
    Listed.objects.create(
        edition=edition, entry=entry, index=0, class_code="A", tier="BLACK", decided_tier="BLACK", adverse=True,
        company=company, company_name=company.name, proceeding=case, leaf="0" * 64,
    )  # fmt: skip
    subject = f"{edition.subject}/{entry.pk}"
    appeal = Proceeding.objects.create(**about, kind="appeal", subject=subject, clocks=clocks, opened_at=at)
    one = {"pk": round_.pk}
    yield {"assessments:edition": one | {"number": 1}, "assessments:dispute": one | {"dispute": appeal.pk}}
    yield {"assessments:dispute-decide": one | {"dispute": appeal.pk, "step": "decision"}}
    there = one | {"number": entry.number}
    yield {"assessments:listing-follow": there | {"step": "statement"}}
    yield {"assessments:listing-decide": there | {"step": "decision"}}
    yield {"assessments:listing-back": there | {"act": 1}, "assessments:signing-back": one | {"act": 1}}
    steps = {"prepare": "public_notice", "centre": "signed_centre", "bureau": "signed_bureau"}
    yield {f"assessments:signing-{name}": one | {"step": step} for name, step in steps.items()}
    yield from _reopened(entry, about)
    record = VisitRecord.objects.get(entry=entry)
    yield {"assessments:objection-file": {"pk": record.pk, "finding": "f1"}}


def _reopened(entry: Entry, about: dict[str, Any]) -> Iterator[Routes]:
    """A veto that was established after the decision, with the case that it opened."""
    at = entry.round.deciding_at or entry.frozen_at or timezone.now()
    clocks = {"notice": [5, "working"], "public_notice": [7, "working"]}
    filing = Filing.objects.create(
        entry=entry, kind="veto", code="serious_safety_accident", document=about["title"], occurred_on=FIRST,
        filed_at=at + timedelta(days=1), decided_at=at + timedelta(days=1), approved=True,
    )  # fmt: skip
    case = Proceeding.objects.create(**about, kind="reopening", subject=filing.subject, clocks=clocks, opened_at=at)
    Reopening.objects.create(filing=filing, entry=entry, proceeding=case, tier="BLACK", at=at)
    one = {"pk": entry.round_id, "filing": filing.pk}
    for name in ("reopening", "reopening-notice", "reopening-service", "reopening-begin"):
        yield {f"assessments:{name}": one}
    steps = {"follow": "statement", "decide": "decision", "prepare": "public_notice", "centre": "signed_centre",
             "bureau": "signed_bureau"}  # fmt: skip
    yield {f"assessments:reopening-{name}": one | {"step": step} for name, step in steps.items()}
    yield {"assessments:reopening-back": one | {"act": 1}}


def _community(district: District) -> Community:
    name, at, company = f"{district.secret}小区", district.at, Organisation.objects.get(area=district.area)
    site = Site.objects.filter(area=district.area).earliest("pk")
    community = Community.objects.create(
        area=district.area, number=f"{district.secret}-1", name=name, words=search_words(name), site=site,
        place=district.area, company=company, company_name=company.name, recorded_at=at, changed_at=at,
    )  # fmt: skip
    Engagement.objects.create(
        community=community, company=company, company_name=company.name, first_day=date(2022, 1, 1), recorded_at=at
    )
    return community


def _draws(district: District, entry: Entry) -> Iterator[Routes]:
    officer, at, round_ = district.people["officer"], district.at, entry.round
    one = {"pk": round_.pk}
    expert = Expert.objects.create(round=round_, person=officer, key="E1", home=district.secret, listed_at=at)
    conflict = Conflict.objects.create(expert=expert, community=entry.community, reason=district.secret, declared_at=at)
    yield {f"assessments:{name}": one | {"expert": expert.pk} for name in ("expert", "expert-remove", "conflict-add")}
    yield {"assessments:conflict-withdraw": one | {"conflict": conflict.pk}}
    staff = TeamStaff.objects.create(round=round_, team=1, person=officer, assigned_at=at)
    yield {"assessments:staff-remove": one | {"staff": staff.pk}}
    draw = Draw.objects.create(
        round=round_, inputs='{"settings":{"days":["2024-09-05"]}}', inputs_digest="0" * 64, committed_at=at,
        revealed_at=at, drawn_at=at, document="{}", document_digest="0" * 64,
    )  # fmt: skip
    there = one | {"draw": draw.pk}
    yield {f"assessments:{name}": there for name in OF_DRAW}
    yield {"assessments:draw-commitment": there | {"digest": "0" * 64}}
    yield {"assessments:draw-day": there | {"day": "2024-09-05"}}
    team_day = TeamDay.objects.create(draw=draw, day=timezone.localdate(at), team=1)
    member = TeamMember.objects.create(team_day=team_day, person=officer, part=Part.STAFF, added_at=at)
    yield {f"assessments:{name}": one | {"team_day": team_day.pk} for name in ("team-day", "team-day-open")}
    yield {"assessments:report-check": one | {"class_code": "A", "check": "A1.1"}}
    yield {"assessments:round-paper-issue": one | {"kind": "round_plan"}}
    yield {f"assessments:{name}": one | {"number": entry.number} for name in ("entry-papers", "entry-bundle")}
    yield {"assessments:entry-paper-issue": one | {"number": entry.number, "kind": "score_sheet"}}
    yield {"assessments:member-replace": one | {"team_day": team_day.pk, "member": member.pk}}
    yield from _seconds(entry, team_day, district)
    record = VisitRecord.objects.create(round=round_, entry=entry, team_day=team_day, purpose=Purpose.FIRST)
    yield {f"assessments:{name}": {"pk": record.pk} for name in OF_VISIT}
    yield {"assessments:visit-since": {"pk": record.pk, "revision": 0}}


def _seconds(entry: Entry, team_day: TeamDay, district: District) -> Iterator[Routes]:
    """A lot and a crew for second visits, drawn, their days past."""
    one, at = {"pk": entry.round_id}, district.at
    drawn = {
        "round": entry.round, "inputs": "{}", "inputs_digest": "0" * 64, "commitment": "0" * 64, "secret": "0" * 64,
        "committed_at": at, "drawn_at": at, "document_digest": "0" * 64,
        "document": f'{{"round": "{district.secret}", "visits": []}}',
    }  # fmt: skip
    SecondDraw.objects.create(**drawn)
    before = timezone.localdate(at) - timedelta(days=1)
    crew = CrewDraw.objects.create(**drawn, entry=entry, day=before, reason=district.secret, team_day=team_day)
    yield {"assessments:seconds-file": one, "assessments:crew-file": one | {"crew": crew.pk}}
    yield {"assessments:crew-draw": one | {"crew": crew.pk}}
