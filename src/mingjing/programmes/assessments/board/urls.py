"""The public pages that answer live; everything else of a district is a published file (faces.board)."""

from django.urls import path

from mingjing.faces.board import variants  # noqa: F401 - importing registers the converter
from mingjing.programmes.assessments.board import live

app_name = "assessments_board"

urlpatterns = [
    path("<slug:code>/<variant:variant>/search/", live.search, name="search"),
    path("<slug:code>/<variant:variant>/near/", live.near, name="near"),
]
