"""The routes of decisions, lists, changes, exports and what-ifs, below /assessments/."""

from django.urls import path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk.lists import changes, community, exports, lists, result, what_ifs

urlpatterns = [
    path("rounds/<int:pk>/result/", result.result, name="round-result"),
    path("rounds/<int:pk>/decide/", result.decide, name="round-decide"),
    path("rounds/<int:pk>/not-assessed/", lists.absent, name="round-absent"),
    path("rounds/<int:pk>/list/<codes:class_code>/", lists.listing, name="round-list"),
    path("rounds/<int:pk>/of/<codes:number>/decision.json", community.decision, name="round-decision"),
    path("rounds/<int:pk>/of/<codes:number>/", community.community, name="round-community"),
    path("rounds/<int:pk>/changes/", changes.changes, name="round-changes"),
    path("rounds/<int:pk>/edges/", changes.near, name="round-edges"),
    path("rounds/<int:pk>/exports/", exports.exports, name="round-exports"),
    path("rounds/<int:pk>/exports/ask/", exports.ask, name="round-export-ask"),
    path("rounds/<int:pk>/exports/results.csv", exports.table, name="round-csv"),
    path("rounds/<int:pk>/exports/results.json", exports.document, name="round-json"),
    path("rounds/<int:pk>/exports/<int:export>/", exports.download, name="round-export"),
    path("rounds/<int:pk>/what-if/", what_ifs.of_round, name="round-what-if"),
    path("what-ifs/", what_ifs.what_ifs, name="what-ifs"),
    path("what-ifs/<int:what_if>/", what_ifs.what_if, name="what-if"),
    path("what-ifs/<int:what_if>/rounds/<int:pk>/", what_ifs.moved, name="what-if-round"),
    path("what-ifs/<int:what_if>/rounds/<int:pk>/<codes:number>/", what_ifs.why, name="what-if-community"),
    path("schemes/<code:code>/<int:number>/what-if/", what_ifs.of_scheme, name="scheme-what-if"),
]
