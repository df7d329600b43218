"""Published lists: shown to the public first, signed off by two, then published as an edition that never changes.

No list is published while somebody on it who would lose rights was not told, heard and decided on. A correction is the
next edition; it adds nobody to a tier that takes rights (policy.corrections). Not here: those proceedings
(actions.listings), what makes a correction due (actions.objections, appeals), how a list is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.engine.chain import canonical, leaf_hash, merkle_root
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.rows import insert_objects
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.kernel.proceedings.actions import open_proceeding, take_step
from mingjing.kernel.proceedings.models import Proceeding, Taken
from mingjing.programmes.assessments.actions.disputes import as_read
from mingjing.programmes.assessments.models import Edition, Listed, Replay, Round
from mingjing.programmes.assessments.policy.procedures import DROP, UPHOLD, clocks_of
from mingjing.programmes.assessments.queries.listings import Proposed, proposed_of
from mingjing.programmes.assessments.queries.lists import decision_of
from mingjing.programmes.assessments.queries.relisted import relisted
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["PUBLICATION", "correct_list", "publish_list", "take_publication_step"]

PUBLICATION = "publication"
"""The kind of proceeding (policy.procedures)."""
REASON = 300


@transaction.atomic
def take_publication_step(*, round: Round, step: str, by: Person, at: datetime, **brought: Any) -> Taken:
    """Take a step towards publication: the public notice, an objection and its answer, the two signatures.

    Raises Refusal: with every listing that is not settled, or with what the rules find.
    """
    found, replay = _locked(round)
    if problems := tuple(_unsettled(proposed_of(found, replay, at))):
        raise Refusal(problems)
    proceeding = as_read(_proceeding(found, by, at), brought.pop("revision", None))
    return take_step(proceeding=proceeding, step=step, by=by, at=at, **brought)


@transaction.atomic
def publish_list(*, round: Round, by: Person, at: datetime) -> Edition:
    """Publish the list of a decided round. Raises Refusal with everything that is missing."""
    found, replay = _locked(round)
    proposed = {one.entry.pk: one for one in proposed_of(found, replay, at)}
    if problems := tuple(_unsettled(proposed.values())):
        raise Refusal(problems)
    take_step(proceeding=_proceeding(found, by, at), step="published", by=by, at=at)
    rows = relisted(found, replay, proposed, None, at)
    edition = _store(Edition(round=found, number=1, replay=replay, published_by=by, published_at=at), rows)
    kind, data = "assessments.list.published", _described(edition, rows)
    writer.append(kind=kind, subject=edition.subject, data=data, area=found.area, by=by, at=at)
    return edition


@transaction.atomic
def correct_list(
    *, round: Round, number: int, reason: str, cause: Proceeding | None = None, by: Person, at: datetime
) -> Edition:
    """Publish the next edition of a list with everything that is due: corrections, listings that no longer hold.

    `number` is the edition that whoever corrects has read; `cause` the appeal or objection that was upheld. The old
    edition stays as it was. Raises Refusal where somebody corrected meanwhile, and where nothing is due.
    """
    found, replay = _locked(round)
    before = found.editions.order_by("-number").first()
    reason = " ".join(reason.split())
    if problems := tuple(_uncorrectable(before, number, reason, at)):
        raise Refusal(problems)
    assert before is not None
    proposed = {one.entry.pk: one for one in proposed_of(found, replay, at)}
    rows = relisted(found, replay, proposed, before, at)
    moved = list(_moved(before, rows))
    if not moved and cause is None:
        text = N_("Nothing differs from edition {number}; there is nothing to correct.")
        raise Refusal([Problem("edition.nothing_due", text, {"number": before.number})])
    edition = Edition(round=found, number=before.number + 1, replay=replay, reason=reason, cause=cause,
                      published_by=by, published_at=at)  # fmt: skip
    data = {**_described(_store(edition, rows), rows), "follows": before.pk, "moved": moved}
    data |= {"cause": cause.pk} if cause else {}
    kind = "assessments.list.corrected"
    writer.append(kind=kind, subject=edition.subject, data=data, area=found.area, by=by, at=at)
    return edition


def _uncorrectable(before: Edition | None, number: int, reason: str, at: datetime) -> Iterator[Problem]:
    if before is None:
        yield Problem("edition.none", N_("No list of this round is published; there is nothing to correct."))
        return
    if before.number != number:
        text = N_("Edition {number} was published since you read edition {read}. Read it, then correct it.")
        yield Problem("edition.corrected", text, {"number": before.number, "read": number})
    if before.published_at > at:
        text = N_("The clock of the server stands before the last edition; set it right first.")
        yield Problem("edition.clock", text)
    if not is_line(reason, REASON):
        text = N_("Say why the list is corrected, in 1 to {longest} characters.")
        yield Problem("edition.reason", text, {"longest": REASON}, "reason")


def _moved(before: Edition, rows: Iterable[Listed]) -> Iterator[dict[str, Any]]:
    """What the fact tells of each row that is not as it was."""
    published = {row.entry_id: row for row in before.rows.all()}
    for row in rows:
        old = published[row.entry_id]
        if (old.tier, old.base, old.bonus, old.total) != (row.tier, row.base, row.bonus, row.total):
            yield {"entry": row.entry_id, "from": old.tier, "to": row.tier, "was": old.total, "total": row.total}


def _store(edition: Edition, rows: Sequence[Listed]) -> Edition:
    """Store an edition with its rows."""
    for row in rows:
        row.leaf = leaf_hash(canonical(row.told_row(row.entry.number))).hex()
    edition.rows_root = merkle_root([bytes.fromhex(row.leaf) for row in rows]).hex()
    edition.save(force_insert=True)
    for row in rows:
        row.edition = edition
    insert_objects(rows)
    return edition


def _described(edition: Edition, rows: Sequence[Listed]) -> dict[str, Any]:
    tiers: dict[str, int] = {}
    for row in rows:
        tiers[row.tier] = tiers.get(row.tier, 0) + 1
    return {"edition": edition.pk, "round": edition.round_id, "number": edition.number, "replay": edition.replay_id,
            "rows": len(rows), "rows_root": edition.rows_root, "tiers": dict(sorted(tiers.items()))}  # fmt: skip


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
