"""Where everything published of a district has its address. Not here: what is there."""

import re
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.urls import reverse

from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import Edition, Entry, Round

__all__ = [
    "UNIT", "base_of", "community_path", "company_path", "decision_path", "edition_path", "in_round_path", "key_of",
    "list_path", "origin", "round_path", "unit_of",
]  # fmt: skip

UNIT = "assessments"
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
LOCAL = frozenset({"*", "localhost", "127.0.0.1", "[::1]", "testserver"})


def unit_of(area: Area) -> str:
    """The unit of published files that a district is."""
    return f"{UNIT}/{area.code}"


def base_of(area: Area) -> str:
    """The address below which everything of a district is."""
    return _base_of(area.code)


@lru_cache(maxsize=64)
def _base_of(code: str) -> str:
    return reverse("board:unit", args=[UNIT, code])


def origin() -> str:
    """What stands before an address on paper: the first name that this installation answers to."""
    host = next((host for host in settings.ALLOWED_HOSTS if host not in LOCAL), "")
    return f"https://{host.removeprefix('.')}" if host else "http://localhost:8000"


def key_of(code: str) -> str:
    """A number or code as a part of a path: itself where it is plain, else a digest of it."""
    return code if _PLAIN.fullmatch(code) else f"x{sha256(code.encode()).hexdigest()[:16]}"


def round_path(round_: Round) -> str:
    """The page of a round, below a variant."""
    return f"rounds/{key_of(round_.code)}/"


def list_path(round_: Round, class_code: str) -> str:
    """The list of a class."""
    return f"{round_path(round_)}{key_of(class_code)}/"


def edition_path(edition: Edition) -> str:
    """An edition that was followed by another."""
    return f"{round_path(edition.round)}edition-{edition.number}/"


def community_path(entry: Entry) -> str:
    """The page of a community: what its sticker leads to."""
    return f"communities/{key_of(entry.number)}/"


def in_round_path(entry: Entry, round_: Round) -> str:
    """What a community came to in an earlier round."""
    return f"{round_path(round_)}communities/{key_of(entry.number)}/"


def company_path(credit_code: str) -> str:
    """The page of a company."""
    return f"companies/{key_of(credit_code)}/"


def decision_path(entry: Entry, round_: Round) -> str:
    """The decision file of a community, below the district's data."""
    return f"data/{key_of(round_.code)}/decisions/{key_of(entry.number)}.json"
