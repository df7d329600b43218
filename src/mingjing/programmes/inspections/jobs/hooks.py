"""Other systems are told of facts: signed, at least once, tried again with growing pauses; each attempt is on record.

Whoever said that it has a fact is not told of it again when another address fails. The id of a fact is the same each
time: a receiver drops what it has. Not here: what is told (queries.hooks), sending (jobs.posting).
"""

import json

from django.utils import timezone

from mingjing.kernel import keys
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.inspections.actions.outside import note_post
from mingjing.programmes.inspections.jobs.posting import NotSent, post
from mingjing.programmes.inspections.models import Hook
from mingjing.programmes.inspections.queries.hooks import told_of, waiting

__all__ = ["NotTold", "signed", "tell"]

DONE = range(200, 300)


class NotTold(Exception):
    """Some address did not take it; the work is tried again."""


def tell(run: Run) -> None:
    """Tell every address that waits for the fact; raises NotTold when one of them did not take it."""
    hooks = waiting(run.fact)
    if not hooks:
        return
    body = json.dumps(told_of(run.fact), ensure_ascii=False, sort_keys=True).encode()
    failed = [hook for number, hook in enumerate(hooks) if not _told(run, hook, number, len(hooks), body)]
    if failed:
        raise NotTold(", ".join(f"{hook.name} ({hook.pk})" for hook in failed))


def signed(body: bytes, identity: int, stamp: str) -> dict[str, str]:
    """The headers of a message: our signature under stamp, id and body, and the key it is checked with."""
    message = b"mingjing.webhook/1\n" + f"{stamp}\n{identity}\n".encode() + body
    return {
        "Content-Type": "application/json", "User-Agent": "mingjing-webhook/1", "Mingjing-Id": str(identity),
        "Mingjing-Timestamp": stamp, "Mingjing-Key": keys.public_key(), "Mingjing-Signature": keys.sign(message),
    }  # fmt: skip


def _told(run: Run, hook: Hook, number: int, count: int, body: bytes) -> bool:
    now = timezone.now()
    headers = signed(body, run.fact.seq, str(int(now.timestamp())))
    status, error = None, ""
    try:
        status = post(hook.url, body, headers)
    except NotSent as failure:
        error = str(failure)
    note_post(hook=hook, fact=run.fact.seq, status=status, error=error, at=now)
    run.progress(number + 1, count)
    return status in DONE
