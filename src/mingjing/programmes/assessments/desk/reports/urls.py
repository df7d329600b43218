"""The routes of reports and alarms, below /assessments/."""

from django.urls import path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk.reports import pages, papers, rows

urlpatterns = [
    path("rounds/<int:pk>/report/", pages.report, name="round-report"),
    path("rounds/<int:pk>/alarms/", pages.alarms, name="round-alarms"),
    path("rounds/<int:pk>/report/listed/", rows.listed, name="report-listed"),
    path("rounds/<int:pk>/report/orders/", rows.orders, name="report-orders"),
    path("rounds/<int:pk>/report/disputes/", rows.disputes, name="report-disputes"),
    path("rounds/<int:pk>/report/checks/<codes:class_code>/<codes:check>/", rows.check, name="report-check"),
    path("rounds/<int:pk>/papers/", papers.papers, name="round-papers"),
    path("rounds/<int:pk>/papers/issue/<slug:kind>/", papers.issue, name="round-paper-issue"),
    path("rounds/<int:pk>/papers/file/", papers.file_of_round, name="round-bundle"),
    path(
        "rounds/<int:pk>/papers/of/<codes:number>/issue/<slug:kind>/", papers.issue_of_entry, name="entry-paper-issue"
    ),
    path("rounds/<int:pk>/papers/of/<codes:number>/file/", papers.file_of_entry, name="entry-bundle"),
    path("rounds/<int:pk>/papers/of/<codes:number>/", papers.of_entry, name="entry-papers"),
]
