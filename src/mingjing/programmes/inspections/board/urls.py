"""The public pages of inspections, below /board/inspections/."""

from django.urls import path

from mingjing.faces.board import variants  # noqa: F401 - importing registers the converter
from mingjing.programmes.inspections.board import door, figures, firm, ratings

app_name = "inspections_board"

urlpatterns = [
    path("<slug:code>/<variant:variant>/<int:year>/", figures.figures, name="figures"),
    path("<slug:code>/figures-<int:year>.<slug:form>", figures.data, name="figures-data"),
    path("r/<slug:code>/", ratings.door, name="rating-door"),
    path("r/<slug:code>/key/", ratings.key, name="rating-key"),
    path("r/<slug:code>/token/", ratings.token, name="rating-token"),
    path("<variant:variant>/r/<slug:code>/", ratings.visit, name="rating"),
    path("ratings.json", ratings.results_data, name="ratings-data"),
    path("ratings/", ratings.send, name="rating-send"),
    path("ratings/keys/", ratings.public_keys, name="rating-keys"),
    path("<variant:variant>/ratings/", ratings.results, name="ratings"),
    path("f/<slug:code>/", firm.door, name="firm-door"),
    path("<variant:variant>/f/<slug:code>/", firm.firm, name="firm"),
    path("t/<slug:code>/", door.door, name="door"),
    path("<variant:variant>/t/<slug:code>/", door.task, name="task"),
    path("<variant:variant>/t/<slug:code>/refusal/", door.refusal, name="refusal"),
    path("<variant:variant>/t/<slug:code>/complaint/", door.complaint, name="complaint"),
]
