"""Objects for rows of the hot paths are what their models would have made."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mingjing.kernel.cases.models import Case, Step
from mingjing.kernel.db.rows import made
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.sync.models import Capture

AT = datetime(2024, 9, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Exhibit, {"sha256": "a" * 64, "size": 3, "area": Area(pk=7), "recorded_by": Person(pk=9), "recorded_at": AT}),
        (Exhibit, {"recorded_by": None, "area_id": 7}),
        (Capture, {"sha256": "a" * 64, "area": Area(pk=7), "signals": [{"code": "clock"}], "promised_at": AT}),
        (Case, {"programme": "assessments", "area": Area(pk=7), "owner": None}),
        (Step, {"number": 1, "by": Person(pk=9), "exhibits": ["x"]}),
        (Delivery, {"fact": Fact(seq=3), "reaction": "r", "due_at": AT}),
        (Fact, {"seq": 4, "kind": "k", "at": AT}),
    ],
)
def test_an_object_is_as_its_model_makes_it(model: Any, values: dict[str, Any]) -> None:
    ours, theirs = made(model, **values), model(**values)
    told, known = ({**one.__dict__, "_state": None} for one in (ours, theirs))
    fresh = {"id", "salt"}
    assert {k: v for k, v in told.items() if k not in fresh} == {k: v for k, v in known.items() if k not in fresh}
    assert (ours._state.adding, ours._state.fields_cache) == (True, theirs._state.fields_cache)
    for name in values:
        assert getattr(ours, name) == getattr(theirs, name)


def test_a_default_is_each_ones_own() -> None:
    first, second = made(Exhibit), made(Exhibit)
    assert first.pk != second.pk
    first.facts["x"] = 1
    assert second.facts == {}


def test_a_name_that_is_no_fields_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="colour"):
        made(Exhibit, colour="red")
