"""Every public page of a district, in each language and size, as a path and its bytes.

Not here: the data beside them (data, feed), writing the files (files), the pages that answer live (live).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import groupby
from types import MappingProxyType
from typing import Any
from uuid import UUID

from mingjing.faces.board.folders import File
from mingjing.faces.board.pages import frame, page, style_sheet
from mingjing.faces.board.variants import DEFAULT, VARIANTS, Variant, speaking
from mingjing.programmes.assessments.board import addresses, drawings
from mingjing.programmes.assessments.board.photos import path_of, photos_of
from mingjing.programmes.assessments.board.shown import (
    Company,
    Told,
    changes_of,
    companies_of,
    district_rows,
    items_of,
    lines_of,
    orders_of,
    told,
)
from mingjing.programmes.assessments.models import Edition
from mingjing.programmes.assessments.policy.published import public_text
from mingjing.programmes.assessments.policy.tiers import tier_title, tones
from mingjing.programmes.assessments.queries.proofs import Proofs
from mingjing.programmes.assessments.queries.published import Published, PublishedRound, Row

__all__ = ["Site", "assets", "pages_of"]

FOLDER = "assessments/board"
NONE = Proofs()
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Site:
    """Everything pages are made from, worked out once: rows as told, by round and by community, and the companies."""

    published: Published
    rounds: tuple[tuple[PublishedRound, tuple[Told, ...]], ...]
    communities: tuple[Told, ...]
    companies: tuple[Company, ...]
    photos: Mapping[UUID, bytes]
    histories: Mapping[int, tuple[tuple[PublishedRound, Told], ...]]

    @classmethod
    def of(cls, published: Published) -> "Site":
        """The site of what is published."""
        newest = district_rows(published)
        rounds = tuple(
            (made, tuple(told(published, made, row, newest) for row in made.rows)) for made in published.rounds
        )
        rows = [one for _, told_rows in rounds for one in told_rows if one.newest]
        rows.sort(key=lambda one: (_initials(one), one.listed.entry.name, one.listed.entry.number))
        current = rounds[0][1] if rounds else ()
        shown = (one for found in published.proofs.values() for one in (*found.before, *found.after))
        photos = photos_of(shown)
        histories: dict[int, tuple[tuple[PublishedRound, Told], ...]] = {}
        for made, told_rows in rounds:
            for one in told_rows:
                key = one.listed.entry.community_id
                histories[key] = (*histories.get(key, ()), (made, one))
        return cls(published, rounds, tuple(rows), tuple(companies_of(current)), photos, histories)

    @property
    def base(self) -> str:
        """The address of the district."""
        return addresses.base_of(self.published.area)

    def text(self, words: str) -> str:
        """A text meant for everybody, without what reads like a person's."""
        return public_text(words, self.published.names)


def assets() -> Iterator[tuple[str, bytes]]:
    """The style sheet and the mark, beside the pages: what is published needs nothing of what is installed."""
    name, content = style_sheet()
    yield f"assets/{name}", content
    yield "assets/mark.svg", drawings.mark()


def pages_of(site: Site, served: Mapping[str, str] = NOTHING) -> Iterator[File]:
    """Every page, by variant; `served` are the digests of those that this very code made before.

    In elder mode a page says the same in another size: where the usual one is as it was, so is that one, and it is not
    made again.
    """
    yield "index.html", page(f"{FOLDER}/door.html", {"base": site.base, "variants": VARIANTS.values()})
    same: set[tuple[str, str]] = set()
    for variant in VARIANTS.values():  # the usual ones come first
        with speaking(variant):
            for path, template, context in _every(site, variant):
                name = f"{variant.code}/{path}index.html"
                if variant.elder and (variant.lang, path) in same and name in served:
                    yield name, None
                    continue
                content = page(f"{FOLDER}/{template}.html", _context(site, variant, path) | context())
                if served and served.get(name) == sha256(content).hexdigest():
                    same.add((variant.lang, path))
                yield name, content


Made = tuple[str, str, Callable[[], dict[str, Any]]]
"""The path of a page below its variant, its template, and what it is filled in with, once it is asked for."""


def _context(site: Site, variant: Variant, path: str) -> dict[str, Any]:
    css, _ = style_sheet()
    known = frame(variant, site.base, path)
    return known | {
        "area": site.published.area, "css": f"{site.base}assets/{css}", "mark": f"{site.base}assets/mark.svg",
        "newest": site.rounds[0][0], "newest_path": addresses.round_path(site.rounds[0][0].round),
        "tab": path.partition("/")[0],
    }  # fmt: skip


def _every(site: Site, variant: Variant) -> Iterator[Made]:
    yield "", "home", lambda: {"rounds": [_round_told(site, made, rows) for made, rows in site.rounds]}
    for made, rows in site.rounds:
        yield from _of_round(site, made, rows)
    for one in site.communities:
        yield one.path, "community", partial(_community, site, one)
        if not variant.elder:
            yield f"{one.path}sticker/", "sticker", partial(_sticker, site, one)
    yield "communities/", "communities", lambda: {"groups": list(_by_initial(site.communities))}
    yield "companies/", "companies", lambda: {"companies": site.companies}
    for company in site.companies:
        yield company.path, "company", partial(dict, company=company, made=site.rounds[0][0])
    yield "corrections/", "corrections", lambda: {"rounds": [_corrected(site, made) for made, _ in site.rounds]}
    yield "map/", "map", lambda: drawings.map_of(site.communities) | {"rows": site.communities}
    yield "data/", "data", lambda: {"rounds": [(made, addresses.key_of(made.round.code)) for made, _ in site.rounds]}


