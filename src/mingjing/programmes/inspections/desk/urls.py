"""The programme's routes on the desk, below /inspections/."""

from django.urls import path

from mingjing.programmes.inspections.desk import brief, entries, warnings

app_name = "inspections"

urlpatterns = [
    path("entries/", entries.entries, name="entries"),
    path("record-entry/", entries.record, name="entry-record"),
    path("entries/<int:pk>/", entries.entry, name="entry"),
    path("entries/<int:pk>/results/", entries.results, name="entry-results"),
    path("entries/<int:pk>/settlement/", entries.settle, name="entry-settle"),
    path("entries/<int:pk>/voiding/", entries.void, name="entry-void"),
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings.csv", warnings.export, name="warnings-export"),
    path("warnings/<int:pk>/", warnings.warning, name="warning"),
    path("warnings/<int:pk>/together/", warnings.together, name="warning-together"),
    path("brief/", brief.brief, name="brief"),
    path("brief.csv", brief.export, name="brief-export"),
]
