"""Areas (the tree of administrative divisions) and sites (addressed places within them).

Not here: who is responsible for an area (parties), what is assessed at a site (programmes).
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from itertools import takewhile
from operator import or_
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mingjing.engine.geo import Datum, Position
from mingjing.kernel.db.search import SearchWords, matching

CODE_LENGTH = 12


class Level(models.IntegerChoices):
    """Levels of GB/T 2260 and the statistical codes below it."""

    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    COUNTY = 3, _("County or district")
    TOWN = 4, _("Street or town")
    NEIGHBOURHOOD = 5, _("Neighbourhood or village")

    @property
    def digits(self) -> int:
        """The length of a code of this level."""
        return {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}[self.value]


def span(path: str, column: str) -> dict[str, str]:
    """The paths below and at `path`, as lookups on a column that holds paths.

    A range and not a prefix match: paths are digits only, so the index serves it on both databases and any collation.
    """
    return {f"{column}__gte": path, f"{column}__lt": path + "9" * (CODE_LENGTH + 1)}


def common_path(paths: Iterable[str]) -> str:
    """The path of the smallest area that holds all of these; empty where there is none.

    >>> common_path(["430000000000430200000000430202000000", "430000000000430200000000430203000000"])
    '430000000000430200000000'
    """
    steps = zip(*(steps_of(path) for path in paths), strict=False)
    return "".join(alike[0] for alike in takewhile(lambda alike: len(set(alike)) == 1, steps))


def steps_of(path: str) -> list[str]:
    """The padded codes that a path consists of, province first."""
    return [path[start : start + CODE_LENGTH] for start in range(0, len(path), CODE_LENGTH)]


def within_subtree(path: str, field: str = "") -> Q:
    """The condition "in the subtree of the area with this `path`", by the foreign key `field` ("" on Area itself)."""
    return Q(**span(path, f"{field}__path" if field else "path"))


def within_subtrees(paths: Iterable[str], field: str = "") -> Q:
    """The condition "in the subtree of any of these areas"; there must be at least one."""
    return reduce(or_, (within_subtree(path, field) for path in paths))


class AreaQuerySet(models.QuerySet["Area"]):
    def current(self) -> Self:
        """Areas that the newest version of their source still lists."""
        return self.filter(~Exists(Retirement.objects.filter(area=OuterRef("pk"), returned_at=None)))

    def under(self, area: "Area") -> Self:
        """`area` and everything below it."""
        return self.filter(within_subtree(area.path))

    def search(self, text: str) -> Self:
        """Areas found by name, pinyin or initials, or whose code begins with `text`."""
        return self.filter(matching(text, codes=["code"]))


class Area(models.Model):
    """An administrative division. Codes differ between sources, so each says which source and version gave it.

    The tree is public (GB/T 2260 and the statistical codes): everybody who may see areas may know of every one.
    """

    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, validators=[RegexValidator(r"^\d+$")])
    name = models.CharField(_("name"), max_length=100)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=CODE_LENGTH * len(Level), unique=True, editable=False)
    source = models.CharField(_("source"), max_length=100)
    version = models.CharField(_("version of the source"), max_length=50)
    words = SearchWords()

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="places_area_level_known"),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent=None) | Q(level__gt=Level.PROVINCE, parent__isnull=False),
                name="places_area_parent_unless_province",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the path that follows from the parent; what lies below is moved along by the import only."""
        self.path = self.path_below(self.parent)
        super().save(*args, **kwargs)

    def path_below(self, parent: "Area | None") -> str:
        """The codes from the province down to this area, each padded to the same width: digits only."""
        return (parent.path if parent else "") + self.code.ljust(CODE_LENGTH, "0")

    def contains(self, other: "Area") -> bool:
        """Whether `other` is this area or lies below it."""
        return other.path.startswith(self.path)

    @property
    def ancestor_codes(self) -> tuple[str, ...]:
        """The codes above this one, province first, read off the path (no query)."""
        return tuple(part[: level.digits] for part, level in zip(steps_of(self.path)[:-1], Level, strict=False))


class Retirement(models.Model):
    """A code vanished from a new version of its source, until (rarely) a later version has it again."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="retirements")
    version = models.CharField(max_length=50)
    at = models.DateTimeField()
    returned_version = models.CharField(max_length=50, blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("area", condition=Q(returned_at=None), name="places_retirement_one_open"),
            models.CheckConstraint(
                # SQL takes "unknown" for "passes", so a half-filled row must fail on a column that is never unknown.
                condition=Q(returned_at=None, returned_version="")
                | (Q(returned_at__isnull=False, returned_at__gte=F("at")) & ~Q(returned_version="")),
                name="places_retirement_returned_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.version}"


class SiteQuerySet(models.QuerySet["Site"]):
    def under(self, area: Area) -> Self:
        """Sites in the subtree of `area`."""
        return self.filter(within_subtree(area.path, "area"))

    def search(self, text: str) -> Self:
        """Sites found by name, pinyin, initials or address."""
        return self.filter(matching(text))


class Site(models.Model):
    """An addressed place: a community, a plant. Its position, where known, is in WGS-84; what was given is kept."""

    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="sites")
    latitude = models.DecimalField(max_digits=9, decimal_places=7, null=True)
    longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    given_datum = models.CharField(max_length=6, blank=True, choices=[(datum.value, datum.value) for datum in Datum])
    given_latitude = models.DecimalField(max_digits=12, decimal_places=10, null=True)
    given_longitude = models.DecimalField(max_digits=13, decimal_places=10, null=True)
    recorded_at = models.DateTimeField()
    words = SearchWords(also=("address",))

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, given_latitude=None, given_longitude=None, given_datum="")
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(Decimal(-90), Decimal(90)),
                    longitude__range=(Decimal(-180), Decimal(180)),
                    given_latitude__isnull=False,
                    given_longitude__isnull=False,
                    given_datum__in=[datum.value for datum in Datum],
                ),
                name="places_site_position_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def position(self) -> Position | None:
        """Where the site is, in WGS-84, if anyone has said."""
        if self.latitude is None or self.longitude is None:
            return None
        return Position(float(self.latitude), float(self.longitude))


class EntryCode(models.Model):
    """What a site's QR code says: whoever scans it stands there. Withdrawn when the sign is lost, never deleted."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="entry_codes")
    code = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["site_id", "-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(withdrawn_at=None), name="places_entrycode_one_standing"
            )
        ]

    def __str__(self) -> str:
        return self.code
