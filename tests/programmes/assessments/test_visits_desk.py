"""The pages of visit records: what each role sees, and a visit recorded by plain forms and by htmx."""
from datetime import timedelta
import uuid
import pytest
from django.utils import timezone
from tests.programmes.assessments import drawn_rounds as rounds
from mingjing.programmes.assessments.actions import visits

@pytest.fixture
def drawn(people):
    return rounds.build(people, timezone.now() - timedelta(minutes=30))

@pytest.fixture
def begun(drawn):
    now = timezone.now()
    for r in drawn.records:
        visits.begin_visit(record=r, entered_at=now, by=drawn.people["officer"], at=now)
    return drawn

def test_pages(begun, signed_in):
    c = signed_in("officer")
    r = begun.records[0]
    for name in ("", "signatures/", "sheet/", "history/", "review/", "since/0/"):
        a = c.get(f"/assessments/visits/{r.pk}/{name}")
        assert a.status_code == 200, name
    assert c.get("/assessments/visits/").status_code == 200
    f = str(uuid.uuid4())
    a = c.post(f"/assessments/visits/{r.pk}/edit/", {"kind":"find","check":"A5.1","finding":f,"command":str(uuid.uuid4()),"count":"2","place":"x"}, headers={"HX-Request":"true"})
    assert a.status_code == 200
    a = c.post(f"/assessments/visits/{r.pk}/edit/", {"kind":"change","check":"A5.1","finding":f,"expected":"7","command":str(uuid.uuid4()),"count":"2","place":"x"}, headers={"HX-Request":"true"})
    assert a.status_code == 409
    a = c.post(f"/assessments/visits/{r.pk}/edit/", {"kind":"not_applicable","check":"A5.1"})
    assert a.status_code == 422
    a = c.get(f"/assessments/visits/{r.pk}/")
    import time; t=time.time(); a = c.get(f"/assessments/visits/{r.pk}/"); print(time.time()-t, len(a.content))
    t=time.time(); a = c.get(f"/assessments/visits/{begun.records[1].pk}/"); print(time.time()-t, len(a.content))
