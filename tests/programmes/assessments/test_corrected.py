"""The decision file of a corrected row proves the corrected figure, offline, for the office and for everybody."""

import copy
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.programmes.assessments import test_reopenings
from tests.programmes.assessments.test_reopenings import approved, corrected, entry_in, filed, noticed, through

from mingjing.engine.chain import content_digest
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.board import files
from mingjing.programmes.assessments.models import Edition, Entry, Result
from mingjing.programmes.assessments.policy.decisions import check_decision
from mingjing.programmes.assessments.policy.published import check_public_decision
from mingjing.programmes.assessments.queries.decisions import decision_file, decision_files

pytestmark = pytest.mark.django_db
People = dict[str, Person]
staff, edition = test_reopenings.staff, test_reopenings.edition


@pytest.fixture
def entry(edition: Edition, staff: People, at: datetime) -> Entry:
    """One that a veto established later put on the black list of the second edition."""
    after = edition.published_at + timedelta(days=3)
    found = entry_in(edition, "ORDINARY", at)
    one = approved(filed(found, staff, after), staff, after)
    noticed(one, staff, after)
    corrected(edition, staff, through(one, staff, after))
    return found


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "total": lambda section: section["row"].update(total=section["row"]["total"] + 100),
    "tier": lambda section: section["row"].update(tier="RED"),
    "community": lambda section: section["row"].update(number="HT-99999"),
    "decided": lambda section: section["row"].update(decided="BLACK"),
    "finding": lambda section: section["sheet"].setdefault("findings", []).append({"check": "A1.1", "steps": 9}),
    "root": lambda section: section["record"]["proof"]["content"]["data"].update(rows_root="0" * 64),
    "place": lambda section: section["record"].update(index=section["record"]["index"] + 1),
    "damaged": lambda section: section.pop("row"),
}


def test_it_holds_and_no_part_of_it_can_be_changed(edition: Edition, entry: Entry) -> None:
    result = Result.objects.select_related("replay__scheme", "entry").get(entry=entry)
    office = decision_file(result)
    published = dict(files.files_of(edition.round.area))
    path = next(name for name in published if name.endswith(f"/decisions/{entry.number}.json"))
    public = json.loads(published[path] or b"")
    for document, check in ((office, check_decision), (public, check_public_decision)):
        assert check(json.loads(json.dumps(document))) == ()
        section = document["correction"]
        assert (section["row"]["tier"], section["row"]["decided"]) == ("BLACK", "ORDINARY")
        assert [veto["veto"] for veto in section["sheet"]["vetoes"]] == ["serious_safety_accident"]
        for name, change in CHANGES.items():
            wrong = copy.deepcopy(document)
            change(wrong["correction"])
            assert check(wrong), name
    assert "判决书" not in json.dumps(public["correction"], ensure_ascii=False)
    assert content_digest(public["scheme"]) == public["scheme_digest"]


def test_only_who_was_corrected_has_the_section(edition: Edition, entry: Entry) -> None:
    made = {row.entry_id: "correction" in document for row, document in decision_files(edition.replay)}
    assert [key for key, has in made.items() if has] == [entry.pk]
    other = Result.objects.select_related("replay__scheme", "entry").exclude(entry=entry).filter(replay=edition.replay)
    assert "correction" not in decision_file(other[0])
