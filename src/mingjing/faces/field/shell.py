"""The pages of the phones' app: the shell, its service worker, its manifest, its words. The same for everybody.

Nothing personal is in them, so they lie in every phone's cache. Not here: what phones ask (api, uploads).
"""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from mingjing.faces.ui.modules import file_digest, import_map, module_addresses, texts_of_modules
from mingjing.kernel import registry
from mingjing.kernel.parties.guard import public

__all__ = ["app", "manifest", "service_worker", "words"]

SAME_FOR_ALL = "the phones' app itself: the same for everybody, nothing personal in it"
SHEETS = ("ui/tokens.css", "ui/base.css", "field/field.css")
PICTURES = ("ui/icons.svg", "ui/mark.svg", "field/icon-192.png", "field/icon-512.png")
BINARIES = ("mj/field/vendor/zxing_reader.wasm",)
SELDOM = "#mj/field/vendor/barcode-detector.js"  # only where a browser cannot read QR codes itself
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
REVALIDATE = {"Cache-Control": "no-cache"}


def _sheets() -> list[str]:
    """The style sheets by their names as static files."""
    return [*SHEETS, *(f"{one.code}/field.css" for one in registry.programmes() if one.field_module)]


def _modules() -> dict[str, str]:
    """The modules of the app by their names: the house's, the field's, and those of programmes with screens for it."""
    own = tuple(f"#mj/{one.code}/" for one in registry.programmes() if one.field_module)
    shared = ("#mj/words.js", "#mj/logic/", "#mj/field/")
    return {name: url for name, url in module_addresses().items() if name.startswith((*shared, *own))}


def _page() -> str:
    modules = _modules()
    programmes = json.dumps([one.field_module for one in registry.programmes() if one.field_module])
    wanted = [url for name, url in modules.items() if not name.startswith(SELDOM)]
    shown = {"importmap": import_map(modules), "modules": wanted, "sheets": map(static, _sheets())}
    return render_to_string("field/app.html", {**shown, "programmes": programmes})


@public(SAME_FOR_ALL)
@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """The page; everything in it is made by its modules."""
    response = _fresh(HttpResponse(_page()))
    hashed = b64encode(sha256(import_map(_modules()).encode()).digest()).decode()
    scripts = [f"'sha256-{hashed}'", "'wasm-unsafe-eval'"]  # the reader of QR codes is WebAssembly
    response._csp_update = {"script-src": scripts}  # type: ignore[attr-defined]  # as csp.decorators do
    return response


@public(SAME_FOR_ALL)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """What keeps the app on the phone: every file of this version by its address, and a digest of them all."""
    pages = [
        reverse("field:app"),
        reverse("field:manifest"),
        *(reverse("field:words", args=[code]) for code in LANGUAGES),
    ]
    files = [*_sheets(), *PICTURES, *BINARIES, *(name.removeprefix("#") for name in _modules())]
    assets = json.dumps([*pages, *map(static, files)])
    said = render_to_string("field/sw.js", {"version": "", "assets": assets})
    version = sha256("\n".join([said, *map(file_digest, files), *_contents()]).encode()).hexdigest()[:16]
    written = render_to_string("field/sw.js", {"version": version, "assets": assets})
    return _fresh(HttpResponse(written, content_type="text/javascript; charset=utf-8"))


def _fresh(response: HttpResponse) -> HttpResponse:
    """Asked for anew each time by who has a network: a phone's own cache is the service worker's."""
    response.headers["Cache-Control"] = "no-cache"
    return response


def _contents() -> list[str]:
    """What the pages say: a new word is a new version too."""
    return [_page(), json.dumps(_manifest()), *(json.dumps(_texts(code), sort_keys=True) for code in LANGUAGES)]


@public(SAME_FOR_ALL)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How the app calls itself on a home screen."""
    return JsonResponse(_manifest(), content_type="application/manifest+json", headers=REVALIDATE)


def _manifest() -> dict[str, Any]:
    icons = [
        {"src": static(f"field/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return {
        "name": "明镜现场", "short_name": "明镜", "lang": "zh-Hans", "id": "/field/", "start_url": "/field/",
        "scope": "/field/", "display": "standalone", "background_color": "#f3f5f8", "theme_color": "#10284f",
        "icons": icons,
    }  # fmt: skip


@public(SAME_FOR_ALL)
@require_safe
def words(request: HttpRequest, code: str) -> HttpResponse:
    """The app's texts in a language, by their English."""
    if code not in LANGUAGES:
        raise Http404
    return JsonResponse({"language": code, "texts": _texts(code)}, headers=REVALIDATE)


def _texts(code: str) -> dict[str, str]:
    if code == "en":
        return {}
    with override(LANGUAGES[code]):
        said = {text: gettext(text) for text in texts_of_modules(tuple(_modules()))}
    return {text: translated for text, translated in said.items() if translated != text}
