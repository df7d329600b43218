"""A whole round of 136 communities in a real browser, from the roster to the decided list, on either database.

The chapters are in preparing, drawing, visiting and deciding; what they are told with is in story.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys import deciding, drawing, preparing, visiting
from tests.journeys.conftest import OpenScreen
from tests.journeys.story import Clock, begin, settled, turning

from mingjing.kernel.parties.models import Person


@pytest.fixture
def clock() -> Iterator[Clock]:
    with turning() as found:
        yield found


@pytest.fixture
def people(transactional_db: None, clock: Clock) -> dict[str, Person]:
    """Everybody of the demonstration, by username."""
    return settled()


@pytest.mark.either_database
def test_a_round_from_the_roster_to_the_decided_list(
    screen: OpenScreen, people: dict[str, Person], clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # One test: each chapter stands on those before it, and building their state anew would take minutes.
    story = begin(screen, people, clock, tmp_path)
    assert len(story.found) == 136
    preparing.import_roster(story)
    preparing.import_again(story)
    preparing.open_round(story)
    preparing.settle_classes(story)
    drawing.teams(story)
    drawing.plan(story)
    preparing.freeze(story)
    drawing.commit(story)
    drawing.draw(story)
    drawing.begin_fieldwork(story)
    drawing.sealed(story)

    visit = visiting.open_day(story)
    visiting.record_visit(visit)
    visiting.missing(visit)
    visiting.hand_in_and_sign(visit)
    visiting.send_back(visit)
    visiting.hand_in_and_sign(visit)
    visiting.lock(visit)
    visiting.progress(story, 1)
    visiting.others(story, visit)
    visiting.progress(story, len(story.found))
    drawing.verify_files(story, capsys)

    deciding.begin_review(story)
    deciding.decide(story)
    deciding.read_lists(story)
    deciding.take_away(story, capsys)
    deciding.ledger_is_whole(story)
