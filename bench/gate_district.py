"""A district full of stored visits for the bench of the gate, in a process of its own; see scenario_gate.

One entry is made by the real action; its rows, and those of its firm, are then copied by the database itself, with
other keys, firms and days: twenty visits a firm over four years. Not here: what is measured.

python -m bench.gate_district VISITS KEYS OUT
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

PER_FIRM = 20
YEARS = 4 * 365


SETTLING = {
    "sqlite": ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"), "postgresql": ("VACUUM (ANALYZE)", "CHECKPOINT"),
}  # fmt: skip
"""What a database has behind it that holds so many rows for years, and not since a minute: no question pays for it."""


def main(visits: int, keys: int, out: Path) -> None:
    """Fill the database of DATABASE_URL or MINGJING_DATA; OUT gets what the load must know."""
    from django.db import connection
    from django.utils import timezone
    from tests.programmes.inspections import doors

    now = timezone.now()
    scene = doors.build(1, 1)
    entry = scene.enter(now - timedelta(days=YEARS))
    firms = max(1, visits // PER_FIRM)
    told_of = [table(one).strip('"') for one in (scene.firm.organisation, scene.firm, entry.visit, entry)]
    with in_bulk(connection, told_of):
        copy_firms(connection, scene.firm, firms)
        copy_visits(connection, entry, scene.firm, visits, firms, now)
    with connection.cursor() as cursor:
        for settling in SETTLING[connection.vendor]:
            cursor.execute(settling)
    officers = scene.officers[scene.body.pk]
    told = {
        "secrets": secrets(scene, keys, now), "firms": firms, "authority": scene.body.organisation.credit_code,
        "items": [scene.items[scene.body.pk].code], "officers": numbers_of(officers),
    }  # fmt: skip
    out.write_text(json.dumps(told), "utf-8")


@contextmanager
def in_bulk(connection: Any, tables: list[str]) -> Iterator[None]:
    """Without the indexes of these tables, which are made anew afterwards, and without looking up foreign keys."""
    names = ", ".join(f"'{one}'" for one in tables)
    quick, usual, asked = {
        "sqlite": (
            ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000"],
            ["PRAGMA foreign_keys = ON", "PRAGMA synchronous = NORMAL"],
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOTNULL AND tbl_name IN ({names})",
        ),
        "postgresql": (
            ["SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'"],
            ["SET session_replication_role = origin"],
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({names}) AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        for one in quick:
            cursor.execute(one)
        cursor.execute(asked)
        indexes = cursor.fetchall()
        for name, _sql in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for one in [*(sql for _name, sql in indexes), *usual]:
            cursor.execute(one)


def copy_firms(connection: Any, firm: Any, count: int) -> None:
    """`count` more firms like this one; their codes are F and 17 digits, their keys follow those that are there."""
    organisation = firm.organisation
    own = {"id": "{last} + i", "credit_code": code(connection), "name": "'示例企业' || i", "salt": "'s' || i"}
    copy(connection, organisation, count, own)
    since = f"(SELECT max(id) FROM {table(organisation)}) - {count}"
    copy(connection, firm, count, {"id": "{last} + i", "organisation_id": f"{since} + i", "site_id": "NULL"})


def copy_visits(connection: Any, entry: Any, firm: Any, count: int, firms: int, now: datetime) -> None:
    """`count` more visits with their entries, to the copied firms in turn."""
    last = f"(SELECT max(id) FROM {table(firm)}) - {firms}"
    of = f"{last} + 1 + (i - 1) % {firms}"
    since = f"(SELECT max(id) FROM {table(firm.organisation)}) - {firms}"
    organisation = f"{since} + 1 + (i - 1) % {firms}"
    visit = entry.visit
    moments = {name: moment(connection, now, minutes) for name, minutes in (("entered_at", 0), ("left_at", 60))}
    own = {"id": key(connection), "organisation_id": organisation, "recorded_at": moments["entered_at"], **moments}
    copy(connection, visit, count, own)
    told = {"id": "{last} + i", "visit_id": key(connection), "firm_id": of, "recorded_at": moments["entered_at"],
            "result_at": moments["left_at"], "external": "''"}  # fmt: skip
    copy(connection, entry, count, told)


def copy(connection: Any, row: Any, count: int, own: dict[str, str]) -> None:
    """Rows like `row`, numbered `i` from 1, with `own` expressions for some of their columns. One statement."""
    names = [field.column for field in row._meta.concrete_fields]
    last = f"(SELECT max(id) FROM {table(row)})" if "{last}" in own["id"] else ""
    values = ", ".join(own[name].format(last="base.last") if name in own else f't."{name}"' for name in names)
    base = f", {last[:-1].replace('max(id)', 'max(id) AS last')}) base" if last else ""
    primary = key_text(row)
    columns = ", ".join(f'"{name}"' for name in names)
    numbers = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        if connection.vendor == "sqlite"
        else f"WITH n AS (SELECT i FROM generate_series(1, {count}) AS g(i))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table(row)} ({columns}) {numbers} SELECT {values} FROM n, {table(row)} t{base}"
            f" WHERE t.id = {primary}"
        )


def key_text(row: Any) -> str:
    return str(row.pk) if isinstance(row.pk, int) else f"'{row.pk.hex}'"


def table(row: Any) -> str:
    return f'"{row._meta.db_table}"'


def key(connection: Any) -> str:
    """The key of a copied visit."""
    return "printf('%032x', i)" if connection.vendor == "sqlite" else "lpad(to_hex(i), 32, '0')::uuid"


def code(connection: Any) -> str:
    return "printf('F%017d', i)" if connection.vendor == "sqlite" else "'F' || lpad(i::text, 17, '0')"


def moment(connection: Any, now: datetime, minutes: int) -> str:
    """Some instant of the last four years, by the number of the visit."""
    back = f"(CAST(i AS bigint) * 7919) % {YEARS * 24 * 60}"
    text = now.strftime("%Y-%m-%d %H:%M:%S")
    if connection.vendor == "sqlite":
        return f"datetime('{text}', '-' || ({back} + 1440 - {minutes}) || ' minutes')"
    return f"TIMESTAMPTZ '{text}+00' - make_interval(mins => (({back} + 1440 - {minutes}))::int)"


def secrets(scene: Any, count: int, now: datetime) -> list[str]:
    """Keys without a limit worth mentioning: what is measured is how fast it answers."""
    from mingjing.programmes.inspections.actions import outside
    from mingjing.programmes.inspections.models import Key

    given = {"area": scene.area, "authority": None, "rights": ["gate"], "by": None, "at": now}
    made = [
        outside.issue_key(name=f"系统{at}", last_day=now.date() + timedelta(days=30), **given)[1] for at in range(count)
    ]
    Key.objects.update(per_minute=10**6)
    return made


def numbers_of(officers: Any) -> list[str]:
    from mingjing.programmes.inspections.models import Certificate

    return list(Certificate.objects.filter(person__in=officers).values_list("number", flat=True))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")
    import django

    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
