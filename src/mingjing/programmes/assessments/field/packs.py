"""What an assessor's phone brings along: the days of their own teams, and all that those need which were opened.

Nothing that is sealed is ever in it: of a sealed day only that the person is on duty. Constant statements, whatever the
number of records. Not here: what stands of a record now (states).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override

from mingjing.kernel.db.search import search_words
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.assessments.actions.orders import DEADLINE
from mingjing.programmes.assessments.field.states import states_of
from mingjing.programmes.assessments.models import CalibrationNote, TeamDay, TeamMember, VisitRecord
from mingjing.programmes.assessments.policy.previews import rubric_document
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sourced import companies_on
from mingjing.programmes.assessments.queries.visits import days_of, of_person

__all__ = ["pack"]

EARLIER = 5
"""Records of a community whose findings are told again, the newest."""


def pack(person: Person, now: datetime) -> dict[str, Any]:
    """The manifest's `field_pack`."""
    today = timezone.localdate(now)
    own = [day for day in days_of(person, today) if not day.is_sealed(today)]
    wanted = of_person(person, today).filter(team_day__opened_at__isnull=False, team_day__draw__cancelled_at=None)
    records = list(wanted.select_related(*BESIDE, "round__area", "round__scheme", "team_day", "entry"))
    at_work = {record.team_day_id for record in records}
    days = [day for day in own if day.day == today or day.opened_at is None or day.pk in at_work]
    members = _members([*days, *(record.team_day for record in records)])
    return {
        "days": [_day(day, members) for day in days],
        "records": _records(records, members, now),
        "rubrics": _rubrics(records),
        "notes": _notes(records),
    }


BESIDE = ("visit", "entry__community__site", "entry__place", "entry__company")


def _day(day: TeamDay, members: Mapping[int, Sequence[TeamMember]]) -> dict[str, Any]:
    return {
        "subject": day.subject, "day": day.day.isoformat(), "team": day.team, "round": day.draw.round.title,
        "opened": day.opened_at is not None, "members": list(map(_member, members.get(day.pk, ()))),
    }  # fmt: skip


def _member(member: TeamMember) -> dict[str, str]:
    return {"token": member.person.token, "name": member.person.display_name, "part": member.part}


def _members(days: Iterable[TeamDay]) -> dict[int, list[TeamMember]]:
    found: dict[int, list[TeamMember]] = {day.pk: [] for day in days}
    rows = TeamMember.objects.filter(team_day__in=found, removed_at=None).select_related("person").order_by("id")
    for row in rows:
        found[row.team_day_id].append(row)
    return found


def _records(
    records: Sequence[VisitRecord], members: Mapping[int, Sequence[TeamMember]], now: datetime
) -> list[dict[str, Any]]:
    codes, earlier, stand = _codes(records), _earlier(records), states_of(records, now)
    companies = companies_on([(record.entry, record.team_day.day) for record in records], now)
    return [
        {
            "subject": record.subject, "number": record.entry.number, "name": record.entry.name,
            "address": _site(record, "address", ""), "company": company,
            "class": record.entry.class_code, "rubric": _rubric_name(record), "purpose": record.purpose,
            "day": record.team_day.day.isoformat(), "team": record.team_day.team, "team_day": record.team_day.subject,
            "group": record.entry.group, "site": _place(record),
            "entry_code": codes.get(record.entry.community.site_id) if record.entry.community.site_id else None,
            "seed": record.seed, "order_due": _order_due(scheme_of(record.round.scheme)),
            "members": list(map(_member, members.get(record.team_day_id, ()))),
            "earlier": earlier.get(record.entry.community_id, []), "state": stand[record.subject],
        }
        for record, company in zip(records, companies, strict=True)
    ]  # fmt: skip


def _order_due(scheme: Scheme) -> dict[str, Any] | None:
    """Days and calendar by which an order of a critical finding is due; None for the end of the day it is given."""
    found = next((one for one in scheme.document.get("deadlines", ()) if one["code"] == DEADLINE), None)
    return None if found is None else {"days": int(found["days"]), "calendar": found["calendar"]}


def _site(record: VisitRecord, name: str, otherwise: Any) -> Any:
    site = record.entry.community.site
    return getattr(site, name) if site else otherwise


def _place(record: VisitRecord) -> dict[str, str] | None:
    latitude, longitude = _site(record, "latitude", None), _site(record, "longitude", None)
    return None if latitude is None else {"latitude": str(latitude), "longitude": str(longitude)}


def _codes(records: Sequence[VisitRecord]) -> dict[int, str]:
    """The digest of the code that hangs at each site: enough to recognise it without a network, not to copy it."""
    sites = {record.entry.community.site_id for record in records}
    rows = EntryCode.objects.filter(site__in=sites, withdrawn_at=None).values_list("site_id", "code")
    return {site: sha256(code.encode()).hexdigest() for site, code in rows}


def _earlier(records: Sequence[VisitRecord]) -> dict[int, list[dict[str, Any]]]:
    """What locked records of the same communities found, the newest first."""
    wanted = {record.entry.community_id for record in records}
    rows = VisitRecord.objects.done().filter(entry__community__in=wanted).select_related("entry", "team_day")
    found: dict[int, list[dict[str, Any]]] = {}
    told: dict[int, int] = {}
    for row in rows.defer("entry__words", "entry__class_reasons").order_by("-team_day__day", "-id"):
        community = row.entry.community_id
        told[community] = told.get(community, 0) + 1
        if told[community] <= EARLIER:
            found.setdefault(community, []).extend(
                _finding(row, entry) for entry in row.sheet_document.get("findings", ())
            )
    return found


def _finding(row: VisitRecord, entry: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: entry[name] for name in ("check", "place", "note", "steps")}
    return {**told, "day": row.team_day.day.isoformat()}


def _rubric_name(record: VisitRecord) -> str:
    return f"{record.round.scheme.digest}/{record.entry.class_code}"


def _rubrics(records: Sequence[VisitRecord]) -> dict[str, Any]:
    return {
        _rubric_name(record): _rubric(scheme_of(record.round.scheme), record.entry.class_code) for record in records
    }


def _rubric(scheme: Scheme, class_code: str) -> dict[str, Any]:
    """The rubric of a class; known by the scheme's digest, for it never changes."""
    if (known := _RUBRICS.get((scheme.digest, class_code))) is not None:
        return known
    if len(_RUBRICS) >= MOST_RUBRICS:
        _RUBRICS.pop(next(iter(_RUBRICS)), None)
    return _RUBRICS.setdefault((scheme.digest, class_code), _made(scheme, class_code))


_RUBRICS: dict[tuple[str, str], dict[str, Any]] = {}
MOST_RUBRICS = 32


def _made(scheme: Scheme, class_code: str) -> dict[str, Any]:
    words = {code: _words(code, check.title.texts) for code, check in scheme.rubrics[class_code].checks.items()}
    return rubric_document(scheme, class_code, words=words, languages={"zh-Hans": _chinese, "en": str})


def _words(code: str, titles: Mapping[str, str]) -> str:
    first, *others = titles.values()
    return search_words(first, *others, code)


def _chinese(text: str) -> str:
    with override("zh-hans"):
        return gettext(text)


def _notes(records: Sequence[VisitRecord]) -> list[dict[str, Any]]:
    rounds = {record.round_id for record in records}
    rows = CalibrationNote.objects.filter(round__in=rounds, withdrawn_at=None).order_by("check_code", "id")
    return [{"check": row.check_code, "text": row.text, "round": row.round_id} for row in rows]
