"""What can be rated, by a code that cannot be guessed and a word that only the firm has; what is shown of ratings.

Not here: signing, pages.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import compare_digest

from django.utils.timezone import localdate

from mingjing.kernel import keys
from mingjing.kernel.places.models import Area, EntryCode, within_subtree
from mingjing.programmes.inspections.models import Authority, Entry, Firm, Rating, RatingKey
from mingjing.programmes.inspections.policy.ratings import Batch, Group, accepted_until, ask_until, groups
from mingjing.programmes.inspections.queries.corrections import chain_of

__all__ = ["Rated", "code_of", "first_of", "is_word", "key_open", "rated", "visit_of_code", "word_of"]

PURPOSE, WORD = "inspections.rating", "inspections.rating_word"
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs that nobody takes for another."""


def first_of(entry: Entry) -> Entry:
    """The entry that was corrected into this one, or itself: a visit has one token, however often it is corrected."""
    return chain_of(entry)[-1]


def code_of(entry: Entry) -> str:
    """The end of the address where the firm may rate the visit: 128 bits that follow from our secret."""
    first = first_of(entry)
    return f"{first.pk}-{keys.pseudonym(PURPOSE, str(first.pk))}"


def word_of(firm: Firm) -> str:
    """What a firm has and officers have not: eight letters (39 bits), new ones with a new fixed code. One statement.

    It stands on the part of its sheet that is not put up, and in the portal.
    """
    code = EntryCode.objects.filter(site=firm.site_id, withdrawn_at=None).first() if firm.site_id else None
    number = int.from_bytes(sha256(keys.pseudonym(WORD, f"{firm.pk} {code.code if code else ''}").encode()).digest())
    letters = []
    for _place in range(8):
        number, at = divmod(number, len(LETTERS))
        letters.append(LETTERS[at])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def is_word(firm: Firm, said: str) -> bool:
    """Whether what was typed is the firm's word, however it was written."""
    plain = "".join(sign for sign in said[:40].upper() if sign.isalnum())
    return compare_digest(plain.encode(), word_of(firm).replace("-", "").encode())


def visit_of_code(code: str, today: date) -> Entry | None:
    """The entry of a code that may be rated today, as it stands now; None for every other code alike."""
    number, _, proof = code.partition("-")
    known = compare_digest(proof.encode(), keys.pseudonym(PURPOSE, number).encode())
    if not known or not number.isascii() or not number.isdigit():
        return None
    entry = _entry(pk=int(number))
    while entry is not None and (after := _entry(corrects=entry)) is not None:
        entry = after
    if entry is None or entry.visit.voided_at or entry.visit.left_at is None:
        return None
    return entry if today <= ask_until(localdate(entry.visit.left_at)) else None


def _entry(**by: object) -> Entry | None:
    related = ("visit", "authority__organisation", "authority__area", "firm__organisation", "corrects")
    return Entry.objects.select_related(*related).filter(**by).first()


def key_open(pk: int, today: date) -> RatingKey | None:
    """A key whose ratings are taken today."""
    key = RatingKey.objects.filter(pk=pk, closed_on=None).first()
    return key if key is not None and today <= accepted_until(key.last_day) else None


@dataclass(frozen=True, slots=True)
class Rated:
    """An authority and what is shown of its ratings; nothing where there were too few so far."""

    authority: Authority
    groups: tuple[Group, ...]


def rated(area: Area | None, today: date, *, only: Iterable[int] | None = None) -> list[Rated]:
    """Of the authorities of an area, or of all, or `only` of some, that were ever given a key. Two statements."""
    found = RatingKey.objects.select_related("authority__organisation").order_by("authority__organisation__name", "pk")
    if area is not None:
        found = found.filter(within_subtree(area.path, "authority__area"))
    if only is not None:
        found = found.filter(authority__in=list(only))
    by_key: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(key__in=found.order_by().values("pk")):
        by_key.setdefault(rating.key_id, []).append(rating)
    batches: dict[Authority, list[Batch]] = {}
    for key in found:
        batches.setdefault(key.authority, []).append(_batch(key, by_key.get(key.pk, ())))
    return [Rated(authority, tuple(groups(own, today))) for authority, own in batches.items()]


def _batch(key: RatingKey, ratings: Iterable[Rating]) -> Batch:
    own = list(ratings)
    counted = Counter(one.stars for one in own)
    ticked = Counter(code for one in own for code in one.conduct)
    return Batch(key.first_day, key.last_day, tuple(counted[stars] for stars in range(1, 6)), ticked)
