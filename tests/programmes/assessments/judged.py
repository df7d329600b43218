"""Rounds in review with every record locked, of any size, made in bulk: to try decisions, lists and exports on."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.programmes.assessments.conftest import published

from mingjing.engine.chain import canonical
from mingjing.kernel.db.search import search_words
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.models import (
    Community,
    Draw,
    Entry,
    Filing,
    FilingKind,
    Round,
    Signature,
    SignaturePart,
    Stance,
    TeamDay,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["entry_of", "in_review", "register", "sheet_of"]

DAYS, A_DAY = 20, 6
"""How long the teams of a round were out, and how many communities one of them visited on a day."""
STEMS = ("桂花", "金钩山", "美的", "戴家岭", "月桂", "东都", "石宋", "茨菇塘", "合泰", "红旗")
ENDS = ("花园", "小区", "家园", "新苑", "名邸")
FINDINGS = (
    ("一号楼前", "垃圾桶满溢未清运"), ("三栋楼道", "堆放电动车"), ("东门岗亭", "登记簿缺页"),
    ("地下车库", "消防通道堵塞"),
    ("中心花园", "绿化带裸露"), ("公告栏", "维修资金未公示"),
)  # fmt: skip


def register(count: int, at: datetime, *, code: str = "430202", start: int = 0) -> list[Community]:
    """So many communities of a district with a site each, numbered after `start`."""
    area = Area.objects.get(code=code)
    places = list(Area.objects.filter(parent=area).order_by("code"))
    names = [f"{STEMS[n % 10]}{ENDS[n // 10 % 5]}{'' if n < 50 else n // 50 + 1}" for n in range(start, start + count)]
    sites = Site.objects.bulk_create(
        [Site(name=name, area=places[n % len(places)], recorded_at=at) for n, name in enumerate(names)]
    )
    rows = [
        Community(
            area=area, number=f"HT-{start + n + 1:05d}", name=name, site=sites[n], place=places[n % len(places)],
            company_name=f"示例物业服务有限公司{n % 40:03d}", recorded_at=at, changed_at=at,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    return Community.objects.bulk_create(rows)


def in_review(
    people: Mapping[str, Person],
    at: datetime,
    communities: Sequence[Community],
    *,
    code: str = "2024-2",
    seed: int = 1,
    first_day: date = date(2024, 7, 1),
    scheme: Version | None = None,
) -> Round:
    """A round in review over `communities`: three in a hundred not assessed, every other record locked."""
    scheme = scheme or Version.objects.filter(rulebook__code="hetang-2024", number=1).first()
    scheme = scheme or published("hetang-2024", people["director"], at)
    chance = random.Random(seed)
    round_ = Round.objects.create(
        area=communities[0].area, code=code, title=f"{code} 物业服务考核", scheme=scheme, first_day=first_day,
        last_day=first_day + timedelta(days=183), lead=people["director"], opened_at=at, frozen_at=at,
        roster_digest=f"{seed:064d}", fieldwork_at=at, review_at=at,
    )  # fmt: skip
    entries = Entry.objects.bulk_create([entry_of(round_, c, chance, people, at) for c in communities])
    _visit(round_, [entry for entry in entries if entry.not_assessed_at is None], chance, people, at)
    return round_


def entry_of(
    round_: Round, community: Community, chance: random.Random, people: Mapping[str, Person], at: datetime
) -> Entry:
    number = int(community.number[3:])
    months, occupancy = ("3" if chance.random() < 0.03 else "40"), "30" if chance.random() < 0.02 else "85"
    absent = {"not_assessed_by": people["officer"], "not_assessed_at": at, "not_assessed_reason": "道路施工，无法进入"}
    company = community.company_name if chance.random() > 0.05 else "新进物业服务有限公司"
    engagement = None
    class_code = "A" if number % 3 else "B"
    return Entry(
        round=round_, community=community, number=community.number, name=community.name,
        words=search_words(community.name, community.number), place=community.place, stratum=community.place,
        engagement=engagement, company_name=company, class_code=class_code, proposed_class=class_code, frozen_at=at,
        attributes={"service_months": months, "occupancy": occupancy, "completed_year": "2005", "fee": "0.8"},
        **(absent if chance.random() < 0.03 else {}),
    )  # fmt: skip


def _visit(
    round_: Round, entries: Sequence[Entry], chance: random.Random, people: Mapping[str, Person], at: datetime
) -> None:
    draw = Draw.objects.create(round=round_, inputs="{}", inputs_digest="0" * 64, committed_at=at)
    days = TeamDay.objects.bulk_create(
        TeamDay(draw=draw, day=round_.first_day + timedelta(days=n % DAYS), team=1 + n // DAYS, opened_at=at)
        for n in range(-(-len(entries) // A_DAY))
    )
    visits = Visit.objects.bulk_create(
        [
            Visit(
                programme="assessments", purpose="first", subject=f"assessments.entry:{entry.pk}", area=round_.area,
                site_id=entry.community.site_id, entered_at=at, left_at=at, recorded_at=at,
            )
            for entry in entries
        ]
    )  # fmt: skip
    rules = scheme_of(round_.scheme)
    records = VisitRecord.objects.bulk_create(
        [
            VisitRecord(
                round=round_, entry=entry, team_day=days[n // A_DAY], visit=visit,
                sheet=sheet_of(rules, entry, chance, people),
                revision=1, started_by=people["officer"], started_at=at, submitted_by=people["officer"],
                submitted_at=at, company_stance=Stance.SIGNED, company_at=at, reviewed_by=people["director"],
                reviewed_at=at, locked_by=people["director"], locked_at=at,
            )
            for n, (entry, visit) in enumerate(zip(entries, visits, strict=True))
        ]
    )  # fmt: skip
    Signature.objects.bulk_create(
        [
            Signature(record=record, part=SignaturePart.MANAGER, name="某经理", stance=Stance.COMMENTED,
                      comment="车库一处有异议", sheet_digest=record.sheet_digest, recorded_by=people["officer"], at=at)
            for record in records[:20]
        ]
    )  # fmt: skip
    Filing.objects.bulk_create([_filing(entry, chance, people, at) for entry in entries[::7]])


def _filing(entry: Entry, chance: random.Random, people: Mapping[str, Person], at: datetime) -> Filing:
    kind, code, day = (
        (FilingKind.VETO, "valid_complaint", entry.round.first_day + timedelta(days=9))
        if chance.random() < 0.3
        else (FilingKind.BONUS, chance.choice(["party_branch", "three_zero"]), None)
    )
    return Filing(
        entry=entry, kind=kind, code=code, document="荷物指〔2024〕12号", occurred_on=day, filed_by=people["officer"],
        filed_at=at, decided_by=people["director"], decided_at=at, approved=chance.random() < 0.9,
    )  # fmt: skip


def sheet_of(scheme: Scheme, entry: Entry, chance: random.Random, people: Mapping[str, Person]) -> str:
    checks = list(scheme.rubrics[entry.class_code].checks.values())
    quality = chance.random()
    wanting = chance.sample(checks, k=min(len(checks), int(quality * 9)))
    findings = [_finding(n, check.code, chance, people) for n, check in enumerate(wanting, start=1)]
    absent = [c for c in checks if c.na and c not in wanting][: chance.randint(0, 1)]
    document: dict[str, Any] = {"findings": findings}
    document["not_applicable"] = [
        {"check": c.code, "reason": "无此设施", "evidence": [], "by": people["officer"].token, "at": "2024-09-04T09:50"}
        for c in absent
    ]
    return canonical({key: value for key, value in document.items() if value}).decode()


def _finding(n: int, check: str, chance: random.Random, people: Mapping[str, Person]) -> dict[str, Any]:
    place, note = chance.choice(FINDINGS)
    return {
        "id": f"00000000-0000-7000-8000-{chance.getrandbits(48):012x}", "n": n, "version": 1, "check": check,
        "steps": chance.choice([1, 1, 1, 2, 3]), "fact": "", "place": place, "note": note,
        "evidence": [f"{chance.getrandbits(256):064x}"], "measured": {}, "by": people["officer"].token,
        "at": "2024-09-04T09:45:00+08:00",
    }  # fmt: skip
