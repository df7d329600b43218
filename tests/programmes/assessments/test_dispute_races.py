"""Two people at one dispute, or at one list, in the same moment: one gets through, and the other is told why."""

from datetime import datetime, timedelta

import pytest
from tests.faces import district
from tests.programmes.assessments.contested import decided_and_published
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import void_service
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.actions.appeals import decide_appeal, file_appeal
from mingjing.programmes.assessments.actions.editions import correct_list
from mingjing.programmes.assessments.models import Edition
from mingjing.programmes.assessments.policy.corrections import Remedy

pytestmark = pytest.mark.django_db(transaction=True)
People = dict[str, Person]


@pytest.fixture
def edition(people: People, at: datetime) -> Edition:
    area = Area.objects.get(code="430202")
    for name in ("bureau", "other", "third"):
        people[name] = district.staff("director", name, area, at, username=name)
    return decided_and_published(people, people["bureau"], at, 4, 2)


def test_of_two_who_decide_or_file_or_correct_at_once_one_is_refused(
    edition: Edition, people: People, at: datetime
) -> None:
    first, second = edition.rows.filter(adverse=True).order_by("index")
    after = edition.published_at + timedelta(days=1)

    def file() -> Proceeding:
        return file_appeal(row=first, grounds="事实不清", by=people["officer"], at=after)

    filed = at_once(file, file)
    assert [type(one) for one in failures(filed)] == [Refusal]
    pk = next(one.pk for one in filed if isinstance(one, Proceeding))

    def decide(name: str, stance: str) -> object:
        one = Proceeding.objects.select_related("area").get(pk=pk)
        remedy = Remedy(listing=True) if stance == "upheld" else Remedy()
        told = {"proceeding": one, "stance": stance, "note": "已核", "remedy": remedy, "revision": 2, "at": after}
        return decide_appeal(**told, by=people[name])  # type: ignore[arg-type]

    results = at_once(lambda: decide("other", "upheld"), lambda: decide("third", "rejected"))
    (refused,) = failures(results)
    assert isinstance(refused, Refusal)
    assert [problem.code for problem in refused.problems] == ["proceedings.step.changed"]
    number = Edition.objects.filter(round=edition.round).count()
    assert number in {1, 2}
    assert second.proceeding
    service = second.proceeding.steps.get(step="notice").service
    assert service
    void_service(service=service, reason="送达错误", by=people["officer"], at=after)

    def correct(name: str) -> Edition:
        return correct_list(round=edition.round, number=number, reason="送达无效", by=people[name], at=after)

    corrected = at_once(lambda: correct("other"), lambda: correct("third"))
    (refused,) = failures(corrected)
    assert isinstance(refused, Refusal)
    assert [problem.code for problem in refused.problems] == ["edition.corrected"]
    assert Fact.objects.filter(kind="assessments.list.corrected").count() == number
    assert verify().whole
