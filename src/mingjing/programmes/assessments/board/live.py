"""The two public pages that answer a question: find a community, and what lies near a position. Nothing is kept.

Not here: what is written as files (pages).
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mingjing.engine.geo import Datum, Position, distance, to_wgs84
from mingjing.engine.outcome import N_, Phrase, Refusal, Titled
from mingjing.faces.board.pages import frame, page
from mingjing.faces.board.serving import FRESH
from mingjing.faces.board.variants import VARIANTS, speaking
from mingjing.kernel.db.search import matching
from mingjing.kernel.parties.guard import public
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.board.addresses import base_of, community_path, round_path
from mingjing.programmes.assessments.board.pages import assets
from mingjing.programmes.assessments.models import Edition, Listed
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
    """A community that was found, with where it stands now."""

    name: str
    place: str
    address: str
    company: str
    path: str
    title: Titled | Phrase
    tone: str


@public(WHY)
@require_safe
def search(request: HttpRequest, code: str, variant: str) -> HttpResponse:
    """Communities by name, pinyin, initials, number or address."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    editions = _editions(code)
    rows: list[Found] = []
    if asked:
        found = matching(asked, "entry__words", ["entry__number"]) | matching(asked, "entry__community__site__words")
        rows = _told(editions, list(_listed(editions).filter(found).order_by("entry__name", "pk")[: MOST + 1]))
    context = {"q": asked, "rows": rows[:MOST], "more": len(rows) > MOST}
    return _answer("search", editions, code, variant, context)


@public(WHY)
@require_safe
def near(request: HttpRequest, code: str, variant: str) -> HttpResponse:
    """The communities nearest to a position, which is not kept."""
    editions = _editions(code)
    lat, lon = (request.GET.get(name, "").strip()[:20] for name in ("lat", "lon"))
    datum = request.GET.get("datum", "")
    context: dict[str, Any] = {"lat": lat, "lon": lon, "datum": datum, "datums": DATUMS, "asked": bool(lat or lon)}
    if lat or lon:
        try:
            here = to_wgs84(Position(float(lat), float(lon)), Datum.named(datum or Datum.WGS84.value))
        except (ValueError, Refusal):
            context["wrong"] = True
        else:
            context["rows"] = _nearest(editions, here)
    return _answer("near", editions, code, variant, context)


def _nearest(editions: list[Edition], here: Position) -> list[tuple[Found, int]]:
    rows = list(_listed(editions).filter(entry__community__site__latitude__isnull=False))
    known = [(row.entry.community.site.position, row) for row in rows]
    far = sorted(((distance(here, at), row.pk, row) for at, row in known if at))[:NEAREST]
    told = _told(editions, [row for _, _, row in far])
    return [(one, round(metres)) for one, (metres, _, _) in zip(told, far, strict=True)]


def _editions(code: str) -> list[Edition]:
    """What counts of the district; 404 where nothing was published."""
    area = Area.objects.filter(code=code).first() if code.isascii() and code.isdigit() and len(code) <= 12 else None
    found = newest_editions(area) if area else []
    if not found:
        raise Http404
    return found


def _listed(editions: list[Edition]) -> Any:
    """The newest list, without rows of communities that are on older ones only: those the index of names has."""
    return Listed.objects.filter(edition=editions[0]).select_related("entry__place", "entry__community__site")


def _told(editions: list[Edition], rows: list[Listed]) -> list[Found]:
    rules = scheme_of(editions[0].round.scheme).list_rules
    shades = tones(rules)
    return [
        Found(
            row.entry.name, row.entry.place.name, row.entry.community.site.address, row.company_name,
            community_path(row.entry), tier_title(rules, row.tier), shades.get(row.tier, "plain"),
        )
        for row in rows
    ]  # fmt: skip


def _answer(template: str, editions: list[Edition], code: str, variant: str, context: dict[str, Any]) -> HttpResponse:
    reader, round_ = VARIANTS[variant], editions[0].round
    base = base_of(round_.area)
    (css, _), (mark, _) = assets()
    shown = frame(reader, base, f"{template}/") | {
        "area": round_.area, "newest_path": round_path(round_), "tab": template, "css": f"{base}{css}",
        "mark": f"{base}{mark}",
    }  # fmt: skip
    with speaking(reader):
        response = HttpResponse(page(f"assessments/board/{template}.html", shown | context))
    response["Cache-Control"] = FRESH
    return response
