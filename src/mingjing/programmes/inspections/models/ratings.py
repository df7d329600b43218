"""Ratings that nobody can trace: keys of an authority and quarter, which visits had a token signed, the ratings.

No rating leads to a visit: it has no time, no number in order, no author; its key is its digest. A token row says only
that a firm took its token, never whether it rated. Why no single rating is a fact of the ledger: ADR 0016. Not here:
what is shown (policy.ratings).
"""

from django.db import models
from django.db.models import F, Q

from mingjing.programmes.inspections.models.catalogue import Authority
from mingjing.programmes.inspections.models.entries import Entry

__all__ = ["Rating", "RatingKey", "RatingToken"]


class RatingKey(models.Model):
    """What signs the tokens of visits of an authority in a quarter; `secret` is sealed, and erased once it is closed.

    `modulus` is hexadecimal; the exponent is always 65537. When closed, `tokens` and `ratings` say how many there were.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="rating_keys")
    first_day = models.DateField()
    last_day = models.DateField()
    modulus = models.CharField(max_length=1024)
    secret = models.BinaryField()
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["authority_id", "first_day"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "first_day"], name="inspections_ratingkey_once"),
            models.CheckConstraint(
                condition=Q(last_day__gt=F("first_day")), name="inspections_ratingkey_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.first_day}"


class RatingToken(models.Model):
    """A visit's one token was signed; `blinded` is the digest of what was signed, so that it can be asked for again."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="rating_token")
    key = models.ForeignKey(RatingKey, models.PROTECT, related_name="tokens")
    blinded = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.key_id)


class Rating(models.Model):
    """A rating that a firm of this authority and quarter gave; `digest` is of its token, which is good once."""

    digest = models.CharField(max_length=64, primary_key=True)
    key = models.ForeignKey(RatingKey, models.PROTECT, related_name="ratings")
    stars = models.PositiveSmallIntegerField()
    conduct = models.JSONField(default=list)

    class Meta:
        ordering = ["digest"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="inspections_rating_stars"),
        ]

    def __str__(self) -> str:
        return str(self.stars)
