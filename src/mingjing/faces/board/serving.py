"""Published files as the application serves them: the same bytes as a web server would, with an ETag and compressed.

Nothing of an address ever names a file by itself: it is looked up in the list of what was published. Not here: writing
them (folders).
"""

import json
import mimetypes
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from mingjing.faces.board.folders import Unit
from mingjing.kernel.parties.guard import public

__all__ = ["FRESH", "cached", "file"]

FRESH = "public, max-age=300"
"""For how long anybody may keep a page without asking again: a correction shows within minutes."""
TYPES = {".atom": "application/atom+xml; charset=utf-8", ".csv": "text/csv; charset=utf-8"}
REMEMBERED = 512
"""Files whose bytes a process keeps in memory; a page has some 20 KB."""


@public("what is published is for everybody")
@require_safe
def file(request: HttpRequest, unit: str, code: str, path: str = "") -> HttpResponse:
    """A published file; an address that ends in a slash is its index.html."""
    here = _current(f"{unit}/{code}")
    name = path + "index.html" if not path or path.endswith("/") else path
    digest = _listing(here.parent).get(name)
    if digest is None:
        if f"{name}/index.html" in _listing(here.parent):
            return HttpResponsePermanentRedirect(f"{request.path}/")
        raise Http404
    tag = f'"{digest[:32]}"'
    if tag in request.headers.get("If-None-Match", "") or request.headers.get("If-None-Match") == "*":
        return cached(HttpResponseNotModified(), tag)
    encoding = _encoding(request.headers.get("Accept-Encoding", ""))
    content, used = _read(str(here / name), encoding)
    response = HttpResponse(content, content_type=_type(name))
    if used:
        response["Content-Encoding"] = used
    return cached(response, tag)


def cached(response: HttpResponse, tag: str) -> HttpResponse:
    """The answer with what caches need to know."""
    response["ETag"] = tag
    response["Cache-Control"] = FRESH
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _current(unit: str) -> Path:
    try:
        here = Unit(unit).current()
    except ValueError as error:
        raise Http404 from error
    if here is None or not here.is_dir():
        raise Http404
    return here


def _listing(generation: Path) -> Mapping[str, str]:
    return _read_listing(generation.name, str(generation))


@lru_cache(maxsize=64)
def _read_listing(name: str, generation: str) -> Mapping[str, str]:
    """The digests of the files of a generation, which never changes; its name holds the digest of them all."""
    found: Mapping[str, str] = json.loads((Path(generation) / "listing.json").read_bytes())
    return found


def _encoding(accepted: str) -> str:
    """The best compression the reader takes; one that is refused by `q=0` is not among them."""
    offers = {part.split(";")[0].strip() for part in accepted.split(",") if not part.replace(" ", "").endswith("q=0")}
    return "br" if "br" in offers else "gzip" if "gzip" in offers else ""


@lru_cache(maxsize=REMEMBERED)
def _read(path: str, encoding: str) -> tuple[bytes, str]:
    suffix = {"br": ".br", "gzip": ".gz"}.get(encoding)
    if suffix and (packed := Path(path + suffix)).is_file():
        return packed.read_bytes(), encoding
    return Path(path).read_bytes(), ""


def _type(name: str) -> str:
    suffix = Path(name).suffix
    guessed = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") and "charset" not in guessed else guessed
