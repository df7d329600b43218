"""What a district has of the assessments, for the test that its neighbours see nothing of it (tests/districts.py)."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

from tests.districts import District, Routes
from tests.programmes.assessments.conftest import MAPPING, TABLE

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version, start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, shipped_schemes


def examples(district: District) -> Iterator[Routes]:
    """A published scheme with a draft after it, and a file that it scored."""
    scheme = _scheme(district)
    yield from _schemes(district, scheme)
    yield from _replays(district, scheme)


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


def _replays(district: District, scheme: Version) -> Iterator[Routes]:
    replay = request_replay(
        scheme=scheme, mapping_name=f"{district.secret}.toml", mapping_text=MAPPING,
        file=BytesIO(TABLE.replace("first", district.secret).encode()), file_name=f"{district.secret}.csv",
        by=district.people["officer"], at=district.at,
    )  # fmt: skip
    drain()
    one = {"pk": replay.pk}
    yield {"assessments:replay": one, "assessments:results-table": one}
    yield {"assessments:results": one | {"class_code": "A"}}
    yield {f"assessments:{name}": one | {"index": 0} for name in ("result", "decision")}
