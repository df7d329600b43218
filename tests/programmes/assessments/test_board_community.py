"""What a community's public page says, held against numbers worked out here from the sheets that were decided on.

Two rounds of the same communities, published one after the other; the second reader's arithmetic shares no code with
what is tried. Not here: which pages there are and that their links lead somewhere (test_board).
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.faces import district
from tests.programmes.assessments.boarded import placed
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.second_reader import _steps, lost, work_out
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.config.commands import main
from mingjing.kernel.cases.actions import claim_case, open_case
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.board import files
from mingjing.programmes.assessments.models import Community, Edition, Listed, VisitRecord

pytestmark = pytest.mark.django_db

AT = datetime(2024, 9, 4, 9, 30, tzinfo=timezone(timedelta(hours=8)))
BASE = "/board/assessments/430202/"
DAY = timedelta(days=1)


def listed(
    communities: list[Community], people: dict[str, Person], at: datetime, code: str, first: date, seed: int
) -> Edition:
    round_ = in_review(people, at, communities, code=code, first_day=first, seed=seed)
    decided(round_, people, at)
    step = {"round": round_, "note": "同意"}
    take_publication_step(step="public_notice", by=people["director"], at=at, **step)  # type: ignore[arg-type]
    late = at + 14 * DAY
    for name, by in (("signed_centre", "director"), ("signed_bureau", "bureau")):
        take_publication_step(step=name, by=people[by], at=late, **step)  # type: ignore[arg-type]
    return publish_list(round=round_, by=people["director"], at=late)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[SimpleNamespace]:  # type: ignore[no-untyped-def]
    """Two lists of eight communities, and two orders about one of them: one open, one that its company says is met."""
    from django.conf import settings

    before, settings.DATA_DIR = settings.DATA_DIR, tmp_path_factory.mktemp("two")
    with django_db_blocker.unblock(), transaction.atomic():
        people = district.build(AT)
        people["bureau"] = district.staff("director", "局长", Area.objects.get(code="430202"), AT, username="bureau")
        communities = register(8, AT)
        placed(communities)
        first = listed(communities, people, AT, "2024-1", date(2024, 1, 1), 3)
        second = listed(communities, people, AT + 60 * DAY, "2024-2", date(2024, 7, 1), 4)
        shown = next(row for row in second.rows.order_by("index") if ordered(row, people))
        files.write(second.round.area)
        there, settings.DATA_DIR = settings.DATA_DIR, before
        yield SimpleNamespace(first=first, second=second, folder=there, number=shown.entry.number)
        transaction.set_rollback(True)


def ordered(row: Listed, people: dict[str, Person]) -> list[Case]:
    """Orders about the first two findings of a community, where there are so many; the second is claimed as done."""
    record = VisitRecord.objects.filter(entry=row.entry).first()
    found = record.sheet_document.get("findings", []) if record else []
    if record is None or len({one["check"] for one in found}) < 3:
        return []
    opened = [
        open_case(
            programme="assessments", kind="rectification", subject=f"{record.subject}/{one['check']}", title="整改",
            area=record.round.area, site=None, organisation=None, owner=None, due_at=AT + (90 + n) * DAY, by=None,
            at=AT + 60 * DAY,
        )
        for n, one in enumerate(found[:2])
    ]  # fmt: skip
    claim_case(case=opened[1], note="已修", by=people["officer"], at=AT + 70 * DAY)
    return opened


@pytest.fixture
def published(made: SimpleNamespace, settings) -> SimpleNamespace:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = made.folder
    return made


def read(path: str) -> str:
    answer = Client().get(BASE + path)
    assert answer.status_code == 200, path
    content = answer.content if not answer.streaming else b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return content.decode()


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def decision(number: str, code: str) -> dict[str, Any]:
    """The decision file to which the page of a round leads."""
    here = f"en/communities/{number}/" if code == "2024-2" else f"en/rounds/{code}/communities/{number}/"
    (link,) = re.findall(r'href="([^"]*)" download', read(here))
    found: dict[str, Any] = json.loads(read(link.split("430202/")[1]))
    return found


def points(document: dict[str, Any]) -> dict[str, tuple[Fraction, Fraction]]:
    """By major item what was earned and what was possible, worked out from the sheet as a person would."""
    scheme, sheet, found = document["scheme"], document["sheet"], {}
    absent = {one["check"] for one in sheet.get("not_applicable", [])}
    omitted = scheme["aggregation"].get("omit", [])
    items = [item for item in scheme["items"] if item["class"] == document["result"]["class"]]
    checks = {one["code"]: one for item in items for one in item["checks"] if one["code"] not in omitted}
    steps, _ = _steps(checks, sheet, absent)
    for item in items:
        counted = [one for one in item["checks"] if one["code"] in checks and one["code"] not in absent]
        possible = sum((Fraction(one["points"]) for one in counted), Fraction(0))
        earned = possible - sum(lost(one, steps.get(one["code"], 0)) for one in counted)
        found[item["code"]] = earned, possible
    return found


def figure(value: Fraction, *, signed: bool = False) -> str:
    return f"{'+' if signed and value > 0 else ''}{float(value):.2f}"


def table(html: str) -> dict[str, list[str]]:
    """The rows of "Points by major item": by code, its cells."""
    part = html.split("Points by major item</h2>")[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row">(\S+) .*?</th>(.*?)</tr>', part)
    return {code: [text_of(cell) for cell in re.findall(r"<td.*?</td>", cells)] for code, cells in rows}


def test_points_by_major_item_and_changes_are_those_of_the_decided_sheets(published: SimpleNamespace) -> None:
    compared = changed = 0
    before = {row.entry.community_id: row for row in published.first.rows.select_related("entry")}
    for row in published.second.rows.select_related("entry"):
        was = before[row.entry.community_id]
        if None in {row.total, was.total}:
            continue
        now, then = (points(decision(row.entry.number, code)) for code in ("2024-2", "2024-1"))
        html = read(f"en/communities/{row.entry.number}/")
        shown = table(html)
        assert shown.keys() == now.keys()
        for code, (earned, possible) in now.items():
            if not possible:
                continue
            change = earned - then[code][0] if then[code][1] else None
            told = "—" if change is None else figure(change, signed=True)
            assert shown[code] == [figure(possible), figure(earned), told]
            compared, changed = compared + 1, changed + bool(change)
        difference = Fraction(row.total - was.total, 100)
        assert f"since the last round {figure(difference, signed=True)}" in text_of(html)
    assert compared > 20
    assert changed > 5


def test_orders_stand_there_with_their_state_and_the_day_they_are_due(published: SimpleNamespace) -> None:
    text = text_of(read(f"en/communities/{published.number}/"))
    record = VisitRecord.objects.get(entry__round=published.second.round, entry__number=published.number)
    one, two = (found["check"] for found in record.sheet_document["findings"][:2])
    orders = text.split("Orders to put right")[1].split("Over the rounds")[0]
    parts = re.split(rf"(?=\b(?:{re.escape(one)}|{re.escape(two)}) )", orders)[1:]
    told = {part.split()[0]: part for part in parts}
    assert "· open" in told[one]
    assert "reported as done, not confirmed yet" in told[two]
    assert "due 2024-12-03" in told[one]
    assert "due 2024-12-04" in told[two]


def test_the_decision_file_that_the_page_leads_to_holds_without_us(
    published: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = decision(published.number, "2024-2")
    assert work_out(document) == document["result"]
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main(["verify", str(path), "--lang", "en"]) == 0, capsys.readouterr()
    document["result"]["total"] = "99.99"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main(["verify", str(path), "--lang", "en"]) == 1
