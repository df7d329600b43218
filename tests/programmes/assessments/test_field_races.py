"""Two phones of one team at once, and one lot sent twice: nothing is lost, nothing is there twice."""

import pytest
from tests.phones import picture
from tests.programmes.assessments.test_field_commands import Day, day  # noqa: F401 - `day` is a fixture
from tests.races import at_once, failures

from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.actions.growing import log_of
from mingjing.programmes.assessments.models import SheetEdit
from mingjing.programmes.assessments.policy.recording import apply_log
from mingjing.programmes.assessments.queries.schemes import scheme_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_phones_send_at_once_and_neither_loses(day: Day) -> None:  # noqa: F811
    day.begun()
    lots = [[day.find(phone=phone) for _ in range(4)] for phone in (0, 1)]
    done = at_once(*(lambda lot=lot, phone=phone: day.send(*lot, phone=phone) for phone, lot in enumerate(lots)))
    assert not failures(done), done
    assert len(day.record.sheet_document["findings"]) == 8
    scheme = scheme_of(day.record.round.scheme)
    log = log_of(day.record)
    again = apply_log(scheme, scheme.rubrics[day.record.entry.class_code], log, seed=day.record.seed)
    assert again == day.record.sheet_document


def test_one_lot_sent_twice_at_once_is_applied_once(day: Day) -> None:  # noqa: F811
    day.begun()
    lot = [day.photo(picture(9)), day.find(), day.edit("looked", "Z9.9")]
    done = at_once(lambda: day.send(*lot), lambda: day.send(*lot))
    assert not failures(done), done
    assert (len(day.record.sheet_document["findings"]), Capture.objects.count()) == (1, 1)
    assert SheetEdit.objects.count() == 1
