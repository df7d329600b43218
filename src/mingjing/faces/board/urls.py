"""The public board's own routes, below /board/. Programmes' live pages are mounted before, below their codes."""

from django.urls import path

from mingjing.faces.board import home, serving
from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters

app_name = "board"

urlpatterns = [
    path("", home.door, name="door"),
    path("<variant:variant>/", home.home, name="home"),
    path("<slug:unit>/<slug:code>/", serving.file, name="unit"),
    path("<slug:unit>/<slug:code>/<codes:path>", serving.file, name="file"),
]
