"""People of a district, a published scheme, and a small table with the mapping that reads it."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from tests.faces import district
from tests.programmes.assessments import drawing
from tests.programmes.assessments.drawing import Drawn

from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.models import Replay
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, shipped_schemes

MAPPING = """
format = "mingjing.assessments.mapping/1"
scheme = "hetang-2024"
[key]
columns = "key"
[class]
fixed = "A"
[values]
blank = "no_finding"
[checks]
missing = "no_finding"
not_applicable = "na"
[attributes]
service_months = "months"
[expect]
total = "total"
"""
TABLE = """key,na,months,total,A1.1,A1.2,A5.1
first,,60,98,1,half,
second,A6.3,60,100,0,full,0
third,,60,95.00,0,zero,1
=4+4,,2,,3,full,0
empty,,60,,,,
"""

SignedIn = Callable[[str], Client]
Asked = Callable[..., Replay]
Once = Callable[[str, Callable[[], Any]], Callable[[], Any]]


@pytest.fixture(autouse=True)
def originals(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Originals of a test go with it."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="module")
def district_once(once: Once, at: datetime) -> Callable[[], dict[str, Person]]:
    return once("district_once", lambda: district.build(at))


@pytest.fixture
def people(db: None, district_once: Callable[[], dict[str, Person]]) -> dict[str, Person]:
    """One person in each role."""
    return district_once()


@pytest.fixture
def signed_in(people: dict[str, Person]) -> SignedIn:
    """A client in which the person with that role has signed in; pages in English."""

    def client_of(role: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(people[role], "django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


def published(code: str, by: Person, at: datetime) -> Version:
    """A shipped scheme, published for Hetang."""
    path = shipped_schemes()[code]
    with path.open("rb") as file:
        document = read_scheme(file, path.name)
    area = Area.objects.get(code="430202")
    draft = create_rulebook(kind=KIND, code=code, titles=document["title"], area=area, document=document, by=by, at=at)
    return publish_version(version=draft, effective_from=date(2024, 7, 1), expected_digest=draft.digest, by=by, at=at)


def there() -> dict[str, Person]:
    """The people of the district, once they are."""
    return {role: Person.objects.get(username=role) for role in district.ROLES}


@pytest.fixture(scope="module")
def hetang_once(once: Once, district_once: object, at: datetime) -> Callable[[], Version]:
    return once("hetang_once", lambda: published("hetang-2024", there()["director"], at))


@pytest.fixture
def hetang(people: dict[str, Person], hetang_once: Callable[[], Version]) -> Version:
    return hetang_once()


@pytest.fixture(scope="module")
def six_once(once: Once, hetang_once: object, at: datetime) -> Callable[[], Drawn]:
    """A frozen round of six communities, planned, with everybody it needs."""
    return once("six_once", lambda: drawing.build(Version.objects.get(), there(), at, sites=6))


@pytest.fixture(scope="module")
def ready_once(once: Once, hetang_once: object, at: datetime) -> Callable[[], Drawn]:
    """The same of four times as many."""
    return once("ready_once", lambda: drawing.build(Version.objects.get(), there(), at))


@pytest.fixture
def asked(hetang: Version, people: dict[str, Person], at: datetime) -> Asked:
    """Asks for the small table to be scored (or for another text)."""

    def ask(table: str = TABLE, mapping: str = MAPPING, name: str = "table.csv") -> Replay:
        return request_replay(
            scheme=hetang, mapping_name="own.toml", mapping_text=mapping, file=BytesIO(table.encode()),
            file_name=name, by=people["officer"], at=at,
        )  # fmt: skip

    return ask
