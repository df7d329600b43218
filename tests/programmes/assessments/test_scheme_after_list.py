"""A scheme corrected when the list is out: the next version judges what comes; what was published stays, byte for byte.

Not here: the same of a round that was only decided (test_round_decisions).
"""

import copy
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.faces import district
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.contested import decided_and_published
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_appeals import filed, upheld
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.config.commands import main
from mingjing.faces.board.folders import Unit
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import publish_version, save_draft, start_draft
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.board import files
from mingjing.programmes.assessments.models import Edition, Listed, Replay, Result, Round
from mingjing.programmes.assessments.queries.results import scheme_behind

pytestmark = pytest.mark.django_db
NEW = re.compile(rb'(name="csrfmiddlewaretoken" value="|nonce=")[^"]+|"X-CSRFToken": ?"[^"]+"')
CUT, CUT_NOW = "90", "96"
"""From which total the red list begins: as published, and as corrected."""


@pytest.fixture
def out(people: dict[str, Person], at: datetime, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """A published list of thirty communities, two of them black, with its public files."""
    settings.DATA_DIR = tmp_path
    bureau = district.staff("director", "局长", Area.objects.get(code="430202"), at, username="bureau")
    edition = decided_and_published(people, bureau, at, 30, 2)
    drain()
    files.write(edition.round.area)
    return SimpleNamespace(edition=edition, round=edition.round, people=people, late=edition.published_at)


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """The document with another cut-off of the red list."""
    found = copy.deepcopy(document)
    for row in found["list_rules"]:
        row["when"] = {name: text.replace(CUT, CUT_NOW) for name, text in row["when"].items()}
    return found


def drafted(out: SimpleNamespace) -> Version:
    by, at = out.people["director"], out.late + timedelta(hours=1)
    draft = start_draft(base=out.round.scheme, note="红榜分数线更正", by=by, at=at)
    document = corrected(draft.content)
    return save_draft(version=draft, document=document, expected_revision=draft.revision, by=by, at=at)


def issued(draft: Version, out: SimpleNamespace) -> Version:
    first_day = (out.late + timedelta(days=2)).date()
    return publish_version(
        version=draft,
        effective_from=first_day,
        expected_digest=draft.digest,
        by=out.people["director"],
        at=out.late + timedelta(hours=2),
    )


def kept(round_: Round) -> dict[str, Any]:
    """Every row that the list rests on, and every file that the public is served."""
    models = (Round.objects.filter(pk=round_.pk), Replay.objects.filter(round=round_, purpose="decision"),
              Result.objects.filter(replay__round=round_, replay__purpose="decision"),
              Edition.objects.filter(round=round_), Listed.objects.filter(edition__round=round_),
              Version.objects.filter(pk=round_.scheme_id))  # fmt: skip
    served = Unit("assessments/430202").link
    found = {path.relative_to(served).as_posix(): path.read_bytes() for path in served.rglob("*") if path.is_file()}
    return {"files": found, **{rows.model.__name__: list(rows.order_by("pk").values()) for rows in models}}


def pages(round_: Round, client: Client) -> dict[str, bytes]:
    """What the desk shows of the list and of whoever stands on it."""
    numbers = round_.entries.values_list("number", flat=True)
    paths = ("result/", "list/A/", "list/B/", "edges/", "editions/1/", *(f"of/{number}/" for number in numbers))
    answers = {path: client.get(f"/assessments/rounds/{round_.pk}/{path}") for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: NEW.sub(b"", answer.content) for path, answer in answers.items()}


def test_what_was_published_stays_byte_for_byte_and_the_next_round_goes_by_the_new_version(
    out: SimpleNamespace, signed_in: SignedIn, at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    auditor = signed_in("auditor")
    before, shown = kept(out.round), pages(out.round, auditor)
    assert len(before["files"]) > 60
    newer = issued(drafted(out), out)
    drain()
    assert newer.digest != out.round.scheme.digest
    assert kept(out.round) == before
    assert pages(out.round, auditor) == shown
    assert main(["--lang", "en", "assessments", "publish-files", "--area", "430202"]) == 0
    assert kept(out.round)["files"] == before["files"], "written anew, they say the same"
    for path, content in before["files"].items():
        if re.search(r"/decisions/[^/]+\.json$", path):
            (tmp_path / "decision.json").write_bytes(content)
            assert main(["--lang", "en", "verify", str(tmp_path / "decision.json")]) == 0, path
            assert json.loads(content)["scheme_digest"] == out.round.scheme.digest
    capsys.readouterr()
    communities = register(6, at, start=90)
    again = in_review(out.people, at, communities, code="2025-1", scheme=newer, first_day=date(2025, 1, 1))
    assert scheme_behind(decided(again, out.people, at)).digest == newer.digest
    assert kept(out.round) == before
    assert verify().whole


def test_before_it_is_issued_everybody_who_would_stand_elsewhere_is_named(
    out: SimpleNamespace, signed_in: SignedIn
) -> None:
    before, draft = kept(out.round), drafted(out)
    results = Result.objects.filter(replay__round=out.round, replay__purpose="decision")
    moved = {row.key for row in results.filter(tier="RED", total__lt=int(CUT_NOW) * 100)}
    assert moved
    assert moved < set(results.filter(tier="RED").values_list("key", flat=True))
    client = signed_in("officer")
    form = f"/assessments/schemes/hetang-2024/{draft.number}/what-if/"
    asked = client.post(form, {"scheme": draft.pk, "rounds": [out.round.pk]})
    assert asked.status_code == 302
    drain()
    page = client.get(f"{asked.url}rounds/{out.round.pk}/")
    assert {entry["row"].key for entry in page.context["rows"]} == moved
    text = page.content.decode()
    assert all(name in text for name in out.round.entries.filter(number__in=moved).values_list("name", flat=True))
    assert kept(out.round) == before


def test_a_correction_of_the_old_list_still_goes_by_the_version_that_made_it(
    out: SimpleNamespace, at: datetime
) -> None:
    before = kept(out.round)
    issued(drafted(out), out)
    other = district.staff("director", "复核员", out.round.area, at, username="other")
    after, row = out.late + timedelta(days=3), out.edition.rows.filter(adverse=True)[0]
    new = upheld(filed(row, out.people["officer"], after), other, after)
    was = {one["entry_id"]: (one["tier"], one["total"]) for one in before["Listed"]}
    assert {one.entry_id: (one.tier, one.total) for one in new.rows.exclude(entry=row.entry)} == {
        entry: stood for entry, stood in was.items() if entry != row.entry_id
    }
    assert Edition.objects.get(pk=out.edition.pk).rows_root == before["Edition"][0]["rows_root"]
    assert [one for one in kept(out.round)["Listed"] if one["edition_id"] == out.edition.pk] == before["Listed"]
