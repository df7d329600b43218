"""Tokens for visits, ratings with tokens, the end of a quarter's key. A token is signed without being seen.

A single token or rating is no fact of the ledger, whose order and instants would tell whose it is (ADR 0016); facts are
that a key was made, and how many tokens and ratings it had when it was closed. Not here: what is shown.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.db import transaction
from django.utils.timezone import localdate

from mingjing.engine import blind
from mingjing.engine.blind import PrivateKey, PublicKey, Unsignable
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import keys
from mingjing.kernel.ledger import writer
from mingjing.programmes.inspections.models import Authority, Entry, Rating, RatingKey, RatingToken
from mingjing.programmes.inspections.policy.ratings import CONDUCT, accepted_until, quarter
from mingjing.programmes.inspections.queries.ratings import first_of, is_word

__all__ = ["EXPONENT", "close_keys", "key_for", "rate", "sign_token"]

BITS, EXPONENT = 2048, 65537
PURPOSE = "inspections.rating_key"
MESSAGE = 32
"""Random bytes of a token, behind the 32 of its prefix."""


def key_for(*, entry: Entry, at: datetime) -> RatingKey:
    """The key of the visit's authority and quarter, made when it is first needed."""
    assert entry.visit.left_at is not None
    first, last = quarter(localdate(entry.visit.left_at))
    found = RatingKey.objects.filter(authority=entry.authority, first_day=first).first()
    if found is not None:
        return found
    numbers = generate_private_key(EXPONENT, BITS).private_numbers()
    modulus = f"{numbers.public_numbers.n:x}"
    with transaction.atomic():
        Authority.objects.select_for_update().get(pk=entry.authority_id)
        made, new = RatingKey.objects.get_or_create(
            authority=entry.authority, first_day=first,
            defaults={"last_day": last, "modulus": modulus, "secret": keys.sealed(PURPOSE, f"{numbers.d:x}".encode())},
        )  # fmt: skip
        if new:
            data = {"key": made.pk, "first_day": first.isoformat(), "modulus": sha256(modulus.encode()).hexdigest()}
            _tell(made, "made", data, at)
    return made


def sign_token(*, entry: Entry, word: str, blinded: bytes, at: datetime) -> bytes:
    """Sign a visit's one token, blinded, for whoever knows the firm's word; the same may be asked for again.

    Raises Refusal: another word, whether or not the token was taken; another token than the one that was.
    """
    if not is_word(entry.firm, word):
        text = N_("This is not your firm’s word: see the part of your sheet that is not put up, or the portal.")
        raise Refusal([Problem("inspections.rating.word", text, {}, "word")])
    digest = sha256(blinded).hexdigest()
    key = key_for(entry=entry, at=at)
    with transaction.atomic():
        first = Entry.objects.select_for_update().get(pk=first_of(entry).pk)
        token = RatingToken.objects.select_related("key").filter(entry=first).first()
        if token is not None and token.blinded != digest:
            text = N_("The token of this visit was taken. If nobody of your firm did, complain.")
            raise Refusal([Problem("inspections.rating.taken", text)])
        key = token.key if token is not None else key
        signature = _signed(key, blinded)
        if token is None:
            RatingToken.objects.create(entry=first, key=key, blinded=digest)
    return signature


def rate(
    *, key: RatingKey, message: bytes, signature: bytes, stars: int, conduct: Sequence[str] = (), at: datetime
) -> None:
    """Take a rating with its token. Raises Refusal: a token that is not ours, that was used, or that came too late.

    The ratings of the key are written anew in the order of their digests, so that not even where a row lies in the
    table tells which came last.
    """
    if len(message) != blind.PREFIX + MESSAGE or not blind.verify(public_of(key), message, signature):
        raise Refusal([Problem("inspections.rating.unknown", N_("This token was not signed by us for a visit."))])
    if not 1 <= stars <= 5 or not set(conduct) <= set(CONDUCT):
        raise Refusal([Problem("inspections.rating.stars", N_("Give one to five stars."), {}, "stars")])
    digest = sha256(message).hexdigest()
    with transaction.atomic():
        held = RatingKey.objects.select_for_update().get(pk=key.pk)
        if held.closed_on or localdate(at) > accepted_until(held.last_day):
            raise Refusal([Problem("inspections.rating.late", N_("The time for ratings of this quarter has run out."))])
        ratings = list(Rating.objects.filter(key=held))
        if any(one.digest == digest for one in ratings):
            raise Refusal([Problem("inspections.rating.used", N_("This token was used already; it is good once."))])
        ratings.append(Rating(digest=digest, key=held, stars=stars, conduct=sorted(set(conduct))))
        Rating.objects.filter(key=held).delete()
        Rating.objects.bulk_create(sorted(ratings, key=lambda one: one.digest))


def close_keys(*, at: datetime) -> int:
    """Close the keys of quarters that are over: the secret is erased, so nobody can add a rating. Returns how many."""
    today, closed = localdate(at), 0
    for key in RatingKey.objects.filter(closed_on=None):
        if today <= accepted_until(key.last_day):
            continue
        with transaction.atomic():
            held = RatingKey.objects.select_for_update().get(pk=key.pk)
            if held.closed_on:
                continue
            held.closed_on, held.secret = today, b""
            held.save(update_fields=["closed_on", "secret"])
            digests = "".join(held.ratings.order_by("digest").values_list("digest", flat=True))
            counts = {"tokens": held.tokens.count(), "ratings": held.ratings.count()}
            _tell(held, "closed", {"key": held.pk, **counts, "digest": sha256(digests.encode()).hexdigest()}, at)
            closed += 1
    return closed


def public_of(key: RatingKey) -> PublicKey:
    """What its signatures are checked with."""
    return PublicKey(int(key.modulus, 16), EXPONENT)


def _signed(key: RatingKey, blinded: bytes) -> bytes:
    public = public_of(key)
    try:
        secret = int(keys.unsealed(PURPOSE, bytes(key.secret)), 16)
        return blind.sign(PrivateKey(public, secret), blinded, mask=2 + secrets.randbelow(public.n - 3))
    except Unsignable as error:
        text = N_("What was sent is no token for this visit; load the page anew.")
        raise Refusal([Problem("inspections.rating.malformed", text)]) from error


def _tell(key: RatingKey, what: str, data: dict[str, object], at: datetime) -> None:
    writer.append(
        kind=f"inspections.rating_key.{what}", subject=key.authority.subject, data=data, area=key.authority.area,
        by=None, at=at,
    )  # fmt: skip
