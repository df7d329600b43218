"""The public pages of inspections, below /board/inspections/."""

from django.urls import path

from mingjing.faces.board import variants  # noqa: F401 - importing registers the converter
from mingjing.programmes.inspections.board import door, figures

app_name = "inspections_board"

urlpatterns = [
    path("<slug:code>/<variant:variant>/<int:year>/", figures.figures, name="figures"),
    path("<slug:code>/figures-<int:year>.<slug:form>", figures.data, name="figures-data"),
    path("t/<slug:code>/", door.door, name="door"),
    path("<variant:variant>/t/<slug:code>/", door.task, name="task"),
    path("<variant:variant>/t/<slug:code>/refusal/", door.refusal, name="refusal"),
    path("<variant:variant>/t/<slug:code>/complaint/", door.complaint, name="complaint"),
]
