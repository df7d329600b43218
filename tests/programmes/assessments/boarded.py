"""A published list of any size: two communities proposed for the black list, one of them listed. To try the board on.

Not here: how a list comes to be published step by step (test_editions).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from tests.faces import district
from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_editions import grave, settle
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.kernel.db.search import fill_words
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.places.models import Area, Site
from mingjing.programmes.assessments.actions.editions import publish_list, take_publication_step
from mingjing.programmes.assessments.models import Community, Edition, Entry, Round
from mingjing.programmes.assessments.queries.listings import proposals

__all__ = ["placed", "publish"]


def placed(communities: list[Community]) -> None:
    """Give every community a position, an address and a floor area."""
    sites = []
    for n, community in enumerate(communities):
        site = community.site
        site.latitude = site.given_latitude = Decimal("27.80") + Decimal(n % 12) / 200
        site.longitude = site.given_longitude = Decimal("113.10") + Decimal(n // 12) / 200
        site.given_datum, site.address = "WGS-84", f"荷塘区红旗中路{n + 1}号"
        community.floor_area = Decimal(50_000 + 1000 * n)
        sites.append(site)
    fill_words(sites)
    fields = ["latitude", "longitude", "given_latitude", "given_longitude", "given_datum", "address", "words"]
    Site.objects.bulk_update(sites, fields)
    Community.objects.bulk_update(communities, ["floor_area"])


def publish(
    people: Mapping[str, Person], at: datetime, count: int = 40, before: Callable[[Round], None] | None = None
) -> Edition:
    """A round of so many communities, judged, heard, decided and published; `before` does something to its records."""
    companies: list[Organisation] = district.companies(3, at)
    communities = register(count, at)
    placed(communities)
    round_ = in_review(people, at, communities)
    entries = list(
        Entry.objects.filter(round=round_, not_assessed_at=None).select_related("community", "round").order_by("number")
    )
    with guards_lifted():
        for entry, company in zip(entries[:2], companies, strict=False):
            grave(entry, company, dict(people), at)
        for entry in entries[2:8]:
            Entry.objects.filter(pk=entry.pk).update(company=companies[2], company_name=companies[2].name)
        if before:
            before(round_)
    decided(round_, people, at)
    bureau = district.staff("director", "局长", Area.objects.get(code="430202"), at, username="bureau")
    kept, spared = proposals(round_, at)
    settle(kept, round_, dict(people), bureau, "uphold", at)
    after = settle(spared, round_, dict(people), bureau, "drop", at)
    late = after + timedelta(days=14)
    steps = (("public_notice", people["director"], after), ("signed_centre", people["director"], late))
    for step, by, when in (*steps, ("signed_bureau", bureau, late)):
        take_publication_step(round=round_, step=step, note="同意", by=by, at=when)
    return publish_list(round=round_, by=people["director"], at=late)
