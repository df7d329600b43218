"""The routes for other systems, below /api/inspections/."""

from django.urls import path

from mingjing.programmes.inspections.api import document, files, gate, visits, warnings

app_name = "inspections_api"

urlpatterns = [
    path("openapi.json", document.document, name="openapi"),
    path("signing-key", document.signing_key, name="signing-key"),
    path("gate", gate.gate, name="gate"),
    path("visits", visits.visits, name="visits"),
    path("warnings", warnings.warnings, name="warnings"),
    path("lives/<slug:table>.csv", files.lives, name="lives"),
    path("calendars/<slug:secret>.ics", files.calendar, name="calendar"),
]
