"""Who may inspect what, and whom: recorded with days, ended, never deleted; each a fact, each refusal with a reason."""

from datetime import date
from typing import Any

import pytest
from tests.programmes.inspections import scenes
from tests.programmes.inspections.scenes import FIRST, SINCE, Scene

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import authorities, firms, items
from mingjing.programmes.inspections.models import Authority, Certificate, Item, Listing


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.build(bodies=2, firms=1)


def codes(caught: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def test_a_listing_holds_on_its_days_and_ends_once(scene: Scene) -> None:
    listing = Listing.objects.get(authority=scene.bodies[0].authority)
    authorities.end_listing(listing=listing, last_day=date(2026, 3, 31), by=scene.supervisor, at=SINCE)
    assert scene.bodies[0].authority in Authority.objects.listed(date(2026, 3, 31))
    assert scene.bodies[0].authority not in Authority.objects.listed(date(2026, 4, 1))
    with pytest.raises(Refusal) as caught:
        authorities.end_listing(listing=listing, last_day=date(2026, 5, 1), by=scene.supervisor, at=SINCE)
    assert codes(caught) == {"inspections.ended"}
    told: dict[str, Any] = {
        "authority": scene.bodies[0].authority,
        "basis": "法律授权",
        "reference": "公告",
        "by": None,
        "at": SINCE,
    }
    with pytest.raises(Refusal) as caught:
        authorities.list_authority(first_day=date(2026, 3, 31), **told)
    assert codes(caught) == {"inspections.listing.held"}
    authorities.list_authority(first_day=date(2026, 4, 1), **told)


def test_what_is_delegated_is_not_delegated_on(scene: Scene) -> None:
    def delegate(number: int, by: Authority) -> Authority:
        body = scenes.organisation("12", number, f"示例服务中心{number}", scene.area)
        return authorities.register_authority(
            organisation=body, area=scene.area, level="district", field="食品", delegated_by=by, by=None, at=SINCE
        )

    first = delegate(1, scene.bodies[0].authority)
    with pytest.raises(Refusal) as caught:
        delegate(2, first)
    assert codes(caught) == {"inspections.authority.delegated_twice"}


def test_a_certificate_needs_a_post_and_is_revoked_once(scene: Scene) -> None:
    told: dict[str, Any] = {"number": "湘B9", "first_day": FIRST, "last_day": date(2027, 1, 1), "by": None, "at": SINCE}
    with pytest.raises(Refusal) as caught:
        authorities.issue_certificate(authority=scene.bodies[0].authority, person=scene.bodies[1].officers[0], **told)
    assert codes(caught) == {"inspections.certificate.no_post"}
    held = Certificate.objects.get(person=scene.bodies[0].officers[0])
    revoked = authorities.revoke_certificate(
        certificate=held, day=date(2026, 5, 1), reason="调离岗位", by=None, at=SINCE
    )
    assert revoked.holds(date(2026, 4, 30))
    assert not revoked.holds(date(2026, 5, 1))
    with pytest.raises(Refusal):
        authorities.revoke_certificate(certificate=held, day=date(2026, 6, 1), reason="再次", by=None, at=SINCE)


def test_an_item_is_replaced_without_a_gap_or_an_overlap(scene: Scene) -> None:
    body, day = scene.bodies[0], date(2026, 7, 1)
    told: dict[str, Any] = {
        "authority": body.authority,
        "code": "00-00",
        "title": "食品新事项",
        "by": None,
        "at": SINCE,
    }
    items.publish_item(legal_basis=["《示例法》第2条"], first_day=day, **told)
    rows = Item.objects.filter(authority=body.authority, code="00-00")
    for asked, title in ((date(2026, 6, 30), "食品事项0"), (day, "食品新事项")):
        assert [row.title for row in rows.published(asked)] == [title]
    with pytest.raises(Refusal) as caught:
        items.publish_item(legal_basis=["《示例法》第2条"], first_day=day, **told)
    assert codes(caught) == {"inspections.item.later"}
    with pytest.raises(Refusal) as caught:
        items.publish_item(legal_basis=[" "], first_day=date(2027, 1, 1), **told)
    assert codes(caught) == {"inspections.item.basis"}


def test_a_firm_has_a_code_one_grade_a_day_and_facts_without_names(scene: Scene) -> None:
    firm = scene.firms[0]
    assert EntryCode.objects.filter(site=firm.site, withdrawn_at=None).count() == 1
    told: dict[str, Any] = {"firm": firm, "first_day": FIRST, "basis": "信用评价", "by": None, "at": SINCE}
    firms.grade_firm(grade="B", **told)
    with pytest.raises(Refusal) as caught:
        firms.grade_firm(grade="A", **told)
    assert codes(caught) == {"inspections.grade.held"}
    with pytest.raises(Refusal):
        firms.register_firm(organisation=firm.organisation, area=firm.area, by=None, at=SINCE)
    told_of = Fact.objects.filter(kind__startswith="inspections.")
    assert told_of.exists()
    assert not [fact for fact in told_of if "示例" in fact.data or "湘B" in fact.data]


@pytest.mark.parametrize(
    ("days", "holds"),
    [
        ({"month_from": 1, "month_to": 15}, True), ({"weekdays": [1, 2]}, True),
        ({"month_from": 1, "month_to": 15, "weekdays": [1]}, True), ({}, False), ({"month_from": 5}, False),
        ({"month_from": 20, "month_to": 10}, False), ({"weekdays": [8]}, False),
    ],
)  # fmt: skip
def test_quiet_days_name_days(scene: Scene, days: dict[str, Any], holds: bool) -> None:
    told: dict[str, Any] = {"area": scene.area, "first_day": FIRST, "basis": "通知", "by": None, "at": SINCE}
    if holds:
        firms.record_quiet_days(**told, **days)
        return
    with pytest.raises(Refusal) as caught:
        firms.record_quiet_days(**told, **days)
    assert codes(caught) == {"inspections.quiet_days.none"}
