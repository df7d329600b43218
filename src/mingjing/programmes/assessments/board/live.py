"""The two public pages that answer a question: find a community, and what lies near a position. Nothing is kept.

Not here: what is written as files (pages).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mingjing.engine.geo import Datum, Position, distance, to_wgs84
from mingjing.engine.outcome import N_, Phrase, Refusal, Titled
from mingjing.faces.board.folders import Unit
from mingjing.faces.board.pages import frame, page
from mingjing.faces.board.serving import FRESH
from mingjing.faces.board.variants import VARIANTS, speaking
from mingjing.kernel.db.search import asked_for
from mingjing.kernel.parties.guard import public
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.board.addresses import UNIT, base_of, community_path, round_path
from mingjing.programmes.assessments.board.pages import assets
from mingjing.programmes.assessments.models import Listed, Round
from mingjing.programmes.assessments.policy.tiers import tier_title, tones
from mingjing.programmes.assessments.queries.published import newest_editions
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["near", "search"]

WHY = "what is published is for everybody"
MOST = 50
NEAREST = 20
DATUMS = (
    (Datum.WGS84.value, N_("A telephone's own position, or a satellite map (WGS-84)")),
    (Datum.GCJ02.value, N_("Amap, Tencent (GCJ-02)")),
    (Datum.BD09.value, N_("Baidu (BD-09)")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A community on the newest list, with where it stands now."""

    number: str
    name: str
    place: str
    address: str
    company: str
    path: str
    title: Titled | Phrase
    tone: str
    words: str
    site_words: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Index:
    """What answers are made from: the newest list of a district, in the order of names."""

    area: Area
    round: Round
    rows: tuple[Found, ...]


@public(WHY)
@require_safe
def search(request: HttpRequest, code: str, variant: str) -> HttpResponse:
    """Communities by name, pinyin, initials, number or address."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    index = _index_of(code)
    rows: list[Found] = []
    if asked:
        wanted = asked_for(asked)
        rows = [one for one in index.rows if wanted(one.words, (one.number,)) or wanted(one.site_words, ())]
    context = {"q": asked, "rows": rows[:MOST], "more": len(rows) > MOST}
    return _answer("search", index, variant, context)


@public(WHY)
@require_safe
def near(request: HttpRequest, code: str, variant: str) -> HttpResponse:
    """The communities nearest to a position, which is not kept."""
    index = _index_of(code)
    lat, lon = (request.GET.get(name, "").strip()[:20] for name in ("lat", "lon"))
    datum = request.GET.get("datum", "")
    context: dict[str, Any] = {"lat": lat, "lon": lon, "datum": datum, "datums": DATUMS, "asked": bool(lat or lon)}
    if lat or lon:
        try:
            here = to_wgs84(Position(float(lat), float(lon)), Datum.named(datum or Datum.WGS84.value))
        except (ValueError, Refusal):
            context["wrong"] = True
        else:
            far = ((one, distance(here, one.position)) for one in index.rows if one.position)
            nearest = sorted(far, key=lambda pair: (pair[1], pair[0].number))[:NEAREST]
            context["rows"] = [(one, round(metres)) for one, metres in nearest]
    return _answer("near", index, variant, context)


def _index_of(code: str) -> Index:
    """What counts of the district, read once for each generation of its files; 404 where nothing was published."""
    known = code.isascii() and code.isdigit() and len(code) <= 12
    served = Unit(f"{UNIT}/{code}").current() if known else None
    index = (_index(code, str(served.resolve())) if served else _read(code)) if known else None
    if index is None:
        raise Http404
    return index


@lru_cache(maxsize=16)
def _index(code: str, served: str) -> Index | None:
    """The same for the generation that is served: who asks sees what the pages say."""
    return _read(code)


def _read(code: str) -> Index | None:
    area = Area.objects.filter(code=code).first()
    editions = newest_editions(area) if area else []
    if area is None or not editions:
        return None
    rules = scheme_of(editions[0].round.scheme).list_rules
    shades = tones(rules)
    rows = Listed.objects.filter(edition=editions[0]).select_related("entry__place", "entry__community__site")
    found = tuple(
        Found(
            row.entry.number, row.entry.name, row.entry.place.name, row.entry.community.site.address,
            row.company_name, community_path(row.entry), tier_title(rules, row.tier), shades.get(row.tier, "plain"),
            row.entry.words, row.entry.community.site.words, row.entry.community.site.position,
        )
        for row in rows.order_by("entry__name", "pk")
    )  # fmt: skip
    return Index(area, editions[0].round, found)


def _answer(template: str, index: Index, variant: str, context: dict[str, Any]) -> HttpResponse:
    reader, base = VARIANTS[variant], base_of(index.area)
    (css, _), (mark, _) = assets()
    shown = frame(reader, base, f"{template}/") | {
        "area": index.area, "newest_path": round_path(index.round), "tab": template, "css": f"{base}{css}",
        "mark": f"{base}{mark}",
    }  # fmt: skip
    with speaking(reader):
        response = HttpResponse(page(f"assessments/board/{template}.html", shown | context))
    response["Cache-Control"] = FRESH
    return response
