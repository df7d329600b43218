"""The demonstration's people, one in each role, and its invented companies. A production start refuses these logins."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from mingjing.kernel.parties.actions import grant_role, record_organisation, register_person
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.demo import DISTRICT
from mingjing.kernel.places.models import Area

__all__ = ["PASSWORD", "PEOPLE", "build", "credit_code"]

PASSWORD = "mingjing-demo"  # noqa: S105 - printed for everybody to see
PEOPLE = {
    "admin": ("administrator", "演示·系统管理员"),
    "director": ("director", "演示·中心主任"),
    "officer": ("officer", "演示·考核专员"),
    "auditor": ("auditor", "演示·审计员"),
}
COMPANIES = (
    "安居", "百合", "诚信", "大地", "恒盛", "福临", "光华", "和美", "佳园", "康宁",
    "乐家", "明德", "宁泰", "平安", "启航", "荣景", "盛世", "天和", "万福", "新苑",
)  # fmt: skip


def build(say: Callable[[str], None]) -> None:
    """Register the people and record the companies that are not there yet, and say how to sign in."""
    area = Area.objects.get(code=DISTRICT)
    for username, (role, name) in PEOPLE.items():
        _person(username, role, name, area)
    for number, name in enumerate(COMPANIES, start=1):
        _company(number, f"演示{name}物业服务有限公司", area)
    say(_("demonstration logins: {names}; password: {password}").format(names=", ".join(PEOPLE), password=PASSWORD))


def _person(username: str, role: str, name: str, area: Area) -> None:
    at = timezone.now()
    person = Person.objects.filter(username=username).first()
    if person is None:
        person = register_person(
            username=username, display_name=name, password=PASSWORD, area=area, is_demo=True, by=None, at=at
        )
    if not person.role_grants.exists():
        grant_role(
            person=person, role=role, area=area, first_day=date(2024, 1, 1), act="演示任命",
            act_reference="演示〔2024〕1号", by=None, at=at,
        )  # fmt: skip


def _company(number: int, name: str, area: Area) -> None:
    if not Organisation.objects.filter(credit_code=credit_code(number)).exists():
        record_organisation(credit_code=credit_code(number), name=name, area=area, by=None, at=timezone.now())


def credit_code(number: int) -> str:
    """A credit code with a true check digit, of an invented company."""
    stem = f"91430202MADEM{number:04d}"
    return stem + str(uscc.calc_check_digit(stem))
