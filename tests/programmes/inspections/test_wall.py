"""What anybody reads by the code on a firm's wall: no account, no cookie, no script, no guess, nothing private."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.programmes.inspections import doors

from mingjing.kernel.places.actions import issue_entry_codes, withdraw_entry_code
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import entries
from mingjing.programmes.inspections.actions.refusals import refuse
from mingjing.programmes.inspections.board.firm import PACE
from mingjing.programmes.inspections.models import Entry, Plan
from mingjing.programmes.inspections.queries.codes import firm_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_pace() -> None:
    PACE._misses.clear()


class Wall:
    """A firm with a visit of two authorities, a finding, a notice to come, and its code on the wall."""

    def __init__(self) -> None:
        self.scene = doors.build(bodies=2, firms=2)
        self.now = timezone.now()
        site = self.scene.firm.site
        assert site
        (self.code,) = issue_entry_codes(sites=[site], by=None, at=doors.LONG_AGO)
        self.entry = self.visit(self.now - timedelta(days=3), "内部配方泄露的线索")

    def visit(self, at: datetime, reason: str = "举报", body: int = 0) -> Entry:
        arrival = self.scene.arrival(at, body)
        made = entries.scan_in(arrival=arrival, reason=reason, by=arrival.officers[0], at=at)
        item = made.items.get().item_id
        told = entries.Result(item=item, result="finding", note="仓库里的老王", findings=[("老王无证上岗", None)])
        out = at + timedelta(hours=1)
        entries.scan_out(entry=made, left_at=out, results=[told], guidance="请老王培训", signed="signed",
                         signed_by="钱经理", by=arrival.officers[0], at=out)  # fmt: skip
        return made

    def read(self, variant: str = "en", code: str = "") -> Any:
        return Client().get(f"/board/inspections/{variant}/f/{code or self.code.code}/")


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_it_tells_who_came_for_what_and_what_came_of_it_and_names_nobody(wall: Wall) -> None:
    secrets = ("老王", "钱经理", "配方", "执法00", "湘B00", "培训", wall.code.code)
    refuse(firm=wall.scene.firm, kind="complaint", text="老王说的", entry=wall.entry, by=None, at=wall.now)
    for variant, outcome in (("en", "事项0: Finding"), ("zh", "事项0"), ("zh-elder", "事项0")):
        answer = wall.read(variant)
        text = answer.content.decode()
        assert answer.status_code == 200
        for told in (wall.scene.firm.organisation.name, wall.scene.body.organisation.name, outcome):
            assert told in text, told
        hidden = [one for one in secrets if one in text.replace(f"/f/{wall.code.code}/", "")]
        assert not hidden
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
        assert not answer.cookies
        assert "<script" not in text


def test_notices_are_the_firms_own_and_published_plans_are_everybodys(wall: Wall) -> None:
    day = timezone.localdate() + timedelta(days=3)
    wall.scene.task(day, 1)
    assert "None names this firm." in wall.read().content.decode(), "a plan that was filed and not published"
    Plan.objects.update(published_at=wall.now)
    text = wall.read().content.decode()
    assert "年度计划" in text
    assert day.isoformat() not in text
    Plan.objects.update(withdrawn_at=wall.now)
    assert "年度计划" not in wall.read().content.decode()


def test_what_was_voided_counts_no_longer_and_the_load_is_that_of_the_portal(wall: Wall) -> None:
    entries.void(entry=wall.entry, reason="误录", by=wall.scene.people["director"], at=wall.now)
    assert "Nobody has entered." in wall.read().content.decode()


def test_codes_that_are_nobodys_are_answered_alike_and_then_not_at_all(wall: Wall) -> None:
    other = EntryCode.objects.create(site=wall.scene.firms[1].site, code="ZZZZ99998888", issued_at=doors.LONG_AGO)
    withdraw_entry_code(code=other, by=None, at=wall.now)
    bodies = {
        wall.read(code=code).content.decode().replace(code, "")
        for code in ("ZZZZ99998888", "AAAA", "A" * 60, "QQ-_", wall.scene.firm.organisation.credit_code)
    }
    assert len(bodies) == 1
    for _more in range(20):
        wall.read(code="AAAABBBBCCCC")
    assert wall.read().status_code == 429, "who guesses is slowed down, whatever they hit"
    PACE._misses.clear()
    assert Client().get(f"/board/inspections/f/{wall.code.code}/").status_code == 302
    assert Client().get("/board/inspections/f/ZZZZ99998888/").status_code == 302, (
        "a guess is not told by where it leads"
    )


def test_the_address_on_the_wall_is_what_officers_scan_too(wall: Wall) -> None:
    address = f"https://example.org/board/inspections/f/{wall.code.code}/"
    assert firm_of(address) == wall.scene.firm


def test_statements_do_not_grow_with_visits(wall: Wall) -> None:
    counts = []
    for days in (40, 80):
        wall.read()
        with CaptureQueriesContext(connection) as captured:
            wall.read()
        counts.append(len(captured))
        for body in range(2):
            wall.visit(wall.now - timedelta(days=days), body=body)
    assert counts[0] == counts[1], counts
