"""The enterprises' routes, below /portal/inspections/."""

from django.urls import path

from mingjing.programmes.inspections.portal import handing, pages

app_name = "inspections_portal"

urlpatterns = [
    path("visits/", pages.visits, name="visits"),
    path("visits/<int:pk>/", pages.visit, name="visit"),
    path("visits/<int:pk>/complaint/", handing.complaint, name="complaint"),
    path("findings/<int:pk>/answer/", handing.answer, name="answer"),
    path("notices/<uuid:pk>/", pages.notice, name="notice"),
    path("notices/<uuid:pk>/refusal/", handing.refusal, name="refusal"),
    path("firms/<int:pk>/report/", handing.report, name="report"),
    path("firms/<int:pk>/calendar/", pages.calendar, name="calendar"),
    path("firms/<int:pk>/code/", pages.code, name="code"),
]