def _of_round(site: Site, made: PublishedRound, rows: tuple[Told, ...]) -> Iterator[Made]:
    yield addresses.round_path(made.round), "round", partial(_round_told, site, made, rows)
    for code in made.scheme.classes:
        mine = [one for one in rows if one.listed.class_code == code]
        if mine:
            yield addresses.list_path(made.round, code), "list", partial(_list, site, made, code, mine)
    for edition in made.editions[1:]:
        yield addresses.edition_path(edition), "edition", partial(_edition, site, made, edition.pk)
    for one in rows:
        if not one.newest:
            yield one.path, "community", partial(_community, site, one)


def _list(site: Site, made: PublishedRound, code: str, rows: list[Told]) -> dict[str, Any]:
    rows.sort(key=lambda one: (one.listed.standing, one.listed.index))
    return {
        "made": made, "rows": rows, "class_title": made.scheme.classes[code], "class_code": code,
        "corrected": _corrections(site, made), "path_of_round": addresses.round_path(made.round),
    }  # fmt: skip


def _round_told(site: Site, made: PublishedRound, rows: Iterable[Told]) -> dict[str, Any]:
    """A round with how many of each class stand in each tier, in the order of the rules."""
    classes = []
    for code, title in made.scheme.classes.items():
        mine = [one for one in rows if one.listed.class_code == code]
        place = made.scheme.list_rules.place
        mine.sort(key=lambda one: place(one.listed.tier))
        tiers = [(first, 1 + sum(1 for _ in more)) for _, more in groupby(mine, key=lambda one: one.listed.tier)
                 for first in [next(more)]]  # fmt: skip
        if mine:
            classes.append({"title": title, "path": addresses.list_path(made.round, code), "tiers": tiers,
                            "count": len(mine)})  # fmt: skip
    return {
        "made": made, "path_of_round": addresses.round_path(made.round), "classes": classes,
        "corrected": _corrections(site, made),
    }  # fmt: skip


def _corrections(site: Site, made: PublishedRound) -> list[dict[str, Any]]:
    """The corrections of a round with what they changed, newest first."""
    return [
        {**one, "why": site.text(one["edition"].reason), "path": addresses.edition_path(one["earlier"])}
        for one in changes_of(made)
    ]


def _corrected(site: Site, made: PublishedRound) -> dict[str, Any]:
    return {"made": made, "changes": _corrections(site, made)}


def _edition(site: Site, made: PublishedRound, edition: int) -> dict[str, Any]:
    listed = made.earlier[edition]
    rows = [told(site.published, made, Row(row), {row.entry.community_id: Row(row)}) for row in listed]
    paths = {one.listed.entry.community_id: one.path for one in site.communities}
    shown = [(one, paths.get(one.listed.entry.community_id, "")) for one in rows]
    found = next(one for one in made.editions if one.pk == edition)
    return {"made": made, "edition": found, "rows": shown, "path_of_round": addresses.round_path(made.round)}


def _community(site: Site, one: Told) -> dict[str, Any]:
    lines = list(lines_of(one.row))
    history = site.histories[one.listed.entry.community_id]
    return {
        "one": one, "made": one.made, "items": list(items_of(one.row)), "history": history,
        "lost": [line for line in lines if line.lost],
        "gained": [line for line in lines if line.line.points > 0 or line.line.reason.code == "veto.effective"],
        "orders": list(_orders(site, one)), "edition": _since(one), "was": _was(one),
        "site": one.listed.entry.community.site, "sticker": f"{one.path}sticker/" if one.newest else "",
        "path_now": addresses.community_path(one.listed.entry),
    }  # fmt: skip


def _since(one: Told) -> Edition:
    """The edition that first said of it what the newest says: a correction of others leaves its page as it was."""
    editions = {edition.pk: edition for edition in one.made.editions}
    found = one.made.newest
    for row in one.row.was:
        if row.leaf != one.listed.leaf:
            break
        found = editions[row.edition_id]
    return found


def _orders(site: Site, one: Told) -> Iterator[dict[str, Any]]:
    for order in orders_of(one.row):
        proofs = site.published.proofs.get(order["case"].pk, NONE)
        before, after = (
            [path_of(proof.pk) for proof in found if proof.pk in site.photos] for found in (proofs.before, proofs.after)
        )
        yield order | {"before": before if after else [], "after": after}


def _was(one: Told) -> list[dict[str, Any]]:
    """Where it stood in earlier editions of the same list, when a correction changed that."""
    newer, found = one.listed, []
    by_edition = {edition.pk: edition for edition in one.made.editions}
    for row in one.row.was:
        if (row.tier, row.total) != (newer.tier, newer.total):
            before = told_tier(one.made, row.tier)
            found.append({"row": row, "edition": by_edition[row.edition_id], "title": before[0], "tone": before[1]})
        newer = row
    return found


def told_tier(made: PublishedRound, code: str) -> tuple[Any, str]:
    """The title and tone of a tier of a round."""
    rules = made.scheme.list_rules
    return tier_title(rules, code), tones(rules).get(code, "plain")


def _sticker(site: Site, one: Told) -> dict[str, Any]:
    """The address is that of the Chinese page, in either language: one community has one code."""
    address = f"{addresses.origin()}{site.base}{DEFAULT.code}/{one.path}"
    return {
        "one": one, "made": one.made, "address": address, "qr": drawings.qr(address), "edition": _since(one),
        "size_url": "",
    }  # fmt: skip


def _initials(one: Told) -> str:
    """The first letter of a name as it is read; # where it has none."""
    words = one.listed.entry.words.split()
    letters = [word for word in words if word.isascii() and word[:1].isalpha()]
    return letters[0][:1].upper() if letters else "#"


def _by_initial(rows: Iterable[Told]) -> Iterator[tuple[str, list[Told]]]:
    for letter, found in groupby(rows, key=_initials):
        yield letter, list(found)
