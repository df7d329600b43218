"""A round does not leave fieldwork, and no record is locked, while a phone still holds a photo that it promised."""

from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone
from tests.guarded import guards_lifted
from tests.phones import picture
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.test_field_commands import Day, day  # noqa: F401 - `day` is a fixture

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync.actions import release_capture
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.assessments.actions.entries import declare_not_assessed
from mingjing.programmes.assessments.actions.reviews import lock_record, void_record
from mingjing.programmes.assessments.actions.rounds import begin_review
from mingjing.programmes.assessments.models import VisitRecord

pytestmark = pytest.mark.django_db
RAW = picture(77)


@pytest.fixture
def promised(day: Day) -> Day:  # noqa: F811
    """Everything of the round is done but for one photo that its phone still holds."""
    day.begun()
    assert day.states(day.photo(RAW, about="A1.1")) == ["applied"]
    for entry in day.made.round.entries.all():
        declare_not_assessed(entry=entry, reason="拆除", by=day.made.by, at=timezone.now())
    return day


def review(day: Day) -> Any:  # noqa: F811
    return begin_review(round=day.made.round, by=day.made.by, at=timezone.now())


def refused(act: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as refusal:
        act()
    (problem,) = refusal.value.problems
    return problem.code, dict(problem.params)


def test_fieldwork_does_not_end_while_a_photo_is_on_a_phone(promised: Day) -> None:
    name = promised.record.entry.name
    assert refused(lambda: review(promised)) == ("round.promised", {"count": 1, "names": (name,)})
    assert promised.phones[0].upload(RAW).status_code == 201
    assert review(promised).state == "review"
    assert Exhibit.objects.get(sha256=sha256(RAW).hexdigest()).subject == promised.subject


def test_what_a_void_record_promised_is_waited_for_as_well(promised: Day) -> None:
    void_record(record=promised.record, reason="重来", by=promised.made.by, at=timezone.now())
    assert refused(lambda: review(promised))[0] == "round.promised"


def test_a_photo_that_is_given_up_is_not_waited_for(promised: Day) -> None:
    release_capture(capture=Capture.objects.get(), reason="手机丢失", by=promised.made.by, at=timezone.now())
    assert review(promised).state == "review"


def test_a_photo_of_another_round_holds_nobody_up(promised: Day) -> None:
    with guards_lifted():
        Capture.objects.update(subject="assessments.visit:999999")
    assert review(promised).state == "review"


def test_no_record_is_locked_without_its_photos(promised: Day) -> None:
    at = timezone.now()
    done = {"submitted_at": at, "company_stance": "signed", "company_at": at, "reviewed_at": at}
    VisitRecord.objects.filter(pk=promised.record.pk).update(**done)

    def lock() -> None:
        lock_record(record=promised.record, by=promised.made.by, at=timezone.now())

    assert refused(lock) == ("visit.promised", {"count": 1})
    promised.phones[0].upload(RAW)
    lock()
    assert promised.record.locked_at


def test_the_overview_says_how_many_photos_are_still_on_phones(
    promised: Day, people: dict[str, Person], signed_in: SignedIn
) -> None:
    client, url = signed_in("director"), f"/assessments/rounds/{promised.made.round.pk}/"
    shown = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "1 photo is still on a phone" in shown
    assert promised.record.entry.name in shown
    promised.phones[0].upload(RAW)  # its bytes are here: the step is open, and makes the exhibit
    assert "still on" not in client.get(url, headers={"accept-language": "en"}).content.decode()
