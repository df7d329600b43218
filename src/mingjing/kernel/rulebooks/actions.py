"""Every write to rulebooks: create, draft, save, publish, withdraw. Each is one transaction that also appends a fact.

Not here: what a document must hold; the kind's own check decides, through the registry.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.module_loading import import_string
from django.utils.timezone import localdate, localtime

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Phrase, Problem, Refusal
from mingjing.kernel import registry
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Rulebook, Version

__all__ = ["create_rulebook", "problems_of", "publish_version", "save_draft", "start_draft", "withdraw_draft"]

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
LARGEST = 4 * 2**20
"""Bytes of canonical JSON a document may have; the largest real rulebook has a fiftieth of it."""

Document = Mapping[str, Any]


@transaction.atomic
def create_rulebook(
    *, kind: str, code: str, titles: Mapping[str, str], area: Area, document: Document, by: Person | None, at: datetime
) -> Version:
    """A new rulebook with its first draft, which is returned. Raises Refusal when the code is taken or unfit."""
    registry.rulebook_kinds()[kind]
    if not CODE.fullmatch(code):
        text = N_("{code} cannot be the code of a rulebook; use at most 60 letters, digits and the signs . _ -")
        raise Refusal([Problem("rulebooks.code", text, {"code": code[:100]})])
    if Rulebook.objects.filter(kind=kind, code=code).exists():
        text = N_("There is already a rulebook {code}; start a draft of it, or choose another code.")
        raise Refusal([Problem("rulebooks.code_taken", text, {"code": code})])
    rulebook = Rulebook.objects.create(
        kind=kind, code=code, titles=dict(titles), area=area, created_by=by, created_at=at
    )
    data = {"kind": kind, "code": code, "area": area.code}
    subject = f"rulebooks.rulebook:{rulebook.pk}"
    writer.append(kind="rulebooks.rulebook.created", subject=subject, data=data, area=area, by=by, at=at)
    return _draft(rulebook, document, None, "", by, at)


@transaction.atomic
def start_draft(*, base: Version, note: str = "", by: Person | None, at: datetime) -> Version:
    """A new draft with the document of `base`, a published version or another draft."""
    rulebook = Rulebook.objects.select_for_update(of=("self",)).select_related("area").get(pk=base.rulebook_id)
    return _draft(rulebook, base.content, base, note, by, at)


def _draft(
    rulebook: Rulebook, document: Document, base: Version | None, note: str, by: Person | None, at: datetime
) -> Version:
    text, digest = _written(document)
    number = (rulebook.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(
        rulebook=rulebook, number=number, based_on=base, document=text, digest=digest, note=note,
        created_by=by, created_at=at, changed_by=by, changed_at=at,
    )  # fmt: skip
    data = {"rulebook": rulebook.pk, "number": number, "digest": digest, "based_on": base.pk if base else None}
    writer.append(
        kind="rulebooks.version.drafted", subject=version.subject, data=data, area=rulebook.area, by=by, at=at
    )
    return version


@transaction.atomic
def save_draft(
    *, version: Version, document: Document, expected_revision: int, by: Person | None, at: datetime
) -> Version:
    """The draft with another document. A draft may still have mistakes; publishing asks for their absence.

    Raises Refusal when it is published or withdrawn, or when somebody saved it after `expected_revision`: then nothing
    is overwritten, and the caller still has what was to be saved.
    """
    found = _locked(version)
    if problem := _settled(found) or (_changed(found) if found.revision != expected_revision else None):
        raise Refusal([problem])
    found.document, found.digest = _written(document)
    found.revision, found.changed_by, found.changed_at = found.revision + 1, by, at
    found.__dict__.pop("content", None)
    found.save(update_fields=["document", "digest", "revision", "changed_by", "changed_at"])
    data = {"revision": found.revision, "digest": found.digest}
    writer.append(
        kind="rulebooks.version.saved", subject=found.subject, data=data, area=found.rulebook.area, by=by, at=at
    )
    return found


@transaction.atomic
def publish_version(
    *, version: Version, effective_from: date, expected_digest: str, by: Person | None, at: datetime
) -> Version:
    """Publish a draft for good, in force from a day on. Of several who try at once, one succeeds.

    `expected_digest` is that of the document the person has looked at. Raises Refusal with everything that stands in
    the way: the mistakes of the document, a changed, published or withdrawn draft, a day that is taken or past.
    """
    found = _locked(version)
    if problem := _settled(found):
        raise Refusal([problem])
    if problems := [*_unready(found, effective_from, expected_digest, at), *problems_of(found)]:
        raise Refusal(problems)
    found.published_by, found.published_at, found.effective_from = by, at, effective_from
    found.save(update_fields=["published_by", "published_at", "effective_from"])
    data = {
        "rulebook": found.rulebook_id,
        "number": found.number,
        "digest": found.digest,
        "effective_from": effective_from.isoformat(),
    }
    writer.append(
        kind="rulebooks.version.published", subject=found.subject, data=data, area=found.rulebook.area, by=by, at=at
    )
    return found


@transaction.atomic
def withdraw_draft(*, version: Version, reason: str, by: Person | None, at: datetime) -> Version:
    """Close a draft that nobody wants any more: it stays to be read, and is never saved or published again.

    Raises Refusal without a reason, and when it is published or withdrawn already.
    """
    found, reason = _locked(version), reason.strip()
    if problem := _settled(found):
        raise Refusal([problem])
    if not 0 < len(reason) <= 300 or not reason.isprintable():
        text = N_("Say in 1 to 300 characters why the draft is withdrawn.")
        raise Refusal([Problem("rulebooks.withdrawal_reason", text, place="reason")])
    found.withdrawn_by, found.withdrawn_at, found.withdrawal_reason = by, at, reason
    found.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    data = {"rulebook": found.rulebook_id, "number": found.number, "digest": found.digest}
    writer.append(
        kind="rulebooks.version.withdrawn", subject=found.subject, data=data, area=found.rulebook.area, by=by, at=at
    )
    return found


def problems_of(version: Version) -> tuple[Problem, ...]:
    """What the check of its kind finds wrong with the document."""
    check = import_string(registry.rulebook_kinds()[version.rulebook.kind].check)
    found: tuple[Problem, ...] = tuple(check(version.content))
    return found


def _locked(version: Version) -> Version:
    """The row as it stands, with its rulebook locked: whoever saves, publishes or withdraws waits for others."""
    Rulebook.objects.select_for_update().get(pk=version.rulebook_id)
    related = ("rulebook__area", "changed_by", "published_by", "withdrawn_by")
    return Version.objects.select_related(*related).get(pk=version.pk)


def _unready(found: Version, effective_from: date, expected_digest: str, at: datetime) -> Iterator[Problem]:
    if found.digest != expected_digest:
        yield _changed(found)
    others = found.rulebook.versions.published()
    if others.filter(effective_from=effective_from).exists():
        text = N_("Another version takes effect on {day}; choose another day.")
        yield Problem("rulebooks.day_taken", text, {"day": effective_from.isoformat()})
    # Rules may be older than this installation, but no later version may change what was in force on a past day.
    if effective_from < localdate(at) and others.exists():
        text = N_("{day} is past, and rules do not change after the event; choose today or a later day.")
        yield Problem("rulebooks.day_past", text, {"day": effective_from.isoformat()})


def _settled(found: Version) -> Problem | None:
    """Why nothing can be done to it any more, if so."""
    if found.withdrawn_at is not None:
        text = N_("{who} withdrew draft {number} on {when}, and it can no longer change; begin another.")
        params = {"number": found.number, "who": _who(found.withdrawn_by), "when": _when(found.withdrawn_at)}
        return Problem("rulebooks.withdrawn", text, params)
    if found.published_at is None:
        return None
    text = N_("Version {number} was published by {who} on {when} and can no longer change; start a new draft from it.")
    params = {"number": found.number, "who": _who(found.published_by), "when": _when(found.published_at)}
    return Problem("rulebooks.already_published", text, params)


def _changed(found: Version) -> Problem:
    text = N_("{who} saved this draft on {when}, after you opened it. Look at that state first, then try again.")
    return Problem("rulebooks.changed", text, {"who": _who(found.changed_by), "when": _when(found.changed_at)})


def _who(person: Person | None) -> object:
    return str(person) if person else Phrase(N_("the system"))


def _when(at: datetime) -> str:
    return localtime(at).strftime("%Y-%m-%d %H:%M")


def _written(document: Document) -> tuple[str, str]:
    """The canonical text of a document and its digest; raises Refusal for what cannot be kept."""
    try:
        raw = canonical(dict(document))
    except (ValueError, TypeError, RecursionError) as error:
        text = N_("The document cannot be written as canonical JSON ({cause}).")
        raise Refusal([Problem("rulebooks.not_json", text, {"cause": str(error)})]) from error
    if len(raw) > LARGEST:
        text = N_("The document takes {found} bytes; {limit} are allowed.")
        raise Refusal([Problem("rulebooks.too_large", text, {"found": len(raw), "limit": LARGEST})])
    return raw.decode(), sha256(raw).hexdigest()
