"""The routes of the phones' face, below /field/."""

from django.urls import include, path

from mingjing.faces.field import shell
from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converter `code`

app_name = "field"

urlpatterns = [
    path("", shell.app, name="app"),
    path("sw.js", shell.service_worker, name="service-worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("words/<code:code>.json", shell.words, name="words"),
    path("api/", include("mingjing.faces.field.api_urls")),
]
