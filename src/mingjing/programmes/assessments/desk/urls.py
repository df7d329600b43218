"""The programme's routes on the desk, below /assessments/."""

from django.urls import path

from mingjing.programmes.assessments.desk import drafts, replays, results, schemes

app_name = "assessments"

urlpatterns = [
    path("schemes/", schemes.schemes, name="schemes"),
    path("add-scheme/", drafts.add, name="scheme-add"),
    path("schemes/<str:code>/", schemes.scheme, name="scheme"),
    path("schemes/<str:code>/compare/", schemes.compare, name="compare"),
    path("schemes/<str:code>/<int:number>/", schemes.version, name="version"),
    path("schemes/<str:code>/<int:number>/workbook/", schemes.workbook, name="workbook"),
    path("schemes/<str:code>/<int:number>/draft/", drafts.begin, name="draft"),
    path("schemes/<str:code>/<int:number>/upload/", drafts.upload, name="upload"),
    path("schemes/<str:code>/<int:number>/publish/", drafts.publish, name="publish"),
    path("schemes/<str:code>/<int:number>/withdraw/", drafts.withdraw, name="withdraw"),
    path("replays/", replays.replays, name="replays"),
    path("ask-replay/", replays.ask, name="replay-ask"),
    path("replays/<int:pk>/", replays.replay, name="replay"),
    path("replays/<int:pk>/results.csv", results.table, name="results-table"),
    path("replays/<int:pk>/class/<path:class_code>/", results.results, name="results"),
    path("replays/<int:pk>/results/<int:index>/", results.result, name="result"),
    path("replays/<int:pk>/results/<int:index>/decision.json", results.decision, name="decision"),
]
