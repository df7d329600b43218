"""A district with its people and some organisations, made by the real actions: what pages are tried on."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import make_password
from stdnum.cn import uscc

from mingjing.kernel.parties.actions import grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.actions import import_areas
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area

PASSWORD = "plum-rain-season-7"
ROLES = {"administrator": "赵管理", "director": "李主任", "officer": "王科员", "auditor": "孙审计"}


def build(at: datetime) -> dict[str, Person]:
    """The areas of Hetang and one person in each role there; people by role."""
    import_areas(file=Path(DATA) / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    district = Area.objects.get(code="430202")
    return {role: staff(role, name, district, at) for role, name in ROLES.items()}


def staff(role: str, name: str, area: Area, at: datetime, username: str = "") -> Person:
    """Someone who holds `role` in `area` from 2024 on."""
    person = register_person(username=username or role, display_name=name, by=None, at=at)
    person.password = hashed()
    person.save(update_fields=["password"])
    grant_role(
        person=person,
        role=role,
        area=area,
        first_day=date(2024, 1, 1),
        act="关于任职的通知",
        act_reference="荷物指〔2024〕1号",
        by=None,
        at=at,
    )
    return person


@cache
def hashed() -> str:
    """The password, hashed once: a tenth of a second each time would be most of a test."""
    return make_password(PASSWORD)


def credit_code(number: int) -> str:
    """A valid code of an invented company."""
    stem = f"91430202MA4Q{number:05d}"
    return stem + uscc.calc_check_digit(stem)


def companies(count: int, at: datetime) -> list[Organisation]:
    """Invented property service companies of the district."""
    area = Area.objects.get(code="430202")
    return [
        record_organisation(
            credit_code=credit_code(number), name=f"示例物业服务有限公司{number:03d}", area=area, by=None, at=at
        )
        for number in range(count)
    ]
