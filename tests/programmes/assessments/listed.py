"""Published rounds made as rows, small and quick: to try what follows a list without all that precedes it.

Not here: how a list comes to be published (test_editions).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from secrets import token_hex

from tests.guarded import guards_lifted
from tests.programmes.assessments.judged import in_review

from mingjing.engine.kept import keep
from mingjing.engine.outcome import Reason
from mingjing.engine.process import Clock
from mingjing.kernel.documents.actions import record_service
from mingjing.kernel.documents.models import Document, Service
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.parties.models import Organisation, Person
from mingjing.kernel.proceedings.actions import open_proceeding
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.programmes.assessments.models import Community, Edition, Engagement, Entry, Listed, Replay, Round

__all__ = ["corrected", "engaged", "exhibit", "published", "served", "whose"]

People = Mapping[str, Person]


def engaged(community: Community, company: Organisation, at: datetime, first_day: date = date(2020, 1, 1)) -> None:
    """The company looks after the community from a day on; who did before, until the day before."""
    before = Engagement.objects.filter(community=community, last_day=None)
    before.update(last_day=first_day - timedelta(days=1))
    Engagement.objects.create(
        community=community, company=company, company_name=company.name, first_day=first_day, recorded_at=at
    )
    community.company, community.company_name = company, company.name
    community.save()


def published(
    communities: Sequence[Community], tiers: Mapping[str, str], people: People, at: datetime, *, code: str = "2024-2",
    first_day: date = date(2024, 7, 1),
) -> Edition:  # fmt: skip
    """The first edition of a round over these communities: tiers by number, ordinary where none is given."""
    seed = first_day.toordinal()
    round_ = in_review(people, at, communities, code=code, first_day=first_day, seed=seed)
    with guards_lifted():
        whose(round_)
    Round.objects.filter(pk=round_.pk).update(deciding_at=at, decided_at=at)
    replay = Replay.objects.create(
        area=round_.area, scheme=round_.scheme, purpose="decision", round=round_, input_digest="0" * 64,
        requested_at=at, completed_at=at, results_root="0" * 64,
    )  # fmt: skip
    edition = Edition.objects.create(
        round=round_, number=1, replay=replay, rows_root="0" * 64, published_by=people["director"], published_at=at
    )
    _rows(edition, tiers, at)
    return edition


def whose(round_: Round) -> None:
    """Entries as a roster would have made them: the company that looks after each community now."""
    for entry in round_.entries.select_related("community__company"):
        held = Engagement.objects.filter(community=entry.community, last_day=None).first()
        company = entry.community.company
        Entry.objects.filter(pk=entry.pk).update(
            company=company, company_name=entry.community.company_name, engagement=held,
            not_assessed_at=None, not_assessed_by=None, not_assessed_reason="",
        )  # fmt: skip


def corrected(edition: Edition, tiers: Mapping[str, str], at: datetime) -> Edition:
    """The next edition of the same list, in which these numbers stand elsewhere."""
    before = {row.entry.number: row.tier for row in edition.rows.select_related("entry")}
    after = Edition.objects.create(
        round=edition.round, number=edition.number + 1, replay=edition.replay, rows_root="1" * 64, reason="复核成立",
        published_by=edition.published_by, published_at=at,
    )  # fmt: skip
    _rows(after, {**before, **tiers}, at)
    return after


def _rows(edition: Edition, tiers: Mapping[str, str], at: datetime) -> None:
    rows = []
    for index, entry in enumerate(edition.round.entries.select_related("round__area", "company").order_by("number")):
        tier = tiers.get(entry.number, "ORDINARY")
        moved = [] if edition.number == 1 else [keep(Reason("tested", "corrected"))]
        rows.append(
            Listed(
                edition=edition, entry=entry, index=index, class_code=entry.class_code, tier=tier,
                decided_tier=tier if not moved else "BLACK", base=5000, total=5000, company=entry.company,
                company_name=entry.company_name, reasons=moved, adverse=tier == "BLACK",
                proceeding=_heard(entry, at) if tier == "BLACK" else None, leaf="0" * 64,
            )
        )  # fmt: skip
    Listed.objects.bulk_create(rows)


def _heard(entry: Entry, at: datetime) -> Proceeding:
    known = Proceeding.objects.filter(kind="listing", subject=entry.subject).first()
    return known or open_proceeding(
        programme="assessments", kind="listing", subject=entry.subject, title=entry.name, area=entry.round.area,
        organisation=entry.company, clocks=_FIVE, by=None, at=at,
    )  # fmt: skip


def exhibit(subject: str, edition: Edition, at: datetime) -> Exhibit:
    """A scan on record."""
    shown = Exhibit(
        sha256=token_hex(32), size=1, media_type="image/jpeg", area=edition.round.area, subject=subject, origin="scan",
        recorded_at=at,
    )  # fmt: skip
    shown.save()
    return shown


def served(document: Document, edition: Edition, by: Person, at: datetime) -> Service:
    """The document handed over to its addressee."""
    assert document.addressee
    return record_service(
        document=document, credit_code=document.addressee.credit_code, method="direct", served_at=at,
        received_by="前台张某", exhibits=[exhibit(document.ledger_subject, edition, at).pk], by=by, at=at,
    )  # fmt: skip


_FIVE = {"notice": Clock(5)}
