"""The routes for other systems, below /api/assessments/."""

from django.urls import path

from mingjing.programmes.assessments.api import standing

app_name = "assessments_api"

urlpatterns = [path("standing", standing.standing, name="standing")]
