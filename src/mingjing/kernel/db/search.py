"""Finding names by what people type: characters, full pinyin, initials; upper case, full-width forms and spaces aside.

A row keeps the words it is found by in a column of its own (`SearchWords`), so that one LIKE over a narrow column
serves both databases. Not here: ranking; which rows a reader may see.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

__all__ = ["SearchWords", "asked_for", "fill_words", "matching", "search_words"]

VARIANTS = 8  # further readings kept of a name that has characters with several
HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
RUN = re.compile(f"{HAN.pattern}|[^{HAN.pattern[1:-2]}]+")
PART = re.compile(r"[a-z]{2,}|(?:(?![a-z]{2}).)+")  # what is typed in Latin letters, and what is not

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:  # Django's fields take type arguments in their stubs only
    _Text = models.TextField


def search_words(name: str, *also: str) -> str:
    """What `name` is found by, and, without readings, the texts in `also`; words with a space between.

    >>> search_words("桂花花园")
    '桂花花园 guihuahuayuan guihuahuawan ghhy ghhw'
    >>> search_words("重庆·Ａ区 3期", "HT-0１")
    '重庆a区3期 chongqingaqu3qi chongqingaou3qi chongqingaqu3ji cqaq3q cqao3q cqaq3j ht01'
    """
    plain = _plain(name)
    words = [plain, *_all_readings(plain), *map(_plain, also)]
    return " ".join(dict.fromkeys(word for word in words if word))


def matching(text: str, field: str = "words", codes: Sequence[str] = ()) -> Q:
    """The condition "the column `field` holds every word of `text`, or one of `codes` begins with it".

    `codes` are columns of text in capitals. An empty `text` asks for nothing; one without letters or digits finds none.
    """
    wanted = Q()
    for word in text.split():
        parts = _parts(_plain(word))
        wanted &= Q(*(Q(**{f"{field}__contains": part}) for part in parts)) if parts else Q(pk__in=[])
    if code := unicodedata.normalize("NFKC", "".join(text.split())).upper():
        for column in codes:
            wanted |= Q(**{f"{column}__startswith": code})
    return wanted


def asked_for(text: str) -> Callable[[str, Sequence[str]], bool]:
    """The same condition as `matching` for rows in memory: whether words, or codes in capitals, are asked for."""
    words = [_parts(_plain(word)) for word in text.split()]
    code = unicodedata.normalize("NFKC", "".join(text.split())).upper()

    def found(column: str, codes: Sequence[str] = ()) -> bool:
        held = all(parts and all(part in column for part in parts) for parts in words)
        return held or (bool(code) and any(one.startswith(code) for one in codes))

    return found


class SearchWords(_Text):
    """The column of a row's search words, written with every `save` and `bulk_create`.

    `name` is the attribute that is found by its readings too, `also` others that are found as they stand. Whoever
    changes those by `save(update_fields=…)` or `bulk_update` names this column as well, after `fill` where in bulk.
    """

    def __init__(self, name: str = "name", also: Sequence[str] = (), **options: Any) -> None:
        self.name_from, self.also_from = name, tuple(also)
        super().__init__(**{"default": "", "editable": False, **options})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"name": self.name_from, "also": self.also_from}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The words of the row as it now stands; a new row keeps those it was given (where many are made at once)."""
        given: str = getattr(model_instance, self.attname)
        return given if add and given else self.fill(model_instance)

    def fill(self, row: models.Model) -> str:
        """Write the words onto `row`, and return them."""
        words = search_words(*(str(getattr(row, source)) for source in (self.name_from, *self.also_from)))
        setattr(row, self.attname, words)
        return words


def fill_words(rows: Iterable[models.Model], column: str = "words") -> None:
    """Bring the words of `rows` up to date in memory: before a bulk_update, which passes fields by."""
    for row in rows:
        field = row._meta.get_field(column)
        assert isinstance(field, SearchWords)
        field.fill(row)


def _plain(text: str) -> str:
    """Lower case, half-width, letters and digits only; ü as it is typed."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    return "".join(character for character in folded if character.isalnum())


def _parts(word: str) -> list[str]:
    """A word as it may stand in the column: 桂花hy is two, for characters and readings stand apart there."""
    return PART.findall(word) if HAN.search(word) else [word] if word else []


@dataclass(frozen=True, slots=True)
class _Sound:
    """One Chinese character and its readings, or a run of other signs, which is read as it stands."""

    readings: tuple[str, ...]
    chinese: bool

    def initial(self, reading: str) -> str:
        return reading[:1] if self.chinese else reading


@lru_cache(maxsize=4096)
def _all_readings(plain: str) -> tuple[str, ...]:
    """Remembered: names come again with every edit, and with every row that repeats its company's."""
    return tuple(_readings(plain))


def _readings(plain: str) -> Iterator[str]:
    """Full pinyin, then initials: as the phrase is read, then with one character at a time read otherwise."""
    sounds = list(_sounds(plain))
    if not any(sound.chinese for sound in sounds):
        return
    usual = [sound.readings[0] for sound in sounds]
    others = zip_longest(*([(place, one) for one in sound.readings[1:]] for place, sound in enumerate(sounds)))
    variants = islice((one for column in others for one in column if one), VARIANTS)
    ways = [usual, *([*usual[:place], other, *usual[place + 1 :]] for place, other in variants)]
    yield from ("".join(way) for way in ways)
    yield from ("".join(sound.initial(one) for sound, one in zip(sounds, way, strict=True)) for way in ways)


def _sounds(plain: str) -> Iterator[_Sound]:
    from pypinyin import Style, pinyin  # a tenth of a second and its dictionaries: only where names are written

    for run in RUN.findall(plain):
        if HAN.match(run):
            usual = pinyin(run, style=Style.NORMAL)
            every = pinyin(run, style=Style.NORMAL, heteronym=True)
            for (first,), ways in zip(usual, every, strict=True):
                yield _Sound(tuple(dict.fromkeys((first, *ways))), chinese=True)
        else:
            yield _Sound((run,), chinese=False)
