"""Replays: requested, worked on, completed or failed. Those of rounds are asked for and ended elsewhere (decisions,
what_ifs), but begin and store in the same way.

Storing the results of an unfinished replay appends no fact; they count for nothing until the fact of its completion,
which carries the Merkle root over all of them. Not here: reading and scoring the file (policy, jobs).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from mingjing.engine.kept import keep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence.store import store
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.models import Replay, Result

__all__ = [
    "Superseded", "begin_replay", "close", "complete_replay", "fail_replay", "give_up", "keep_results", "latest",
    "request_replay",
]  # fmt: skip


class Superseded(Exception):
    """Another attempt at this replay has begun, or it is finished: whoever gets this stops."""


def request_replay(
    *,
    scheme: Version,
    mapping_name: str,
    mapping_text: str,
    file: BinaryIO,
    file_name: str,
    by: Person | None,
    at: datetime,
) -> Replay:
    """Keep the original and ask for it to be scored; the background work begins once this is committed.

    Raises Refusal for a draft (only published rules decide anything) and for a file that is too large.
    """
    if not scheme.is_published:
        text = N_("Only a published version can score a file; publish version {number} first.")
        raise Refusal([Problem("replay.draft", text, {"number": scheme.number})])
    original = store(file, settings.UPLOAD_LIMIT)
    with transaction.atomic():
        replay = Replay.objects.create(
            area=scheme.rulebook.area, scheme=scheme, file_name=file_name[:200], input_digest=original.sha256,
            mapping_name=mapping_name[:100], mapping_text=mapping_text, mapping_digest=_digest(mapping_text),
            requested_by=by, requested_at=at,
        )  # fmt: skip
        writer.append(
            kind="assessments.replay.requested",
            subject=replay.subject,
            data=_what(replay, scheme),
            area=replay.area,
            by=by,
            at=at,
        )
    return replay


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _what(replay: Replay, scheme: Version) -> dict[str, Any]:
    """What a replay is made of, as facts say it."""
    digests = {"input": replay.input_digest, "mapping": replay.mapping_digest, "scheme": scheme.digest}
    return {"replay": replay.pk, "scheme_version": scheme.pk, **digests}


@transaction.atomic
def begin_replay(*, replay: Replay, by: None, at: datetime) -> int:
    """Begin a new attempt: what an earlier one stored goes. Returns its number; raises Superseded when finished."""
    found = Replay.objects.select_for_update().get(pk=replay.pk)
    if found.finished:
        raise Superseded
    found.results.all().delete()
    found.attempt += 1
    found.save(update_fields=["attempt"])
    return found.attempt


@transaction.atomic
def keep_results(*, replay: Replay, attempt: int, results: Sequence[Result], by: None, at: datetime) -> None:
    """Store some results of an attempt; raises Superseded when it is no longer the latest."""
    latest(replay, attempt)
    Result.objects.bulk_create(results)


@transaction.atomic
def complete_replay(
    *,
    replay: Replay,
    attempt: int,
    results: int,
    results_root: str,
    class_totals: Mapping[str, str],
    tiers: Mapping[str, Mapping[str, int]],
    compared: int,
    agreed: int,
    by: None,
    at: datetime,
) -> None:
    """All results are stored: `results_root` (hex) is the Merkle root over them, in order.

    `class_totals` are the digests of the totals of each class, `tiers` how many have each tier, by class; published
    figures were `compared` and `agreed`. Raises Superseded.
    """
    found = latest(replay, attempt)
    close(found, results, results_root, at)
    data = {
        **_what(found, found.scheme),
        "results": results,
        "results_root": results_root,
        "class_totals": dict(class_totals),
        "tiers": {code: dict(counts) for code, counts in tiers.items()},
        "compared": compared,
        "agreed": agreed,
    }
    writer.append(kind="assessments.replay.completed", subject=found.subject, data=data, area=found.area, by=by, at=at)


@transaction.atomic
def fail_replay(*, replay: Replay, attempt: int, problems: Sequence[Problem], by: None, at: datetime) -> None:
    """The file cannot be scored: keep every problem, and no result. Raises Superseded."""
    found = latest(replay, attempt)
    data = {**_what(found, found.scheme), **give_up(found, problems, at)}
    writer.append(kind="assessments.replay.failed", subject=found.subject, data=data, area=found.area, by=by, at=at)


def latest(replay: Replay, attempt: int) -> Replay:
    """The replay, locked for the rest of the transaction; raises Superseded unless `attempt` is its latest."""
    found = Replay.objects.select_for_update(of=("self",)).select_related("scheme", "area").get(pk=replay.pk)
    if found.finished or found.attempt != attempt:
        raise Superseded
    return found


def close(found: Replay, results: int, results_root: str, at: datetime) -> None:
    """Note on a locked replay that all its results are stored; the fact is the caller's."""
    found.completed_at, found.result_count, found.results_root = at, results, results_root
    found.save(update_fields=["completed_at", "result_count", "results_root"])


def give_up(found: Replay, problems: Sequence[Problem], at: datetime) -> dict[str, Any]:
    """Note on a locked replay why it failed, and let no result stand; returns what the fact says of it."""
    found.results.all().delete()
    found.failed_at, found.problems = at, [keep(problem) for problem in problems]
    found.save(update_fields=["failed_at", "problems"])
    return {"problems": len(problems), "codes": sorted({problem.code for problem in problems})[:50]}
