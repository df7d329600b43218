"""A district with people, communities of known size, published rules, and small files of the hotline."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from tests.faces import district

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Community
from mingjing.programmes.complaints.actions.decisions import decide
from mingjing.programmes.complaints.actions.intakes import approve_intake, request_intake
from mingjing.programmes.complaints.models import Complaint, Edition, Intake
from mingjing.programmes.complaints.policy.decisions import Wanted
from mingjing.programmes.complaints.policy.rules import KIND
from mingjing.programmes.complaints.queries.files import load_document, shipped_mappings, shipped_rules

COLUMNS = (
    "工单编号", "来电时间", "办结时间", "小区名称", "问题类别", "详细地址", "诉求内容", "来源渠道", "来电人",
    "联系电话", "是否有效", "责任主体",
)  # fmt: skip
CANARY_NAME, CANARY_PHONE, CANARY_CARD = "欧阳金丝雀", "13907330417", "430202198803071234"
"""Who called: must be found nowhere."""
SIZES = {"桂花花园": 500, "东方名苑": 1000, "小井坊": 60, "望江楼": 800}

People = dict[str, Person]
SignedIn = Callable[[str], Client]


def row(number: int, community: str = "桂花花园", opened: str = "2024-07-03", **more: str) -> dict[str, str]:
    """A row of the hotline's table."""
    closed = date.fromisoformat(opened) + timedelta(days=6)
    told = {
        "工单编号": f"W{number}", "来电时间": opened, "办结时间": closed.isoformat(), "小区名称": community,
        "问题类别": "环境卫生", "详细地址": "3栋", "诉求内容": "垃圾无人清运", "来源渠道": "12345热线",
        "来电人": "王某", "联系电话": f"1380000{number:04d}", "是否有效": "", "责任主体": "",
    }  # fmt: skip
    return told | more


def table(rows: Sequence[dict[str, str]], encoding: str = "utf-8") -> BytesIO:
    """The rows as the hotline exports them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return BytesIO(text.getvalue().encode(encoding))


@pytest.fixture(autouse=True)
def originals(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Originals of a test go with it."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def people(db: None, at: datetime) -> People:
    """One person in each role, and a second officer."""
    found = district.build(at)
    found["second"] = district.staff("officer", "周科员", Area.objects.get(code="430202"), at, "officer2")
    return found


@pytest.fixture
def signed_in(people: People) -> SignedIn:
    """A client in which the person with that role has signed in; pages in English."""

    def client_of(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people[role], "django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture
def area(people: People) -> Area:
    return Area.objects.get(code="430202")


@pytest.fixture
def sites(area: Area, at: datetime) -> dict[str, Site]:
    """Communities of the district by name, with as many households as SIZES says."""
    return communities(area, SIZES, at)


def communities(area: Area, sizes: dict[str, int], at: datetime) -> dict[str, Site]:
    found = {}
    for number, (name, households) in enumerate(sizes.items(), start=1):
        site = record_site(name=name, area=area, by=None, at=at)
        Community.objects.create(
            area=area, number=f"HT-{number}", name=name, site=site, place=area, households=households,
            company_name=f"{name}物业公司", recorded_at=at, changed_at=at,
        )  # fmt: skip
        found[name] = site
    return found


@pytest.fixture
def rules(area: Area, people: People, at: datetime) -> Version:
    """The rules that ship, published."""
    return publish_rules(area, people["director"], at)


def publish_rules(area: Area, by: Person, at: datetime) -> Version:
    document = load_document(shipped_rules()["default"])
    draft = create_rulebook(
        kind=KIND, code=f"complaints-{area.code}", titles=document["title"], area=area, document=document, by=by, at=at
    )
    return publish_version(
        version=draft, effective_from=date(2024, 1, 1), expected_digest=draft.digest, by=by, at=at
    )  # fmt: skip


def hand_in(area: Area, file: BytesIO, by: Person | None, at: datetime, name: str = "hotline.csv") -> Intake:
    """A file handed in and read."""
    text = shipped_mappings()["hotline-12345"].read_text("utf-8")
    intake = request_intake(
        area=area, file=file, file_name=name, mapping_name="hotline-12345", mapping_text=text, by=by, at=at
    )
    drain()
    intake.refresh_from_db()
    return intake


def take_in(area: Area, rows: Sequence[dict[str, str]], by: Person | None, at: datetime) -> Intake:
    """A file handed in, read, approved and taken in."""
    intake = hand_in(area, table(rows), by, at)
    assert intake.state == "previewed", intake.told_problems
    approve_intake(intake=intake, by=by, at=at)
    drain()
    intake.refresh_from_db()
    assert intake.state == "applied", intake.told_problems
    return intake


def decided(by: Person | None, at: datetime, duty: str = "company") -> None:
    """Everything that waits is valid and somebody's duty."""
    for complaint in Complaint.objects.undecided().exclude(site=None):
        wanted = Wanted(validity="valid", duty=duty, site=complaint.site_id, reason="现场核实属实")
        decide(complaint=complaint, wanted=wanted, by=by, at=at)


def later(at: datetime, **more: int) -> datetime:
    return at + timedelta(**more)


def ranked(edition: Edition) -> Edition:
    """An edition after its background work."""
    drain()
    return Edition.objects.select_related("area", "rules", "before").get(pk=edition.pk)
