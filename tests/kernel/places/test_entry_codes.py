"""Entry codes: one hangs at a site at a time, a lost one is withdrawn, and nothing of it is rewritten."""

from datetime import datetime
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from tests.races import at_once, failures

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.actions import import_areas, issue_entry_codes, record_site, withdraw_entry_code
from mingjing.kernel.places.divisions import DATA
from mingjing.kernel.places.models import Area, EntryCode, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(at: datetime) -> list[Site]:
    import_areas(file=DATA / "areas_430202.csv", source="china-division", version="2.7.0", by=None, at=at)
    area = Area.objects.get(code="430202001")
    return [record_site(name=f"小区{n}", area=area, by=None, at=at) for n in range(3)]


def test_every_site_without_a_code_gets_one_and_the_ledger_knows_only_its_digest(
    sites: list[Site], at: datetime
) -> None:
    (first,) = issue_entry_codes(sites=sites[:1], by=None, at=at)
    others = issue_entry_codes(sites=sites, by=None, at=at)
    assert {code.site_id for code in others} == {site.pk for site in sites[1:]}
    assert len({first.code, *(code.code for code in others)}) == 3
    told = Fact.objects.filter(kind="places.entry_code.issued").order_by("seq")
    assert [fact.values["code"] for fact in told] == [
        sha256(code.code.encode()).hexdigest() for code in (first, *others)
    ]
    assert not any(code.code in fact.data for fact in told for code in (first, *others))


def test_a_lost_sign_is_withdrawn_once_and_another_is_issued(sites: list[Site], at: datetime) -> None:
    (lost,) = issue_entry_codes(sites=sites[:1], by=None, at=at)
    assert withdraw_entry_code(code=lost, by=None, at=at).withdrawn_at == at
    with pytest.raises(Refusal) as refusal:
        withdraw_entry_code(code=lost, by=None, at=at)
    assert refusal.value.problems[0].code == "places.code_withdrawn"
    (fresh,) = issue_entry_codes(sites=sites[:1], by=None, at=at)
    assert fresh.code != lost.code
    assert EntryCode.objects.get(site=sites[0], withdrawn_at=None) == fresh


@pytest.mark.parametrize("change", [{"code": "ANOTHER"}, {"withdrawn_at": None}, {"issued_at": None}])
def test_nobody_rewrites_a_code(sites: list[Site], at: datetime, change: dict[str, object]) -> None:
    (code,) = issue_entry_codes(sites=sites[:1], by=None, at=at)
    withdraw_entry_code(code=code, by=None, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryCode.objects.filter(pk=code.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryCode.objects.filter(pk=code.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_two_people_issue_at_once_and_one_code_hangs(sites: list[Site], at: datetime) -> None:
    acts = [lambda: issue_entry_codes(sites=sites, by=None, at=at)] * 2
    results = at_once(*acts)
    assert not failures(results)
    assert sorted(len(found) for found in results) == [0, 3]  # type: ignore[arg-type]
    assert EntryCode.objects.filter(withdrawn_at=None).count() == 3
