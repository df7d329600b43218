"""Builds what phones send their visits to: python -m bench.sync_district PHONES VISITS OUT.

PHONES teams, each with a phone of one of its members, and VISITS communities that every team has begun to visit today.
OUT is a JSON file for the load (scenario_sync.py): each phone's id and private key, its subjects, the form's checks.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import django


def main() -> None:
    """Build it and tell the load what is there."""
    django.setup()
    from django.utils import timezone

    phones, visits, out = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    out.write_text(json.dumps(build(phones, visits, timezone.now())), "utf-8")


def build(phones: int, visits: int, at: Any) -> dict[str, Any]:
    """The district, the teams of today, their phones and what they have begun."""
    from tests.faces import district
    from tests.programmes.assessments import drawing
    from tests.programmes.assessments.conftest import published

    people = district.build(at)
    scheme = published("hetang-2024", people["director"], at)
    made = drawing.build(scheme, people, at - timedelta(days=7), sites=phones * visits)
    made.begin()
    days = team_days(made.round, phones, at)
    entries = list(made.round.entries.order_by("pk"))
    told = [one(made, day, entries[n * visits : (n + 1) * visits], at) for n, day in enumerate(days)]
    return {"phones": told, "checks": checks_of(made.round)}


def team_days(round_: Any, count: int, at: Any) -> list[Any]:
    """A day of as many teams, all of them opened this morning; no draw was made for it."""
    from django.utils import timezone

    from mingjing.programmes.assessments.models import Draw, TeamDay

    draw = Draw.objects.create(
        round=round_, inputs="{}", inputs_digest="0" * 64, committed_at=at, revealed_at=at, drawn_at=at,
        document='{"assignments": []}', document_digest="0" * 64,
    )  # fmt: skip
    return TeamDay.objects.bulk_create(
        TeamDay(draw=draw, day=timezone.localdate(at), team=n + 1, opened_at=at, pick_seed=f"{n:064x}")
        for n in range(count)
    )


def one(made: Any, team_day: Any, entries: Sequence[Any], at: Any) -> dict[str, Any]:
    """A team of two with the phone of the first, and its visits, begun."""
    from tests.faces.district import staff

    from mingjing.kernel.visits.models import Visit
    from mingjing.programmes.assessments.models import Part, TeamMember, VisitRecord

    area = made.round.area
    pair = [staff("officer", f"组员{team_day.team}-{n}", area, at, f"t{team_day.team}-{n}") for n in range(2)]
    TeamMember.objects.bulk_create(
        TeamMember(team_day=team_day, person=person, part=Part.STAFF, added_at=at) for person in pair
    )
    records = VisitRecord.objects.bulk_create(
        VisitRecord(round=made.round, entry=entry, team_day=team_day) for entry in entries
    )
    begun = [
        Visit(programme="assessments", purpose="first", subject=record.subject, area=area,
              site_id=entry.community.site_id, entered_at=at, recorded_at=at)
        for record, entry in zip(records, entries, strict=True)
    ]  # fmt: skip
    Visit.objects.bulk_create(begun)
    for record, visit in zip(records, begun, strict=True):
        record.visit, record.started_by, record.started_at = visit, pair[0], at
    VisitRecord.objects.bulk_update(records, ["visit", "started_by", "started_at"], batch_size=100)
    return {**phone(pair[0], at), "subjects": [[record.subject, record.entry.class_code] for record in records]}


def phone(person: Any, at: Any) -> dict[str, str]:
    """A phone of this person: its number, and its private key for the load."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    from mingjing.kernel import keys
    from mingjing.kernel.sync.models import Device

    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    device = Device.objects.create(person=person, label="bench", public_key=keys.text(point), enrolled_at=at)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"device": str(device.pk), "key": pem.decode()}


def checks_of(round_: Any) -> dict[str, list[list[Any]]]:
    """The code and rule kind of every check, and whether it is critical, by class."""
    from mingjing.programmes.assessments.queries.schemes import scheme_of

    scheme = scheme_of(round_.scheme)
    return {
        code: [[check.code, check.rule.kind, check.critical] for check in rubric.checks.values()]
        for code, rubric in scheme.rubrics.items()
    }


if __name__ == "__main__":
    main()
