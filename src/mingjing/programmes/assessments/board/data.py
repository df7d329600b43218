"""The published lists for machines: CSV, JSON, and a Frictionless data package that says what each column means.

docs/reference/published-data.md describes them. Not here: pages; exports for the office (jobs.exports).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext

from mingjing.engine.outcome import in_language, spoken
from mingjing.engine.quantities import points_text
from mingjing.faces.board.variants import VARIANTS, speaking
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.tables.writing import defused
from mingjing.programmes.assessments.board.addresses import decision_path, key_of
from mingjing.programmes.assessments.board.pages import Site
from mingjing.programmes.assessments.board.shown import Told, items_of
from mingjing.programmes.assessments.models import Edition, Listed
from mingjing.programmes.assessments.policy.published import public_decision
from mingjing.programmes.assessments.queries.corrected import corrections_of
from mingjing.programmes.assessments.queries.published import PublishedRound
from mingjing.programmes.assessments.queries.recorded import recorded_of

__all__ = ["COLUMNS", "EDITION_COLUMNS", "data_of"]

COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("string", "Number of the community on the register of the district"),
    "community": ("string", "Name of the community"),
    "subdistrict": ("string", "Subdistrict it lies in"),
    "neighbourhood": ("string", "Neighbourhood (or subdistrict) it lies in"),
    "address": ("string", "Address, where it is known"),
    "latitude": ("number", "Position in WGS-84, where it is known"),
    "longitude": ("number", "Position in WGS-84, where it is known"),
    "class": ("string", "Class it is judged in; lists are made by class"),
    "tier": ("string", "Code of its tier in the scheme"),
    "tier_zh": ("string", "Title of the tier in Chinese"),
    "tier_en": ("string", "Title of the tier in English"),
    "rank": ("integer", "Rank within the class; empty for what is not ranked"),
    "total": ("number", "Total points; empty where nothing was scored, never 0"),
    "base": ("number", "Base points"),
    "bonus": ("number", "Bonus points, shown apart"),
    "company": ("string", "Company as the list names it"),
    "credit_code": ("string", "Unified social credit code, where the legal entity is known (GB 32100)"),
    "not_assessed": ("string", "Why it was not assessed; empty where it was"),
}
"""The columns of list.csv: type and meaning."""
EDITION_COLUMNS: Mapping[str, tuple[str, str]] = {
    "edition": ("integer", "Number of the edition; the highest counts"),
    "published_at": ("datetime", "When the edition was published"),
    "reason": ("string", "Why the edition followed the one before; empty for the first"),
    "number": ("string", "Number of the community"),
    "class": ("string", "Class it is judged in"),
    "tier": ("string", "Code of its tier in that edition"),
    "total": ("number", "Total points in that edition"),
    "company": ("string", "Company as that edition named it"),
    "leaf": ("string", "Hash of the row in the tree whose root the ledger keeps"),
}
"""The columns of editions.csv."""


def data_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Everything for machines, for each round."""
    for made, rows in site.rounds:
        folder = f"data/{key_of(made.round.code)}"
        yield f"{folder}/list.csv", _csv(COLUMNS, (_line(one) for one in rows))
        yield f"{folder}/editions.csv", _csv(EDITION_COLUMNS, _editions(site, made))
        yield f"{folder}/list.json", _json(_list(site, made, rows))
        yield f"{folder}/datapackage.json", _json(_package(site, made))
        yield from _decisions(made, rows)


