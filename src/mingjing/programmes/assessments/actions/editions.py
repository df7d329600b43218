"""Published lists: shown to the public first, signed off by two, then published as an edition that never changes.

No list is published while somebody on it who would lose rights was not told, heard and decided on. Not here: those
proceedings (actions.listings), how a list is shown.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.chain import canonical, leaf_hash, merkle_root
from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.scoring import score
from mingjing.kernel.db.rows import insert_objects
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.models import Edition, Listed, Replay, Result, Round
from mingjing.programmes.assessments.policy.listings import adverse_tiers, without_adverse
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD, clocks_of
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.listings import Proposed, proposed_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.results import distribution, sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["PUBLICATION", "publish_list", "take_publication_step"]

PUBLICATION = "publication"
"""The kind of proceeding (policy.procedures)."""


@transaction.atomic
def take_publication_step(*, round: Round, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step towards publication: the public notice, an objection and its answer, the two signatures.

    Raises Refusal: with every listing that is not settled, or with what the rules find.
    """
    found, replay = _locked(round)
    if problems := tuple(_unsettled(proposed_of(found, replay, at))):
        raise Refusal(problems)
    return take_step(proceeding=_proceeding(found, by, at), step=step, by=by, at=at, **brought)


@transaction.atomic
def publish_list(*, round: Round, by: Person, at: datetime) -> Edition:
    """Publish the list of a decided round. Raises Refusal with everything that is missing."""
    found, replay = _locked(round)
    proposed = {one.entry.pk: one for one in proposed_of(found, replay, at)}
    if problems := tuple(_unsettled(proposed.values())):
        raise Refusal(problems)
    take_step(proceeding=_proceeding(found, by, at), step="published", by=by, at=at)
    rows = list(_rows(scheme_of(found.scheme), replay, proposed))
    root = merkle_root([bytes.fromhex(row.leaf) for row in rows]).hex()
    edition = Edition.objects.create(
        round=found, number=1, replay=replay, rows_root=root, published_by=by, published_at=at
    )
    for row in rows:
        row.edition = edition
    insert_objects(rows)
    tiers: dict[str, int] = {}
    for row in rows:
        tiers[row.tier] = tiers.get(row.tier, 0) + 1
    data = {"edition": edition.pk, "round": found.pk, "number": 1, "replay": replay.pk, "rows": len(rows),
            "rows_root": root, "tiers": dict(sorted(tiers.items()))}  # fmt: skip
    writer.append(kind="assessments.list.published", subject=edition.subject, data=data, area=found.area, by=by, at=at)
    return edition


def _locked(round_: Round) -> tuple[Round, Replay]:
    found = (
        Round.objects.select_for_update(of=("self",), no_key=True).select_related("area", "scheme").get(pk=round_.pk)
    )
    replay = decision_of(found)
    if replay is None:
        text = N_("The round is not decided; a list is published of a decided round.")
        raise Refusal([Problem("edition.not_decided", text, {}, "overview")])
    return found, replay


def _proceeding(round_: Round, by: Person, at: datetime) -> Proceeding:
    """The proceeding about the publication, opened with its first step."""
    known = Proceeding.objects.filter(programme="assessments", kind=PUBLICATION, subject=round_.subject)
    return known.select_related("area").first() or open_proceeding(
        programme="assessments", kind=PUBLICATION, subject=round_.subject, title=round_.title, area=round_.area,
        organisation=None, clocks=clocks_of(scheme_of(round_.scheme), PUBLICATION), by=by, at=at,
    )  # fmt: skip


def _unsettled(proposed: Iterable[Proposed]) -> Iterator[Problem]:
    """Everybody proposed for a tier that takes rights on whom the panel has not decided, with what is missing."""
    for one in proposed:
        if one.settled in {UPHOLD, DROP}:
            continue
        missing = one.stands.standing.missing("decision") if one.stands else ()
        text = N_("The panel has not decided on {name}. {missing}")
        params = {"name": one.entry.name, "missing": missing}
        yield Problem("edition.unsettled", text, params, one.entry.number)


def _rows(scheme: Scheme, replay: Replay, proposed: dict[int, Proposed]) -> Iterator[Listed]:
    """The rows of the list in the order of the decision; who was not listed after all stands where the rules say."""
    adverse = adverse_tiers(scheme.list_rules)
    results = replay.results.filter(entry__isnull=False).select_related("entry", "replay").order_by("index")
    for index, result in enumerate(results):
        entry = result.entry
        assert entry is not None
        row = Listed(
            entry=entry, index=index, class_code=result.class_code, tier=result.tier, decided_tier=result.tier,
            base=result.base, bonus=result.bonus, total=result.total, standing=result.standing,
            company_id=entry.company_id, company_name=entry.company_name, adverse=result.tier in adverse,
        )  # fmt: skip
        if found := proposed.get(entry.pk):
            row.proceeding = found.stands.proceeding if found.stands else None
            if found.settled == DROP:
                _spare(row, result, scheme)
        row.leaf = leaf_hash(canonical(_told(row, entry.number))).hex()
        yield row


def _spare(row: Listed, result: Result, scheme: Scheme) -> None:
    """Put a row where it stands without the tiers that take rights."""
    sheet = sheet_of(scheme, result)
    totals = distribution(scheme, result.replay, result.class_code)
    numbers = score(scheme.rubrics[result.class_code], sheet)
    standing = totals.standing(numbers.total) if numbers.total in totals.counts else None
    decision = without_adverse(scheme.list_rules, numbers, sheet.attributes, standing)
    row.tier, row.adverse, row.reasons = decision.tier, False, keep(decision.reasons)


def _told(row: Listed, number: str) -> dict[str, Any]:
    """What the leaf of a row holds."""
    return {
        "entry": row.entry_id, "number": number, "class": row.class_code, "tier": row.tier, "total": row.total,
        "base": row.base, "bonus": row.bonus, "company": row.company_id, "decided": row.decided_tier,
    }  # fmt: skip
