"""The programme's routes on the desk, below /assessments/."""

from django.urls import path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk import drafts, replays, replies, results, schemes
from mingjing.programmes.assessments.desk.draws.urls import urlpatterns as draws
from mingjing.programmes.assessments.desk.lists.urls import urlpatterns as lists
from mingjing.programmes.assessments.desk.measures.urls import urlpatterns as measures
from mingjing.programmes.assessments.desk.publishing.urls import urlpatterns as publishing
from mingjing.programmes.assessments.desk.register.urls import urlpatterns as register
from mingjing.programmes.assessments.desk.reports.urls import urlpatterns as reports
from mingjing.programmes.assessments.desk.rounds.urls import urlpatterns as rounds
from mingjing.programmes.assessments.desk.visits.urls import urlpatterns as visits

app_name = "assessments"

urlpatterns = [
    *register,
    *rounds,
    *draws,
    *visits,
    *lists,
    *publishing,
    *measures,
    *reports,
    path("rounds/<int:pk>/replies/", replies.replies, name="round-replies"),
    path("rounds/<int:pk>/replies/<int:reply>/", replies.withhold, name="reply-withhold"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("add-scheme/", drafts.add, name="scheme-add"),
    path("schemes/<code:code>/", schemes.scheme, name="scheme"),
    path("schemes/<code:code>/compare/", schemes.compare, name="compare"),
    path("schemes/<code:code>/<int:number>/", schemes.version, name="version"),
    path("schemes/<code:code>/<int:number>/workbook/", schemes.workbook, name="workbook"),
    path("schemes/<code:code>/<int:number>/draft/", drafts.begin, name="draft"),
    path("schemes/<code:code>/<int:number>/upload/", drafts.upload, name="upload"),
    path("schemes/<code:code>/<int:number>/publish/", drafts.publish, name="publish"),
    path("schemes/<code:code>/<int:number>/withdraw/", drafts.withdraw, name="withdraw"),
    path("replays/", replays.replays, name="replays"),
    path("ask-replay/", replays.ask, name="replay-ask"),
    path("replays/<int:pk>/", replays.replay, name="replay"),
    path("replays/<int:pk>/results.csv", results.table, name="results-table"),
    path("replays/<int:pk>/class/<codes:class_code>/", results.results, name="results"),
    path("replays/<int:pk>/results/<int:index>/", results.result, name="result"),
    path("replays/<int:pk>/results/<int:index>/decision.json", results.decision, name="decision"),
]