def _csv(columns: Iterable[str], lines: Iterable[Mapping[str, Any]]) -> bytes:
    """With a byte order mark: spreadsheet programs then read Chinese rightly."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(columns)
    writer.writerow(names)
    for line in lines:
        writer.writerow(["" if line[name] is None else defused(str(line[name])) for name in names])
    return ("\ufeff" + out.getvalue()).encode()


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else points_text(hundredths, 2)


def _line(one: Told) -> dict[str, Any]:
    listed, entry = one.listed, one.listed.entry
    site = entry.community.site
    return {
        "number": entry.number, "community": entry.name, "subdistrict": entry.stratum.name,
        "neighbourhood": entry.place.name, "address": site.address or None,
        "latitude": None if site.latitude is None else str(site.latitude),
        "longitude": None if site.longitude is None else str(site.longitude),
        "class": listed.class_code, "tier": listed.tier, "tier_zh": _in(one, "zh"), "tier_en": _in(one, "en"),
        "rank": one.row.rank, "total": _points(listed.total), "base": _points(listed.base),
        "bonus": _points(listed.bonus), "company": listed.company_name or None,
        "credit_code": listed.company.credit_code if listed.company else None, "not_assessed": one.absent or None,
    }  # fmt: skip


def _in(one: Told, variant: str) -> str:
    with speaking(VARIANTS[variant]):
        return str(spoken(one.title, gettext))


def _list(site: Site, made: PublishedRound, rows: Iterable[Told]) -> dict[str, Any]:
    edition = made.newest
    return {
        "district": site.published.area.code, "round": made.round.code, "title": made.round.title,
        "first_day": made.round.first_day.isoformat(), "last_day": made.round.last_day.isoformat(),
        "scheme_digest": made.round.scheme.digest, "edition": edition.number,
        "published_at": instant_text(edition.published_at), "rows_root": edition.rows_root,
        "corrections": [_correction(site, one) for one in made.editions[:-1]],
        "rows": [_line(one) | _more(one) for one in rows],
    }  # fmt: skip


def _correction(site: Site, edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition.number, "published_at": instant_text(edition.published_at),
        "reason": site.text(edition.reason),
    }  # fmt: skip


def _more(one: Told) -> dict[str, Any]:
    reasons = {}
    for variant in ("zh", "en"):
        with speaking(VARIANTS[variant]):
            reasons[f"reasons_{variant}"] = [reason.say(gettext) for reason in one.row.reasons]
    items = [
        {
            "code": item.code, "title": in_language(item.title.texts, "zh-Hans"), "earned": _points(item.earned),
            "possible": _points(item.possible),
        }
        for item in items_of(one.row)
    ]  # fmt: skip
    return {**reasons, "reply": one.reply or None, "items": items, "leaf": one.listed.leaf}


def _editions(site: Site, made: PublishedRound) -> Iterator[dict[str, Any]]:
    newest: tuple[Listed, ...] = tuple(row.listed for row in made.rows)
    lists = {made.newest.pk: newest, **made.earlier}
    for edition in made.editions:
        shared = {
            "edition": edition.number, "published_at": instant_text(edition.published_at),
            "reason": site.text(edition.reason),
        }  # fmt: skip
        for row in lists[edition.pk]:
            yield shared | {
                "number": row.entry.number, "class": row.class_code, "tier": row.tier, "total": _points(row.total),
                "company": row.company_name or None, "leaf": row.leaf,
            }  # fmt: skip


def _package(site: Site, made: PublishedRound) -> dict[str, Any]:
    area, code = site.published.area, made.round.code
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"red-black-list-{area.code}-{key_of(code)}".lower().replace("_", "-"),
        "title": f"{area.name} {made.round.title}",
        "version": f"{made.newest.number}.0.0",
        "created": instant_text(made.newest.published_at),
        "resources": [
            _resource("list", "list.csv", COLUMNS, ["number"]),
            _resource("editions", "editions.csv", EDITION_COLUMNS, ["edition", "number"]),
        ],
    }


def _resource(name: str, path: str, columns: Mapping[str, tuple[str, str]], key: list[str]) -> dict[str, Any]:
    fields = [{"name": column, "type": kind, "description": text} for column, (kind, text) in columns.items()]
    for field in fields:
        if field["name"] in key:
            field["constraints"] = {"required": True}  # type: ignore[assignment]  # texts so far
    return {
        "name": name, "type": "table", "path": path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": key, "missingValues": [""]},
    }  # fmt: skip


def _decisions(made: PublishedRound, rows: Iterable[Told]) -> Iterator[tuple[str, bytes]]:
    """A file for each community that was scored: the decision with its proof, and no word that anybody wrote freely."""
    recorded = recorded_of(made.editions[-1])
    corrected = corrections_of(made.newest.replay, made.scheme, public=True)
    for one in rows:
        row, result = one.row, made.results.get(one.listed.entry_id)
        if row.decided is None or result is None:
            continue
        sheet, worked = row.decided
        digest, totals = sha256(result.sheet.encode()).hexdigest(), made.totals[result.class_code]
        document = public_decision(made.scheme, worked, sheet, totals, recorded.of(result), digest)
        if section := corrected.get(one.listed.entry_id):
            document["correction"] = section
        yield decision_path(one.listed.entry, made.round), _json(document)
