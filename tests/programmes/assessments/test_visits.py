"""A visit from the door to the locked record: every step, and every refusal of the issue."""
from datetime import timedelta
import pytest
from tests.programmes.assessments import drawn_rounds as rounds

@pytest.fixture
def drawn(people, at):
    return rounds.build(people, at)

def test_smoke(drawn, at):
    from mingjing.programmes.assessments.actions import visits, signatures, reviews
    from mingjing.kernel.cases.models import Case
    r = drawn.records[0]; o = drawn.people["officer"]
    later = at + timedelta(hours=1)
    visits.begin_visit(record=r, entered_at=at, by=o, at=later)
    f = "00000000-0000-7000-8000-000000000001"
    rev = visits.edit_sheet(record=r, kind="find", payload={"check":"A5.1","finding":f,"count":2,"place":"3 栋前"}, by=o, at=later)
    assert rev == 1
    assert Case.objects.get().state == "open"
    visits.edit_sheet(record=r, kind="undo", payload={}, by=o, at=later)
    assert Case.objects.get().state == "cancelled"
    for code in "A1 A2 A3 A4 A5 A6 A7 A8 A9".split():
        visits.edit_sheet(record=r, kind="looked_rest", payload={"item": code}, by=o, at=later)
    for code in ("A2.2","A2.3","A4.3"):
        import uuid
        visits.edit_sheet(record=r, kind="find", payload={"check":code,"finding":str(uuid.uuid4()),"good":"5","of":"5"}, by=o, at=later)
    assert visits.submit_record(record=r, left_at=later, by=o, at=later)
    assert not visits.submit_record(record=r, left_at=later, by=o, at=later)
    signatures.sign_record(record=r, by=o, at=later)
    signatures.sign_record(record=r, by=drawn.people["officer2"], at=later)
    signatures.record_manager(record=r, name="刘经理", stance="refused", by=o, at=later)
    signatures.witness_refusal(record=r, by=drawn.people["officer2"], at=later)
    reviews.review_record(record=r, by=drawn.people["officer3"], at=later)
    reviews.lock_record(record=r, by=drawn.people["officer3"], at=later)
